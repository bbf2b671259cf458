"""E-mails that would have been sent."""

from sqlalchemy import Connection, Row, func, select

from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.accounts.emails import Email, EmailCause
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
        return [(row.number, _email(row)) for row in reversed(rows)], total


def keep_email(connection: Connection, workspace: str, email: Email) -> None:
    """Keep an e-mail in a transaction that does more."""
    row = {
        "workspace": workspace,
        "at": email.at,
        "cause": email.cause.value,
        "sender": email.sender,
        "recipient": email.to,
        "subject": email.subject,
        "message": email.message,
    }
    connection.execute(_add, row)


def _email(row: Row[tuple[object, ...]]) -> Email:
    return Email(
        at=row.at,
        cause=EmailCause(row.cause),
        sender=row.sender,
        to=row.recipient,
        subject=row.subject,
        message=row.message,
    )
