"""The tables of organizations, accounts, users and their sessions.

A workspace in which none of them has changed has no rows here: what it began with follows from its seed.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from mock_kit.storage.database import Instant
from mock_platform.core.tables import OutsideText, metadata, platform_table

organizations = platform_table(
    "platform_organizations",
    Column("id", BigInteger, primary_key=True),
    Column("name", OutsideText, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("external_id", OutsideText, nullable=False),
    Column("customer_id", OutsideText, nullable=False),
)

accounts = platform_table(
    "platform_accounts",
    Column("id", BigInteger, primary_key=True),
    Column("company_id", BigInteger, nullable=False),
    Column("external_id", OutsideText, nullable=False),
    Column("name", OutsideText, nullable=False),
    Column("created", Instant, nullable=False),
    Column("description", OutsideText, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("default", Boolean, nullable=False),
    Column("roles", Text, nullable=False),
    Column("settings", OutsideText, nullable=False),
)

users = platform_table(
    "platform_users",
    Column("id", BigInteger, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("company_id", BigInteger, nullable=False),
    Column("email", OutsideText, nullable=False),
    Column("first_name", OutsideText, nullable=False),
    Column("last_name", OutsideText, nullable=False),
    Column("secret", OutsideText, nullable=False),
    Column("created", Instant, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("last_login", Instant),
    Column("password", OutsideText),
    Column("roles", Text, nullable=False),
    Column("details", OutsideText, nullable=False),
    Index("platform_users_by_secret", "secret", unique=True),
)

sessions = Table(
    "platform_sessions",
    metadata,
    Column("token", OutsideText, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Index("platform_sessions_of_user", "workspace", "user_id"),
)
