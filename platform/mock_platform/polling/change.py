"""Created or updated: what two dates of a record say about it."""

from datetime import datetime, timedelta

from mock_platform.core.poll import EventType


def classify(created: datetime, updated: datetime, *, tolerance: timedelta) -> EventType:
    """Say whether a polled record counts as created or as updated.

    Args:
        created, updated: aware UTC, already parsed from the record.
        tolerance: the resource's ``createdCheckTolerance``; seconds on the wire.

    Source: the vendor's polling guide, "createdCheckTolerance" (documented); that a created date later than
        the updated one counts as created is assumed.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> classify(noon, noon + timedelta(seconds=2), tolerance=timedelta(seconds=2))
    <EventType.CREATED: 'CREATED'>
    >>> classify(noon, noon + timedelta(seconds=3), tolerance=timedelta(seconds=2))
    <EventType.UPDATED: 'UPDATED'>
    """
    return EventType.CREATED if updated - created <= tolerance else EventType.UPDATED
