"""What the CRM keeps, as tables."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from mock_kit.storage.database import Instant
from mock_kit.storage.retention import pruned_table
from mock_kit.storage.schema import SchemaPart

metadata = MetaData()

SCHEMA = SchemaPart("crm", metadata, version=4)

pruned = pruned_table("crm_pruned", metadata)


records = Table(
    "crm_records",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("updated", Instant, nullable=False),
    Column("document", Text, nullable=False),  # the whole record as JSON, in its canonical shape and order
    Index("crm_records_updated", "workspace", "kind", "updated", "id"),
)

references = Table(
    "crm_references",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("to_entity", Text, primary_key=True),
    Column("to_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
)

files = Table(
    "crm_files",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("content_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

bin_ = Table(
    "crm_bin",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)

sequences = Table(
    "crm_sequences",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # of a kind of record, or of a collection's numbers
    Column("first", BigInteger, nullable=False),
    Column("next", BigInteger, nullable=False),
    Column("live", BigInteger, nullable=False),  # how many of the numbers given out are still in use
)

changes = Table(
    "crm_changes",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("change", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Index("crm_changes_record", "workspace", "kind", "record_id", "seq"),
)

seed_runs = Table(
    "crm_seed_runs",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("first_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seed", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
)
