"""Callbacks as the database has them."""

from typing import TYPE_CHECKING

from msgspec.json import decode

from callback_sink.answers import ScriptedResponse
from callback_sink.inbox import Callback, ForwardedJson, Received
from callback_sink.signature import SignatureVerdict, judge
from callback_sink.tables import digest_of
from mock_kit.api.json_text import encode_text

if TYPE_CHECKING:
    import sqlalchemy


def callback_of(row: "sqlalchemy.Row[tuple[object, ...]]") -> Callback:
    """Read a callback from its row."""
    return Callback(
        id=row.id,
        received_at=row.received_at,
        bin=row.bin,
        method=row.method,
        path=row.path,
        headers=decode(row.headers, type=list[tuple[str, str]]),
        body=bytes(row.body),
        status=row.status,
        signature=SignatureVerdict(row.signature),
        size=row.size,
        forwards=decode(row.forwards, type=list[ForwardedJson]),
    )


def taken(received: Received, answer: ScriptedResponse, keys: list[str], *, number: int) -> Callback:
    """Return a callback as it is kept: as much of it as was read, judged by that."""
    # Judged by what was read: of half a body no signature can hold.
    body = answer.read(received.body)
    return Callback(
        **{**vars(received), "body": body},
        id=number,
        status=None if answer.hangs_up else answer.status,
        signature=judge(received.signature_header, body, keys),
        # what was sent, beside what was kept
        size=len(received.body),
    )


def row_of(callback: Callback) -> dict[str, object]:
    """Write a callback for its row, but for the workspace."""
    return {
        "id": callback.id,
        "bin": callback.bin,
        "bin_digest": digest_of(callback.bin),
        "received_at": callback.received_at,
        "method": callback.method,
        "path": callback.path,
        "status": callback.status,
        "signature": callback.signature.value,
        "headers": encode_text(callback.headers),
        "body": callback.body,
        "size": callback.size,
        "weight": weight_of(callback),
        "forwards": encode_text(callback.forwards),
    }


def weight_of(callback: Callback) -> int:
    """Return about how many bytes a callback takes; always the same for the same one."""
    # What is noted of forwards does not count: it comes later, and would move the weight that was counted already.
    names = sum(len(name) + len(value) for name, value in callback.headers)
    return len(callback.body) + len(callback.path) + names
