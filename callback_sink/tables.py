"""The sink's tables, and callbacks as they have them.

Nothing an outsider may choose without limit is part of an index: a bin is, by its digest.
"""

from functools import partial
from hashlib import blake2b
from typing import Any

from msgspec.json import decode
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Row, Text

from callback_sink.answers import ScriptedResponse
from callback_sink.events import kept_events
from callback_sink.inbox import Callback, ForwardedJson, Received
from callback_sink.signature import SignatureVerdict, judge
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.schema import SchemaPart, workspace_table
from elements_local.kit.workspaces.table_rows import ANEW

metadata = MetaData()

SCHEMA = SchemaPart("sink", metadata)

_table = partial(workspace_table, metadata)

workspaces = _table("sink_workspaces", Column("last_id", BigInteger, nullable=False))


def _events_of_row(context: Any) -> str | None:
    """Return the events of a row that comes without them, out of a snapshot."""
    return kept_events(context.get_current_parameters()["body"])


callbacks = _table(
    "sink_callbacks",
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("bin", Text, nullable=False),
    Column("bin_digest", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer),
    Column("signature", Text, nullable=False),
    Column("events", Text, info=ANEW, default=_events_of_row),
    Column("headers", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("weight", BigInteger, nullable=False),
    Column("forwards", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("sink_callbacks_of_bin", "workspace", "bin_digest", "id"),
)
"""What came. ``size`` is what was sent of a body, ``weight`` what is kept of a callback; ``events`` and ``forwards`` are JSON.

The body is the last column, as SQLite reads all of it to find what is behind.
"""

bins = _table(
    "sink_bins",
    Column("bin", Text, primary_key=True),
    Column("signature_keys", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("forward", Text),
    Column("relays", Boolean, nullable=False),
)
"""The settings of a bin; keys and answers are JSON. One that ``relays`` answers what its forward's target answers."""

usage = _table(
    "sink_usage",
    Column("bin_digest", Text, primary_key=True),
    Column("callbacks", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("pruned", BigInteger, nullable=False),
    Column("pruned_at", Instant),
)
"""How much is kept of each bin, and how many callbacks have made room for others, the last of them when."""


def digest_of(name: str) -> str:
    """Return what stands for a bin's name in an index."""
    return blake2b(name.encode(), digest_size=16).hexdigest()


def callback_of(row: Row[Any]) -> Callback:
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
        kept_events=row.events,
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
        "events": kept_events(callback.body),
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
