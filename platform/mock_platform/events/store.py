"""Events: the notifications of instances, as the events API shows and counts them, and what became of each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, case, func, select

from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.analytics import Tally
from mock_platform.core.tables import attempts, instances, notifications
from mock_platform.core.time_units import unit_number, unit_start
from mock_platform.events.stored_event import EventStatus, StoredEvent


class EventFilter(Struct, frozen=True, kw_only=True):
    """Which events are asked for.

    Attributes:
        instance_ids: None for those of all instances.
        since, until: when they came, both instants included.
    """

    workspace: str
    instance_ids: tuple[int, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


class Events(DatabaseStore):
    """The events of every workspace."""

    def list(self, event_filter: EventFilter, *, offset: int, limit: int) -> "list[StoredEvent]":
        """Return events, newest first."""
        query = _select_events(event_filter).order_by(notifications.c.id.desc()).offset(offset).limit(limit)
        with self._database.reading() as connection:
            return [_event(row) for row in connection.execute(query)]

    def count(self, event_filter: EventFilter) -> int:
        """Return how many events there are."""
        counted = _select_events(event_filter).with_only_columns(func.count())
        with self._database.reading() as connection:
            return connection.scalar(counted) or 0

    def get(self, event_filter: EventFilter, event_id: str) -> StoredEvent | None:
        """Return one of the events."""
        query = _select_events(event_filter).where(notifications.c.event_id == event_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _event(row) if row else None

    def counted(self, event_filter: EventFilter, unit: timedelta) -> Sequence[Tally[int]]:
        """Count events in units of time by the instance they are of."""
        number = unit_number(notifications.c.created, unit)
        counted = (
            _select_events(event_filter)
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


def _select_events(event_filter: EventFilter) -> Select[tuple[object, ...]]:
    """Select a workspace's events; those of a deleted instance are no longer shown."""
    query = (
        select(notifications)
        .join(
            instances,
            (instances.c.workspace == notifications.c.workspace)
            & (instances.c.id == notifications.c.instance_id),
        )
        .where(notifications.c.workspace == event_filter.workspace)
    )
    if event_filter.instance_ids is not None:
        query = query.where(notifications.c.instance_id.in_(event_filter.instance_ids))
    if event_filter.since is not None:
        query = query.where(notifications.c.created >= event_filter.since)
    if event_filter.until is not None:
        query = query.where(notifications.c.created <= event_filter.until)
    return query


def _event(row: Row[tuple[object, ...]]) -> StoredEvent:
    notified = EventStatus(row.status) is EventStatus.NOTIFIED
    return StoredEvent(
        id=row.event_id,
        instance_id=row.instance_id,
        notification_id=row.id,
        date=row.created,
        updated=row.updated,
        status=EventStatus(row.status),
        provider_data=row.raw,
        # Only what a receiver has taken is shown as sent.
        notified_data=(row.body.decode(),) if notified else (),
    )


def _sum_of(status: EventStatus) -> ColumnElement[int]:
    return func.sum(case((notifications.c.status == status.value, 1), else_=0))
