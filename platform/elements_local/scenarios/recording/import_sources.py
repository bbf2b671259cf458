"""What a file has of a real integration: how its instance was configured, and which callbacks came. Pure but for reading."""

import json
from base64 import b64decode
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from elements_local.clients.errors import HarnessError
from elements_local.clients.records import INSIGHTLY, Kinds, RecordSort, value_at, with_value
from elements_local.kit.api.json_text import json_fault
from elements_local.kit.files import read_file
from elements_local.kit.os_errors import os_reason

_FORMS = (
    "an instance as GET /instances/{id} shows it, a callback's body, what the sink exports or a collector shows, a HAR file, a Postman collection with saved "
    "answers, or newman's JSON report"
)
_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S%z")
_ASSIGNED = (
    "DATE_",
    "CAN_",
    "OWNER_",
    "RESPONSIBLE_",
    "LAST_ACTIVITY",
    "NEXT_ACTIVITY",
    "CREATED_USER",
    "VISIBLE_",
    "CONVERTED",
)
"""How fields begin that the CRM assigns, or whose values are another account's ids."""


class ImportFileError(HarnessError):
    """A file is nothing that can be imported; says what came, and what is expected."""


class ImportedFile(Struct, frozen=True, kw_only=True):
    """What was found in a file.

    Attributes:
        instance: the last one that was seen, as it was sent or shown; None if there is none.
        instance_ids: of all that were shown.
        callbacks: bodies, in the order in which they came.
    """

    name: str
    instance: Mapping[str, Any] | None
    instance_ids: tuple[int, ...] = ()
    callbacks: tuple[Mapping[str, Any], ...]


def read(path: Path) -> ImportedFile:
    """Read a file.

    Raises:
        ImportFileError: it cannot be read, is no JSON, or has neither an instance nor a callback in it.
    """
    try:
        raw = read_file(path).removeprefix(BOM_UTF8)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {os_reason(error)}") from error
    try:
        document = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise ImportFileError(f"{path} cannot be read as JSON: {json_fault(raw, error)}") from error
    found = list(_objects(document))
    instances = [each for each in found if _is_instance(each)]
    callbacks = tuple(each for each in found if is_callback(each))
    if not instances and not callbacks:
        raise ImportFileError(f"{path} has neither an instance nor a callback in it; expected {_FORMS}")
    return ImportedFile(
        name=path.stem,
        instance=instances[-1] if instances else None,
        instance_ids=tuple(
            dict.fromkeys(each["id"] for each in instances if isinstance(each.get("id"), int))
        ),
        callbacks=callbacks,
    )


def is_callback(value: Mapping[str, Any]) -> bool:
    """Say whether an object is the body of a callback about events, in the form of 2018 or of 2020."""
    message = value.get("message")
    return isinstance(message, dict) and isinstance(message.get("events"), list)


def _is_instance(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("configuration"), dict) and isinstance(value.get("element"), dict)


