"""When something was last done about a record, and when something is to be done next."""

from collections.abc import Iterable

from mock_insightly.kinds import EVENTS, TASKS, RecordKind
from mock_insightly.records.fields import Record

_DATES: dict[str, tuple[str, ...]] = {
    TASKS.name: ("COMPLETED_DATE_UTC", "DUE_DATE"),
    EVENTS.name: ("START_DATE_UTC",),
}
DATED = (TASKS, EVENTS)


def date_of(kind: RecordKind, record: Record) -> str | None:
    """Return when a task or an event takes place: when it was completed, or else is due; None if nobody knows."""
    dates = (record[name] for name in _DATES[kind.name])
    return next((date for date in dates if isinstance(date, str)), None)


def activity(dates: Iterable[str], now: str) -> Record:
    """Return the two fields of a record that follow from the dates of its tasks and events.

    Args:
        dates, now: as the CRM writes them; they compare as texts.

    Source: null at first (recorded v3.1 creations, observed); that they follow from past and future tasks and events,
        and from which of their dates, is assumed.

    >>> activity(["2026-03-01 00:00:00", "2026-03-05 00:00:00"], "2026-03-02 10:00:00")
    {'LAST_ACTIVITY_DATE_UTC': '2026-03-01 00:00:00', 'NEXT_ACTIVITY_DATE_UTC': '2026-03-05 00:00:00'}
    """
    known = sorted(dates)
    return {
        "LAST_ACTIVITY_DATE_UTC": next((date for date in reversed(known) if date <= now), None),
        "NEXT_ACTIVITY_DATE_UTC": next((date for date in known if date > now), None),
    }
