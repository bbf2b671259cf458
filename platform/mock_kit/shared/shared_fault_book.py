"""Fault rules that several processes count together."""

from datetime import datetime
from typing import Any

from mock_kit.admin.fault_book import FaultBook, FaultEntry
from mock_kit.admin.fault_rules import FaultRule
from mock_kit.storage.database import Database
from mock_kit.storage.database_locks import DatabaseLocks


class SharedFaultBook(FaultBook):
    """The rules of one service, as they are in the database, whichever process put them there."""

    def __init__(self, database: Database, locks: DatabaseLocks, **choices: Any) -> None:
        self._locks = locks
        super().__init__(database, **choices)

    def entries(self, workspace: str) -> list[FaultEntry]:
        """Return a workspace's rules in the order in which they are tried."""
        with self._lock:
            self._entries[workspace] = self._load(workspace).get(workspace, [])
            return super().entries(workspace)

    def strike(self, workspace: str, method: str, path: str, *, now: datetime) -> FaultRule | None:
        """Return the first rule that hits this request, and count it for every rule tried before."""
        if not self.entries(workspace):
            return None
        held = self._locks.acquire(f"faults {self.service} {workspace}")
        try:
            with self._lock:
                self.entries(workspace)  # as the last that struck has left them
                return super().strike(workspace, method, path, now=now)
        finally:
            if held is not None:
                held.release()
