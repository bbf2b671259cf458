"""Reading a date by a Java pattern, letter by letter.

Source: java.text.SimpleDateFormat, lenient as it is by default (documented).
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo

from elements_local.platform.dates import zones
from elements_local.platform.dates.java_patterns import MONTHS, WEEKDAYS, Pattern, PatternField

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
        instant = self._instant(self._read["y"])
        if self._century_open and _before(instant, self._now):
            return self._instant(self._read["y"] + 100)
        return instant

    def _instant(self, year: int) -> datetime:
        read = self._read
        if "d" not in read and read.keys() & {"w", "W", "F", "u"}:
            raise ValueError  # which day a week's number means would depend on the locale
        # lenient as Java: month 13 is January of the next year, day 0 the last of the month before
        years, month = divmod(read["M"] - 1, 12)
        first = datetime(year + years, month + 1, 1)  # noqa: DTZ001 - the zone comes in below
        rest = timedelta(days=read.get("d", 1) - 1, hours=self._hours(), minutes=read["m"], seconds=read["s"])
        return zones.to_utc(first + rest + self._fraction, self._where)

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
                self._name(WEEKDAYS)
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
            case "y":
                self._read["y"] = self._year(field, self._take(_NUMBER, end)[0])
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
        """Read +0100, GMT, GMT+1:00, or a zone's short name; whatever else stands there is no zone to Java."""
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
