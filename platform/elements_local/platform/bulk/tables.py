"""The tables of bulk jobs: the jobs, and a row for each record that came, went, or failed."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Text

from elements_local.kit.storage.database import Instant
from elements_local.platform.core.tables import OutsideText, platform_table

bulk_jobs = platform_table(
    "platform_bulk_jobs",
    Column("id", BigInteger, primary_key=True),
    Column("instance_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("object_name", OutsideText, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("where", OutsideText, nullable=False),
    Column("order_field", OutsideText, nullable=False),
    Column("descending", Boolean, nullable=False),
    Column("records", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("fields", Text, nullable=False),
    Column("payload", Text),
    Column("next_page", OutsideText, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("callback_url", OutsideText),
    Index("platform_bulk_jobs_of_instance", "workspace", "instance_id", "id"),
)

bulk_rows = platform_table(
    "platform_bulk_rows",
    Column("bulk_id", BigInteger, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sort_key", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("platform_bulk_rows_sorted", "workspace", "bulk_id", "part", "sort_key", "number"),
)
