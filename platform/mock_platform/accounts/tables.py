"""The tables of organizations, accounts, users and their sessions.

A workspace in which none of them has changed has no rows here: what it began with follows from its seed.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from mock_kit.storage.database import Instant
from mock_platform.core.tables import Words, metadata

organizations = Table(
    "platform_organizations",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("name", Words, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("customer_id", Words, nullable=False),
)

accounts = Table(
    "platform_accounts",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("company_id", BigInteger, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("created", Instant, nullable=False),
    Column("description", Words, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("default", Boolean, nullable=False),
    Column("roles", Text, nullable=False),
    Column("settings", Words, nullable=False),
)

users = Table(
    "platform_users",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("company_id", BigInteger, nullable=False),
    Column("email", Words, nullable=False),
    Column("first_name", Words, nullable=False),
    Column("last_name", Words, nullable=False),
    Column("secret", Words, nullable=False),
    Column("created", Instant, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("last_login", Instant),
    Column("password", Words),
    Column("roles", Text, nullable=False),
    Index("platform_users_by_secret", "secret", unique=True),
)

sessions = Table(
    "platform_sessions",
    metadata,
    Column("token", Words, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Index("platform_sessions_of_user", "workspace", "user_id"),
)
