"""How a block's date is read, held against how the provider writes it: by its pattern's letters, and by a few instants."""

import re
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.kit.values import replace
from elements_local.platform.core.poll import DateField
from elements_local.platform.dates import zones
from elements_local.platform.dates.java_dates import (
    MILLISECONDS,
    PatternField,
    compile_pattern,
    format_date,
    parse_date,
)
from elements_local.platform.errors import UnreadableDateError, quoted
from elements_local.platform.lint.rules import LintRule

SAMPLES = tuple(
    datetime(2026, month, day, hour, minute, 39, tzinfo=UTC)
    for month, day, hour, minute in ((3, 2, 10, 17), (3, 31, 12, 30), (7, 15, 23, 48), (12, 30, 0, 5))
)
"""Instants by which two ways of writing dates are distinguished: noon and midnight, summer and winter, ends of months and a year."""

_RUN = re.compile(r"'[^']*'|([A-Za-z])\1*|[^A-Za-z']+")
_HOURS = "HhKk"
_MIXED_UP = "mMhKDuYS"
_WIDEST_NUMBER = 2
"""Letters of a month that is written in digits; a wider run is its name."""


class DateProblem(Struct, frozen=True):
    """What makes a date be read as another than was written.

    Attributes:
        key: the end of the key that it is about.
        cure: what fixes it; None if that is not known.
    """

    rule: LintRule
    key: Literal["Format", "Timezone"]
    message: str
    cure: str | None


def problems_of(date: DateField, own: DateField | None) -> tuple[DateProblem, ...]:
    """Return what is wrong with a date's format and with its zone.

    Args:
        own: how the element's own blocks read the same field; None if none does.
    """
    found = (_of_format(date, own), _of_zone(date, own) if own else None)
    return tuple([each for each in found if each])


def _of_format(date: DateField, own: DateField | None) -> DateProblem | None:
    if date.pattern != MILLISECONDS:
        if (meant := corrected(date.pattern)) != date.pattern:
            if own and own.pattern != date.pattern and _unread(replace(date, pattern=meant), own):
                meant = own.pattern
            return DateProblem(LintRule.DATE_LETTERS, "Format", mixed_up(date.pattern, meant), meant)
        if "s" not in _letters(date.pattern):
            said = (
                f"{quoted(date.pattern)} ends before the seconds, so {date.path} is read as an earlier time"
            )
            return DateProblem(LintRule.DATE_WITHOUT_SECONDS, "Format", said, own.pattern if own else None)
    text = _unread(date, own) if own else None
    if own is None or text is None:
        return None
    said = f"{quoted(date.pattern)} does not read {date.path}, which is written as {quoted(text)}"
    return DateProblem(LintRule.DATE_NOT_READ, "Format", said, own.pattern)


def _of_zone(date: DateField, own: DateField) -> DateProblem | None:
    if own.pattern == MILLISECONDS or _letters(own.pattern) & set("zZX"):
        return None
    hours = _hours_off(date.zone, own)
    if not hours:
        return None
    direction = "later" if hours > 0 else "earlier"
    said = f"{date.path} is written in {own.zone}; read in {quoted(date.zone)} it is {abs(hours):g} h {direction}"
    return DateProblem(LintRule.WRONG_ZONE, "Timezone", said, own.zone)


def _letters(pattern: str) -> set[str]:
    if pattern == MILLISECONDS:
        return set()
    return {piece.letter for piece in compile_pattern(pattern) if isinstance(piece, PatternField)}


@bounded_cache(256)  # the same few dates are in each instance of a workspace
def _unread(date: DateField, own: DateField) -> str | None:
    """Return a text of the provider's that a pattern does not read as what it means; None if it reads them all."""
    where = zones.zone(own.zone)
    for instant in SAMPLES:
        text = _written(own, instant)
        try:
            read = parse_date(text, date.pattern, where, now=instant)
        except UnreadableDateError:
            return text
        if read != parse_date(text, own.pattern, where, now=instant):
            return text
    return None


@bounded_cache(256)  # as above
def _hours_off(zone: str, own: DateField) -> float:
    """Return by how many hours dates are read as later in a zone than they are: the first time that they are; else 0."""
    for instant in SAMPLES:
        read = parse_date(_written(own, instant), own.pattern, zones.zone(zone), now=instant)
        if read != instant:
            return (read - instant).total_seconds() / 3600
    return 0


def _written(own: DateField, instant: datetime) -> str:
    return format_date(instant, own.pattern, zones.zone(own.zone))


def corrected(pattern: str) -> str:
    """Return a pattern with its letters as they must be meant; the same if there is nothing to object to.

    Source: java.text.SimpleDateFormat (documented): m is minutes and M months, H counts hours to 23 and h to 12, d is a day of
        the month and D of the year, y is the year, Y the one that its week is of, and u a weekday's number, s is seconds and S milliseconds.

    >>> corrected("yyyy-mm-DD hh:MM:SS"), corrected("dd MMM yyyy hh:mm:ss a")
    ('yyyy-MM-dd HH:mm:ss', 'dd MMM yyyy hh:mm:ss a')
    """
    runs = [found[0] for found in _RUN.finditer(pattern)]
    letters = [(at, run) for at, run in enumerate(runs) if run[0].isalpha()]
    names = {run[0] for _, run in letters}
    for nth, (at, run) in enumerate(letters):
        if run[0] in _MIXED_UP:
            before = letters[nth - 1][1][0] if nth else ""
            after = letters[nth + 1][1][0] if nth + 1 < len(letters) else ""
            runs[at] = _meant(run, before, after, names) * len(run)
    return "".join(runs)


def mixed_up(pattern: str, meant: str) -> str:
    """Say that a pattern's letters are mixed up, and what is meant."""
    return f"{quoted(pattern)} mixes up letters; {quoted(meant)} is what is probably meant"


def _meant(run: str, before: str, after: str, names: set[str]) -> str:
    """Return the letter that a run must be meant to have, by those beside it and all that there are."""
    meant = letter = run[0]
    match letter:
        case "M" if len(run) > _WIDEST_NUMBER:  # a name
            pass
        case "m" | "M" if (before and before in _HOURS) or after in {"s", "S"}:
            meant = "m"
        case "m" if {before, after} & {"y", "d"}:
            meant = "M"
        case "h" | "K" if "a" not in names:
            meant = "H"
        case "D" if "d" not in names and {"M", "m"} & names:
            meant = "d"
        case "u" if not {"y", "Y"} & names:
            meant = "y"
        case "Y" if "w" not in names:
            meant = "y"
        case "S" if "s" not in names and before in {"m", "M"} and len(run) <= _WIDEST_NUMBER:
            meant = "s"
    return meant
