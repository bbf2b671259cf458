"""Date placeholders in a poll's URL: ``${gmtDate:yyyy-MM-dd HH:mm:ss}`` and its relatives.

Source: the vendor's event guides and the configurations that elements ship with (documented, observed).
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple
from urllib.parse import quote

from elements_local.kit.caching import bounded_cache
from elements_local.platform.dates import zones
from elements_local.platform.dates.java_dates import (
    MILLISECONDS,
    compile_pattern,
    epoch_milliseconds,
    format_date,
)
from elements_local.platform.errors import DatePatternError

# no `${` inside: of one that is not closed only the innermost counts; 500 letters, so that no URL makes the search
# slow
_PLACEHOLDER = re.compile(r"\$\{((?:(?!\$\{)[^}]){0,500})\}")
# the zone may have a colon of its own, as +05:30, so the first colon is not always where it ends
_ZONE_AND_PATTERN = re.compile(r"((?:GMT|UTC)?[+-]?\d{1,2}(?::[0-5]\d|(?=:))|[^:]*):(.*)", re.DOTALL)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LEFT_AS_THEY_ARE = "%/:?&=@!$'()*,;+~"
_MICROSECONDS_IN = {"": 1_000, "s": 1_000_000, "ms": 1_000, "us": 1, "0": 1_000}
"""Unit -> its length; ``${epoch:0}`` has been seen, that it means milliseconds is assumed."""

KEYWORDS = ("gmtDate", "date", "milliseconds", "epoch", "dateTimeZone", "nowTimeZone")
"""What a placeholder may begin with, or ``DateTimeZone`` (both seen); in other letters it is none (assumed)."""

_ZONED = ("dateTimeZone", "DateTimeZone", "nowTimeZone")

_Expansion = Callable[[datetime, datetime], str]
"""Writes what fills a placeholder, percent-encoded, at a last poll and a start of this one."""


class DateForm(NamedTuple):
    """How a date is written.

    Source: ``${date}`` without a pattern stands where the block's own updated format is ISO text, and where it is the
        word ``milliseconds`` (documented); that it is written in that format is inferred, and in that zone assumed.
    """

    pattern: str
    zone: str = "GMT"


EPOCH = DateForm(MILLISECONDS)
"""Where nothing else is known (assumed)."""


def expand(url: str, *, last_poll: datetime, now: datetime, bare: DateForm = EPOCH) -> str:
    """Fill a URL's placeholders and percent-encode it.

    A placeholder that no rule knows stays as it is.

    Args:
        url: as configured, relative to the platform.
        bare: how ``${date}`` without a pattern is written.
        last_poll: the time from which to poll, already less any ``pollDelay``.
        now: the start of this poll.

    Raises:
        DatePatternError, UnknownZoneError: a placeholder's pattern or zone cannot be used.

    >>> ten = datetime(2026, 3, 2, 10, tzinfo=UTC)
    >>> expand("/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm}'", last_poll=ten, now=ten)
    "/hubs/crm/contacts?where=updated_after_utc='2026-03-02%2010%3A00'"
    """
    return "".join([part if isinstance(part, str) else part(last_poll, now) for part in _parts(url, bare)])


def check(url: str) -> None:
    """Refuse a URL whose placeholders could not be filled.

    Raises:
        DatePatternError, UnknownZoneError: as ``expand``.
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    expand(url, last_poll=epoch, now=epoch)


@bounded_cache(256)  # as of `_parts`
def has_placeholder(url: str) -> bool:
    """Say whether the provider is asked for what changed, or for everything."""
    return any(_expansion(found[1]) for found in _PLACEHOLDER.finditer(url))


class Placeholder(NamedTuple):
    """A placeholder of a URL.

    Attributes:
        text: with its braces.
        keyword: what it begins with.
        zone: None if it names none, as ``${date}``.
        pattern: of a date; empty if it has none.
        is_known: whether anything fills it.
    """

    text: str
    keyword: str
    zone: str | None
    pattern: str
    is_known: bool


