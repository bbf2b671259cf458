"""Files of bulk jobs: what a client uploads, record by record, and what it downloads, line by line."""

import io
from collections.abc import Iterable, Iterator, Sequence

from flask import request
from werkzeug.datastructures import FileStorage

from elements_local.kit.api.json_text import (
    DEEPEST,
    Json,
    MalformedJsonError,
    decode,
    encode_text,
    is_deeper_than,
)
from elements_local.kit.text import nearest
from elements_local.platform.bulk import csv_text
from elements_local.platform.call import OpenCall
from elements_local.platform.errors import InvalidRequestError, NotAcceptableError, quoted
from elements_local.platform.lint.service import send_along
from elements_local.platform.lint.unread_keys import unread
from elements_local.platform.lint.warning import ConfigWarnings

JSON = "application/json"
CSV = "text/csv"

_PAYLOAD = "callback-payload"


def wanted_form() -> str:
    """Return in which form a client takes records: JSON, unless it says otherwise.

    Raises:
        NotAcceptableError: it takes neither (documented: 406).
    """
    if not request.accept_mimetypes:
        return JSON
    form = request.accept_mimetypes.best_match([JSON, CSV])
    if form is None:
        accept = quoted(request.headers.get("Accept"))
        raise NotAcceptableError(f"Accept must be {JSON} or {CSV}; got {accept}")
    return form


def as_json_lines(bodies: Iterable[str]) -> Iterator[str]:
    """Yield records as JSON, one a line (observed)."""
    for body in bodies:
        yield body + "\n"


def as_csv_lines(bodies: Iterable[str], fields: Sequence[str]) -> Iterator[str]:
    """Yield records as CSV, under a line that names the columns."""
    yield csv_text.header(fields)
    for body in bodies:
        record = decode(body)
        if isinstance(record, dict):
            yield csv_text.line(record, fields)


def payload(call: OpenCall) -> str | None:
    """Return what a client wants back with the callback, as JSON text; None if it said nothing.

    What else stands in ``metaData`` is warned of.

    Raises:
        InvalidRequestError: ``metaData`` is no object.
    """
    part = request.files.get("metaData")
    text = request.form.get("metaData", "") if part is None else part.read().decode("utf-8", "replace")
    if not text.strip():
        return None
    try:
        metadata = decode(text)
    except MalformedJsonError as error:
        raise InvalidRequestError(f"metaData: {error}") from error
    if not isinstance(metadata, dict) or is_deeper_than(metadata, DEEPEST):
        raise InvalidRequestError(
            f'metaData must be an object such as {{"callback-payload": ...}}; got {quoted(text)}'
        )
    others = [name for name in metadata if name != _PAYLOAD]
    send_along(
        call, ConfigWarnings.of(unread(("metaData", name), nearest(name, (_PAYLOAD,))) for name in others)
    )
    content = metadata.get(_PAYLOAD)
    return None if content is None else encode_text(content)


def uploaded() -> Iterator[str]:
    """Yield the records of the uploaded file as JSON texts.

    Raises:
        InvalidRequestError: there is no file, or it holds no records.
    """
    file = request.files.get("file")
    if file is None:
        raise InvalidRequestError(
            'the part "file" is missing; expected multipart/form-data with a CSV or JSON file'
        )
    return _some(map(encode_text, _json_records(file) if _is_json(file) else _csv_records(file)))


def _some(texts: Iterator[str]) -> Iterator[str]:
    # Read at once, so that an empty file is refused before a job is made.
    first = next(texts, None)
    if first is None:
        raise InvalidRequestError("the file has no records")
    yield first
    yield from texts


def _is_json(file: FileStorage) -> bool:
    """Say whether a file is JSON: by its type, its name, or else its first letter (assumed)."""
    if file.mimetype in {JSON, CSV}:
        return file.mimetype == JSON
    name = (file.filename or "").lower()
    if name.endswith((".json", ".csv")):
        return name.endswith(".json")
    start = file.stream.read(100).lstrip(b"\xef\xbb\xbf \t\r\n")
    file.stream.seek(0)
    return start[:1] in {b"{", b"["}


def _csv_records(file: FileStorage) -> Iterator[dict[str, object]]:
    lines = io.TextIOWrapper(file.stream, encoding="utf-8", newline="")
    try:
        yield from csv_text.records(lines)
    except UnicodeDecodeError as error:
        raise InvalidRequestError("the file is not UTF-8") from error
    finally:
        # The wrapper would close Flask's stream when it is collected.
        lines.detach()


def _json_records(file: FileStorage) -> Iterator[dict[str, Json]]:
    """Yield the records of an array, or of lines that are an object each."""
    raw = file.stream.read()
    try:
        whole = decode(raw)
    except MalformedJsonError as error:
        # On one line it is meant as a whole; on several it may be an object a line.
        if b"\n" not in raw.strip():
            raise InvalidRequestError(f"the file: {error}") from error
        yield from _json_lines(raw)
        return
    yield from map(_record, whole if isinstance(whole, list) else [whole])


def _json_lines(raw: bytes) -> Iterator[dict[str, Json]]:
    for number, line in enumerate(raw.splitlines(), start=1):
        if line.strip():
            try:
                yield _record(decode(line))
            except MalformedJsonError as error:
                raise InvalidRequestError(f"line {number} of the file: {error}") from error


def _record(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict) or is_deeper_than(value, DEEPEST):
        raise InvalidRequestError(f"each record of the file must be an object; got {quoted(value)}")
    return value
