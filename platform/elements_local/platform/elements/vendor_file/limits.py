"""How many calls a limit of a vendor file still allows, and when one that it refuses may come again."""

from datetime import UTC, datetime, time, timedelta

from msgspec import Struct

from elements_local.platform.dates.zones import zone
from elements_local.platform.elements.vendor_file.model import VendorLimit

_DAY = timedelta(days=1)


class LimitWindow(Struct, frozen=True, kw_only=True):
    """The time whose calls a limit counts together.

    Attributes:
        after: calls are counted that came later than this.
        at: the instant by which the present call is counted.
    """

    after: datetime
    at: datetime


def window(limit: VendorLimit, now: datetime) -> LimitWindow:
    """Return the time that a limit counts at an instant: so many seconds up to now, or the day so far."""
    if limit.midnight is None:
        return LimitWindow(after=now - timedelta(seconds=limit.seconds or 0), at=now)
    begun = _midnight(now, limit.midnight, days=0)
    return LimitWindow(after=begun - timedelta(microseconds=1), at=begun)


def retry_after(limit: VendorLimit, oldest: datetime, now: datetime) -> int:
    """Return the whole seconds after which the oldest call that is counted no longer is."""
    if limit.midnight is None:
        free = oldest + timedelta(seconds=limit.seconds or 0)
    else:
        free = _midnight(now, limit.midnight, days=1)
    return max(1, -(-(free - now) // timedelta(seconds=1)))


def _midnight(now: datetime, name: str, *, days: int) -> datetime:
    known = zone(name)
    day = (now.astimezone(known) + days * _DAY).date()
    return datetime.combine(day, time(), known).astimezone(UTC)
