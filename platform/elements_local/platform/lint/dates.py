"""Dates that are read as something else than the provider wrote, or not at all; letters that are hardly ever meant.

Source: how the provider writes a field is taken from the element's own blocks (documented in the vendor's guides); what
follows from reading it otherwise follows from the rules of polling, which name their own sources.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

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
from elements_local.platform.errors import UnreadableDateError, shown
from elements_local.platform.lint.polled_block import PolledBlock
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning

SAMPLES = tuple(
    datetime(2026, month, day, hour, minute, 39, tzinfo=UTC)
    for month, day, hour, minute in ((3, 2, 10, 17), (3, 31, 12, 30), (7, 15, 23, 48), (11, 30, 0, 5))
)
"""Instants by which two ways of writing dates are told apart: noon and midnight, summer and winter, long months' ends."""

_RUN = re.compile(r"'[^']*'|([A-Za-z])\1*|[^A-Za-z']+")
_HOURS = "HhKk"
_WIDEST_NUMBER = 2
"""Letters of a month that is written in digits; a wider run is its name."""


def of_dates(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of formats and zones in which a resource's dates are not what the provider wrote."""
    resource = block.resource
    if resource.updated:
        yield from _of_date(block, "updatedDate", resource.updated)
    if resource.created and resource.created != resource.updated:
        yield from _of_date(block, "createdDate", resource.created)


def _of_date(block: PolledBlock, prefix: str, date: DateField) -> Iterator[ConfigWarning]:
    """Warn of a date's format and of its zone, each where it is its own and not taken from the other date."""
    updated = block.resource.updated
    inherited = prefix == "createdDate" and updated is not None
    own = block.own_date(date.path)
    if not (
        inherited and updated and f"{prefix}Format" not in block.dates and date.pattern == updated.pattern
    ):
        yield from _of_format(block, f"{prefix}Format", date, own)
    if own and not (
        inherited and updated and f"{prefix}Timezone" not in block.dates and date.zone == updated.zone
    ):
        yield from _of_zone(block, f"{prefix}Timezone", date, own)


def _of_format(
    block: PolledBlock, key: str, date: DateField, own: DateField | None
) -> Iterator[ConfigWarning]:
    meant = corrected(date.pattern) if date.pattern != MILLISECONDS else date.pattern
    if meant != date.pattern:
        if own and _unread(replace(date, pattern=meant), own):
            meant = own.pattern
        said = f"{shown(date.pattern)} mixes up letters; {shown(meant)} is what is probably meant"
        yield block.key_warning(LintRule.DATE_LETTERS, said, key, meant)
    elif date.pattern != MILLISECONDS and "s" not in _letters(date.pattern):
        said = (
            f"{shown(date.pattern)} ends before the seconds, so that {date.path} is read as an earlier time"
        )
        yield block.key_warning(LintRule.DATE_WITHOUT_SECONDS, said, key, own.pattern if own else None)
    elif own:
        text = _unread(date, own)
        if text is not None:
            said = f"{shown(date.pattern)} does not read {date.path}, which is written as {shown(text)}"
            yield block.key_warning(LintRule.DATE_NOT_READ, said, key, own.pattern)


def _of_zone(block: PolledBlock, key: str, date: DateField, own: DateField) -> Iterator[ConfigWarning]:
    if _letters(own.pattern) & set("zZX") or own.pattern == MILLISECONDS:
        return
    hours = _hours_off(date.zone, own)
    if hours:
        direction = "later" if hours > 0 else "earlier"
        said = f"{date.path} is written in {own.zone}; read in {shown(date.zone)} it is {abs(hours):g} h {direction}"
        yield block.key_warning(LintRule.DATE_ZONE, said, key, own.zone)


def _letters(pattern: str) -> set[str]:
    if pattern == MILLISECONDS:
        return set()
    return {piece.letter for piece in compile_pattern(pattern) if isinstance(piece, PatternField)}


@lru_cache(maxsize=256)  # the same few dates are in each instance of a workspace
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


@lru_cache(maxsize=256)  # as above
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
        the month and D of the year, y is the year and u a weekday's number, s is seconds and S milliseconds.

    >>> corrected("yyyy-mm-DD hh:MM:SS"), corrected("dd MMM yyyy hh:mm:ss a")
    ('yyyy-MM-dd HH:mm:ss', 'dd MMM yyyy hh:mm:ss a')
    """
    runs = [found[0] for found in _RUN.finditer(pattern)]
    letters = [(at, run) for at, run in enumerate(runs) if run[0].isalpha()]
    names = {run[0] for _, run in letters}
    for nth, (at, run) in enumerate(letters):
        before = letters[nth - 1][1][0] if nth else ""
        after = letters[nth + 1][1][0] if nth + 1 < len(letters) else ""
        meant = _meant(run, before, after, names)
        runs[at] = meant * len(run)
    return "".join(runs)


def _meant(run: str, before: str, after: str, names: set[str]) -> str:
    """Return the letter that a run must be meant to have, by those beside it and all that there are."""
    letter = run[0]
    in_time = (before != "" and before in _HOURS) or after in {"s", "S"}
    swaps = (
        (letter in "mM" and in_time, "m"),
        (letter == "m" and (before in {"y", "d"} or after in {"y", "d"}), "M"),
        (letter in "hK" and "a" not in names, "H"),
        (letter == "D" and "d" not in names and bool({"M", "m"} & names), "d"),
        (letter == "u" and "y" not in names, "y"),
        (letter == "S" and "s" not in names and before in {"m", "M"} and len(run) <= _WIDEST_NUMBER, "s"),
    )
    is_name = letter == "M" and len(run) > _WIDEST_NUMBER
    return next((meant for applies, meant in swaps if applies and not is_name), letter)
