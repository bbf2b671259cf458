"""Runs what has fallen due of a lane, in whichever process; who wants a workspace for himself waits for that, or it for him."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import Enum, auto
from typing import NamedTuple

from msgspec import Struct

from elements_local.kit.clock import Mode
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.postgresql import DatabaseLock, DatabaseLocks
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.bulk.store import Bulk
from elements_local.platform.callbacks.task import DeliveryTask
from elements_local.platform.jobs.store import Job, JobKind, Jobs
from elements_local.platform.jobs.task import JobTask, run_lock
from elements_local.platform.shared.job_queue import JobLane

_IN_A_TURN = 100
"""Callbacks that a worker sends before any worker may go on: so those that are free get their share."""


class Left(Enum):
    """What a lane still has that was due when it was run."""

    NOTHING = auto()
    MORE = auto()
    HELD_UP = auto()


class LaneTurn(NamedTuple):
    """Whose lock a lane's jobs need.

    Attributes:
        receiver: the URL that a delivery's receiver has; empty for other jobs.
    """

    lock: str
    receiver: str


class DueLanes(Struct, frozen=True, kw_only=True):
    """What the workers of several processes do.

    Attributes:
        patience_s: how long who wants a workspace for himself is waited for, and who asked for a poll waits.
    """

    database: Database
    locks: DatabaseLocks
    workspaces: Workspaces
    tasks: Mapping[JobKind, JobTask]
    deliveries: DeliveryTask
    patience_s: float

    def turn_of(self, lane: JobLane) -> LaneTurn | None:
        """Return what the jobs of a lane need before they may run; None if none of them is due."""
        workspace = self._workspace_of(lane)
        if workspace is None:
            return None
        if lane.kind is JobKind.DELIVER:
            receivers = [url for url, _ in self._deliveries_due(workspace, lane, limit=1)]
            return LaneTurn(f"receiver {workspace.name} {receivers[0]}", receivers[0]) if receivers else None
        if self._due(workspace, lane) is None:
            return None
        instance_id = self._instance_of(lane)
        of_none = f"{lane.kind.value} {workspace.name} {lane.subject}"
        return LaneTurn(of_none if instance_id is None else f"instance {workspace.name} {instance_id}", "")

    def run(self, lane: JobLane, receiver: str, goes_on: Callable[[], bool]) -> Left:
        """Run what is due of a lane; the caller has the lock of its turn.

        Args:
            receiver: that of the turn: what goes elsewhere by now is another turn's.
            goes_on: asked before each attempt, whether it may begin.
        """
        workspace = self._workspace_of(lane)
        if workspace is None:
            return Left.NOTHING
        with self._taken(run_lock(workspace.name)) as held:
            if held is None:
                return Left.HELD_UP
            if lane.kind is not JobKind.DELIVER:
                while job := self._due(workspace, lane):
                    if not (goes_on() and held.is_held()):
                        return Left.HELD_UP
                    self.tasks[lane.kind].run(workspace, job)
                return Left.NOTHING
            sending = self.locks.acquire(sending_lock(workspace.name), shared=True)
        # who wants the workspace for himself need not wait for a slow receiver, unless he says so
        try:
            return self._send(workspace, lane, receiver, goes_on)
        finally:
            if sending is not None:
                sending.release()

    def has_due(self, workspace: Workspace, until: datetime) -> bool:
        """Say whether something is still to be sent that was due by an instant."""
        with self.database.read(workspace.name) as tx:
            return bool(Jobs(tx).deliveries_due(until=until, limit=1))

    def _send(self, workspace: Workspace, lane: JobLane, receiver: str, goes_on: Callable[[], bool]) -> Left:
        due = self._deliveries_due(workspace, lane, limit=_IN_A_TURN)
        mine = [job for url, job in due if url == receiver]
        # each is written down before the next is sent: of a worker that is killed, only the one is sent again
        self.deliveries.run_all(workspace, receiver, mine, stopped=lambda: not goes_on(), most_together=1)
        return Left.MORE if due else Left.NOTHING

    @contextmanager
    def _taken(self, name: str) -> Iterator[DatabaseLock | None]:
        held = self.locks.acquire(name, timeout_s=self.patience_s, shared=True)
        try:
            yield held
        finally:
            if held is not None:
                held.release()

    def _workspace_of(self, lane: JobLane) -> Workspace | None:
        """Return a lane's workspace, if there is one whose clock runs by itself."""
        workspace = self.workspaces.named(lane.workspace)
        if workspace is not None and workspace.clock.mode is not Mode.REAL:
            # while another thread looks at a clock that has just become real, its lane must not be passed over: the queue forgets it
            self.workspaces.refresh(workspace, waits=True)
        return workspace if workspace is not None and workspace.clock.mode is Mode.REAL else None

    def _due(self, workspace: Workspace, lane: JobLane) -> Job | None:
        with self.database.read(workspace.name) as tx:
            job = Jobs(tx).of(lane.kind, lane.subject)
        return job if job is not None and job.due <= self._now(workspace) else None

    def _deliveries_due(self, workspace: Workspace, lane: JobLane, *, limit: int) -> list[tuple[str, Job]]:
        subscription_id, until = int(lane.subject), self._now(workspace)
        with self.database.read(workspace.name) as tx:
            return Jobs(tx).deliveries_due(until=until, subscription_id=subscription_id, limit=limit)

    def _now(self, workspace: Workspace) -> datetime:
        """Return what time it is, not before the queue has said that something is due."""
        self.workspaces.refresh(workspace, waits=True)
        return workspace.clock.now()

    def _instance_of(self, lane: JobLane) -> int | None:
        """Return the instance that a job is about; None if that is gone, or it is no instance's."""
        number = int(lane.subject.partition("/")[0])
        if lane.kind is JobKind.POLL:
            return number
        with self.database.read(lane.workspace) as tx:
            bulk = Bulk(tx).get(number)
        return None if bulk is None else bulk.instance_id


def sending_lock(workspace: str) -> str:
    """Name the lock that is shared by all who call a workspace's receivers."""
    return f"sending {workspace}"
