"""What is remembered of each workspace's account: its settings, and who signed in."""

from datetime import datetime

from msgspec.json import Decoder
from sqlalchemy import Column, Index, Insert, Table, Text, bindparam, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import Instant
from mock_kit.storage.prepared import InsertInto, Prepared
from mock_kit.storage.transaction import Transaction, WorkspaceStatement
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_kit.workspaces.registry import Workspace
from mock_platform.core.counters import next_number
from mock_platform.core.identities import session_token
from mock_platform.core.tables import OutsideText, metadata, platform_table

accounts = platform_table(
    "platform_accounts",
    Column("settings", OutsideText, nullable=False),
    Column("last_login", Instant),
)
sessions = Table(
    "platform_sessions",
    metadata,
    Column("token", OutsideText, primary_key=True),
    Column("workspace", Text, nullable=False),
    Index("platform_sessions_of_workspace", "workspace"),
)

_decoded = Decoder(dict[str, str])
_own_settings = WorkspaceStatement(select(accounts.c.settings))
_own_login = WorkspaceStatement(select(accounts.c.last_login))
_keep_settings = WorkspaceStatement(lambda insert: _keeping(insert, "settings"))
_keep_login = WorkspaceStatement(lambda insert: _keeping(insert, "last_login"))
_add_session = WorkspaceStatement(sessions.insert())
_of_token = Prepared(select(sessions.c.workspace).where(sessions.c.token == bindparam("of_token")))


class Accounts(DatabaseStore):
    """The account of every workspace."""

    def settings(self, workspace: str) -> dict[str, str]:
        """Return the settings of a workspace's account."""
        with self._database.read(workspace) as tx:
            return _settings(tx)

    def change_settings(self, workspace: str, sent: dict[str, str]) -> dict[str, str]:
        """Set what is sent, and return all settings; what is not sent stays."""
        with self._database.transaction(workspace, alone=f"account {workspace}") as tx:
            changed = {**_settings(tx), **sent}
            tx.run(_keep_settings, settings=encode_text(changed), last_login=None)
        return changed

    def last_login(self, workspace: str) -> datetime | None:
        """Return when somebody signed in last; None if nobody has."""
        with self._database.read(workspace) as tx:
            last: datetime | None = tx.scalar(_own_login)
        return last

    def sign_in(self, workspace: Workspace, now: datetime) -> str:
        """Keep that the user has signed in, and return the token of it."""
        with self._database.transaction(workspace.name) as tx:
            token = session_token(workspace, next_number(tx, "session", first=1))
            tx.run(_keep_login, settings="{}", last_login=now)
            tx.run(_add_session, token=token)
        return token

    def workspace_with_token(self, token: str) -> str | None:
        """Return the name of the workspace whose user got a token by signing in."""
        with self._database.read_across() as tx:
            name: str | None = tx.scalar(_of_token, of_token=token)
        return name


def _keeping(insert: InsertInto, column: str) -> Insert:
    """Return what changes this column alone where there is a row."""
    kept = insert(accounts)
    return kept.on_conflict_do_update(
        index_elements=[accounts.c.workspace], set_={column: kept.excluded[column]}
    )


def _settings(tx: Transaction) -> dict[str, str]:
    kept = tx.scalar(_own_settings)
    return {} if kept is None else _decoded.decode(kept)
