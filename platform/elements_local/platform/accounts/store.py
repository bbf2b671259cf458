"""What is remembered of each workspace's account: its settings, who signed in, and the e-mails that would have been sent."""

from datetime import datetime
from operator import itemgetter

from msgspec import convert, structs
from msgspec.json import Decoder
from sqlalchemy import Column, Insert, bindparam, func, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.pages import Page
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import InsertInto
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.emails import Email
from elements_local.platform.core.identities import next_number, session_token
from elements_local.platform.core.tables import OutsideText, emails, platform_table, sessions

accounts = platform_table(
    "platform_accounts",
    Column("settings", OutsideText, nullable=False),
    Column("last_login", Instant),
)

_decoded = Decoder(dict[str, str])
_own_settings = WorkspaceStatement(select(accounts.c.settings))
_own_login = WorkspaceStatement(select(accounts.c.last_login))
_keep_settings = WorkspaceStatement(lambda insert: _keeping(insert, "settings"))
_keep_login = WorkspaceStatement(lambda insert: _keeping(insert, "last_login"))
_add_session = WorkspaceStatement(sessions.insert())


class Accounts:
    """A workspace's account, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def settings(self) -> dict[str, str]:
        """Return the account's settings."""
        kept = self._tx.scalar(_own_settings)
        return {} if kept is None else _decoded.decode(kept)

    def keep_settings(self, settings: dict[str, str]) -> None:
        """Put settings in the place of all that there are."""
        self._tx.run(_keep_settings, settings=encode_text(settings), last_login=None)

    def last_login(self) -> datetime | None:
        """Return when somebody signed in last; None if nobody has."""
        last: datetime | None = self._tx.scalar(_own_login)
        return last

    def sign_in(self, workspace: Workspace, now: datetime) -> str:
        """Keep that the user has signed in, and return the token of it."""
        token = session_token(workspace, next_number(self._tx, "session", first=1))
        self._tx.run(_keep_login, settings="{}", last_login=now)
        self._tx.run(_add_session, token=token)
        return token


def _keeping(insert: InsertInto, column: str) -> Insert:
    """Return what changes this column alone where there is a row."""
    kept = insert(accounts)
    return kept.on_conflict_do_update(
        index_elements=[accounts.c.workspace], set_={column: kept.excluded[column]}
    )


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
