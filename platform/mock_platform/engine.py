"""The only loop: whatever falls due is run at its exact instant, in virtual time or in real.

In virtual time everything runs one after the other, so that the same world always runs the same way. In real time
receivers are called side by side, so that none of them waits for another.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, Lock
from typing import Protocol

from mock_kit.workspaces.clock import Mode
from mock_kit.workspaces.instants import format_instant
from mock_kit.workspaces.registry import Workspace, Workspaces
from mock_platform.activity import lines as activity
from mock_platform.activity.store import Activities
from mock_platform.bulk.task import BulkTask
from mock_platform.callbacks.lanes import LaneKey, Lanes
from mock_platform.callbacks.task import DeliveryTask
from mock_platform.core.instance import Instance
from mock_platform.core.run_control import AdvanceRun, AdvanceRuns, RunSummary, nobody_left
from mock_platform.errors import ConflictError, InvalidRequestError
from mock_platform.hub.task import CallTask
from mock_platform.hub.task_scheduled import ScheduleTask
from mock_platform.jobs.due_job import Job, JobKind
from mock_platform.jobs.store import Jobs
from mock_platform.polling.task import PollTask
from mock_platform.store import PlatformStore
from mock_platform.usage.store import UsageStore

_LONGEST_WAIT = timedelta(minutes=1)
_LOOKED_AT = 500
"""Callbacks, of one receiver at the most, that are sent before it is looked again what is due."""

_log = logging.getLogger(__name__)


class _Task(Protocol):
    """Does a job; takes it off the agenda, or lets it fall due again later."""

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
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
        store: PlatformStore,
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
        # by workspace: whoever moves its time or runs its jobs holds it, so that no job runs twice
        self._running: dict[str, Lock] = {}
        self._runs = AdvanceRuns()
        # guards the count of changes, so that none is missed between looking at the agenda and going to sleep
        self._woken = Condition()
        self._changes = 0
        self._stopped = False
        self._patience_s = patience.total_seconds()
        self._deliveries = deliveries
        self._lanes = Lanes(limit=lanes, freed=self.wake)
        self._pollers = Lanes(limit=lanes, freed=self.wake)

    def advance(
        self, workspace: Workspace, target: datetime, *, abandoned: Callable[[], bool] = nobody_left
    ) -> AdvanceRun:
        """Move a workspace's virtual time to an instant, running all that falls due up to and at it.

        One that is stopped ends after the job that is being run; time stays where that was due.

        Args:
            abandoned: asked before each job; says whether who asked for the advance has hung up.

        Raises:
            InvalidRequestError: the target lies before the present; nothing has moved.
            ConflictError: the clock is real, or time is being moved already; nothing has moved.
        """
        with self.exclusive(workspace):
            if workspace.clock.mode is not Mode.VIRTUAL:
                raise ConflictError(
                    "the clock is real and moves by itself; switch it to virtual to advance it"
                )
            now = workspace.clock.now()
            if target < now:
                raise InvalidRequestError(
                    f"time only moves forward: it is {format_instant(now)}, {format_instant(target)} was asked for"
                )
            run = AdvanceRun(began=now, target=target, abandoned=abandoned)
            self._run_due(workspace, run)
            if not run.stopped:
                self._workspaces.reach(workspace, target)
            self._store[Activities].tell(workspace, activity.advanced(now, workspace.clock.now(), run.ran))
        return run

    def poll_now(self, workspace: Workspace, instance: Instance) -> RunSummary:
        """Poll an instance at once, whatever its schedule, and deliver what that owes.

        On a real clock, receivers that take their time are not waited for, and not counted.

        Raises:
            ConflictError: time is being moved.
        """
        with self.exclusive(workspace):
            ran = self._polls.poll(workspace, instance)
            if workspace.clock.mode is Mode.VIRTUAL:
                now = workspace.clock.now()
                return ran + self._run_due(workspace, AdvanceRun(began=now, target=now))
            under_way = self._deliver(workspace, workspace.clock.now())
        done, _ = wait(under_way, timeout=self._patience_s)
        return sum((future.result() for future in done), ran)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything about a workspace that the caller has for himself, and let a virtual clock start anew."""
        self._store.reset(workspace.name)
        self._workspaces.start_anew(workspace)
        self._store[Activities].tell(workspace, activity.reset(workspace.name))

    def set_clock(self, workspace: Workspace, mode: Mode, now: datetime | None = None) -> None:
        """Let a workspace go by another clock, without running anything in between.

        Args:
            now: where a virtual clock is to stand; None leaves it where the present one is.

        Raises:
            ConflictError: time is being moved, or would go back while something is planned.
        """
        with self.exclusive(workspace):
            present = workspace.clock.now()
            then = self._workspaces.real_clock.now() if mode is Mode.REAL else now or present
            waiting = self._store[Jobs].count(workspace.name)
            if then < present and waiting:
                raise ConflictError(
                    f"the clock cannot go back from {format_instant(present)} to {format_instant(then)} while "
                    f"{waiting} polls or deliveries are planned; reset the workspace first"
                )
            self._workspaces.set_clock(workspace, mode, then)
            told = activity.clock_set(present, then, follows=mode is Mode.REAL)
            self._store[Activities].tell(workspace, told)
        self.wake()

    @contextmanager
    def quiesce(self, workspace: Workspace) -> Iterator[None]:
        """Let nothing that falls due run in a workspace meanwhile, and have all that has run kept.

        Raises:
            ConflictError: time is being moved, or callbacks are under way.
        """
        with self.exclusive(workspace):
            self._wait_for_lanes(workspace)
            self._store[UsageStore].flush()
            yield
            self._store[UsageStore].look_again(workspace.name)
        self.wake()

    @contextmanager
    def exclusive(self, workspace: Workspace) -> Iterator[None]:
        """Hold the workspace's run lock: nobody else runs its jobs or changes its clock meanwhile.

        What a real clock lets run is waited for, since it is soon over; an advance is not.

        Raises:
            ConflictError: somebody else holds it.
        """
        patience_s = self._patience_s if workspace.clock.mode is Mode.REAL else 0
        lock = self._running.setdefault(workspace.name, Lock())
        if not lock.acquire(timeout=patience_s):
            raise ConflictError(
                f"time is being moved in workspace {workspace.name!r}; wait for that call to return, or end it with "
                "DELETE /_local/clock/advance"
            )
        try:
            yield
        finally:
            self._leave(workspace)

    def _leave(self, workspace: Workspace) -> None:
        self._running[workspace.name].release()
        if workspace.clock.mode is Mode.REAL:  # what has fallen due meanwhile was passed over
            self.wake()

    def run_of(self, workspace: Workspace) -> AdvanceRun | None:
        """Return what is being run in a workspace's virtual time, if anything is."""
        return self._runs.of(workspace.name)

    def stop_run(self, workspace: Workspace) -> AdvanceRun | None:
        """Let that end after the job that is being run, and return it; None if nothing is."""
        return self._runs.stop(workspace.name)

    def wake(self) -> None:
        """Say that an agenda or a clock has changed, so that real time need not wait for an older plan."""
        with self._woken:
            self._changes += 1
            self._woken.notify_all()

    def stop(self) -> None:
        """Let ``follow_real_clocks`` return, and keep what has only been noted."""
        self._store[UsageStore].flush()
        self._store[Activities].stop()
        self._stopped = True
        self.wake()

    def follow_real_clocks(self) -> None:
        """Run what falls due in workspaces whose clock is real, until ``stop``."""
        seen = self._changes  # read before it is asked whether to go on: being stopped in between is a change
        while not self._stopped:
            waits = [self._catch_up(workspace) for workspace in self._workspaces]
            with self._woken:
                wait_s = min(waits, default=_LONGEST_WAIT).total_seconds()
                self._woken.wait_for(lambda: self._changes != seen, timeout=wait_s)  # noqa: B023 - used at once
            seen = self._changes
        self._pollers.wait_until_idle(timeout_s=self._patience_s)
        self._lanes.wait_until_idle(timeout_s=self._patience_s)

    def _catch_up(self, workspace: Workspace) -> timedelta:
        """Let what has fallen due by a real clock run, and return for how long, by the machine's, nothing else will.

        A defect in one workspace must not end the polls of all others; it is tried again after a while. What has
        fallen due and waits for a free lane is no reason to look again: who leaves a lane says so, and so does whoever
        has a workspace for himself.
        """
        if workspace.clock.mode is not Mode.REAL:
            return _LONGEST_WAIT
        now = workspace.clock.now()
        try:
            if self._running.setdefault(workspace.name, Lock()).acquire(blocking=False):
                self._run_in_real_time(workspace, now)
            due = self._store[Jobs].next_due(workspace.name, after=now)
        except Exception:  # noqa: BLE001 - logged with its trace, and tried again
            known = {"event": "real_time_failed", "workspace": workspace.name}
            _log.exception("what fell due in real time could not be run", extra=known)
            return _LONGEST_WAIT
        if due is None:
            return _LONGEST_WAIT
        return min(max(due - workspace.clock.now(), timedelta(0)) / workspace.clock.speed, _LONGEST_WAIT)

    def _run_in_real_time(self, workspace: Workspace, until: datetime) -> None:
        """Run what is due, in a workspace that the caller has for itself, and leave that.

        Polls and calls wait for others' answers, so each workspace has a thread for them while there are any.
        """
        mine = self._running[workspace.name]

        def work() -> RunSummary:
            ran = RunSummary()
            try:
                while job := self._store[Jobs].first_due_but_deliveries(workspace.name, until=until):
                    ran += self._tasks[job.kind].run(workspace, job)
                self._deliver(workspace, until)
            except BaseException:
                mine.release()  # and nobody is woken: a defect is not to be met at once again
                raise
            self._leave(workspace)
            return ran

        handed_on = False
        try:
            if self._store[Jobs].first_due_but_deliveries(workspace.name, until=until) is None:
                self._deliver(workspace, until)
            else:
                handed_on = self._pollers.start(LaneKey(workspace.name, ""), work) is not None
        finally:
            if not handed_on:
                mine.release()

    def _deliver(self, workspace: Workspace, until: datetime) -> list[Future[RunSummary]]:
        """Let the deliveries that are due run in lanes, as far as these are free."""
        under_way: list[Future[RunSummary]] = []
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
        for url, job in self._store[Jobs].deliveries_due(
            workspace.name, until=until, but=but, limit=_LOOKED_AT
        ):
            turns.setdefault(url, []).append(job)
        return turns

    def _start(self, workspace: Workspace, url: str, jobs: list[Job]) -> Future[RunSummary] | None:
        def work() -> RunSummary:
            return self._deliveries.run_all(workspace, url, jobs, stopped=lambda: self._stopped)

        return self._lanes.start(LaneKey(workspace.name, url), work)

    def _wait_for_lanes(self, workspace: Workspace) -> None:
        if not self._lanes.wait_until_idle(workspace.name, timeout_s=self._patience_s):
            raise ConflictError(
                "callbacks that were due on the real clock are still under way; ask again soon"
            )

    def _run_due(self, workspace: Workspace, run: AdvanceRun) -> RunSummary:
        """Run what is due in virtual time, up to and at the target, and return what ran.

        Raises:
            ConflictError: callbacks of the time when the clock was real are still under way.
        """
        self._wait_for_lanes(workspace)
        latest: Job | None = None
        with self._runs.begun(workspace.name, run):
            while run.goes_on():
                # a receiver that writes back may begin a second later than the target's; what falls due in that runs in it
                until = max(run.target, workspace.clock.now())
                job = self._store[Jobs].first_due(workspace.name, until=until)
                if job is None:
                    break
                if job == latest:  # a task that stands still would loop for ever
                    raise RuntimeError(f"{job} left itself due")
                latest = job
                self._workspaces.reach(workspace, job.due)
                run.ran += self._tasks[job.kind].run(workspace, job)
        return run.ran
