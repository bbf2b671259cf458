"""How many calls an account may make: in a day, and in a second."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of a call.

    Attributes:
        left: calls, today.
        retry_after_s: when a refused call may come again; None if it is let through.
    """

    left: int
    retry_after_s: int | None = None


@dataclass(kw_only=True)
class _Used:
    """What a workspace has used up."""

    day: date
    today: int = 0
    lately: list[datetime] = field(default_factory=list)


class Allowance:
    """Counts the calls of each workspace, and refuses those beyond its limits.

    A day is one in UTC, and a refused call is not counted.

    Args:
        daily: calls a day.
        burst: calls in any one second; None refuses nobody, whatever the day's calls.

    Source: ten a second and, by plan, 1,000 to 100,000 a day, 429 beyond; the headers name the daily figures, and above 0
        on a burst (Insightly v3.1 help page, documented; live probes, observed second-hand). That a day is one in UTC
        is one of two readings, and when a refused call may come again is assumed: a second on, at the end of the day.
    """

    def __init__(self, daily: int, *, burst: int | None = None) -> None:
        self.daily = daily
        self._burst = burst
        self._used: dict[str, _Used] = {}
        self._lock = Lock()

    def take(self, workspace: str, now: datetime) -> Verdict:
        """Count a call, or refuse it."""
        with self._lock:
            used = self._since(workspace, now)
            left = max(self.daily - used.today, 0)
            if self._burst is not None and left == 0:
                return Verdict(left=0, retry_after_s=_left_of_day(now))
            if self._burst is not None:
                used.lately = [at for at in used.lately if timedelta() <= now - at < _SECOND]
                if len(used.lately) >= self._burst:
                    return Verdict(left=left, retry_after_s=1)
                used.lately.append(now)
            used.today += 1
        return Verdict(left=max(left - 1, 0))

    def clear(self, workspace: str) -> None:
        """Forget a workspace's calls."""
        with self._lock:
            self._used.pop(workspace, None)

    def _since(self, workspace: str, now: datetime) -> _Used:
        """Return what was used since the day began, by a clock that may have been set back too."""
        used = self._used.get(workspace)
        day = now.astimezone(UTC).date()
        if used is None or used.day != day:
            used = self._used[workspace] = _Used(day=day)
        return used


def _left_of_day(now: datetime) -> int:
    """Return the whole seconds until a day in UTC is over."""
    begun = datetime.combine(now.astimezone(UTC).date(), time(tzinfo=UTC))
    return -(-(_DAY - (now - begun)) // _SECOND)
