"""Calls of an account that several processes on one database count together."""

from collections.abc import Callable
from datetime import datetime

from msgspec.json import decode
from sqlalchemy import Column, Connection, MetaData, Table, Text, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly.account.allowance import Allowance, KeptUse, RateLimits, RateLimitVerdict

_metadata = MetaData()
# unlogged: nobody waits for the disk at each call, and after a crash of the database's machine a count begins anew
_uses = Table(
    "crm_allowance",
    _metadata,
    Column("workspace", Text, primary_key=True),
    Column("used", Text, nullable=False),
    prefixes=["UNLOGGED"],
)
SCHEMA = SchemaPart("allowance", _metadata)

_find = WorkspaceStatement(select(_uses.c.used))
_claim = WorkspaceStatement(
    # one statement makes the row or locks it, so that a call waits while another is counted
    lambda insert: (
        insert(_uses)
        .on_conflict_do_update(index_elements=[_uses.c.workspace], set_={"used": _uses.c.used})
        .returning(_uses.c.used)
    )
)
_forget = WorkspaceStatement(_uses.delete())
_keep = WorkspaceStatement(
    lambda insert: (kept := insert(_uses)).on_conflict_do_update(
        index_elements=[_uses.c.workspace], set_={"used": kept.excluded.used}
    )
)


class SharedAllowance(Allowance):
    """The calls of each workspace, as they are in the database, whichever process let them through."""

    def __init__(self, database: Database, *, rolling: bool) -> None:
        super().__init__(rolling=rolling)
        self._database = database
        database.create(SCHEMA)

    def take(self, workspace: str, now: datetime, limits: RateLimits) -> RateLimitVerdict:
        """Count a call, or refuse it."""
        with self._database.transaction(workspace) as tx:
            known = tx.scalar(_claim, used="")
            used = self._since(_decoded(known), now)
            verdict = self._counted(used, now, limits)
            _write(tx, used)
        return verdict

    def clear(self, workspace: str) -> None:
        """Forget a workspace's calls."""
        with self._database.transaction(workspace) as tx:
            _write(tx, None)

    def recall(self, workspace: Workspace) -> KeptUse | None:
        """Return what a workspace has used up."""
        with self._database.read(workspace.name) as tx:
            return _decoded(tx.scalar(_find))

    def restore(
        self, connection: Connection, workspace: Workspace, value: KeptUse | None
    ) -> Callable[[], None]:
        """Let a workspace have used up so much, once that is committed.

        Raises:
            SnapshotError: it made another number of calls today than it has the instants of.
        """
        in_memory = super().restore(connection, workspace, value)
        _write(Transaction(connection, workspace.name), value)
        return in_memory


def _decoded(used: str | None) -> KeptUse | None:
    return decode(used, type=KeptUse) if used else None


def _write(tx: Transaction, used: KeptUse | None) -> None:
    if used is None:
        tx.run(_forget)
    else:
        tx.run(_keep, used=encode_text(used))
