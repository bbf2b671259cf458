"""The platform's tables. Every row belongs to a workspace; JSON and texts are kept as text."""

from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.types import TypeDecorator

from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.retention import pruned_table
from elements_local.kit.storage.schema import workspace_table
from elements_local.kit.workspaces.table_rows import ANEW


class OutsideText(TypeDecorator[str]):
    """A text from outside. U+0000, which PostgreSQL keeps in no text, is kept as U+FFFD, and looked for as that."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Take out what cannot be kept."""
        return None if value is None else value.replace("\0", "\ufffd")


def _number() -> Column[int]:
    """Return a column that tells what came first; its values are the database's, and nobody sees them."""
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Column("number", kind, primary_key=True, autoincrement=True, info=ANEW)


metadata = MetaData()

platform_table = partial(workspace_table, metadata)
"""Returns a table of the platform's, from its name and its columns but the workspace."""

pruned = pruned_table("platform_pruned", metadata)

counters = platform_table(
    "platform_counters",
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

instances = platform_table(
    "platform_instances",
    Column("id", BigInteger, primary_key=True),
    Column("token", OutsideText, nullable=False),
    Column("name", OutsideText, nullable=False),
    Column("tags", Text, nullable=False),
    Column("element_key", Text, nullable=False),
    Column("configuration", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("external_authentication", OutsideText, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("polling_disabled", Boolean, nullable=False),
    Column("trace_logging_until", Instant),
    Column("folded_name", OutsideText, nullable=False),
    Index("platform_instances_by_id", "id"),
    Column("objects", OutsideText, nullable=False, server_default=""),
    Index("platform_instances_by_token", "workspace", "token", unique=True),
)

past_configurations = platform_table(
    "platform_past_configurations",
    Column("instance_id", BigInteger, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("configuration", Text, nullable=False),
)
"""What instances were configured as before they were changed: a past poll is explained by what it was asked to do."""

instance_tags = platform_table(
    "platform_instance_tags",
    Column("instance_id", BigInteger, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("tag", OutsideText, nullable=False),
)
"""The tags of instances once more, to be found by; they are shown from the instance itself."""

body_warnings = platform_table(
    "platform_body_warnings",
    Column("instance_id", BigInteger, primary_key=True),
    Column("warnings", Text, nullable=False),
)

traces = platform_table(
    "platform_traces",
    Column("id", OutsideText, primary_key=True),
    Column("element_key", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("exchanges", Text, nullable=False),
)

subscriptions = platform_table(
    "platform_subscriptions",
    Column("id", BigInteger, primary_key=True),
    Column("instance_id", BigInteger),
    Column("channel", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("url", OutsideText, nullable=False),
    Column("active", Boolean, nullable=False),
    Index("platform_subscriptions_by_instance", "workspace", "instance_id"),
)

subscribed_topics = platform_table(
    "platform_subscribed_topics",
    Column("topic", OutsideText, primary_key=True),
    Column("subscription_id", BigInteger, primary_key=True),
    Column("place", Integer, nullable=False),
    Index("platform_subscribed_topics_of", "workspace", "subscription_id"),
)

last_polls = platform_table(
    "platform_last_polls",
    Column("instance_id", BigInteger, primary_key=True),
    Column("resource", OutsideText, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
)

polls = platform_table(
    "platform_polls",
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("instance_id", BigInteger, nullable=False),
    Column("resource", OutsideText, nullable=False),
    Column("window_from", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("request_url", OutsideText, nullable=False),
    Column("request_status", Integer),
    Column("seen", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("decisions", Text, nullable=False),
    Column("error", OutsideText),
    Column("calls", Text),
)

notifications = platform_table(
    "platform_notifications",
    Column("id", BigInteger, primary_key=True),
    Column("event_id", OutsideText),
    Column("instance_id", BigInteger),
    Column("topic", OutsideText, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("acknowledged", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("platform_notifications_by_event", "workspace", "event_id", unique=True),
    Index("platform_notifications_of_instance", "workspace", "instance_id", "id"),
    Index("platform_notifications_of_topic", "workspace", "topic", "id"),
)
_first = notifications.alias()
_is_number = (notifications.c.raw != "") & (func.substr(notifications.c.raw, 1, 1) != "{")
# every notification of a poll has all its records: kept in each, those of ten thousand changes would be gigabytes
SHARED_RAW = (
    select(_first.c.raw)
    .where(_first.c.workspace == notifications.c.workspace)
    .where(_first.c.id == case((_is_number, cast(notifications.c.raw, BigInteger))))
    .scalar_subquery()
    .label("shared_raw")
)
"""What a notification has of the first one of its poll, whose id is its ``raw``; None of one that has it itself."""

deliveries = platform_table(
    "platform_deliveries",
    Column("notification_id", BigInteger, primary_key=True),
    Column("subscription_id", BigInteger, primary_key=True),
    Column("status", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("first_failure", Instant),
    Index("platform_deliveries_of_subscription", "workspace", "subscription_id"),
)

attempts = platform_table(
    "platform_attempts",
    Column("notification_id", BigInteger, primary_key=True),
    Column("subscription_id", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("url", OutsideText, nullable=False),
    Column("status", Integer),
    Column("reason", OutsideText, nullable=False),
    Column("elapsed_s", Float, nullable=False),
)

jobs = Table(
    "platform_jobs",
    metadata,
    _number(),
    Column("workspace", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subscription_id", BigInteger),
    Column("due", Instant, nullable=False),
    Column("rank", Integer, nullable=False),
    Index("platform_jobs_due", "workspace", "due", "rank", "number"),
    Index("platform_jobs_by_subject", "workspace", "kind", "subject"),
    sqlite_autoincrement=True,
)
sessions = Table(
    "platform_sessions",
    metadata,
    Column("token", OutsideText, primary_key=True),
    Column("workspace", Text, nullable=False),
    Index("platform_sessions_of_workspace", "workspace"),
)
emails = Table(
    "platform_emails",
    metadata,
    _number(),
    Column("workspace", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("cause", Text, nullable=False),
    Column("sender", OutsideText, nullable=False),
    Column("recipient", OutsideText, nullable=False),
    Column("subject", OutsideText, nullable=False),
    Column("message", OutsideText, nullable=False),
    Index("platform_emails_of_workspace", "workspace", "number"),
)


def columns_of(row: Any) -> dict[str, Any]:
    """Return a row's columns without its workspace, by the names of the fields that they were made of."""
    return {name: value for name, value in row._asdict().items() if name != "workspace"}
