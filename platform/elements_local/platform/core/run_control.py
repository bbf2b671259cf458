"""A run of due work that is under way: how far it is, and whether it goes on after the present job."""

from collections.abc import Callable
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


def never_abandoned() -> bool:
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
    abandoned: Callable[[], bool] = never_abandoned
    ran: RunSummary = field(default_factory=RunSummary)
    stopped: bool = False

    def goes_on(self) -> bool:
        """Say whether the next job may be run; one that was abandoned is stopped."""
        self.stopped = self.stopped or self.abandoned()
        return not self.stopped
