"""The sink's tables. Nothing an outsider may choose without limit is part of an index: a bin is, by its digest."""

from functools import partial
from hashlib import blake2b

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Text

from mock_kit.storage.database import Instant
from mock_kit.storage.schema import SchemaPart
from mock_kit.storage.workspace_tables import workspace_table

metadata = MetaData()

SCHEMA = SchemaPart("sink", metadata, version=4)

_table = partial(workspace_table, metadata)

workspaces = _table("sink_workspaces", Column("last_id", BigInteger, nullable=False))

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
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("weight", BigInteger, nullable=False),
    Column("forwards", Text, nullable=False),
    Index("sink_callbacks_of_bin", "workspace", "bin_digest", "id"),
)
"""What came. ``size`` is what was sent of a body, ``weight`` what is kept of a callback; ``forwards`` is JSON."""

bins = _table(
    "sink_bins",
    Column("bin", Text, primary_key=True),
    Column("signature_keys", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("forward", Text),
    Column("relays", Boolean, nullable=False),
)
"""What a bin was told; keys and answers are JSON. One that ``relays`` answers what its forward's target answers."""

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
