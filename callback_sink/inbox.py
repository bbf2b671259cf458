"""What a callback is, whether its signature holds, and which callbacks a search means.

A bin is the first segment of a path. Everything here is decided from what is handed in.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from heapq import nsmallest
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from mock_kit.instants import format_instant
from mock_kit.json_text import DEEPEST, Json, MalformedJsonError, decode
from mock_kit.masks import mask_header

SIGNATURE_HEADER = "Elements-Webhook-Signature"

BinName = Annotated[str, Meta(pattern=r"^[^/\x00]*$", max_length=500)]
"""A bin as an admin call names it."""

_UNREADABLE = re.compile("[^!-~\u00a0-\ud7ff\ue000-\U0010ffff]|[%?#]")
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


class Verdict(Enum):
    """What was found out about a callback's signature.

    Attributes:
        UNCHECKED: there is a signature, and no key is known to hold it against.
    """

    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, kw_only=True)
class Received:
    """A callback as it came in.

    Attributes:
        path: with its query, as ``target_of`` writes it.
        headers: as sent; nothing is masked yet.
        body: the exact bytes.
    """

    received_at: datetime
    bin: str
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def signature_header(self) -> str | None:
        """The signature that came along, if one did."""
        wanted = SIGNATURE_HEADER.lower()
        return next((value for name, value in self.headers if name.lower() == wanted), None)


@dataclass(frozen=True, kw_only=True)
class Callback(Received):
    """A recorded callback.

    Attributes:
        id: counts up from 1 in each workspace, and is not used again before a reset.
        status: what the sink answered; None if it hung up.
    """

    id: int
    status: int | None
    signature: Verdict

    @cached_property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Json:
        """The body as JSON; None if it is none, or is nested deeper than a reader should be given."""
        try:
            value = decode(self.body)
        except MalformedJsonError:
            return None
        return None if _is_deeper(value, DEEPEST) else value

    @cached_property
    def shown_headers(self) -> dict[str, str]:
        """The headers as they may be shown: credentials masked."""
        return {name: mask_header(name, value) for name, value in self.headers}

    def to_json(self) -> dict[str, Json]:
        """Return what a listing shows."""
        return {
            "id": self.id,
            "received_at": format_instant(self.received_at),
            "method": self.method,
            "path": self.path,
            "headers": {**self.shown_headers},
            "body": self.text,
            "json": self.json,
            "status": self.status,
            "signature": self.signature.value,
        }


class Filters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which callbacks are meant; None leaves a question open.

    Attributes:
        object_type, event_type, object_id, instance_id: one event of the callback has them all.
        q: a text anywhere in path, headers (as shown) or body; case does not count.
    """

    bin: BinName | None = None
    object_type: str | None = None
    event_type: str | None = None
    object_id: str | int | None = None
    instance_id: str | int | None = None
    q: str | None = None

    @property
    def of_event(self) -> dict[str, str]:
        """What is asked of an event, under the names that events use."""
        asked = {
            "objectType": self.object_type,
            "eventType": self.event_type,
            "objectId": self.object_id,
            "instanceId": self.instance_id,
        }
        return {name: str(value) for name, value in asked.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class NearMiss:
    """A callback that a search did not mean, and why it did not."""

    callback: Callback
    differs: list[str]

    def to_json(self) -> dict[str, Json]:
        """Return the callback as listed, with what differs."""
        return {**self.callback.to_json(), "differs": [*self.differs]}


def keepable(text: str) -> str:
    """Return a text that JSON and every database can hold: without NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def bin_of(path: bytes) -> str:
    """Say which bin an unquoted path leads to; the root leads to the bin without a name.

    >>> bin_of(b"/default/contacts")
    'default'
    """
    return keepable(path.lstrip(b"/").partition(b"/")[0].decode("utf-8", "replace"))


def target_of(path: bytes, query: bytes) -> str:
    """Write an unquoted path and a query so that they can be read, and sent again as they came.

    Letters stay letters; what would be misread, or is not UTF-8, stays percent-encoded.

    >>> target_of("/default/Zoë 1?".encode(), b"x=%20")
    '/default/Zoë%201%3F?x=%20'
    """
    text = path.decode("utf-8", "surrogateescape")
    shown = _UNREADABLE.sub(lambda found: quote(found[0], errors="surrogateescape"), text)
    return f"{shown}?{quote(query, safe=_VISIBLE)}" if query else shown


def judge(header: str | None, body: bytes, keys: Sequence[str]) -> Verdict:
    """Say whether a callback was signed with one of the keys.

    Args:
        header: the whole value, ``sha256=`` and the base64 of the HMAC-SHA256 over the body's bytes.
        keys: those known for the bin; any of them will do, so that a key can be changed without a gap.

    Source: the vendor's event documentation and API test suite (documented); that anything but exactly
        this text is no signature, whatever its base64 may decode to, is assumed.
    """
    if header is None:
        return Verdict.ABSENT
    if not keys:
        return Verdict.UNCHECKED
    given = header.encode("utf-8", "replace")
    genuine = [hmac.compare_digest(given, _signature(key, body)) for key in keys]
    return Verdict.VALID if any(genuine) else Verdict.INVALID


def matches(wanted: Filters, callback: Callback) -> bool:
    """Say whether a search means this callback."""
    return not differences(wanted, callback)


def differences(wanted: Filters, callback: Callback) -> list[str]:
    """Tell what keeps a callback from being meant, by the event of it that comes closest."""
    found = []
    if wanted.bin not in {None, callback.bin}:
        found.append(f"bin: expected {wanted.bin}, was {callback.bin}")
    if asked := wanted.of_event:
        nearest = min((_event_differences(asked, event) for event in events_of(callback.json)), key=len)
        found += nearest
    if wanted.q is not None and not _mentions(callback, wanted.q):
        found.append(f"q: expected {wanted.q} in path, headers or body, was in none")
    return found


def closest(wanted: Filters, callbacks: Iterable[Callback], *, at_most: int = 3) -> list[NearMiss]:
    """Return the callbacks that come closest to a search without being meant; of equals, the latest."""
    misses = (NearMiss(callback=callback, differs=differences(wanted, callback)) for callback in callbacks)
    return nsmallest(
        at_most,
        (miss for miss in misses if miss.differs),
        key=lambda miss: (len(miss.differs), -miss.callback.id),
    )


def events_of(body: Json) -> list[dict[str, str | None]]:
    """Return the events a callback tells of: type and id of the object, what happened, whose instance.

    There is always one at least, so that a callback that tells of none can be told from one that does.

    Source: captured callbacks of 2018 and 2020 (observed): ``message.events`` is normalised, and the 2020
        records in ``message.raw`` carry ``objectId`` and ``eventType`` themselves. That the records stand
        in where there are no events, and ``message.raw.objectType`` where an event has none, is assumed.
    """
    message = _object(_object(body).get("message"))
    raw = _object(message.get("raw"))
    events = _objects(message.get("events")) or _records(raw) or [{}]
    instance = message.get("instanceId", message.get("instance_id"))
    return [
        {
            "objectType": _text(event.get("objectType", raw.get("objectType"))),
            "eventType": _text(event.get("eventType")),
            "objectId": _text(event.get("objectId")),
            "instanceId": _text(instance),
        }
        for event in events
    ]


def _signature(key: str, body: bytes) -> bytes:
    return b"sha256=" + b64encode(hmac.digest(key.encode(), body, "sha256"))


def _event_differences(asked: Mapping[str, str], event: Mapping[str, str | None]) -> list[str]:
    return [
        f"{name}: expected {value}, was {'absent' if event[name] is None else event[name]}"
        for name, value in asked.items()
        if event[name] != value
    ]


def _mentions(callback: Callback, text: str) -> bool:
    headers = (f"{name}: {value}" for name, value in callback.shown_headers.items())
    return any(text.lower() in place.lower() for place in (callback.path, callback.text, *headers))


def _records(raw: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """Read a raw message's records as events; the key they stand under is their type."""
    return [
        {"objectType": key, "objectId": record.get("objectId"), "eventType": record.get("eventType")}
        for key, records in raw.items()
        for record in _objects(records)
    ]


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _objects(value: Json) -> list[Mapping[str, Json]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _text(value: Json) -> str | None:
    """Return an id or a name as text, however it was written."""
    known = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if known else None


def _is_deeper(value: Json, limit: int) -> bool:
    level = _containers([value])
    for _ in range(limit):
        level = [inner for outer in level for inner in _containers(outer)]
    return bool(level)


def _containers(value: "list[Json] | dict[str, Json]") -> "list[list[Json] | dict[str, Json]]":
    entries = value.values() if isinstance(value, dict) else value
    return [entry for entry in entries if isinstance(entry, dict | list)]