def placeholders(url: str) -> tuple[Placeholder, ...]:
    """Return a URL's placeholders, those that no rule knows included.

    Raises:
        DatePatternError, UnknownZoneError: as ``expand``.

    >>> for each in placeholders("?where=a>'${gmtDate:yyyy}' and b<'${dateTimeZone:+05:30:hh}' and c>'${gmtdat:yy}'"):
    ...     print(each.text, each.keyword, each.zone, each.pattern, each.is_known)
    ${gmtDate:yyyy} gmtDate GMT yyyy True
    ${dateTimeZone:+05:30:hh} dateTimeZone +05:30 hh True
    ${gmtdat:yy} gmtdat None  False
    """
    found = []
    for each in _PLACEHOLDER.finditer(url):
        keyword, _, argument = each[1].partition(":")
        zone, pattern = None, ""
        if keyword == "gmtDate" or (keyword == "date" and argument):
            zone, pattern = "GMT", argument
        elif keyword in _ZONED and (zoned := _ZONE_AND_PATTERN.fullmatch(argument)):
            zone, pattern = zoned.groups()
        found.append(Placeholder(each[0], keyword, zone, pattern, _expansion(each[1]) is not None))
    return tuple(found)


@bounded_cache(256)  # a configuration changes seldom, and is polled by often
def _parts(url: str, bare: DateForm) -> tuple[str | _Expansion, ...]:
    """Return a URL's text, encoded, and what fills the places between."""
    parts: list[str | _Expansion] = []
    end = 0
    for found in _PLACEHOLDER.finditer(url):
        expansion = _expansion(found[1], bare)
        if expansion:
            # what was written by hand may be encoded already, in part; what is filled in never is
            parts += [_encode(url[end : found.start()]), expansion]
            end = found.end()
    return (*parts, _encode(url[end:]))


def _expansion(placeholder: str, bare: DateForm = EPOCH) -> _Expansion | None:
    """Return what fills a placeholder, or None if it is none of ours."""
    keyword, _, argument = placeholder.partition(":")
    match keyword:
        case "gmtDate":
            return _in_zone("GMT", argument, placeholder)
        case "date" if argument or bare.pattern != MILLISECONDS:
            # the zone of the platform's own hosts is GMT (documented)
            form = DateForm(argument) if argument else bare
            return _in_zone(form.zone, form.pattern, placeholder)
        case "date" | "milliseconds":
            return _epoch("ms")
        case "epoch":
            # refused as it is configured, and not at the first poll, where nobody looks
            if argument not in _MICROSECONDS_IN:
                raise DatePatternError(placeholder, "expected epoch alone, or with one of :s, :ms and :us")
            return _epoch(argument)
        case _ if keyword in _ZONED:
            found = _ZONE_AND_PATTERN.fullmatch(argument)
            if not found:
                raise DatePatternError(placeholder, "expected a zone, a colon and a date pattern")
            return _in_zone(found[1], found[2], placeholder, of_now=keyword == "nowTimeZone")
        case _:
            return None


def _in_zone(name: str, pattern: str, placeholder: str, *, of_now: bool = False) -> _Expansion:
    if not pattern:
        raise DatePatternError(placeholder, "the date pattern is empty")
    where = zones.zone(name)
    compile_pattern(pattern)
    return lambda last_poll, now: _written(now if of_now else last_poll, pattern, where)


@bounded_cache(256)  # what is polled at one instant is asked for by the same date
def _written(instant: datetime, pattern: str, where: tzinfo) -> str:
    return quote(format_date(instant, pattern, where), safe="")


def _epoch(unit: str) -> _Expansion:
    def write(last_poll: datetime, _now: datetime) -> str:
        # in whole numbers throughout: a timestamp as a float may come out a microsecond off
        microseconds = epoch_milliseconds(last_poll) * 1000 + last_poll.microsecond % 1000
        return str(microseconds // _MICROSECONDS_IN[unit])

    return write


def _encode(text: str) -> str:
    """Percent-encode what may not stand in a URL; what is encoded already stays."""
    return quote(_LONE_PERCENT.sub("%25", text), safe=_LEFT_AS_THEY_ARE, errors="replace")
