"""The platform's store: people, instances, jobs, polls, events and their deliveries, offered by what they mean."""

from contextlib import AbstractContextManager
from datetime import timedelta

from elements_local.kit.storage.database import Database
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.storage.transaction import AcrossWorkspaces, Forgetting, Transaction
from elements_local.platform.activity.store import Activities
from elements_local.platform.core import tables
from elements_local.platform.core.counters import next_number
from elements_local.platform.core.registry import StoreRegistry
from elements_local.platform.events.store_history import HistoryRetention

SCHEMA = SchemaPart("platform", tables.metadata)
"""All tables of the platform, which are known by here."""

_NO_WORKSPACE = ""
_MONTH = timedelta(days=30)
_forgetting = Forgetting(tables.metadata)  # of every table: all of them are known by here


class PlatformStore(StoreRegistry):
    """The platform's part of a stack's database.

    Attributes:
        starts: how often the platform has been started on it, this time included.
    """

    def __init__(
        self,
        database: Database,
        *,
        event_retention: timedelta = _MONTH,
        history_retention: timedelta = 3 * _MONTH,
    ) -> None:
        database.create(SCHEMA)
        history = HistoryRetention(keep=history_retention, keep_events=event_retention)
        super().__init__(
            [
                Activities(),
                history,
            ]
        )
        self._database = database
        with database.transaction(_NO_WORKSPACE) as tx:
            self.starts = next_number(tx, "starts", first=1)

    def transaction(self, workspace: str, *, alone: str | None = None) -> AbstractContextManager[Transaction]:
        """Open a transaction of a workspace: all of it happens, or nothing."""
        return self._database.transaction(workspace, alone=alone)

    def read(self, workspace: str) -> AbstractContextManager[Transaction]:
        """Open a transaction of a workspace that only reads, and sees one state of it."""
        return self._database.read(workspace)

    def read_across(self) -> AbstractContextManager[AcrossWorkspaces]:
        """Open a transaction that reads of all workspaces."""
        return self._database.read_across()

    def reset(self, workspace: str) -> None:
        """Forget everything about a workspace."""
        with self.transaction(workspace) as tx:
            _forgetting.run(tx)
