"""The only loop: whatever falls due is run at its exact instant, in virtual time or in real."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, Lock
from typing import Protocol

from mock_kit.clock import Mode, SystemClock
from mock_kit.instants import format_instant
from mock_kit.workspaces import Workspace, Workspaces
from mock_platform.delivery_task import DeliveryTask
from mock_platform.domain.errors import ConflictError, InvalidRequestError
from mock_platform.domain.models import Instance, Job, JobKind, Ran
from mock_platform.poll_task import PollTask
from mock_platform.store import Store

_LONGEST_WAIT = timedelta(minutes=1)
_PATIENCE_S = 5.0
_FOR_EVER = -1.0

_log = logging.getLogger(__name__)


class _Task(Protocol):
    """Does a job; takes it off the agenda, or lets it fall due again later."""

    def run(self, workspace: Workspace, job: Job) -> Ran:
        """Do it, and count what was done."""


class Engine:
    """Runs jobs in the order of (time, number), one at a time in each workspace."""

    def __init__(
        self, *, store: Store, workspaces: Workspaces, polls: PollTask, deliveries: DeliveryTask
    ) -> None:
        self._store = store
        self._workspaces = workspaces
        self._polls = polls
        self._tasks: dict[JobKind, _Task] = {JobKind.POLL: polls, JobKind.DELIVER: deliveries}
        self._running: dict[str, Lock] = {}
        self._woken = Condition()
        self._changes = 0
        self._stopped = False

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
            self._workspaces.move(workspace, max(target, workspace.clock.now()))
        return ran

    def poll_now(self, workspace: Workspace, instance: Instance) -> Ran:
        """Poll an instance at once, whatever its schedule, and deliver what that owes.

        Raises:
            ConflictError: time is being moved.
        """
        with self.alone(workspace):
            return self._polls.poll(workspace, instance) + self._run_due(workspace, workspace.clock.now())

    def reset(self, workspace: Workspace) -> None:
        """Forget everything about a workspace, and let a virtual clock start anew.

        Raises:
            ConflictError: time is being moved.
        """
        with self.alone(workspace):
            self._store.reset(workspace.name)
            if workspace.clock.mode is Mode.VIRTUAL:
                self._workspaces.set_clock(workspace, Mode.VIRTUAL, workspace.start)

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
            patience_s = _PATIENCE_S if workspace.clock.mode is Mode.REAL else 0
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
        """Let ``follow_real_clocks`` return."""
        self._stopped = True
        self.wake()

    def follow_real_clocks(self) -> None:
        """Run what falls due in workspaces whose clock is real, until ``stop``."""
        while not self._stopped:
            seen = self._changes
            followed = [workspace for workspace in self._workspaces if self._catch_up(workspace)]
            with self._woken:
                wait_s = self._wait(followed).total_seconds()
                self._woken.wait_for(lambda: self._changes != seen, timeout=wait_s)  # noqa: B023 - used at once

    def _catch_up(self, workspace: Workspace) -> bool:
        """Run what has fallen due by a real clock, and say whether to come back as soon as more does.

        A defect in one workspace must not end the polls of all others; it is tried again after a while.
        """
        if workspace.clock.mode is not Mode.REAL:
            return False
        try:
            with self.alone(workspace, patience_s=_FOR_EVER):
                self._run_due(workspace, workspace.clock.now())
        except Exception:  # noqa: BLE001 - logged with its trace, and tried again
            known = {"event": "real_time_failed", "workspace": workspace.name}
            _log.exception("what fell due in real time could not be run", extra=known)
            return False
        return True

    def _wait(self, followed: list[Workspace]) -> timedelta:
        """Return how long nothing falls due."""
        due = self._store.jobs.next_due(workspace.name for workspace in followed)
        if due is None:
            return _LONGEST_WAIT
        return min(max(due - followed[0].clock.now(), timedelta(0)), _LONGEST_WAIT)

    def _run_due(self, workspace: Workspace, until: datetime) -> Ran:
        ran = Ran()
        latest: Job | None = None
        while job := self._store.jobs.first_due(workspace.name, until=until):
            if job == latest:  # a task that stands still would loop for ever
                raise RuntimeError(f"{job} left itself due")
            latest = job
            if workspace.clock.mode is Mode.VIRTUAL:
                self._workspaces.move(workspace, max(job.due, workspace.clock.now()))
            ran += self._tasks[job.kind].run(workspace, job)
        return ran
