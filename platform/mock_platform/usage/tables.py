"""The table of usage: a row for each call."""

from sqlalchemy import BigInteger, Column, Index, Integer, Text

from mock_kit.storage.database import Instant
from mock_platform.core.tables import OutsideText, platform_table

usage = platform_table(
    "platform_usage",
    Column("id", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("method", OutsideText, nullable=False),
    Column("uri", OutsideText, nullable=False),
    Column("path", OutsideText, nullable=False),
    Column("status", Integer, nullable=False),
    Column("ip", Text, nullable=False),
    Column("request_id", OutsideText, nullable=False),
    Column("instance_id", BigInteger),
    Column("element_key", Text),
    Column("process_ms", Integer, nullable=False),
    Index("platform_usage_by_time", "workspace", "at"),
    Index("platform_usage_by_request", "workspace", "request_id"),
)
