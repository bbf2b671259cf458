"""The axis of time: where instants lie on it, which idle stretches are broken out of it, and what is written below.

All of it is decided from the instants that are shown. Places are thousandths of the width, as whole numbers.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from statistics import median_low

from elements_local.dashboard.writing import span_text

WIDTH = 1000
_BREAK = 24
"""Thousandths that a broken stretch takes."""

_MOST_BREAKS = 20
_SHORTEST_BREAK = timedelta(hours=1)
_LABELS = 7
_STEPS = [
    *(timedelta(seconds=number) for number in (1, 2, 5, 10, 15, 30)),
    *(timedelta(minutes=number) for number in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=number) for number in (1, 2, 3, 6, 12)),
    *(timedelta(days=number) for number in (1, 2, 7, 14, 28, 91, 182, 364, 3640)),
]
_EPOCH = datetime(2000, 1, 3, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class IdleStretch:
    """A stretch of time in which nothing happens, from one instant that is shown to the next."""

    start: datetime
    end: datetime

    @property
    def text(self) -> str:
        """How long it is, in words."""
        return f"{span_text(self.end - self.start)} of nothing"


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A label below the axis."""

    place: int
    text: str


@dataclass(frozen=True)
class TimeAxis:
    """An axis from one instant to another, with the idle stretches that are broken out of it, in their order."""

    start: datetime
    end: datetime
    breaks: tuple[IdleStretch, ...] = ()

    def place(self, instant: datetime) -> int:
        """Return where an instant lies; what lies beyond an end lies at it."""
        at = min(max(instant, self.start), self.end)
        passed = [one for one in self.breaks if one.start < at]
        elapsed = at - self.start - sum((min(at, one.end) - one.start for one in passed), timedelta(0))
        whole = [one for one in passed if one.end <= at]
        broken = _BREAK * len(whole) + (_BREAK // 2 if len(whole) < len(passed) else 0)
        share = elapsed / self.shown if self.shown else 0
        return min(WIDTH, round(share * (WIDTH - _BREAK * len(self.breaks))) + broken)

    def holds(self, instant: datetime) -> bool:
        """Say whether an instant lies between the ends."""
        return self.start <= instant <= self.end

    @property
    def knots(self) -> list[tuple[int, float]]:
        """Places with their seconds since 1970, between which time runs evenly: how a pointer's place is read."""
        inside = [
            (self.place(one.start) + width, edge.timestamp())
            for one in self.breaks
            for width, edge in ((0, one.start), (_BREAK, one.end))
        ]
        return [(0, self.start.timestamp()), *inside, (WIDTH, self.end.timestamp())]

    @property
    def ticks(self) -> list[Tick]:
        """The labels, none of which would cover another; the day stands where it begins."""
        wanted = self.shown / _LABELS
        step = next((step for step in _STEPS if step >= wanted), _STEPS[-1])
        ticks: list[Tick] = []
        day = None
        for instant in self._multiples(step):
            place = self.place(instant)
            if ticks and place - ticks[-1].place < WIDTH // (2 * _LABELS):
                continue
            ticks.append(Tick(place=place, text=_label(instant, step, new_day=instant.date() != day)))
            day = instant.date()
        return ticks

    @cached_property
    def shown(self) -> timedelta:
        """How much time is drawn, without what is broken out."""
        return self.end - self.start - sum((one.end - one.start for one in self.breaks), timedelta(0))

    def _multiples(self, step: timedelta) -> Iterable[datetime]:
        """Yield the multiples of a step that are not inside a break."""
        edges = [self.start, *(edge for one in self.breaks for edge in (one.start, one.end)), self.end]
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            instant = _EPOCH + -((_EPOCH - first) // step) * step
            while instant <= last:
                yield instant
                instant += step


def axis_of(
    instants: Iterable[datetime],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    whole: bool = False,
    known: datetime | None = None,
) -> TimeAxis:
    """Return the axis on which instants are shown; there must be one at least, or both ends.

    Args:
        start, end: what is looked at; None is where the first, or the last, instant lies.
        whole: idle stretches are shown too.
        known: from when on nothing else happened; what lies before is not called idle. None is the start.
    """
    given = sorted(instants)
    first, last = start or given[0], end or given[-1]
    last = max(last, first + timedelta(minutes=1))
    shown = [first, *given[bisect_right(given, first) : bisect_right(given, last)], last]
    broken = () if whole else _breaks(shown, last - first)
    return TimeAxis(first, last, tuple(one for one in broken if known is None or one.start >= known))


def _breaks(instants: Sequence[datetime], view: timedelta) -> tuple[IdleStretch, ...]:
    """Return the stretches worth breaking: over an hour, a tenth of the view, and far longer than is usual here."""
    gaps = [IdleStretch(start=one, end=other) for one, other in pairwise(instants) if other > one]
    if len(gaps) < 3:
        return ()
    usual = median_low(gap.end - gap.start for gap in gaps)
    idle = [gap for gap in gaps if gap.end - gap.start > max(view / 10, 3 * usual, _SHORTEST_BREAK)]
    longest = sorted(idle, key=lambda gap: gap.start - gap.end)[:_MOST_BREAKS]
    return tuple(sorted(longest, key=lambda gap: gap.start))


def _label(instant: datetime, step: timedelta, *, new_day: bool) -> str:
    clock = f"{instant:%H:%M:%S}" if step < timedelta(minutes=1) else f"{instant:%H:%M}"
    if step >= timedelta(days=1):
        return f"{instant:%Y-%m-%d}"
    return f"{instant:%m-%d} {clock}" if new_day else clock
