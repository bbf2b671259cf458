"""E-mails that would have been sent."""

from sqlalchemy import Connection, Row, select

from mock_kit.database import Database
from mock_kit.prepared import Prepared
from mock_platform.domain.emails import Cause, Email
from mock_platform.store.tables import emails

_add = Prepared(emails.insert())


class Emails:
    """The e-mails of every workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, workspace: str, email: Email) -> None:
        """Keep an e-mail."""
        with self._database.writing() as connection:
            keep_email(connection, workspace, email)

    def list(self, workspace: str, *, limit: int) -> "list[Email]":
        """Return the latest e-mails, oldest first."""
        latest = (
            select(emails)
            .where(emails.c.workspace == workspace)
            .order_by(emails.c.number.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_email(row) for row in reversed(connection.execute(latest).all())]


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
    _add.run(connection, row)


def _email(row: Row[tuple[object, ...]]) -> Email:
    return Email(
        at=row.at,
        cause=Cause(row.cause),
        sender=row.sender,
        to=row.recipient,
        subject=row.subject,
        message=row.message,
    )
