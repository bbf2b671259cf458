"""What the CRM remembers: records, and every change that was made to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from elements_local.kit.storage.database import Database
from elements_local.kit.storage.retention import Pruned, Retention, RetentionRule
from elements_local.kit.storage.transaction import Forgetting
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly.records.bulk_insert import HistoryTransaction
from mock_insightly.records.reading import Records
from mock_insightly.records.writing import FORGETTING, Writing
from mock_insightly.tables import SCHEMA, pruned

_forgetting = Forgetting(SCHEMA.metadata)


class RecordStore:
    """The records of all workspaces, in a database."""

    def __init__(self, database: Database, *, change_retention: timedelta) -> None:
        database.create(SCHEMA)
        self._database = database
        self._retention = Retention(pruned, [RetentionRule(keep=change_retention, statements=FORGETTING)])

    @contextmanager
    def read(self, workspace: Workspace) -> Iterator[Records]:
        """Open a transaction that reads records, and sees one state of them."""
        with self._database.read(workspace.name) as tx:
            yield Records(tx, workspace.seed)

    def pruned(self, records: Records) -> Pruned | None:
        """Return what of the changes is no longer kept; None if that is nothing."""
        return self._retention.pruned(records.tx)

    @contextmanager
    def history(self, workspace: Workspace) -> Iterator[HistoryTransaction]:
        """Open a transaction in which records can be added as if they had always been there."""
        name = workspace.name
        with self._database.transaction(name, alone=f"history {name}") as tx:
            yield HistoryTransaction(tx, workspace.seed)

    @contextmanager
    def writing(self, workspace: Workspace, *, at: datetime) -> Iterator[Writing]:
        """Open a transaction in which a client changes records."""
        with self._database.transaction(workspace.name) as tx:
            yield Writing(tx, workspace.seed, at=at, retention=self._retention)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything of a workspace; its numbers start anew."""
        with self._database.transaction(workspace.name) as tx:
            # Sequences too: a run after a reset gets the same ids as the one before.
            _forgetting.run(tx)
