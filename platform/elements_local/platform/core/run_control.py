"""A run of due work that is under way: how far it is, and whether it goes on after the present job."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

StopReason: TypeAlias = Literal["next", "idle", "until", "limit", "asked", "shutdown"]
"""Why an advance ended: at what it was asked for, at its limit, or before either."""


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


_LARGEST = 2**63 - 1
_Id = str | Annotated[int, Meta(ge=-_LARGEST, le=_LARGEST)]
"""An id as a number is no longer than a database keeps."""


class CallbackFilter(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Callbacks that an advance goes on to: how many, taken or not, counted from its beginning, with an event of what.

    Attributes:
        callbacks: how many; None is one.
    """

    callbacks: Annotated[int, Meta(ge=1, le=_LARGEST)] | None = None
    object_type: str | None = None
    event_type: str | None = None
    object_id: _Id | None = None
    instance_id: _Id | None = None

    def matches(self, changes: Collection[tuple[str, str, str]], instance_id: int | None) -> bool:
        """Say whether a callback is one of them.

        Args:
            changes: resource, change and record id of each of its events.
        """
        sought = (self.object_type, self.event_type, self.object_id)
        if self.instance_id is not None and str(self.instance_id) != str(instance_id):
            return False
        return not any(sought) or any(
            all(each is None or str(each) == found for each, found in zip(sought, change, strict=True))
            for change in changes
        )


class AdvanceGoal(Struct, frozen=True, kw_only=True):
    """What ends an advance before its target.

    Attributes:
        next: that what is due next has run, whenever that is.
        idle: that nothing is due within so long.
        until: that these callbacks have been sent; what else is due at that instant runs, too.
    """

    next: bool = False
    idle: timedelta | None = None
    until: CallbackFilter | None = None


_NO_GOAL = AdvanceGoal()


def never_abandoned() -> bool:
    """Say that the client that asked for a run still waits for it."""
    return False


@dataclass(kw_only=True)
class AdvanceRun:
    """Due work of a workspace that is being run in virtual time.

    Attributes:
        began, target: from when to when time is moved.
        goal: what ends it earlier.
        abandoned: says whether who asked for it has hung up.
        ran: what has run so far.
        stopped: why it ends, if that is not the target that was asked for.
        ended: where time stands after it; None while it is under way.
        failure: what broke it off; empty if nothing did.
    """

    began: datetime
    target: datetime
    goal: AdvanceGoal = _NO_GOAL
    abandoned: Callable[[], bool] = never_abandoned
    ran: RunSummary = field(default_factory=RunSummary)
    stopped: StopReason | None = None
    ended: datetime | None = None
    failure: str = ""
    _sent: int = 0

    @property
    def is_cut_off(self) -> bool:
        """Whether it ends before the next job, even if more is due."""
        return self.stopped in {"asked", "shutdown"}

    def goes_on(self) -> bool:
        """Say whether the next job may be run; one that was abandoned is stopped."""
        if self.abandoned():
            self.stopped = "asked"
        return not self.is_cut_off

    def end(self, at: datetime, why: StopReason) -> None:
        """Make an instant its target."""
        self.target, self.stopped = at, why

    def reaches(self, due: datetime | None, *, now: datetime) -> bool:
        """Say whether what falls due first is run, if anything falls due at all."""
        idle = self.goal.idle
        if idle is not None and (due is None or due - now > idle):
            self.end(now, "idle")
        # a receiver that writes back may begin a second later than the target's; what falls due in that runs in it
        return due is not None and due <= max(self.target, now)

    def count(self, callbacks: int, *, now: datetime) -> None:
        """Count callbacks that were sent of those that it goes on to."""
        self._sent += callbacks
        if self.goal.until and self._sent >= (self.goal.until.callbacks or 1) and not self.stopped:
            self.end(now, "until")
