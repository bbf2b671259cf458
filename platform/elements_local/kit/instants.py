"""Instants and durations as people and JSON write them."""

import re
from datetime import UTC, datetime, timedelta

from elements_local.kit.clock import LAST_OF_CLOCKS, in_utc
from elements_local.kit.text import shortened

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)

_DURATION = re.compile(
    r"[+-]?(?:(?<![\d.])(?:\d+(?:\.\d*)?|\.\d+)(?![\d.])|[ ,:/a-z])+", re.ASCII | re.IGNORECASE
)
_USUAL = re.compile(
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)
"""Instants as they are nearly always written, which Python reads by itself."""

_LONGEST = 100
"""Letters of a duration; its reader takes a minute for three dozen blanks in the wrong place."""


class UnreadableTimeError(ValueError):
    """A text is no instant, or no duration."""


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant; without a zone it is UTC.

    Raises:
        UnreadableTimeError: the text is not ISO 8601.

    >>> parse_instant("2026-03-02 10:00:00").isoformat()
    '2026-03-02T10:00:00+00:00'
    >>> parse_instant("2026-03-02T10:00:00+02:00").isoformat()
    '2026-03-02T08:00:00+00:00'
    """
    instant = _read(text)
    return _in_utc(instant if instant.tzinfo else instant.replace(tzinfo=UTC), text)


def parse_zoned_instant(text: str) -> datetime:
    """Read an ISO 8601 instant that says its zone, where people write: one without may be meant as local time.

    Raises:
        UnreadableTimeError: the text is not ISO 8601, or has no zone.
    """
    instant = _read(text)
    if instant.tzinfo is None:
        raise UnreadableTimeError(
            f"expected an instant with a zone, such as 2026-03-02T10:00:00Z; got {_shown(text)}"
        )
    return _in_utc(instant, text)


def for_clock(instant: datetime) -> datetime:
    """Return an instant to which a clock may be set or moved: what is reckoned from it stays within the calendar.

    Raises:
        UnreadableTimeError: its year is not one of those.

    >>> for_clock(EARLIEST)
    Traceback (most recent call last):
    elements_local.kit.instants.UnreadableTimeError: a clock goes from 1900 to 9000; got 0001-01-01T00:00:00Z
    """
    if not 1900 <= in_utc(instant).year <= LAST_OF_CLOCKS.year:
        raise UnreadableTimeError(
            f"a clock goes from 1900 to {LAST_OF_CLOCKS.year}; got {format_instant(instant)}"
        )
    return instant


def format_instant(instant: datetime) -> str:
    """Write an instant as ISO 8601 in UTC, with a fraction only where there is one.

    Raises:
        NaiveInstantError: it has no time zone.

    >>> format_instant(datetime(2026, 3, 2, 10, tzinfo=UTC))
    '2026-03-02T10:00:00Z'
    """
    return in_utc(instant).replace(tzinfo=None).isoformat() + "Z"


def format_to_second(instant: datetime) -> str:
    """Write an instant as ``format_instant`` does, without its fraction of a second.

    >>> format_to_second(datetime(2026, 3, 2, 10, 0, 0, 5, tzinfo=UTC))
    '2026-03-02T10:00:00Z'
    """
    return format_instant(instant.replace(microsecond=0))


def earlier(instant: datetime, by: timedelta) -> datetime:
    """Return an instant so much earlier, or the calendar's first.

    >>> earlier(datetime(2026, 3, 2, 10, tzinfo=UTC), timedelta.max) == EARLIEST
    True
    """
    return instant - by if by < instant - EARLIEST else EARLIEST


def shifted(instant: datetime, by: timedelta) -> datetime:
    """Return a later or earlier instant; none lies beyond the calendar's ends."""
    try:
        return instant + by
    except OverflowError:
        return LATEST if by > timedelta() else EARLIEST


def parse_duration(value: object) -> timedelta:
    """Read a duration: seconds as a number, or a text such as ``15m``, ``1h 30m`` or ``2 days``.

    Raises:
        UnreadableTimeError: it is neither, or longer than a calendar holds.

    >>> parse_duration("1h 30m")
    datetime.timedelta(seconds=5400)
    """
    seconds = _seconds(value) if isinstance(value, str) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise UnreadableTimeError(f"expected a duration such as 15m, 1h 30m or 2 days; got {_shown(value)}")
    try:
        return timedelta(seconds=seconds)
    except (OverflowError, ValueError) as error:
        raise UnreadableTimeError(
            f"expected a duration that a calendar can hold; got {_shown(value)}"
        ) from error


def check_unit(value: object) -> None:
    """Refuse a number without its unit, where people write: it may be meant as minutes. Nought needs none.

    Raises:
        UnreadableTimeError: it is one.
    """
    try:
        number = float(value) if isinstance(value, str | int | float) else 0
    except ValueError:
        return
    if number:
        raise UnreadableTimeError(f'{value} what? Give the unit, such as "{value}m" or "{value}s"')


def _read(text: str) -> datetime:
    try:
        if _USUAL.fullmatch(text):
            return datetime.fromisoformat(text)
        from dateutil.parser import isoparse  # noqa: PLC0415 - costs a tenth of a start-up and is seldom needed

        return isoparse(text.strip())
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        raise _unreadable(text) from error


def _in_utc(instant: datetime, text: str) -> datetime:
    try:
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unreadable(text) from error


def _unreadable(text: str) -> UnreadableTimeError:
    return UnreadableTimeError(f"expected an instant such as 2026-03-02T10:00:00Z; got {_shown(text)}")


def _seconds(text: str) -> object:
    """Read a duration's text, but nothing of what its reader takes for nought without a word, such as 1.2.3s."""
    from pytimeparse2 import parse  # noqa: PLC0415 - as above

    words = " ".join(text.split())
    if len(words) > _LONGEST or not _DURATION.fullmatch(words):
        return None
    seconds: object = parse(words)
    return seconds


def _shown(value: object) -> str:
    """Quote what came, as much of it as a message needs."""
    try:
        text = str(value) if isinstance(value, Exception) else repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "a number of thousands of digits"
    return shortened(text, _LONGEST)
