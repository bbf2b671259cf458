"""Runs all that falls due, at its exact instant.

In virtual time everything runs one after the other, so that the same world always runs the same way. On real clocks
receivers are called side by side, so that none of them waits for another: see ``real_time.py``, and ``shared/`` for
several processes on one database.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta
from threading import Event, Thread, current_thread

from elements_local.kit.admin.metrics import Measure
from elements_local.kit.clock import LAST_OF_CLOCKS, Mode
from elements_local.kit.instants import format_instant
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.database_errors import has_no_room
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.storage.transaction import WorkspaceDeletion
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.activity import store as activity
from elements_local.platform.activity.store import Activities
from elements_local.platform.bulk.task import BulkTask
from elements_local.platform.callbacks.activity_messages import subject_of
from elements_local.platform.callbacks.task import DeliveryTask
from elements_local.platform.core import tables
from elements_local.platform.core.identities import next_number
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.run_control import (
    AdvanceGoal,
    AdvanceRun,
    CallbackFilter,
    RunSummary,
    never_abandoned,
)
from elements_local.platform.core.settings import WorkerChoices
from elements_local.platform.errors import ConflictError, InvalidRequestError, PlatformError
from elements_local.platform.events.store_notifications import Notifications
from elements_local.platform.jobs.store import Job, JobKind, Jobs
from elements_local.platform.jobs.task import JobTask, RunLocks
from elements_local.platform.polling.task import PollTask
from elements_local.platform.shared.choice import real_time_on

SCHEMA = SchemaPart("platform", tables.metadata)
"""All tables of the platform, which are known by here."""

_NO_WORKSPACE = ""
_deletion = WorkspaceDeletion(tables.metadata)  # of every table: all of them are known by here

_log = logging.getLogger(__name__)


def create_tables(database: Database) -> int:
    """Create what is not there yet, and return how often the platform has been started on it, this time included."""
    database.create(SCHEMA)
    with database.transaction(_NO_WORKSPACE) as tx:
        return next_number(tx, "starts", first=1)


def forget_workspace(database: Database, workspace: str) -> None:
    """Forget everything about a workspace."""
    with database.transaction(workspace) as tx:
        _deletion.run(tx)


class Engine:
    """Runs jobs in the order of (time, number).

    Args:
        database: where others run jobs of the same workspaces it has locks for that.
        lanes: receivers that are called at the same time, on real clocks.
        workers: how this process works where several share a database.
        patience: how long a caller waits for what a real clock lets run, which is soon over unless a receiver is slow.
    """

    def __init__(  # noqa: PLR0913 - a task for each kind of job
        self,
        *,
        database: Database,
        workspaces: Workspaces,
        activities: Activities,
        polls: PollTask,
        deliveries: DeliveryTask,
        bulk: BulkTask,
        lanes: int = 64,
        workers: WorkerChoices = WorkerChoices(),  # noqa: B008 - a frozen value
        patience: timedelta = timedelta(seconds=5),
    ) -> None:
        self._database = database
        self._activities = activities
        self._workspaces = workspaces
        self._polls = polls
        self._tasks: dict[JobKind, JobTask] = {
            JobKind.POLL: polls,
            JobKind.DELIVER: deliveries,
            JobKind.BULK: bulk,
        }
        self._locks = RunLocks(database.locks)
        self._runs: dict[str, AdvanceRun] = {}
        self._started: dict[str, tuple[AdvanceRun, Thread]] = {}
        self._stopped = Event()
        self._patience_s = patience.total_seconds()
        self._real_time = real_time_on(
            database,
            workspaces=workspaces,
            tasks=self._tasks,
            deliveries=deliveries,
            run_locks=self._locks,
            limit=lanes,
            workers=workers,
            patience_s=self._patience_s,
        )

    def advance(
        self,
        workspace: Workspace,
        target: datetime,
        *,
        goal: AdvanceGoal = AdvanceGoal(),  # noqa: B008 - a frozen value
        abandoned: Callable[[], bool] = never_abandoned,
        begun: Callable[[AdvanceRun], object] | None = None,
    ) -> AdvanceRun:
        """Move a workspace's virtual time to an instant, running all that falls due up to and at it.

        One that is stopped ends after the job that is being run; time stays where that was due.

        Args:
            goal: what ends it earlier; the target is its limit then.
            abandoned: asked before each job; says whether who asked for the advance has hung up.
            begun: told of the run once it is not refused, before its first job.

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
            # Time never runs back: what is planned and what is stamped would contradict each other.
            if target < now:
                raise InvalidRequestError(
                    f"time only moves forward: it is {format_instant(now)}, {format_instant(target)} was asked for"
                )
            run = AdvanceRun(began=now, target=target, goal=goal, abandoned=abandoned)
            if begun is not None:
                begun(run)
            if goal.next:
                with self._database.lookup(workspace.name) as tx:
                    job = Jobs(tx).first_due(until=LAST_OF_CLOCKS)
                run.end(max(job.due, now) if job else now, "next" if job else "idle")
            self._run_due(workspace, run)
            if run.stopped is None and (goal.idle is not None or goal.until):
                run.stopped = "limit"
            # A run that was stopped leaves time where the last job was due, so that an advance afterwards goes on
            # from there.
            if not run.is_cut_off:
                self._workspaces.reach(workspace, run.target)
            self._activities.publish(workspace, activity.advanced(now, workspace.clock.now(), run.ran))
        return run

    def start_advance(
        self,
        workspace: Workspace,
        target: datetime,
        *,
        goal: AdvanceGoal = AdvanceGoal(),  # noqa: B008 - a frozen value
    ) -> AdvanceRun:
        """Do what ``advance`` does in a thread of its own, and return once it has begun.

        Raises:
            InvalidRequestError: as ``advance`` says.
            ConflictError: as ``advance`` says.
        """
        begun: Future[AdvanceRun] = Future()

        def note(run: AdvanceRun) -> None:
            self._started[workspace.name] = (run, current_thread())
            begun.set_result(run)

        def run() -> None:
            try:
                self.advance(workspace, target, goal=goal, begun=note)
            except Exception as error:  # noqa: BLE001 - told to whoever asks, as nobody waits here
                if not begun.done():
                    begun.set_exception(error)
                    return
                begun.result().failure = _failure(workspace, error)
            begun.result().ended = workspace.clock.now()

        Thread(target=copy_context().run, args=(run,), name=f"advance of {workspace.name}").start()
        return begun.result()

    def started_advance(self, workspace: Workspace, *, patience_s: float = 0) -> AdvanceRun | None:
        """Return the latest advance that ``start_advance`` has begun in a workspace, if there is one.

        Args:
            patience_s: how long its end is waited for.
        """
        if workspace.name not in self._started:
            return None
        run, thread = self._started[workspace.name]
        thread.join(patience_s)
        return run

    def end_second(self, workspace: Workspace) -> None:
        """Wait until a poll sees what has been changed so far: on a real clock, until this second is over."""
        if workspace.clock.mode is Mode.REAL and workspace.clock.as_of() < workspace.clock.now():
            rest = timedelta(microseconds=1_000_000 - workspace.clock.now().microsecond)
            self._stopped.wait((rest / workspace.clock.speed).total_seconds())

    def poll_now(self, workspace: Workspace, instance: Instance) -> RunSummary:
        """Poll an instance at once, regardless of its schedule, and deliver the callbacks that are due then.

        On a real clock, receivers that take their time are not waited for, and not counted.

        Raises:
            ConflictError: time is being moved.
        """
        with self.exclusive(workspace):
            ran = self._polls.poll(workspace, instance.id)
            if workspace.clock.mode is Mode.VIRTUAL:
                now = workspace.clock.now()
                return ran + self._run_due(workspace, AdvanceRun(began=now, target=now))
            sent = self._real_time.deliver(workspace, workspace.clock.now())
        # Outside the lock: a slow receiver must not keep what else falls due from being run.
        return ran + sent()

    def forget(self, workspace: Workspace) -> None:
        """Forget everything about a workspace whose run lock is held."""
        self._started.pop(workspace.name, None)
        forget_workspace(self._database, workspace.name)

    def reset(self, workspace: Workspace) -> None:
        """Do that, and let a virtual clock start anew."""
        self.forget(workspace)
        self._workspaces.reset_clock(workspace)
        self._activities.clear(workspace.name)
        self._activities.publish(workspace, activity.reset(workspace.name))

    def set_clock(self, workspace: Workspace, mode: Mode, now: datetime | None = None) -> None:
        """Let a workspace go by another clock, without running anything in between.

        Args:
            now: where a virtual clock is to stand; None leaves it where the present one is.

        Raises:
            ConflictError: time is being moved, or would go back while something is planned.
        """
        with self.exclusive(workspace):
            present = workspace.clock.now()
            then = self._workspaces.real_now(workspace) if mode is Mode.REAL else now or present
            with self._database.read(workspace.name) as tx:
                waiting = Jobs(tx).count()
            if then < present and waiting:
                raise ConflictError(
                    f"the clock cannot go back from {format_instant(present)} to {format_instant(then)} while "
                    f"{waiting} polls or deliveries are planned; reset the workspace first"
                )
            self._workspaces.set_clock(workspace, mode, then)
            entry = activity.clock_set(present, then, follows=mode is Mode.REAL)
            self._activities.publish(workspace, entry)
        self.wake()

    @contextmanager
    def quiesce(self, workspace: Workspace) -> Iterator[None]:
        """Let nothing that falls due run in a workspace meanwhile, and have all that has run kept.

        Raises:
            ConflictError: time is being moved, or callbacks are under way.
        """
        with self.exclusive(workspace):
            self._real_time.wait_for_receivers(workspace, patience_s=self._patience_s)
            yield
        self.wake()

    @contextmanager
    def exclusive(self, workspace: Workspace) -> Iterator[None]:
        """Hold the workspace's run lock: nobody else runs its jobs or changes its clock meanwhile.

        What a real clock lets run is waited for, since it is soon over; an advance is not.

        Raises:
            ConflictError: somebody else holds it.
        """
        patience_s = self._patience_s if workspace.clock.mode is Mode.REAL else 0
        if not self._locks.acquire(workspace.name, patience_s=patience_s):
            raise ConflictError(
                f"time is being moved in workspace {workspace.name!r}; wait for that call to return, or end it with "
                "DELETE /_local/clock/advance"
            )
        try:
            self._workspaces.refresh(workspace)
            yield
        finally:
            self._real_time.leave(workspace)

    def run_of(self, workspace: Workspace) -> AdvanceRun | None:
        """Return what is being run in a workspace's virtual time, if anything is."""
        return self._runs.get(workspace.name)

    def stop_run(self, workspace: Workspace) -> AdvanceRun | None:
        """Let that end after the job that is being run, and return it; None if nothing is."""
        run = self._runs.get(workspace.name)
        if run is not None:
            # only noted: the run itself looks at it between two jobs, so that no job is cut in two
            run.stopped = "asked"
        return run

    def stop(self) -> None:
        """Let ``follow_real_clocks`` return, and advances end after the job that is being run."""
        self._stopped.set()
        for run in list(self._runs.values()):
            run.stopped = "shutdown"
        self._activities.stop()
        self._real_time.stop()
        for _, thread in list(self._started.values()):
            thread.join()

    def measures(self) -> Mapping[str, Measure]:
        """Return what is known of a queue of jobs, where there is one."""
        return self._real_time.measures()

    def wake(self) -> None:
        """Say that an agenda or a clock has changed, so that real time need not wait for an older plan."""
        self._real_time.wake()

    def follow_real_clocks(self) -> None:
        """Run what falls due in workspaces whose clock is real, until ``stop``."""
        self._real_time.follow()

    def _run_due(self, workspace: Workspace, run: AdvanceRun) -> RunSummary:
        """Run what is due in virtual time, up to and at the target, and return what ran.

        Raises:
            ConflictError: callbacks of the time when the clock was real are still under way.
            LostLockError: another process may run the workspace's jobs by now.
        """
        self._real_time.wait_for_receivers(workspace, patience_s=self._patience_s)
        latest: Job | None = None
        self._runs[workspace.name] = run
        if self._stopped.is_set():  # asked after the run can be found, so that none is missed
            run.stopped = "shutdown"
        try:
            while run.goes_on():
                now = workspace.clock.now()
                until = max(run.target, now) if run.goal.idle is None else LAST_OF_CLOCKS
                with self._database.lookup(workspace.name) as tx:
                    job = Jobs(tx).first_due(until=until)
                if not run.reaches(job.due if job else None, now=now) or job is None:
                    break
                if job == latest:  # a task that stands still would loop for ever
                    raise RuntimeError(f"{job} left itself due")
                latest = job
                self._locks.check(workspace.name)
                self._workspaces.reach(workspace, job.due)
                try:
                    ran = self._tasks[job.kind].run(workspace, job)
                except Exception as error:
                    if has_no_room(error):  # which the clock itself may have found
                        self._workspaces.take_back(workspace, now)
                    raise
                run.ran += ran
                if ran.attempts and run.goal.until and self._is_of(workspace, job, run.goal.until):
                    run.count(ran.attempts, now=workspace.clock.now())
        finally:
            del self._runs[workspace.name]
        return run.ran

    def _is_of(self, workspace: Workspace, job: Job, sought: CallbackFilter) -> bool:
        """Say whether what a job has sent is of those callbacks; a bulk job's to a URL of its own has no events."""
        if job.kind is not JobKind.DELIVER:
            return sought.matches((), None)
        with self._database.lookup(workspace.name) as tx:
            sent = Notifications(tx).get(int(job.subject.partition("/")[0]))
        subject = subject_of(sent.body if sent else b"")
        return sought.matches(subject.changes, subject.instance_id)


def _failure(workspace: Workspace, error: Exception) -> str:
    """Return what is told of what broke an advance off; a defect is logged with its trace."""
    if isinstance(error, PlatformError):
        return str(error)
    known = {"event": "advance_failed", "workspace": workspace.name}
    _log.error("a started advance was broken off", extra=known, exc_info=error)
    return f"{type(error).__name__}; this is a defect, its trace is in the log"
