"""What the engine runs as a job falls due, and who may run the jobs of a workspace."""

from threading import Lock
from typing import Protocol

from elements_local.kit.storage.database_errors import LostLockError
from elements_local.kit.storage.postgresql import DatabaseLock, DatabaseLocks
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.jobs.store import Job


class JobTask(Protocol):
    """Does a job; takes it off the agenda, or lets it fall due again later."""

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Do it, and count what was done."""


class RunLocks:
    """The run lock of each workspace: who moves its time or runs its jobs holds it, so that no job runs twice.

    Args:
        shared: where other processes run jobs of the same workspaces.
    """

    def __init__(self, shared: DatabaseLocks | None = None) -> None:
        self._locks: dict[str, Lock] = {}
        self._shared = shared
        self._held: dict[str, DatabaseLock] = {}

    def acquire(self, workspace: str, *, patience_s: float = 0) -> bool:
        """Take a workspace's lock, and say whether it could be had in time."""
        # `setdefault` is atomic: two who come first for one workspace get the same lock
        mine = self._locks.setdefault(workspace, Lock())
        if not mine.acquire(timeout=patience_s):
            return False
        if self._shared is None:
            return True
        try:
            held = self._shared.acquire(run_lock(workspace), timeout_s=patience_s)
        except BaseException:
            mine.release()
            raise
        if held is None:
            mine.release()
            return False
        self._held[workspace] = held
        return True

    def check(self, workspace: str) -> None:
        """Make sure, before each job, that a workspace's lock was not lost since the last one.

        Raises:
            LostLockError: another process may have it, as the database was away meanwhile.
        """
        held = self._held.get(workspace)
        if held is not None and not held.is_held():
            raise LostLockError

    def release(self, workspace: str) -> None:
        """Give a workspace's lock back, from whichever thread: a run may be handed on to another one."""
        if held := self._held.pop(workspace, None):
            held.release()
        self._locks[workspace].release()


def run_lock(workspace: str) -> str:
    """Name a workspace's run lock, where other processes have it, too."""
    return f"run {workspace}"