def _objects(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON objects that a document exchanges: itself, or the bodies of requests and answers in it."""
    if isinstance(document, list):
        for each in document:
            yield from _objects(each)
        return
    if not isinstance(document, dict):
        return
    exchanges = list(_exchanges(document))
    if not exchanges:
        yield document
    for text in exchanges:
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            continue
        yield from _objects(body)


def _exchanges(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of bodies in a HAR file, a Postman collection, newman's report, or what a sink or a collector lists."""
    log, run = document.get("log"), document.get("run")
    if isinstance(log, dict):
        for entry in _dicts(log.get("entries")):
            yield _text(_dict(_dict(entry.get("request")).get("postData")))
            yield _text(_dict(_dict(entry.get("response")).get("content")))
    elif isinstance(run, dict):
        for execution in _dicts(run.get("executions")):
            yield _raw(_dict(execution.get("request")))
            stream = _dict(_dict(execution.get("response")).get("stream")).get("data")
            if isinstance(stream, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in stream):
                yield bytes(stream).decode("utf-8", "replace")
    elif isinstance(document.get("item"), list):
        yield from _items(document)
    else:
        if "received_at" in document:  # one callback of those that a sink lists
            yield str(document.get("body", ""))
        for items, text in (("callbacks", "body"), ("data", "data")):
            yield from (str(callback.get(text, "")) for callback in _dicts(document.get(items)))


def _items(folder: Mapping[str, Any]) -> Iterator[str]:
    for item in _dicts(folder.get("item")):
        yield from _items(item)
        yield _raw(_dict(item.get("request")))
        for answer in _dicts(item.get("response")):
            yield str(answer.get("body") or "")


def _raw(request: Mapping[str, Any]) -> str:
    return str(_dict(request.get("body")).get("raw") or "")


def _text(content: Mapping[str, Any]) -> str:
    text = str(content.get("text") or "")
    if content.get("encoding") != "base64":
        return text
    try:
        return b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


class ReportedRecord(Struct, frozen=True, kw_only=True):
    """One event of a callback.

    Attributes:
        resource, kind: as a scenario calls it, and as the vendor has it.
        fields: what can be written of the record.
        created, updated: None where the callback does not say.
        polled: when the poll ran that found it.
        left_out: fields of which the scenario has nothing, as they are ids or rows of their own.
    """

    resource: str
    kind: RecordSort
    record_id: str
    event_type: str
    polled: datetime
    created: datetime | None
    updated: datetime | None
    fields: Mapping[str, Any]
    left_out: tuple[str, ...]


def reported_records(callback: Mapping[str, Any], kinds: Kinds) -> Iterator[ReportedRecord | str]:
    """Yield what a callback tells of each record, or why nothing can be made of it."""
    message = callback["message"]
    raw = message.get("raw") if isinstance(message.get("raw"), dict) else {}
    rows: dict[str, Mapping[str, Mapping[str, Any]]] = {}
    for event in message["events"]:
        resource, record_id = str(event.get("objectType", "")), str(event.get("objectId", ""))
        if resource not in kinds:
            yield f"an event of {resource or 'no object type'}: scenarios know {', '.join(kinds)}"
            continue
        kind = kinds.of(resource)
        polled = _date(event.get("pollDate")) or _millis(raw.get("pollDate")) or _date(event.get("date"))
        if polled is None:
            yield f"an event of {resource} {record_id} that does not say when it was polled"
            continue
        if resource not in rows:
            rows[resource] = _rows(raw, resource, kind.id)
        record = rows[resource].get(record_id, {})
        kept = _written(kind, record)
        yield ReportedRecord(
            resource=resource,
            kind=kind,
            record_id=record_id,
            event_type=str(event.get("eventType", "")),
            polled=polled,
            created=_date(record.get("DATE_CREATED_UTC")),
            updated=_date(record.get("DATE_UPDATED_UTC")) or _date(event.get("date")),
            fields=kept,
            left_out=tuple(
                key
                for key, value in record.items()
                if key not in kept
                and value not in (None, [], "", False)
                and not key.startswith(_ASSIGNED)
                and key != kind.id
            ),
        )


def _rows(raw: Mapping[str, Any], resource: str, id_field: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the records of a callback by their ids: those of a resource, or wherever one has the id."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in (row for rows in [raw.get(resource), *raw.values()] for row in _dicts(rows)):
        for record_id in (each.get(id_field), each.get("id")):
            found.setdefault(str(record_id), each)
    return found


def _written(kind: RecordSort, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what can be written of a record; of another vendor's, where it is not known what can be, that is its name."""
    if kind.element == INSIGHTLY:
        return {key: value for key, value in record.items() if _is_writable(kind.id, key, value)}
    name = value_at(record, kind.called_by)
    return {} if name is None else with_value({}, kind.called_by, name)


def _is_writable(id_field: str, key: str, value: Any) -> bool:
    plain = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    return (
        plain
        and key != "id"
        and not key.endswith(("_ID", "_URL"))
        and key != id_field
        and not key.startswith(_ASSIGNED)
    )


def _date(value: Any) -> datetime | None:
    for pattern in _DATES if isinstance(value, str) else ():
        try:
            found = datetime.strptime(value, pattern)  # noqa: DTZ007 - the zone is given below where the text has none
        except ValueError:
            continue
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _millis(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) else None
    except (OverflowError, OSError, ValueError):
        return None
