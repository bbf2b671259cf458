"""Time zones by the names that poller configurations use."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from elements_local.kit.caching import bounded_cache
from elements_local.platform.errors import UnknownZoneError

GMT = timezone(timedelta(0), "GMT")

_THE_MACHINES_OWN = frozenset({"localtime", "posixrules"})

_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.ASCII | re.IGNORECASE)

JAVA_SHORT_IDS = {
    "ACT": "Australia/Darwin",
    "AET": "Australia/Sydney",
    "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo",
    "AST": "America/Anchorage",
    "BET": "America/Sao_Paulo",
    "BST": "Asia/Dhaka",
    "CAT": "Africa/Harare",
    "CNT": "America/St_Johns",
    "CST": "America/Chicago",
    "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa",
    "ECT": "Europe/Paris",
    "IET": "America/Indiana/Indianapolis",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "MIT": "Pacific/Apia",
    "NET": "Asia/Yerevan",
    "NST": "Pacific/Auckland",
    "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix",
    "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles",
    "SST": "Pacific/Guadalcanal",
    "VST": "Asia/Ho_Chi_Minh",
}
"""Three-letter ids that Java understands and the zone database does not.

Source: java.time.ZoneId.SHORT_IDS (documented); EST, MST and HST are in the zone database.
"""

SHORT_NAMES = {
    "UTC": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5,
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2,
    "IST": 2, "IDT": 3, "GST": 4, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "LHST": 10.5, "LHDT": 11, "BRT": -3, "ART": -3,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
"""What a zone's short name in a date means: an offset, in every season; hours east of Greenwich.

Source: the zone strings of java.text.DateFormatSymbols (documented); only the common ones.
"""


NAMED_BY_JAVA = {
    "America/Argentina/Buenos_Aires": ("ART", "ARST"),
    "America/Bogota": ("COT", "COST"),
    "America/Caracas": ("VET", "VEST"),
    "America/Lima": ("PET", "PEST"),
    "America/Santiago": ("CLT", "CLST"),
    "America/Sao_Paulo": ("BRT", "BRST"),
    "Asia/Bangkok": ("ICT", "ICST"),
    "Asia/Dhaka": ("BDT", "BDST"),
    "Asia/Dubai": ("GST", "GDT"),
    "Asia/Singapore": ("SGT", "SGST"),
    "Australia/Lord_Howe": ("LHST", "LHDT"),
}
"""Short names, in winter and in summer, of zones that have none in the zone database.

Source: the zone strings of java.text.DateFormatSymbols (documented); only the common ones.
"""


@bounded_cache(512)
def zone(name: str) -> tzinfo:
    """Return the zone of this name: GMT, an offset, a Java short id, or a name of the zone database.

    Raises:
        UnknownZoneError: it is none of these.

    >>> zone("-8:00").utcoffset(None)
    datetime.timedelta(days=-1, seconds=57600)
    """
    text = name.strip()
    if text.upper() in {"GMT", "Z"}:
        return GMT
    if text.upper() == "UTC":
        return UTC
    # these files of the zone database mean the zone of the machine: the same configuration would be read otherwise
    # elsewhere
    if text in _THE_MACHINES_OWN:
        raise UnknownZoneError(name)
    try:
        # read here and not by the database, in which Etc/GMT+8 lies west of Greenwich
        if offset := _OFFSET.fullmatch(text):
            return fixed(*offset.groups())
        # first as Java's id, then as a name: "EST" is one in the database, and "PST" is not
        return ZoneInfo(JAVA_SHORT_IDS.get(text.upper(), text))
    except (KeyError, ValueError, OSError) as error:  # by what is wrong with the name
        if text.upper() in SHORT_NAMES:
            return timezone(timedelta(hours=SHORT_NAMES[text.upper()]), text.upper())
        raise UnknownZoneError(name) from error


def short_names(own: tzinfo, *, now: datetime) -> dict[str, timedelta]:
    """Return what zones' short names in dates mean: name in capitals -> offset.

    Args:
        own: a zone whose own names, winter's and summer's, come before everybody else's.
        now: of which year they are.

    Source: java.text.SimpleDateFormat tries its own zone's names first (documented).

    >>> names = short_names(zone("Asia/Shanghai"), now=datetime(2026, 3, 2, tzinfo=UTC))
    >>> names["CST"] / timedelta(hours=1), names["PST"] / timedelta(hours=1)
    (8.0, -8.0)
    """
    seasons = [datetime(now.year, month, 1, tzinfo=own) for month in (1, 7)]
    owned = {short_name(season).upper(): season.utcoffset() or timedelta(0) for season in seasons}
    common = {name: timedelta(hours=hours) for name, hours in SHORT_NAMES.items()}
    return common | {name: offset for name, offset in owned.items() if name}


def short_name(local: datetime) -> str:
    """Return a zone's short name at an instant, as Java has it; empty for one that has only an offset."""
    named = NAMED_BY_JAVA.get(getattr(local.tzinfo, "key", ""))
    if named:
        return named[1 if local.dst() else 0]
    name = local.tzname() or ""
    return name if name.isalpha() else ""


def wall_time(instant: datetime, where: tzinfo) -> datetime:
    """Return what clocks of a zone show; where that would leave the calendar, what those of Greenwich show."""
    try:
        return instant.astimezone(where)
    except OverflowError:
        return instant.replace(tzinfo=where)


def to_utc(wall: datetime, where: tzinfo) -> datetime:
    """Return the instant at which clocks of a zone showed this.

    An hour that happens twice is read as standard time, one that does not happen as the hour before the
    clocks changed, so both by the smaller of the two offsets in question.

    Args:
        wall: naive.

    Raises:
        OverflowError: the instant lies outside the calendar.

    Source: java.util.GregorianCalendar, lenient (documented).
    """
    # Python gives the two offsets of an hour that comes twice, or never, by `fold`
    first, second = (wall.replace(tzinfo=where, fold=fold).utcoffset() or timedelta(0) for fold in (0, 1))
    return (wall - min(first, second)).replace(tzinfo=UTC)


def fixed(sign: str | None, hours: str | None, minutes: str | None) -> tzinfo:
    """Return the zone of an offset; nothing said is no offset.

    Raises:
        ValueError: it is a day or more.
    """
    distance = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(-distance if sign == "-" else distance)
