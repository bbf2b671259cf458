"""What the CRM keeps, as tables."""

from enum import Enum
from functools import partial

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Text

from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.retention import pruned_table
from elements_local.kit.storage.schema import SchemaPart, workspace_table

metadata = MetaData()

SCHEMA = SchemaPart("crm", metadata)


class ChangeType(Enum):
    """What a client made of a record."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


_table = partial(workspace_table, metadata)

pruned = pruned_table("crm_pruned", metadata)


records = _table(
    "crm_records",
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("updated", Instant, nullable=False),
    Column("document", Text, nullable=False),  # the whole record as JSON, in its canonical shape and order
    Index("crm_records_updated", "workspace", "kind", "updated", "id"),
)

references = _table(
    "crm_references",
    Column("to_entity", Text, primary_key=True),
    Column("to_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
)

files = _table(
    "crm_files",
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("content_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

bin_ = _table(
    "crm_bin",
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)

sequences = _table(
    "crm_sequences",
    Column("name", Text, primary_key=True),  # of a kind of record, or of a collection's numbers
    Column("first", BigInteger, nullable=False),
    Column("next", BigInteger, nullable=False),
    Column("live", BigInteger, nullable=False),  # how many of the numbers given out are still in use
)

changes = _table(
    "crm_changes",
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("change", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Index("crm_changes_record", "workspace", "kind", "record_id", "seq"),
)

seed_runs = _table(
    "crm_seed_runs",
    Column("kind", Text, primary_key=True),
    Column("first_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seed", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
)
