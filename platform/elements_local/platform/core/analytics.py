"""Counts over time: a range and an interval become buckets, and what was counted in small units falls into them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Generic, TypeVar

from dateutil.relativedelta import MO, relativedelta
from msgspec import Struct

from elements_local.kit.instants import earlier, format_instant
from elements_local.platform.errors import InvalidRequestError

K = TypeVar("K")

_USUAL = timedelta(hours=24)
_DAY = relativedelta(hour=0, minute=0, second=0, microsecond=0)


class Interval(Enum):
    """How wide a bucket is (documented and observed)."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"


_WIDTHS = {
    Interval.SECOND: timedelta(seconds=1),
    Interval.MINUTE: timedelta(minutes=1),
    Interval.HOUR: timedelta(hours=1),
    Interval.DAY: timedelta(days=1),
    Interval.WEEK: timedelta(weeks=1),
    Interval.MONTH: timedelta(days=30),
    Interval.QUARTER: timedelta(days=90),
    Interval.YEAR: timedelta(days=365),
}
"""Roughly."""
_BY_CALENDAR = {
    Interval.MONTH: relativedelta(months=1),
    Interval.QUARTER: relativedelta(months=3),
    Interval.YEAR: relativedelta(years=1),
}
_FLOORS = {
    Interval.YEAR: _DAY + relativedelta(month=1, day=1),
    Interval.MONTH: _DAY + relativedelta(day=1),
    Interval.DAY: _DAY,
    Interval.HOUR: relativedelta(minute=0, second=0, microsecond=0),
    Interval.MINUTE: relativedelta(second=0, microsecond=0),
    Interval.SECOND: relativedelta(microsecond=0),
}


class Buckets(Struct, frozen=True, kw_only=True):
    """A range of time, cut up.

    Attributes:
        since, until: what is counted lies between them; both count in.
        starts: of the buckets, in their order; each ends where the next one starts.
        unit: what can be counted without asking for more, since no bucket starts inside of one.
    """

    since: datetime
    until: datetime
    starts: tuple[datetime, ...]
    unit: timedelta

    def place(self, instant: datetime) -> datetime:
        """Return the start of the bucket that an instant falls into; what lies before all is in the first."""
        return self.starts[max(bisect_right(self.starts, instant) - 1, 0)]


class Tally(Struct, Generic[K], frozen=True, kw_only=True):
    """How many there were in one unit of time.

    Attributes:
        at: the unit's start.
        of: what was counted: an instance, an account, an element, a status.
        success, failed: those among ``count`` that went well, or did not; some may have done neither so far.
    """

    at: datetime
    of: K
    count: int
    success: int = 0
    failed: int = 0


class Bucket(Struct, Generic[K], frozen=True, kw_only=True):
    """What fell into a bucket, by what was counted."""

    start: datetime
    tallies: Mapping[K, Tally[K]]

    @property
    def count(self) -> int:
        """Everything in it."""
        return sum(tally.count for tally in self.tallies.values())

    @property
    def timestamp(self) -> str:
        """Its start as the platform writes it."""
        return format_instant(self.start)


def span(since: datetime | None, until: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Return the range that is meant: the 24 hours up to ``until``, which is now, unless said otherwise (assumed).

    A start that lies ahead, without an end, is a range in which nothing is yet.

    Raises:
        InvalidRequestError: it ends before it starts (observed: 400).
    """
    end = max(now, since or now) if until is None else until
    start = earlier(end, _USUAL) if since is None else since
    if end < start:
        raise InvalidRequestError(
            f"to must not lie before from; got from {format_instant(start)}, to {format_instant(end)}"
        )
    return start, end


def buckets(since: datetime, until: datetime, interval: Interval, *, limit: int = 10_000) -> Buckets:
    """Cut a range up; the buckets in which it starts and ends are both there, as are the empty ones between.

    Args:
        limit: buckets at the most.

    Raises:
        InvalidRequestError: there would be more.

    Source: one hour by the minute has 61 entries, and seconds over a day are refused (observed); that buckets
        follow the calendar in UTC, weeks from Monday, and the limit itself, are assumed.

    >>> from datetime import UTC
    >>> hour = datetime(2026, 3, 2, 10, tzinfo=UTC)
    >>> len(buckets(hour, hour + timedelta(hours=1), Interval.MINUTE, limit=100).starts)
    61
    """
    starts: list[datetime] = []
    for start in _starts(_floor(since, interval), interval):
        if start > until:
            break
        if len(starts) == limit:
            raise InvalidRequestError(
                f"interval {interval.value} is too fine for {format_instant(since)} to {format_instant(until)}: "
                f"an answer has {limit} entries at the most; choose a wider interval or a shorter range"
            )
        starts.append(start)
    unit = min(_WIDTHS[interval], _WIDTHS[Interval.DAY])
    return Buckets(since=since, until=until, starts=tuple(starts), unit=unit)


def fold(cut: Buckets, tallies: Iterable[Tally[K]]) -> list[Bucket[K]]:
    """Put what was counted into its buckets, adding up what is of the same; the empty ones are there too."""
    tallies_by_start: dict[datetime, dict[K, Tally[K]]] = {start: {} for start in cut.starts}
    for tally in tallies:
        start = cut.place(tally.at)
        before = tallies_by_start[start].get(tally.of)
        tallies_by_start[start][tally.of] = tally if before is None else _sum(before, tally)
    return [Bucket(start=start, tallies=within) for start, within in tallies_by_start.items()]


def _sum(one: Tally[K], other: Tally[K]) -> Tally[K]:
    return Tally(
        at=one.at,
        of=one.of,
        count=one.count + other.count,
        success=one.success + other.success,
        failed=one.failed + other.failed,
    )


def _floor(instant: datetime, interval: Interval) -> datetime:
    """Return the start of the bucket that an instant falls into."""
    match interval:
        case Interval.WEEK:
            return instant + _DAY + relativedelta(weekday=MO(-1))
        case Interval.QUARTER:
            return instant + _DAY + relativedelta(day=1, month=instant.month - (instant.month - 1) % 3)
        case _:
            return instant + _FLOORS[interval]


def _starts(first: datetime, interval: Interval) -> Iterator[datetime]:
    """Yield the starts of buckets, each counted from the first one, up to the end of the calendar."""
    step = _BY_CALENDAR.get(interval, _WIDTHS[interval])
    number = 0
    while True:
        try:
            start = first + step * number
        except (OverflowError, ValueError):  # the calendar ends
            return
        yield start
        number += 1
