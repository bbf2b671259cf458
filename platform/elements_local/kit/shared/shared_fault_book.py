"""Fault rules that several processes count together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from elements_local.kit.admin.fault_book import FaultBook, FaultEntry
from elements_local.kit.admin.fault_rules import FaultRule
from elements_local.kit.workspaces.registry import Workspace


class SharedFaultBook(FaultBook):
    """The rules of one service, as they are in the database, whichever process put them there."""

    def entries(self, workspace: str) -> list[FaultEntry]:
        """Return a workspace's rules in the order in which they are tried."""
        with self._lock:
            self._entries[workspace] = self._load_one(workspace)
            return super().entries(workspace)

    def strike(self, workspace: str, method: str, path: str, *, now: datetime) -> FaultRule | None:
        """Return the first rule that hits this request, and count it for every rule tried before."""
        if not self.entries(workspace):
            return None
        with self._database.alone(self._turn_of(workspace)), self._lock:
            self.entries(workspace)  # as the last that struck has left them
            return super().strike(workspace, method, path, now=now)

    def replace(self, workspace: str, rules: Sequence[FaultRule]) -> None:
        """Put rules in the place of those that are there; counts start at nought."""
        with self._database.alone(self._turn_of(workspace)):
            super().replace(workspace, rules)

    @contextmanager
    def quiesce(self, workspace: Workspace) -> Iterator[None]:
        """Let no rule strike meanwhile, in whichever process."""
        with self._database.alone(self._turn_of(workspace.name)), super().quiesce(workspace):
            yield

    def _turn_of(self, workspace: str) -> str:
        # taken before the lock of this process, which is then held for a moment only
        return f"faults {self.service} {workspace}"
