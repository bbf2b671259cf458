"""What a callback is, and which bin it is for.

A bin is the first segment of a path. Everything here is decided from what is handed in.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated, TypedDict
from urllib.parse import quote

from msgspec import Meta

from callback_sink.events import Event, events_of, read_events
from callback_sink.signature import SIGNATURE_HEADER, SignatureVerdict
from elements_local.kit.api.json_text import DEEPEST, Json, MalformedJsonError, decode, is_deeper_than
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_header, mask_target

BinName = Annotated[
    str,
    Meta(
        pattern=r"^[^/\x00]*$",
        max_length=500,
        description="the first segment of a path, of up to 500 letters",
    ),
]
"""A bin as an admin call names it."""

_UNREADABLE = re.compile("[^!-~\u00a0-\ud7ff\ue000-\U0010ffff]|[%?#]")
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


class ForwardedJson(TypedDict):
    """What came of sending a callback on.

    ``status``, ``headers`` and ``body`` are the target's answer; ``reason`` says why there is none.
    """

    at: str
    url: str
    replay: bool
    status: int | None
    headers: dict[str, str]
    body: str
    reason: str | None


AnyBody = Annotated[
    object,
    Meta(
        description="the body as JSON; CallbackBody is what the platform sends, and another sender may send any other value",
        extra_json_schema={
            "anyOf": [
                {"$ref": "#/components/schemas/CallbackBody"},
                {"type": "object", "additionalProperties": True},
                {"type": "array", "items": {}},
                *({"type": kind} for kind in ("string", "number", "boolean", "null")),
            ]
        },
    ),
]


class CallbackJson(TypedDict):
    """A callback as listed."""

    id: int
    received_at: str
    method: str
    path: str
    headers: dict[str, str]
    body: str
    json: AnyBody
    status: int | None
    signature: str
    size: int
    forwards: list[ForwardedJson]


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
        size: bytes that were sent; of a callback that was read by half, the body has fewer.
        forwards: what came of sending it on, the latest last.
        kept_events: as ``events.kept_events`` writes them; None if they are not kept.
    """

    id: int
    status: int | None
    signature: SignatureVerdict
    size: int
    forwards: list[ForwardedJson] = field(default_factory=list)
    kept_events: str | None = None

    @cached_property
    def events(self) -> list[Event]:
        """The events that it reports; there is always one."""
        return events_of(self.body) if self.kept_events is None else read_events(self.kept_events)

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
        return None if is_deeper_than(value, DEEPEST) else value

    @cached_property
    def shown_headers(self) -> dict[str, str]:
        """The headers as they may be shown: credentials masked."""
        return {name: mask_header(name, value) for name, value in self.headers}

    def to_json(self) -> CallbackJson:
        """Return what a listing shows."""
        return {
            "id": self.id,
            "received_at": format_instant(self.received_at),
            "method": self.method,
            "path": mask_target(self.path),
            "headers": self.shown_headers,
            "body": self.text,
            "json": self.json,
            "status": self.status,
            "signature": self.signature.value,
            "size": self.size,
            "forwards": self.forwards,
        }


def keepable(text: str) -> str:
    """Return a text that JSON and every database can hold: without NUL and lone surrogates."""
    # PostgreSQL keeps no NUL, and a lone surrogate is in no UTF-8.
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
    # Bytes that are not UTF-8 come through as surrogates, and become percent escapes of those very bytes below.
    text = path.decode("utf-8", "surrogateescape")
    shown = _UNREADABLE.sub(lambda found: quote(found[0], errors="surrogateescape"), text)
    return f"{shown}?{quote(query, safe=_VISIBLE)}" if query else shown
