"""Dates by Java patterns: writing and reading them.

Source: java.text.SimpleDateFormat, lenient as it is by default (documented).
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo

from elements_local.platform.dates import zones
from elements_local.platform.dates.java_patterns import (
    MILLISECONDS,
    MONTHS,
    WEEKDAYS,
    PatternField,
    compile_pattern,
)
from elements_local.platform.dates.java_reading import DateReading
from elements_local.platform.errors import UnreadableDateError

# a whole number that came as a float ends in `.0`
_COUNT = re.compile(r"-?\d{1,18}(?:\.0)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time of the zone in question


def format_date(instant: datetime, pattern: str, where: tzinfo = zones.GMT) -> str:
    """Write an instant in a zone by a pattern.

    Raises:
        DatePatternError: the pattern is none.

    >>> from datetime import UTC
    >>> format_date(datetime(2026, 3, 2, 10, tzinfo=UTC), "yyyy-MM-dd'T'HH:mm:ssXXX", zones.zone("-8:00"))
    '2026-03-02T02:00:00-08:00'
    """
    if pattern == MILLISECONDS:
        return str(epoch_milliseconds(instant))
    local = zones.wall_time(instant, where)
    pieces = compile_pattern(pattern)
    return "".join(each if isinstance(each, str) else _write(each, local) for each in pieces)


def parse_date(value: object, pattern: str, where: tzinfo = zones.GMT, *, now: datetime) -> datetime:
    """Read a date by a pattern; text after it is ignored, and 40 January is 9 February.

    Args:
        value: a record's date: text, or a number where the pattern is ``milliseconds``.
        where: the zone, unless the text names one itself.
        now: years of two digits are those from 80 years before it to 20 after.

    Raises:
        DatePatternError: the pattern is none.
        UnreadableDateError: the value does not follow it.

    >>> from datetime import UTC
    >>> parse_date("2026-03-02 10:00:00", "yyyy-MM-dd HH:mm:ss", now=datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2026-03-02T10:00:00+00:00'
    """
    # `True` is an int to Python, and would be read as 1
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableDateError(value, pattern)
    try:
        if pattern == MILLISECONDS:
            return _from_milliseconds(str(value).strip())
        return DateReading(str(value), where, now).by(compile_pattern(pattern))
    except (ValueError, OverflowError) as error:
        raise UnreadableDateError(value, pattern) from error


def epoch_milliseconds(instant: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return (instant - _EPOCH.replace(tzinfo=zones.GMT)) // timedelta(milliseconds=1)


def _from_milliseconds(text: str) -> datetime:
    if not _COUNT.fullmatch(text):
        raise ValueError
    return zones.to_utc(_EPOCH + timedelta(milliseconds=int(text.removesuffix(".0"))), zones.GMT)


def _write(field: PatternField, local: datetime) -> str:  # noqa: PLR0911 - a table of letters
    match field.letter:
        # three letters are the short name and four the long one, as in Java
        case "M" if field.width >= 3:
            return MONTHS[local.month - 1][: 3 if field.width == 3 else None]
        case "E":
            return WEEKDAYS[local.weekday()][: 3 if field.width <= 3 else None]
        case "a":
            return "AM" if local.hour < 12 else "PM"
        case "z":
            return _zone_name(local)
        case "Z" | "X":
            return _write_offset(field, local.utcoffset() or timedelta(0))
        case "S" if field.width > 3:
            # Java would write a count of milliseconds here; configurations mean fractions of a second
            return f"{local.microsecond:06}".ljust(field.width, "0")[: field.width]
        case "y" if field.width == 2:
            return f"{local.year % 100:02}"
        case _:
            return f"{_VALUES[field.letter](local):0{field.width}}"


def _week(day: int, local: datetime) -> int:
    """Return the week of a month or a year, whose first one may be short, given the day's place in it.

    Source: java.util.GregorianCalendar (documented) in the locale en_US, where weeks begin on Sunday (assumed).
    """
    first = (local.isoweekday() - day + 1) % 7  # the weekday of the first day, 0 for Sunday
    return (day - 1 + first) // 7 + 1


def _week_of_year(local: datetime) -> int:
    """Return the week of the year; the days in the week of the next New Year are in its first."""
    day = local.timetuple().tm_yday
    new_year = local.replace(month=12, day=31).timetuple().tm_yday + 1
    return 1 if new_year - day <= 6 - local.isoweekday() % 7 else _week(day, local)


_VALUES: Mapping[str, Callable[[datetime], int]] = {
    "y": lambda local: local.year,
    "M": lambda local: local.month,
    "d": lambda local: local.day,
    "H": lambda local: local.hour,
    # four ways to count hours: h 1-12, H 0-23, k 1-24, K 0-11
    "h": lambda local: (local.hour + 11) % 12 + 1,
    "k": lambda local: local.hour or 24,
    "K": lambda local: local.hour % 12,
    "D": lambda local: local.timetuple().tm_yday,
    "F": lambda local: (local.day - 1) // 7 + 1,
    "u": datetime.isoweekday,
    "w": _week_of_year,
    "W": lambda local: _week(local.day, local),
    "m": lambda local: local.minute,
    "s": lambda local: local.second,
    "S": lambda local: local.microsecond // 1000,
}
"""What a letter that stands for a number has of a local time."""


def _write_offset(field: PatternField, offset: timedelta) -> str:
    minutes = int(offset / timedelta(minutes=1))
    if field.letter == "X" and not minutes:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    written = f"{'-' if minutes < 0 else '+'}{hours:02}"
    if field.letter == "X" and field.width == 1:
        return written
    return f"{written}:{rest:02}" if field.letter == "X" and field.width == 3 else f"{written}{rest:02}"


def _zone_name(local: datetime) -> str:
    """Return a zone's short name; Java calls one that has only an offset GMT-08:00."""
    name = zones.short_name(local)
    if name:
        return name
    return "GMT" + _write_offset(PatternField(letter="X", width=3), local.utcoffset() or timedelta(0))
