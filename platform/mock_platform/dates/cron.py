"""When a cron expression fires.

Source: that a schedule is a cron expression (documented). Whose dialect is written nowhere (assumed): five fields are
those of Unix; six or seven are Quartz's, with seconds first, days of the week from 1 for Sunday, and years last. All
are read in UTC (assumed).
"""

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from mock_platform.errors import InvalidRequestError, shown

EXAMPLE = "'*/15 * * * *' or, with seconds first, '0 0/15 * * * ?'"
_LONGEST = 200
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_ANY = {"*", "?"}
_YEARS = range(1970, 2100)
_STRETCH = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d?))?", re.ASCII)
_YEAR_STRETCH = re.compile(r"(\d{4})(?:-(\d{4}))?(?:/([1-9]\d?))?", re.ASCII)
_NUMBERED = re.compile(r"(\w{1,3}?)(L|#[1-5])", re.ASCII)


class Cron(Struct, frozen=True, kw_only=True):
    """An expression that was read.

    Attributes:
        text: as it came, its fields a space apart.
        fields: five, or six with seconds first; days of the week from 0 for Sunday.
        years: in which it fires; None for all.
    """

    text: str
    fields: str
    years: tuple[int, ...] | None = None


def read(text: str, *, named: str) -> Cron:
    """Read an expression.

    Args:
        named: what it came as, for who has to mend it.

    Raises:
        InvalidRequestError: it is none.
    """
    try:
        return _read(text)
    except ValueError as error:
        raise InvalidRequestError(
            f"{named} must be a cron expression such as {EXAMPLE}; got {shown(text)}"
        ) from error


def following(cron: Cron, now: datetime) -> datetime | None:
    """Return the first instant later than now at which an expression fires; None if it never does again.

    >>> following(read("0 3 * * *", named="cron"), datetime(2026, 3, 2, 10, tzinfo=UTC)).isoformat()
    '2026-03-03T03:00:00+00:00'
    """
    if cron.years is None:
        return _next(cron.fields, now)
    # the library knows no years, so each is asked for its first instant
    for year in cron.years:
        if year >= now.year:
            found = _next(cron.fields, max(now, datetime(year, 1, 1, tzinfo=UTC) - timedelta(seconds=1)))
            if found is not None and found.year == year:
                return found
    return None


def first(cron: Cron, now: datetime, *, named: str) -> datetime:
    """Return when something starts that is to be done by an expression.

    Raises:
        InvalidRequestError: the expression never fires again.
    """
    due = following(cron, now)
    if due is None:
        raise InvalidRequestError(
            f"{named} must fire after {now:%Y-%m-%dT%H:%M:%SZ}, such as {EXAMPLE}; {shown(cron.text)} never does"
        )
    return due


def _read(text: str) -> Cron:
    parts = text.upper().split()
    if len(text) > _LONGEST or len(parts) not in {5, 6, 7}:
        raise ValueError
    years = _years(parts.pop()) if len(parts) == 7 else None
    if len(parts) == 6:
        parts = _from_quartz(parts)
    fields = " ".join("*" if part == "?" else part for part in parts)
    _check(fields)
    return Cron(text=" ".join(text.split()), fields=fields, years=years)


def _from_quartz(parts: list[str]) -> list[str]:
    """Return Quartz's six fields as others have them: one of the two fields of days says nothing."""
    *time, day, month, weekday = parts
    # Quartz refuses both at once; Unix takes either of them, which five fields still do
    if day not in _ANY and weekday not in _ANY:
        raise ValueError
    if weekday not in _ANY:
        weekday = ",".join(_weekday_item(item) for item in weekday.split(","))
    return [*time, day, month, weekday]


def _weekday_item(item: str) -> str:
    """Return an item of Quartz's days of the week with its days counted from 0 for Sunday, one by one.

    >>> _weekday_item("FRI-MON"), _weekday_item("2/2"), _weekday_item("6L"), _weekday_item("MON#1")
    ('5,6,0,1', '1,3,5', '5L', '1#1')
    """
    if item == "L":
        return "6"
    if match := _NUMBERED.fullmatch(item):
        return f"{_weekday(match[1])}{match[2]}"
    match = _STRETCH.fullmatch(item)
    if match is None:
        raise ValueError
    start, end, step = match.groups()
    begin = _weekday(start) if start else 0
    last = _weekday(end) if end else begin if start and not step else 6
    # FRI-MON goes over the end of the week: counted on beyond Saturday, and brought back by the remainder
    days = range(begin, last + 1 if begin <= last else last + 8, int(step or 1))
    return ",".join(str(day % 7) for day in days)


def _weekday(text: str) -> int:
    if text in _DAYS:
        return _DAYS.index(text)
    if text not in {"1", "2", "3", "4", "5", "6", "7"}:
        raise ValueError
    return int(text) - 1


def _years(text: str) -> tuple[int, ...] | None:
    if text in _ANY:
        return None
    years: set[int] = set()
    for item in text.split(","):
        match = _YEAR_STRETCH.fullmatch(item)
        if match is None:
            raise ValueError
        start, end, step = match.groups()
        last = int(end) if end else _YEARS[-1] if step else int(start)
        years |= set(range(int(start), last + 1, int(step or 1)))
    if not years or not years <= set(_YEARS):
        raise ValueError
    return tuple(sorted(years))


def _check(fields: str) -> None:
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - needed by few stacks

    try:
        CronSim(fields, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ValueError from error


def _next(fields: str, now: datetime) -> datetime | None:
    from cronsim import CronSim  # noqa: PLC0415 - needed by few stacks

    try:
        return next(CronSim(fields, now), None)
    except OverflowError:  # the calendar's end
        return None
