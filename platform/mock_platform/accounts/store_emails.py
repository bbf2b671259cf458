"""E-mails that would have been sent."""

from msgspec import convert, structs
from sqlalchemy import Connection, func, select

from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.accounts.emails import Email
from mock_platform.core.tables import emails

_add = emails.insert()


class Emails(DatabaseStore):
    """The e-mails of every workspace."""

    def add(self, workspace: str, email: Email) -> None:
        """Keep an e-mail."""
        with self._database.writing() as connection:
            keep_email(connection, workspace, email)

    def list(
        self, workspace: str, *, before: int | None = None, limit: int
    ) -> "tuple[list[tuple[int, Email]], int]":
        """Return the latest e-mails, oldest first, each with its number, and how many there are in all.

        Args:
            before: only those that have a lower number.
        """
        all_of_them = select(emails).where(emails.c.workspace == workspace)
        latest = all_of_them.order_by(emails.c.number.desc()).limit(limit)
        if before is not None:
            latest = latest.where(emails.c.number < before)
        with self._database.reading() as connection:
            total = connection.scalar(all_of_them.with_only_columns(func.count())) or 0
            rows = connection.execute(latest).all()
        return [(row.number, convert(row, Email, from_attributes=True)) for row in reversed(rows)], total


def keep_email(connection: Connection, workspace: str, email: Email) -> None:
    """Keep an e-mail in a transaction that does more."""
    row = {**structs.asdict(email), "workspace": workspace, "cause": email.cause.value}
    connection.execute(_add, row)
