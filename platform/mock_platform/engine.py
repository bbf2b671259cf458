"""The only loop: whatever falls due is run at its exact instant, in virtual time or in real.

In virtual time everything runs one after the other, so that the same world always runs the same way. In real time
receivers are called side by side, so that none of them waits for another.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, Lock
from typing import Protocol

from mock_kit.clock import Mode, SystemClock
from mock_kit.instants import format_instant
from mock_kit.workspaces import Workspace, Workspaces
from mock_platform.bulk_task import BulkTask
from mock_platform.call_task import CallTask
from mock_platform.delivery_task import DeliveryTask
from mock_platform.domain import activity
from mock_platform.domain.errors import ConflictError, InvalidRequestError
from mock_platform.domain.models import Instance, Job, JobKind, Ran
from mock_platform.lanes import Lane, Lanes
from mock_platform.poll_task import PollTask
from mock_platform.schedule_task import ScheduleTask
from mock_platform.store import Store

_LONGEST_WAIT = timedelta(minutes=1)
_FOR_EVER = -1.0
_LOOKED_AT = 500
"""Callbacks, of one receiver at the most, that are sent before it is looked again what is due."""

_log = logging.getLogger(__name__)


class _Task(Protocol):
    """Does a job; takes it off the agenda, or lets it fall due again later."""

    def run(self, workspace: Workspace, job: Job) -> Ran:
        """Do it, and count what was done."""


class Engine:
    """Runs jobs in the order of (time, number).

    Args:
        lanes: receivers that are called at the same time, on real clocks.
        patience: how long a caller waits for what a real clock lets run, which is soon over unless a receiver is slow.
    """

    def __init__(  # noqa: PLR0913 - a task for each kind of job
        self,
        *,
        store: Store,
        workspaces: Workspaces,
        polls: PollTask,
        deliveries: DeliveryTask,
        bulk: BulkTask,
        calls: CallTask,
        schedules: ScheduleTask,
        lanes: int = 64,
        patience: timedelta = timedelta(seconds=5),
    ) -> None:
        self._store = store
        self._workspaces = workspaces
        self._polls = polls
        self._tasks: dict[JobKind, _Task] = {
            JobKind.POLL: polls,
            JobKind.DELIVER: deliveries,
            JobKind.BULK: bulk,
            JobKind.CALL: calls,
            JobKind.SCHEDULED: schedules,
        }
        self._running: dict[str, Lock] = {}
        self._woken = Condition()
        self._changes = 0
        self._stopped = False
        self._patience_s = patience.total_seconds()
        self._deliveries = deliveries
        self._lanes = Lanes(limit=lanes, freed=self.wake)

    def advance(self, workspace: Workspace, target: datetime) -> Ran:
        """Move a workspace's virtual time to an instant, running all that falls due up to and at it.

        Raises:
            InvalidRequestError: the target lies before the present; nothing has moved.
            ConflictError: the clock is real, or time is being moved already; nothing has moved.
        """
        with self.alone(workspace):
            if workspace.clock.mode is not Mode.VIRTUAL:
                raise ConflictError(
                    "the clock is real and moves by itself; switch it to virtual to advance it"
                )
            now = workspace.clock.now()
            if target < now:
                raise InvalidRequestError(
                    f"time only moves forward: it is {format_instant(now)}, {format_instant(target)} was asked for"
                )
            ran = self._run_due(workspace, target)
            self._workspaces.reach(workspace, target)
            self._store.activities.tell(workspace, activity.advanced(now, workspace.clock.now(), ran))
        return ran

    def poll_now(self, workspace: Workspace, instance: Instance) -> Ran:
        """Poll an instance at once, whatever its schedule, and deliver what that owes.

        On a real clock, receivers that take their time are not waited for, and not counted.

        Raises:
            ConflictError: time is being moved.
        """
        with self.alone(workspace):
            ran = self._polls.poll(workspace, instance)
            if workspace.clock.mode is Mode.VIRTUAL:
                return ran + self._run_due(workspace, workspace.clock.now())
            under_way = self._deliver(workspace, workspace.clock.now())
        done, _ = wait(under_way, timeout=self._patience_s)
        return sum((future.result() for future in done), ran)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything about a workspace, and let a virtual clock start anew.

        Raises:
            ConflictError: time is being moved.
        """
        with self.alone(workspace):
            self._store.reset(workspace.name)
            self._workspaces.start_anew(workspace)
            self._store.activities.tell(workspace, activity.reset(workspace.name))

    def set_clock(self, workspace: Workspace, mode: Mode, now: datetime | None = None) -> None:
        """Let a workspace go by another clock, without running anything in between.

        Args:
            now: where a virtual clock is to stand; None leaves it where the present one is.

        Raises:
            ConflictError: time is being moved, or would go back while something is planned.
        """
        with self.alone(workspace):
            present = workspace.clock.now()
            then = SystemClock().now() if mode is Mode.REAL else now or present
            waiting = self._store.jobs.count(workspace.name)
            if then < present and waiting:
                raise ConflictError(
                    f"the clock cannot go back from {format_instant(present)} to {format_instant(then)} while "
                    f"{waiting} polls or deliveries are planned; reset the workspace first"
                )
            self._workspaces.set_clock(workspace, mode, then)
            told = activity.clock_set(present, then, follows=mode is Mode.REAL)
            self._store.activities.tell(workspace, told)
        self.wake()

    @contextmanager
    def still(self, workspace: Workspace) -> Iterator[None]:
        """Let nothing that falls due run in a workspace meanwhile, and have all that has run kept.

        Raises:
            ConflictError: time is being moved, or callbacks are under way.
        """
        with self.alone(workspace):
            self._wait_for_lanes(workspace)
            self._store.usage.flush()
            yield
            self._store.usage.look_again(workspace.name)
        self.wake()

    @contextmanager
    def alone(self, workspace: Workspace, *, patience_s: float | None = None) -> Iterator[None]:
        """Let nobody else run a workspace's jobs, or change its clock, meanwhile.

        Args:
            patience_s: None waits for what a real clock lets run, since that is soon over, and for no advance.

        Raises:
            ConflictError: somebody else does.
        """
        if patience_s is None:
            patience_s = self._patience_s if workspace.clock.mode is Mode.REAL else 0
        lock = self._running.setdefault(workspace.name, Lock())
        if not lock.acquire(timeout=patience_s):
            raise ConflictError(
                f"time is being moved in workspace {workspace.name!r}; wait for that call to return"
            )
        try:
            yield
        finally:
            lock.release()

    def wake(self) -> None:
        """Say that an agenda or a clock has changed, so that real time need not wait for an older plan."""
        with self._woken:
            self._changes += 1
            self._woken.notify_all()

    def stop(self) -> None:
        """Let ``follow_real_clocks`` return, and keep what has only been noted."""
        self._store.usage.flush()
        self._store.activities.stop()
        self._stopped = True
        self.wake()

    def follow_real_clocks(self) -> None:
        """Run what falls due in workspaces whose clock is real, until ``stop``."""
        while not self._stopped:
            seen = self._changes
            waits = [self._catch_up(workspace) for workspace in self._workspaces]
            with self._woken:
                wait_s = min(waits, default=_LONGEST_WAIT).total_seconds()
                self._woken.wait_for(lambda: self._changes != seen, timeout=wait_s)  # noqa: B023 - used at once
        self._lanes.wait_until_idle(timeout_s=self._patience_s)

    def _catch_up(self, workspace: Workspace) -> timedelta:
        """Run what has fallen due by a real clock, and return how long nothing else will.

        A defect in one workspace must not end the polls of all others; it is tried again after a while. What has
        fallen due and waits for a free lane is no reason to look again: who leaves a lane says so.
        """
        if workspace.clock.mode is not Mode.REAL:
            return _LONGEST_WAIT
        try:
            with self.alone(workspace, patience_s=_FOR_EVER):
                now = workspace.clock.now()
                while job := self._store.jobs.first_due_but_deliveries(workspace.name, until=now):
                    self._tasks[job.kind].run(workspace, job)
                self._deliver(workspace, now)
            due = self._store.jobs.next_due(workspace.name, after=now)
        except Exception:  # noqa: BLE001 - logged with its trace, and tried again
            known = {"event": "real_time_failed", "workspace": workspace.name}
            _log.exception("what fell due in real time could not be run", extra=known)
            return _LONGEST_WAIT
        if due is None:
            return _LONGEST_WAIT
        return min(max(due - workspace.clock.now(), timedelta(0)), _LONGEST_WAIT)

    def _deliver(self, workspace: Workspace, until: datetime) -> list[Future[Ran]]:
        """Let the deliveries that are due run in lanes, as far as these are free."""
        under_way: list[Future[Ran]] = []
        called = self._lanes.busy(workspace.name)
        while turns := self._turns(workspace, until, called):
            started = [self._start(workspace, url, jobs) for url, jobs in turns.items()]
            under_way += [future for future in started if future]
            called |= turns.keys()
            if not all(started):  # no lane is free any more
                break
        return under_way

    def _turns(self, workspace: Workspace, until: datetime, but: set[str]) -> dict[str, list[Job]]:
        """Return what is due to receivers by their URL, some of them left out."""
        turns: dict[str, list[Job]] = {}
        for url, job in self._store.jobs.deliveries_due(
            workspace.name, until=until, but=but, limit=_LOOKED_AT
        ):
            turns.setdefault(url, []).append(job)
        return turns

    def _start(self, workspace: Workspace, url: str, jobs: list[Job]) -> Future[Ran] | None:
        def work() -> Ran:
            return self._deliveries.run_all(workspace, url, jobs, stopped=lambda: self._stopped)

        return self._lanes.start(Lane(workspace.name, url), work)

    def _wait_for_lanes(self, workspace: Workspace) -> None:
        if not self._lanes.wait_until_idle(workspace.name, timeout_s=self._patience_s):
            raise ConflictError(
                "callbacks that were due on the real clock are still under way; ask again soon"
            )

    def _run_due(self, workspace: Workspace, until: datetime) -> Ran:
        """Run what is due in virtual time, up to and at an instant.

        Raises:
            ConflictError: callbacks of the time when the clock was real are still under way.
        """
        self._wait_for_lanes(workspace)
        ran = Ran()
        latest: Job | None = None
        # a receiver that writes back may begin a second later than the target's; what falls due in that runs in it
        while job := self._store.jobs.first_due(workspace.name, until=max(until, workspace.clock.now())):
            if job == latest:  # a task that stands still would loop for ever
                raise RuntimeError(f"{job} left itself due")
            latest = job
            self._workspaces.reach(workspace, job.due)
            ran += self._tasks[job.kind].run(workspace, job)
        return ran
