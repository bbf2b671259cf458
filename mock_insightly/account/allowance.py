"""How many calls an account may make: in a day, and in a second."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Annotated, Any

from msgspec import Meta, Struct, structs
from sqlalchemy import Connection

from elements_local.kit.workspaces.registry import Workspace
from elements_local.kit.workspaces.table_rows import SnapshotError

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


class RateLimitVerdict(Struct, frozen=True, kw_only=True):
    """What becomes of a call.

    Attributes:
        left: calls, today.
        retry_after_s: when a refused call may come again; None if it is let through.
    """

    left: int
    retry_after_s: int | None = None


class RateLimits(Struct, frozen=True, kw_only=True):
    """How many calls are let through.

    Attributes:
        daily: calls a day; what answers name.
        burst: calls in any one second; None is any number.
        strict: whether calls beyond the daily ones are refused, rather than only counted.
    """

    daily: int
    burst: int | None = None
    strict: bool = False


_Instant = Annotated[datetime, Meta(tz=True)]


class KeptUse(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a workspace has used up, in memory and in a snapshot.

    Attributes:
        lately: the calls of the last second, while a limit is in force for them.
        stamps: the calls of the last 24 hours, where those are a day.
    """

    day: date
    today: Annotated[int, Meta(ge=0)]
    lately: list[_Instant]
    stamps: list[_Instant]


class Allowance:
    """Counts the calls of each workspace, and refuses those beyond its limits; a refused call is not counted.

    Args:
        rolling: whether a day is any 24 hours, rather than one in UTC.

    Source: ten a second and, by plan, 1,000 to 100,000 a day, 429 beyond; the headers name the daily figures, and above 0
        on a burst (Insightly v3.1 help page, documented; live probes, observed second-hand). Sources disagree on when a
        day is over; when a refused call may come again is assumed: a second on, at the end of the day.
    """

    def __init__(self, *, rolling: bool = False) -> None:
        self._rolling = rolling
        self._used: dict[str, KeptUse] = {}
        # counting and refusing are one step: two calls at once must not both be the day's last
        self._lock = Lock()

    def take(self, workspace: str, now: datetime, limits: RateLimits) -> RateLimitVerdict:
        """Count a call, or refuse it."""
        # calls of one account come in several threads; none may slip between count and limit
        with self._lock:
            used = self._used[workspace] = self._since(self._used.get(workspace), now)
            return self._counted(used, now, limits)

    def clear(self, workspace: str) -> None:
        """Forget a workspace's calls."""
        with self._lock:
            self._used.pop(workspace, None)

    @property
    def kept_shape(self) -> Any:
        """What snapshots hold; null where nothing was used up."""
        return KeptUse | None

    def recall(self, workspace: Workspace) -> KeptUse | None:
        """Return what a workspace has used up."""
        with self._lock:
            used = self._used.get(workspace.name)
            # Copies: the lists go on changing while a snapshot is written.
            return used and structs.replace(used, lately=[*used.lately], stamps=[*used.stamps])

    def restore(
        self, _connection: Connection, workspace: Workspace, value: KeptUse | None
    ) -> Callable[[], None]:
        """Return what lets a workspace have used up so much.

        Raises:
            SnapshotError: it made another number of calls today than it has the instants of.
        """
        if value is not None and value.stamps and value.today != len(value.stamps):
            raise SnapshotError(
                f"memory.allowance.today: expected {len(value.stamps)}, as there are so many stamps; got {value.today}"
            )

        def put_back() -> None:
            with self._lock:
                self._used.pop(workspace.name, None)
                if value is not None:
                    self._used[workspace.name] = value

        return put_back

    def _since(self, used: KeptUse | None, now: datetime) -> KeptUse:
        """Return what was used since the day began, by a clock that may have been set back too."""
        day = now.astimezone(UTC).date()
        if used is None or (used.day != day and not self._rolling):
            return KeptUse(day=day, today=0, lately=[], stamps=[])
        # The oldest come first; where a day is one in UTC there are none.
        while used.stamps and not timedelta() <= now - used.stamps[0] < _DAY:
            del used.stamps[0]
            used.today -= 1
        return used

    def _counted(self, used: KeptUse, now: datetime, limits: RateLimits) -> RateLimitVerdict:
        """Add a call to what was used, or refuse it."""
        left = max(limits.daily - used.today, 0)
        if limits.strict and left == 0:
            return RateLimitVerdict(left=0, retry_after_s=self._over_in(used, now))
        if limits.burst is not None:
            # A clock that was set back makes calls of the future; those are not of the last second either.
            used.lately = [at for at in used.lately if timedelta() <= now - at < _SECOND]
            if len(used.lately) >= limits.burst:
                return RateLimitVerdict(left=left, retry_after_s=1)
            used.lately.append(now)
        # Counted last: a call that is refused uses nothing up.
        used.today += 1
        if self._rolling:
            used.stamps.append(now)
        return RateLimitVerdict(left=max(left - 1, 0))

    def _over_in(self, used: KeptUse, now: datetime) -> int:
        """Return the whole seconds until a call is let through again."""
        if not used.stamps:
            return _left_of_day(now)
        # Rounded up: who comes back a fraction of a second early would be refused again.
        return -(-(_DAY - (now - used.stamps[0])) // _SECOND)


def _left_of_day(now: datetime) -> int:
    """Return the whole seconds until a day in UTC is over."""
    begun = datetime.combine(now.astimezone(UTC).date(), time(tzinfo=UTC))
    return -(-(_DAY - (now - begun)) // _SECOND)
