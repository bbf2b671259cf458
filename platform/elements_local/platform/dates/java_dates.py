"""Dates by Java patterns: writing and reading them.

Source: java.text.SimpleDateFormat, lenient as it is by default (documented).
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone, tzinfo

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.platform.dates import zones
from elements_local.platform.errors import DatePatternError, UnreadableDateError

MILLISECONDS = "milliseconds"
"""The word that stands in a pattern's place for milliseconds since 1970 (documented)."""
SECONDS = "seconds"
"""The word for seconds, of a vendor file: the platform's configurations have none."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_LONGEST = 200
_LETTERS = "yYMdEHhamsSZXzDFwWukK"
_NUMERIC = "yYdHhmsSDFwWukK"
# two quotes are a quote, inside of quoted text and outside; all letters are reserved, whether they mean something or
# not
_TOKEN = re.compile(r"('')|'((?:[^']|'')+)'|([A-Za-z])\3*|([^A-Za-z']+)|(')", re.DOTALL)


class PatternField(Struct, frozen=True, kw_only=True):
    """A run of one pattern letter.

    Attributes:
        abutting: another number follows at once, so that this one takes no more than ``width`` characters.
    """

    letter: str
    width: int
    abutting: bool = False

    @property
    def number(self) -> bool:
        """Whether the field is written in digits."""
        return self.letter in _NUMERIC or (self.letter == "M" and self.width < 3)

    @property
    def name(self) -> bool:
        """Whether the field is written in words, before which Java skips no blanks."""
        return self.letter in "Ea" or (self.letter == "M" and self.width >= 3)


Pattern = tuple[str | PatternField, ...]
"""Texts that stand for themselves, and letters that stand for something."""


@bounded_cache(512)
def compile_pattern(pattern: str) -> Pattern:
    """Take a pattern apart.

    Raises:
        DatePatternError: a letter is not supported, a width is not Java's, or a quote is not closed.
    """
    if len(pattern) > _LONGEST:
        raise DatePatternError(pattern[:_LONGEST] + "...", f"longer than {_LONGEST} characters")
    pieces: list[str | PatternField] = []
    for found in _TOKEN.finditer(pattern):
        quote, quoted, letter, plain, stray = found.groups()
        if stray:
            raise DatePatternError(pattern, f"the quote at column {found.start() + 1} is not closed")
        if letter:
            pieces.append(_field(pattern, letter, len(found[0]), found.start() + 1))
        else:
            pieces.append("'" if quote else plain or quoted.replace("''", "'"))
    return tuple(
        PatternField(letter=piece.letter, width=piece.width, abutting=_is_number(following))
        if isinstance(piece, PatternField)
        else piece
        for piece, following in zip(pieces, [*pieces, ""][1:], strict=True)
    )


def _field(pattern: str, letter: str, width: int, column: int) -> PatternField:
    if letter not in _LETTERS:
        raise DatePatternError(
            pattern,
            f"the letter {letter!r} at column {column} is not supported; supported are {', '.join(_LETTERS)}",
        )
    if letter in "Xz" and width > 3:
        # Java has no wider X; a wider z is a zone's full name, which we have no list of
        raise DatePatternError(pattern, f"{letter} at column {column} comes once, twice or three times")
    return PatternField(letter=letter, width=width)


def _is_number(piece: str | PatternField) -> bool:
    return isinstance(piece, PatternField) and piece.number


_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_FRACTION = re.compile(r"\d{1,18}", re.ASCII)
_WORD = re.compile(r"[A-Za-z]+", re.ASCII)
_HOURS = r"([+-])([01]\d|2[0-3])"
_ISO_OFFSETS = tuple(
    re.compile(shape, re.ASCII)
    for shape in (rf"Z|{_HOURS}()", rf"Z|{_HOURS}([0-5]\d)", rf"Z|{_HOURS}:([0-5]\d)")
)
_OFFSET = re.compile(
    rf"{_HOURS}([0-5]\d)|GMT(?:([+-])([01]?\d|2[0-3]):([0-5]\d)|(?![+-]))", re.ASCII | re.IGNORECASE
)


class DateReading:
    """One text being read from left to right."""

    def __init__(self, text: str, where: tzinfo, now: datetime) -> None:
        self._text = text
        self._at = 0
        self._where = where
        self._now = now
        # what a pattern does not say is that of the epoch, as in Java: "HH:mm" alone is a time of 1 January 1970
        self._read = {"y": 1970, "M": 1, "m": 0, "s": 0}
        self._fraction = timedelta(0)
        self._century_open = False

    def by(self, pattern: Pattern) -> datetime:
        """Return the instant that the text means.

        Raises:
            ValueError, OverflowError: it does not follow the pattern, or leaves the calendar.
        """
        for piece in pattern:
            if isinstance(piece, str):
                self._literal(piece)
            else:
                self._field(piece)
        instant = self._instant()
        if self._century_open and _before(instant, self._now):
            return self._instant(later=100)
        return instant

    def _instant(self, *, later: int = 0) -> datetime:
        day = self._day(later) if "Y" not in self._read else self._day_of_week(self._read["Y"] + later)
        rest = timedelta(hours=self._hours(), minutes=self._read["m"], seconds=self._read["s"])
        return zones.to_utc(day + rest + self._fraction, self._where)

    def _day(self, later: int) -> datetime:
        read = self._read
        if "d" not in read and read.keys() & {"w", "W", "F", "u"}:
            raise ValueError  # which day a week's number means would depend on the locale
        # lenient as Java: month 13 is January of the next year, day 0 the last of the month before
        years, month = divmod(read["M"] - 1, 12)
        first = datetime(read["y"] + later + years, month + 1, 1)  # noqa: DTZ001 - the zone comes in above
        return first + timedelta(days=read.get("d", 1) - 1)

    def _day_of_week(self, year: int) -> datetime:
        """Return a day by its week year, week and weekday; the first of each where there is none, as months and days mean nothing."""
        new_year = datetime(year, 1, 1)  # noqa: DTZ001 - the zone comes in above
        weeks, weekday = self._read.get("w", 1) - 1, self._read.get("E", 0)
        return new_year + timedelta(weeks=weeks, days=weekday - new_year.isoweekday() % 7)

    def _hours(self) -> int:
        """Return the hours since midnight; of two hours in one pattern, H counts unless h has its a."""
        read = self._read
        if "H" in read and not ("h" in read and "a" in read):
            return read["H"]
        return read.get("h", 0) + 12 * read.get("a", 0)

    def _literal(self, text: str) -> None:
        if not self._text.startswith(text, self._at):
            raise ValueError
        self._at += len(text)

    def _field(self, field: PatternField) -> None:
        # in "yyyyMMdd" each number ends after its width, since nothing else separates it from the next
        end = self._at + field.width if field.abutting else len(self._text)
        # Java skips blanks before a number, but not before a name
        while not field.name and self._text[self._at : self._at + 1] in {" ", "\t"}:
            self._at += 1
        match field.letter:
            case "M" if field.name:
                self._read["M"] = self._name(MONTHS) + 1
            case "E":
                self._read["E"] = (self._name(WEEKDAYS) + 1) % 7
            case "a":
                self._read["a"] = self._name(("AM", "PM"))
            case "Z" | "z":
                self._where = self._zone()
            case "X":
                self._where = zones.fixed(*self._take(_ISO_OFFSETS[field.width - 1]).groups())
            # more than three S are taken for a fraction of a second, see `_write`; up to three are milliseconds, so
            # that ".5" is 5 ms
            case "S" if field.width > 3:
                digits = self._take(_FRACTION, end)[0]
                self._fraction = timedelta(microseconds=int(f"{digits:0<6}"[:6]))
            case "S":
                self._fraction = timedelta(milliseconds=int(self._take(_NUMBER, end)[0]))
            case "y" | "Y":
                # of a year and a week year the later one counts
                self._read.pop("Y", None)
                self._read[field.letter] = self._year(field, self._take(_NUMBER, end)[0])
            case letter:
                self._number(letter, int(self._take(_NUMBER, end)[0]))

    def _number(self, letter: str, number: int) -> None:
        match letter:
            case "D":
                self._read |= {"M": 1, "d": number}
            case "H" | "k":
                self._read["H"] = 0 if (letter, number) == ("k", 24) else number
            case "h" | "K":
                self._read["h"] = 0 if (letter, number) == ("h", 12) else number
            case "u":
                # Sunday, the seventh, begins a week here
                self._read |= {"u": number, "E": number if number % 7 else number - 7}
            case _:
                self._read[letter] = number

    def _take(self, shape: re.Pattern[str], end: int | None = None) -> re.Match[str]:
        found = shape.match(self._text, self._at, len(self._text) if end is None else end)
        if not found:
            raise ValueError
        self._at = found.end()
        return found

    def _year(self, field: PatternField, number: str) -> int:
        """Return a year; for one letter or two, two digits mean the one 80 years back to 20 ahead."""
        if field.width > 2 or len(number) != 2 or not number.isdecimal():
            return int(number)
        earliest = self._now.year - 80
        # the century turns within that year, 80 years ago to the day; which side the date is on shows when it is
        # whole
        self._century_open = int(number) == earliest % 100
        return earliest + (int(number) - earliest) % 100

    def _name(self, names: tuple[str, ...]) -> int:
        """Read a name or its first three letters, and return its place among its kind."""
        word = self._word()
        for place, name in enumerate(names):
            for form in (name, name[:3]):
                if word.startswith(form.upper()):
                    self._at += len(form)
                    return place
        raise ValueError

    def _word(self) -> str:
        found = _WORD.match(self._text, self._at)
        return found[0].upper() if found else ""

    def _zone(self) -> tzinfo:
        """Read +0100, GMT, GMT+1:00, or a zone's short name; all else is no zone to Java."""
        word = self._word()
        if not word or word.startswith("GMT"):
            found = self._take(_OFFSET).groups()
            return zones.fixed(*(found[:3] if found[0] else found[3:]))
        names = zones.short_names(self._where, now=self._now)
        # the longest that fits, in case one name is the beginning of another
        name = max((name for name in names if word.startswith(name)), key=len, default=None)
        if name is None:
            raise ValueError
        self._at += len(name)
        return timezone(names[name], name)


