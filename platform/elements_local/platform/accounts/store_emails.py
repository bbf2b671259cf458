"""E-mails that would have been sent."""

from operator import itemgetter

from msgspec import convert, structs
from sqlalchemy import bindparam, func, select

from elements_local.kit.api.pages import Page
from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.platform.accounts.emails import Email
from elements_local.platform.core.tables import emails

_HIGHEST = 2**63 - 1

_add = WorkspaceStatement(emails.insert())
_latest = WorkspaceStatement(
    select(emails)
    .where(emails.c.number < bindparam("before"))
    .order_by(emails.c.number.desc())
    .limit(bindparam("most"))
)
_count = WorkspaceStatement(select(func.count()).select_from(emails))


class Emails:
    """The e-mails of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, email: Email) -> None:
        """Keep an e-mail."""
        self._tx.run(_add, **structs.asdict(email) | {"cause": email.cause.value})

    def page(self, *, before: int | None = None, limit: int) -> Page[tuple[int, Email]]:
        """Return a page of the e-mails, the latest first, each with its number.

        Args:
            before: only those that have a lower number.
        """
        rows = self._tx.all(_latest, before=_HIGHEST if before is None else before, most=limit + 1)
        found = [(row.number, convert(row._asdict(), Email)) for row in rows]
        return Page.of(found, limit, total=self._tx.scalar(_count), cursor=itemgetter(0))
