"""The sink's tables. Nothing an outsider may choose without limit is part of an index."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

from mock_kit.database import Instant

VERSION = 1

metadata = MetaData()

workspaces = Table(
    "sink_workspaces",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last_id", BigInteger, nullable=False),
)

callbacks = Table(
    "sink_callbacks",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("bin", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer),
    Column("signature", Text, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

bins = Table(
    "sink_bins",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("bin", Text, primary_key=True),
    Column("signature_keys", Text, nullable=False),
    Column("answers", Text, nullable=False),
)
"""What a bin was told; both lists are JSON."""
