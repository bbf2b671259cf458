"""JSON in and out: one decoder, one encoder, and errors that point at the place."""

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from elements_local.kit.api.json_syntax import as_bytes, json_fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Request

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DEEPEST = 64
_NESTED = (dict, list)


def _plain(value: object) -> str:
    """Write what the encoder does not know: dates, which are of another class while freezegun holds the time."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


class MalformedJsonError(ValueError):
    """A text is not JSON. Says line and column, counted from 1, of the first fault in it, if that has a place."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Malformed JSON{' at ' if reason.startswith('line ') else ': '}{reason}")


class NotJsonContentError(ValueError):
    """A request names another content type than JSON."""

    def __init__(self, content_type: str) -> None:
        super().__init__(f"Content-Type must be application/json; got {content_type!r}")


def encode(value: object) -> bytes:
    """Write compact UTF-8 JSON; keys stay in their order."""
    return _encoder.encode(value)


def encode_text(value: object) -> str:
    """Write compact JSON as text."""
    return _encoder.encode(value).decode()


def decode(raw: bytes | str) -> Json:
    """Read JSON.

    Raises:
        MalformedJsonError: the text is not JSON, is not UTF-8, or is nested too deeply.
    """
    try:
        value: Json = msgspec.json.decode(as_bytes(raw))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedJsonError(json_fault(raw, error)) from error
    return value


def read_json(request: "Request", *, deepest: int = DEEPEST) -> Json:
    """Read a request's body as JSON.

    Args:
        deepest: levels of lists and objects at the most.

    Raises:
        NotJsonContentError: the request says that it carries something else.
        MalformedJsonError: the body is not JSON, or there is none.
    """
    if request.mimetype and not request.is_json:
        raise NotJsonContentError(request.mimetype)
    raw = request.get_data()
    if not raw.strip():
        raise MalformedJsonError("the body is empty")
    value = decode(raw)
    if is_deeper_than(value, deepest):
        raise MalformedJsonError(f"nested deeper than {deepest} levels")
    return value


def is_deeper_than(value: Json, limit: int) -> bool:
    """Say whether lists and objects are nested in more levels than that, which is at least one."""
    level = [value] if value and isinstance(value, _NESTED) else []
    for _ in range(limit - 1):
        # what is empty, as most lists of a record are, ends a level and leads to no other
        level = [inner for outer in level for inner in _inside(outer) if inner and isinstance(inner, _NESTED)]
        if not level:
            return False
    return any(isinstance(inner, _NESTED) for outer in level for inner in _inside(outer))


def _inside(nested: "list[Json] | dict[str, Json]") -> "Iterable[Json]":
    return nested.values() if isinstance(nested, dict) else nested
