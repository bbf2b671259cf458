"""What the engine runs as a job falls due, and who may run the jobs of a workspace."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

from mock_kit.storage.database_locks import DatabaseLock, DatabaseLocks
from mock_kit.workspaces.registry import Workspace
from mock_platform.core.run_control import RunSummary
from mock_platform.jobs.due_job import Job


class JobTask(Protocol):
    """Does a job; takes it off the agenda, or lets it fall due again later."""

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Do it, and count what was done."""


class RunLocks:
    """The run lock of each workspace: whoever moves its time or runs its jobs holds it, so that no job runs twice.

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
        held = self._shared.acquire(f"run {workspace}", timeout_s=patience_s)
        if held is None:
            mine.release()
            return False
        self._held[workspace] = held
        return True

    @contextmanager
    def leading(self, *, ended: Callable[[], bool]) -> Iterator[None]:
        """Be the one process that runs what falls due by real clocks: at once, or when the one that does has ended.

        Args:
            ended: asked every second meanwhile; says whether this process is to wait no longer.
        """
        held: DatabaseLock | None = None
        while self._shared is not None and held is None and not ended():
            held = self._shared.acquire("real time", timeout_s=1)
        try:
            yield
        finally:
            if held is not None:
                held.release()

    def release(self, workspace: str) -> None:
        """Give a workspace's lock back, from whichever thread: a run may be handed on to another one."""
        if held := self._held.pop(workspace, None):
            held.release()
        self._locks[workspace].release()
