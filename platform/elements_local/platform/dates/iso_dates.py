"""ISO 8601 in UTC with a literal Z, as the platform writes it."""

from datetime import datetime


def iso_date(instant: datetime) -> str:
    """Write an instant to the second.

    >>> from datetime import UTC
    >>> iso_date(datetime(2026, 3, 2, 10, 0, 0, 5, tzinfo=UTC))
    '2026-03-02T10:00:00Z'
    """
    return instant.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def iso_date_exact(instant: datetime) -> str:
    """Write an instant with a fraction where it has one."""
    return instant.replace(tzinfo=None).isoformat() + "Z"
