"""A scenario's time at a tenant: what a stack of ours is advanced by is waited for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from mock_kit.workspaces.instants import parse_duration

MOMENT = timedelta(seconds=2)
_LOOKS_PER_INTERVAL = 60
_SHORTEST = timedelta(seconds=1)


class TenantTiming(Struct, frozen=True, kw_only=True):
    """How long is waited at a tenant.

    Attributes:
        settle: what a poll and its callbacks take at most, once they are due.
        intervals: so many intervals between polls an expectation may come true after its time.
    """

    settle: timedelta
    intervals: int


class WaitingClock:
    """A scenario's clock, which goes with the tenant's from the moment at which it is begun.

    While an expectation waits for a poll that is late it stands still, so that what follows keeps its distance from the polls.
    """

    def __init__(
        self,
        tenant_now: Callable[[], datetime],
        wait: Callable[[timedelta], None],
        timing: TenantTiming,
        *,
        start: datetime,
        interval: timedelta,
    ) -> None:
        """Take the present moment for the scenario's first.

        Args:
            tenant_now: returns the tenant's instant.
            wait: lets so much of the tenant's time pass.
            start: what the scenario takes for the present instant.
            interval: between two polls of its slowest instance.
        """
        self._tenant_now = tenant_now
        self._wait = wait
        self._timing = timing
        self._interval = interval
        self._start = self._target = start
        self._began = tenant_now()

    def begin(self) -> None:
        """Let the scenario's first instant be a moment from now, so that what follows is dated later than what was."""
        self._wait(MOMENT)
        self._began = self._tenant_now()

    def present(self) -> datetime:
        """Return the scenario's instant."""
        return self._start + (self._tenant_now() - self._began)

    def advance(self, duration: str | float | None = None, *, to: datetime | None = None) -> None:
        """Wait until the scenario's clock has come so far, and until what is due then has run."""
        self._target = to or self._target + parse_duration(duration)
        self._wait(max(self._target - self.present(), timedelta()))
        self._wait(self._timing.settle)

    def patience(self, look: Callable[[], list[str]]) -> list[str]:
        """Look for differences until there are none, or it has taken too long; what comes late with the rest is seen, too."""
        within = self._timing.intervals * self._interval + self._timing.settle
        step = max(self._interval / _LOOKS_PER_INTERVAL, _SHORTEST)
        waited = timedelta()
        while (differences := look()) and waited < within:
            self._wait(step)
            waited += step
        if waited and not differences:
            self._wait(self._timing.settle)
            differences = look()
        self._began += waited
        return differences
