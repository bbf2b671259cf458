"""Dates as the CRM writes and reads them: UTC, whole seconds, ``yyyy-MM-dd HH:mm:ss``."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_DATE = re.compile(
    r"""(?P<day> \d{4}-\d\d-\d\d )
        (?: (?:[T\ ]|\+(?=\d\d:\d\d:\d\d))    # a plus is a blank that was encoded twice
            (?P<time> \d\d:\d\d (?: :\d\d (?: [.,]\d+ )? )? )
            (?P<zone> Z | [+\-\ ]\d\d:?\d\d )?   # here a blank is a plus that was not encoded
        )? \Z""",
    re.VERBOSE,
)


EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


class DateFormatError(ValueError):
    """A text is no date."""


def whole_second(instant: datetime) -> datetime:
    """Cut an instant to the second, as every stamp is.

    Source: no date of any recorded exchange has a fraction (observed).
    """
    return instant.replace(microsecond=0)


def shifted(instant: datetime, by: timedelta) -> datetime:
    """Return a later or earlier instant; none lies beyond the calendar's ends."""
    try:
        return instant + by
    except OverflowError:
        return LATEST if by > timedelta() else EARLIEST


@lru_cache(maxsize=1024)  # virtual time stands still for many records
def format_date(instant: datetime) -> str:
    """Write an instant as the CRM does.

    Source: all recorded JSON of v2.1 and v3.1 (observed).

    >>> format_date(datetime(2014, 10, 4, 18, 24, 32, tzinfo=UTC))
    '2014-10-04 18:24:32'
    """
    return instant.astimezone(UTC).isoformat(" ", "seconds").removesuffix("+00:00")


@lru_cache(maxsize=1024)  # a poller asks for the same of each list
def parse_date(text: str) -> datetime:
    """Read a date in any of the accepted spellings, cut to the second; without a zone it is UTC.

    Raises:
        DateFormatError: it is none of them.

    Source: ISO 8601 with ``Z`` (Insightly v3.1 help page, documented); with a space (what Airbyte and Cloud
        Elements send, observed); with ``T`` but no zone, and a date alone (the vendor's test suite, observed);
        fractions and other zones are assumed.

    >>> parse_date("2018-04-09T16:58:14.5+02:00").isoformat()
    '2018-04-09T14:58:14+00:00'
    >>> parse_date("2015-11-01").isoformat()
    '2015-11-01T00:00:00+00:00'
    """
    found = _DATE.match(text.strip().upper())
    if found is None:
        raise DateFormatError(text)
    zone = (found["zone"] or "Z").replace(" ", "+")
    try:
        written = datetime.fromisoformat(f"{found['day']}T{found['time'] or '00:00'}{zone}")
        return written.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise DateFormatError(text) from error