def _before(instant: datetime, now: datetime) -> bool:
    """Say whether an instant lies more than 80 years before now."""
    of = (instant.year + 80, instant.month, instant.day, instant.time())
    return of < (now.year, now.month, now.day, now.time())


# a whole number that came as a float ends in `.0`
_COUNT = re.compile(r"-?\d{1,18}(?:\.0)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time of the zone in question
_UNITS: Mapping[str, timedelta] = {MILLISECONDS: timedelta(milliseconds=1), SECONDS: timedelta(seconds=1)}


def format_date(instant: datetime, pattern: str, where: tzinfo = zones.GMT) -> str:
    """Write an instant in a zone by a pattern.

    Raises:
        DatePatternError: the pattern is none.

    >>> from datetime import UTC
    >>> format_date(datetime(2026, 3, 2, 10, tzinfo=UTC), "yyyy-MM-dd'T'HH:mm:ssXXX", zones.zone("-8:00"))
    '2026-03-02T02:00:00-08:00'
    """
    if pattern in _UNITS:
        return str((instant - _EPOCH.replace(tzinfo=zones.GMT)) // _UNITS[pattern])
    local = zones.wall_time(instant, where)
    pieces = compile_pattern(pattern)
    return "".join(each if isinstance(each, str) else _write(each, local) for each in pieces)


def parse_date(value: object, pattern: str, where: tzinfo = zones.GMT, *, now: datetime) -> datetime:
    """Read a date by a pattern; text after it is ignored, and 40 January is 9 February.

    Args:
        value: a record's date: text, or a number where the pattern is ``milliseconds`` or ``seconds``.
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
        if pattern in _UNITS:
            return _from_count(str(value).strip(), _UNITS[pattern])
        return DateReading(str(value), where, now).by(compile_pattern(pattern))
    except (ValueError, OverflowError) as error:
        raise UnreadableDateError(value, pattern) from error


def epoch_milliseconds(instant: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return (instant - _EPOCH.replace(tzinfo=zones.GMT)) // timedelta(milliseconds=1)


def _from_count(text: str, unit: timedelta) -> datetime:
    if not _COUNT.fullmatch(text):
        raise ValueError
    return zones.to_utc(_EPOCH + int(text.removesuffix(".0")) * unit, zones.GMT)


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
        case "y" | "Y" if field.width == 2:
            return f"{_VALUES[field.letter](local) % 100:02}"
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
    "Y": lambda local: local.year + (local.month == 12 and _week_of_year(local) == 1),
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
