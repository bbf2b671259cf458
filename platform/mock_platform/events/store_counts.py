"""What the events API tells about events beside themselves: how many there were, and what became of each."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, case, func, select

from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.analytics import Tally
from mock_platform.core.tables import attempts, notifications
from mock_platform.core.time_units import unit_number, unit_start
from mock_platform.events.store import EventFilter, select_events
from mock_platform.events.stored_event import EventStatus


class EventCounts(DatabaseStore):
    """The events of every workspace, counted."""

    def by_instance(self, event_filter: EventFilter, unit: timedelta) -> list[Tally[int]]:
        """Count events in units of time by the instance they are of."""
        number = unit_number(notifications.c.created, unit)
        counted = (
            select_events(event_filter)
            .with_only_columns(
                number.label("unit"),
                notifications.c.instance_id.label("instance_id"),
                func.count().label("events"),
                _sum_of(EventStatus.NOTIFIED).label("success"),
                _sum_of(EventStatus.DISPATCHED).label("failed"),
            )
            .group_by(number, notifications.c.instance_id)
            .order_by(number, notifications.c.instance_id)
        )
        with self._database.reading() as connection:
            return [
                Tally(
                    at=unit_start(row.unit, unit),
                    of=row.instance_id,
                    count=row.events,
                    success=row.success,
                    failed=row.failed,
                )
                for row in connection.execute(counted)
            ]

    def outcomes(self, workspace: str, notification_ids: Iterable[int]) -> Iterator[tuple[int, str]]:
        """Return of each attempt to deliver, in their order, whose it was and why it failed; "" if it did not."""
        query = (
            select(attempts.c.notification_id, attempts.c.reason)
            .where(attempts.c.workspace == workspace, attempts.c.notification_id.in_(notification_ids))
            .order_by(attempts.c.notification_id, attempts.c.subscription_id, attempts.c.number)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return ((row.notification_id, row.reason) for row in rows)


def _sum_of(status: EventStatus) -> ColumnElement[int]:
    return func.sum(case((notifications.c.status == status.value, 1), else_=0))
