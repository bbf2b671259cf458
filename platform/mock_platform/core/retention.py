"""How long what has been kept can still be asked for."""

from datetime import UTC, datetime, timedelta

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def kept_since(now: datetime, retention: timedelta) -> datetime:
    """Return from when on what has been kept is still shown.

    Source: seven days for events, thirty for usage (documented).
    """
    return now - retention if retention < now - _EARLIEST else _EARLIEST
