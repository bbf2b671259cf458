"""Runs of due work that are under way: how far each is, and how it is ended at the next job's border."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct


class RunSummary(Struct, frozen=True, kw_only=True):
    """What ran while time was moved.

    Attributes:
        polls: polls of single resources.
        events: changes found.
        deliveries: callbacks that their receiver took.
        attempts: callbacks sent, taken or not.
    """

    polls: int = 0
    events: int = 0
    deliveries: int = 0
    attempts: int = 0

    def __add__(self, other: "RunSummary") -> "RunSummary":
        return RunSummary(
            polls=self.polls + other.polls,
            events=self.events + other.events,
            deliveries=self.deliveries + other.deliveries,
            attempts=self.attempts + other.attempts,
        )


def nobody_left() -> bool:
    """Say that whoever asked for a run still waits for it."""
    return False


@dataclass(kw_only=True)
class AdvanceRun:
    """Due work of a workspace that is being run in virtual time.

    Attributes:
        began, target: from when to when time is moved.
        abandoned: says whether who asked for it has hung up.
        ran: what has run so far.
        stopped: whether it was told to end before the next job.
    """

    began: datetime
    target: datetime
    abandoned: Callable[[], bool] = nobody_left
    ran: RunSummary = field(default_factory=RunSummary)
    stopped: bool = False

    def goes_on(self) -> bool:
        """Say whether the next job may be run; one that was abandoned is stopped."""
        self.stopped = self.stopped or self.abandoned()
        return not self.stopped


class AdvanceRuns:
    """The runs that are under way, one a workspace at the most."""

    def __init__(self) -> None:
        self._under_way: dict[str, AdvanceRun] = {}

    def of(self, workspace: str) -> AdvanceRun | None:
        """Return the run of a workspace, if there is one."""
        return self._under_way.get(workspace)

    def stop(self, workspace: str) -> AdvanceRun | None:
        """Let a workspace's run end before its next job, and return it; None if there is none."""
        run = self._under_way.get(workspace)
        if run is not None:
            # only noted: the run itself looks at it between two jobs, so that no job is cut in two
            run.stopped = True
        return run

    @contextmanager
    def begun(self, workspace: str, run: AdvanceRun) -> Iterator[AdvanceRun]:
        """Let a run be seen while it is under way."""
        self._under_way[workspace] = run
        try:
            yield run
        finally:
            del self._under_way[workspace]
