"""What falls due by real clocks is run as they go, in threads: each workspace polls in one, each receiver has its own."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from datetime import datetime, timedelta
from threading import Condition

from elements_local.kit.admin.metrics import Measure
from elements_local.kit.clock import Mode
from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.callbacks.lanes import LaneKey, Lanes
from elements_local.platform.callbacks.task import DeliveryTask
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.errors import ConflictError
from elements_local.platform.jobs.store import Job, JobKind, Jobs
from elements_local.platform.jobs.task import JobTask, RunLocks

_LONGEST_WAIT = timedelta(minutes=1)
_LOOKED_AT = 500
"""Callbacks, of one receiver at the most, that are sent before it is looked again what is due."""

_log = logging.getLogger(__name__)


class RealTime:
    """Runs jobs as they fall due in workspaces whose clock is real.

    Args:
        locks: held while a workspace's jobs run.
        limit: receivers that are called, and workspaces that poll, at the same time.
        patience_s: how long the end waits for those that are under way.
    """

    def __init__(  # noqa: PLR0913 - what the engine has; all of it by name
        self,
        *,
        database: Database,
        workspaces: Workspaces,
        tasks: Mapping[JobKind, JobTask],
        deliveries: DeliveryTask,
        locks: RunLocks,
        limit: int,
        patience_s: float,
    ) -> None:
        self._database = database
        self._workspaces = workspaces
        self._tasks = tasks
        self._locks = locks
        self._patience_s = patience_s
        # guards the count of changes, so that none is missed between looking at the agenda and going to sleep
        self._woken = Condition()
        self._changes = 0
        self._stopped = False
        self._deliveries = deliveries
        self._receivers = Lanes(limit=limit, freed=self.wake)
        self._pollers = Lanes(limit=limit, freed=self.wake)

    def wake(self) -> None:
        """Say that an agenda or a clock has changed, so that real time need not wait for an older plan."""
        with self._woken:
            self._changes += 1
            self._woken.notify_all()

    def deliver(self, workspace: Workspace, until: datetime) -> Callable[[], RunSummary]:
        """Let the deliveries that are due run in lanes, as far as these are free.

        Returns:
            What waits for them, with patience, and returns what was sent meanwhile.
        """
        under_way = self._deliver(workspace, until)

        def sent() -> RunSummary:
            done, _ = wait(under_way, timeout=self._patience_s)
            return sum((future.result() for future in done), RunSummary())

        return sent

    def wait_for_receivers(self, workspace: Workspace, *, patience_s: float) -> None:
        """Wait until no receiver of a workspace is being called.

        Raises:
            ConflictError: one still is.
        """
        if not self._receivers.wait_until_idle(workspace.name, timeout_s=patience_s):
            raise ConflictError(
                "callbacks that were due on the real clock are still under way; ask again soon"
            )

    def measures(self) -> Mapping[str, Measure]:
        """Return nothing: nobody waits in a queue."""
        return {}

    def stop(self) -> None:
        """Let ``follow`` return; what is due stays due."""
        self._stopped = True
        self.wake()

    def leave(self, workspace: Workspace) -> None:
        """Give back the run lock of a workspace, and look again at what was passed over while it was held."""
        self._locks.release(workspace.name)
        if workspace.clock.mode is Mode.REAL:  # what has fallen due meanwhile was passed over
            self.wake()

    def follow(self) -> None:
        """Run what falls due in workspaces whose clock is real, until ``stop``."""
        self._follow()
        self._pollers.wait_until_idle(timeout_s=self._patience_s)
        self._receivers.wait_until_idle(timeout_s=self._patience_s)

    def _follow(self) -> None:
        seen = self._changes  # read before it is asked whether to go on: being stopped in between is a change
        while not self._stopped:
            # Outside the condition: who wakes must never wait for a poll that is being started.
            waits = [self._catch_up(workspace) for workspace in self._workspaces]
            with self._woken:
                wait_s = min(waits, default=_LONGEST_WAIT).total_seconds()
                self._woken.wait_for(lambda: self._changes != seen, timeout=wait_s)  # noqa: B023 - used at once
            seen = self._changes

    def _catch_up(self, workspace: Workspace) -> timedelta:
        """Let what has fallen due by a real clock run, and return for how long, by the machine's, nothing else will.

        A defect in one workspace must not end the polls of all others; it is tried again after a while. What has
        fallen due and waits for a free lane is no reason to look again: what leaves a lane says so, and
        so does a run that had the workspace for itself.
        """
        if workspace.clock.mode is not Mode.REAL:
            return _LONGEST_WAIT
        now = workspace.clock.now()
        try:
            # Without patience: who holds it runs what is due, or wakes this when leaving.
            if self._locks.acquire(workspace.name):
                self._run(workspace, now)
            with self._database.read(workspace.name) as tx:
                due = Jobs(tx).next_due(after=now)
        except Exception:  # noqa: BLE001 - logged with its trace, and tried again
            known = {"event": "real_time_failed", "workspace": workspace.name}
            _log.exception("what fell due in real time could not be run", extra=known)
            return _LONGEST_WAIT
        if due is None:
            return _LONGEST_WAIT
        # A fast clock reaches what is due sooner by the machine's.
        return min(max(due - workspace.clock.now(), timedelta(0)) / workspace.clock.speed, _LONGEST_WAIT)

    def _run(self, workspace: Workspace, until: datetime) -> None:
        """Run what is due, in a workspace that the caller has for itself, and leave that.

        Polls and calls wait for others' answers, so each workspace has a thread for them while there are any.
        """

        def work() -> RunSummary:
            ran = RunSummary()
            try:
                while job := self._first_due(workspace, until):
                    ran += self._tasks[job.kind].run(workspace, job)
                self._deliver(workspace, until)
            except BaseException:
                # unlike `leave`, this wakes nobody: a defect is not to be met at once again
                self._locks.release(workspace.name)
                raise
            self.leave(workspace)
            return ran

        handed_on = False
        try:
            if self._first_due(workspace, until) is None:
                self._deliver(workspace, until)
            else:
                # None if all lanes are taken: what is due then waits until one is free, and wakes this.
                handed_on = self._pollers.start(LaneKey(workspace.name, ""), work) is not None
        finally:
            if not handed_on:
                self._locks.release(workspace.name)

    def _first_due(self, workspace: Workspace, until: datetime) -> Job | None:
        """Return what comes first of what is no delivery."""
        with self._database.read(workspace.name) as tx:
            return Jobs(tx).first_due(until=until, deliveries=False)

    def _deliver(self, workspace: Workspace, until: datetime) -> list[Future[RunSummary]]:
        """Let the deliveries that are due run in lanes, one for each receiver, as far as these are free."""
        under_way: list[Future[RunSummary]] = []
        # receivers that are being called are left out: the lane looks for more by itself, and nobody gets two callbacks at
        # once
        called = self._receivers.busy(workspace.name)
        # again and again, as each look returns only so many; receivers with a lane are left out of the next
        while turns := self._turns(workspace, until, called):
            started = [self._call(workspace, url, jobs) for url, jobs in turns.items()]
            under_way += [future for future in started if future]
            called |= turns.keys()
            if not all(started):  # no lane is free any more
                break
        return under_way

    def _turns(self, workspace: Workspace, until: datetime, but: set[str]) -> dict[str, list[Job]]:
        """Return what is due to receivers by their URL, some of them left out."""
        turns: dict[str, list[Job]] = {}
        with self._database.read(workspace.name) as tx:
            due = Jobs(tx).deliveries_due(until=until, but=but, limit=_LOOKED_AT)
        for url, job in due:
            turns.setdefault(url, []).append(job)
        return turns

    def _call(self, workspace: Workspace, url: str, jobs: list[Job]) -> Future[RunSummary] | None:
        def work() -> RunSummary:
            # `stopped` is asked when the lane runs and not now, so that a stop reaches what is waiting for its turn
            return self._deliveries.run_all(workspace, url, jobs, stopped=lambda: self._stopped)

        return self._receivers.start(LaneKey(workspace.name, url), work)
