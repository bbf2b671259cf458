"""What the engine runs as a job falls due, and who may run the jobs of a workspace."""

from threading import Lock
from typing import Protocol

from mock_kit.workspaces.registry import Workspace
from mock_platform.core.run_control import RunSummary
from mock_platform.jobs.due_job import Job


class JobTask(Protocol):
    """Does a job; takes it off the agenda, or lets it fall due again later."""

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Do it, and count what was done."""


class RunLocks:
    """The run lock of each workspace: whoever moves its time or runs its jobs holds it, so that no job runs twice."""

    def __init__(self) -> None:
        self._locks: dict[str, Lock] = {}

    def acquire(self, workspace: str, *, patience_s: float = 0) -> bool:
        """Take a workspace's lock, and say whether it could be had in time."""
        # `setdefault` is atomic: two who come first for one workspace get the same lock
        return self._locks.setdefault(workspace, Lock()).acquire(timeout=patience_s)

    def release(self, workspace: str) -> None:
        """Give a workspace's lock back, from whichever thread: a run may be handed on to another one."""
        self._locks[workspace].release()
