"""The tables of calls that are repeated by the calendar: the calls, and a row for each time that one was made."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text

from mock_kit.storage.database import Instant
from mock_platform.core.tables import OutsideText, platform_table

scheduled_calls = platform_table(
    "platform_scheduled_calls",
    Column("number", BigInteger, primary_key=True),
    Column("instance_id", BigInteger),
    Column("user_id", BigInteger),
    Column("name", OutsideText),
    Column("description", OutsideText),
    Column("method", Text, nullable=False),
    Column("target", OutsideText, nullable=False),
    Column("headers", OutsideText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("url", OutsideText),
    Column("cron", OutsideText, nullable=False),
    Column("created", Instant, nullable=False),
    Index("platform_scheduled_calls_of_instance", "workspace", "instance_id"),
)

scheduled_turns = platform_table(
    "platform_scheduled_turns",
    Column("number", BigInteger, primary_key=True),
    Column("instance_id", BigInteger),
    Column("call", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("error", OutsideText),
    Index("platform_scheduled_turns_of_call", "workspace", "call"),
)
