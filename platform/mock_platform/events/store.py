"""Events: the notifications of instances, as the events API shows them."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Row, Select, func, select

from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.tables import instances, notifications
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
        query = select_events(event_filter).order_by(notifications.c.id.desc()).offset(offset).limit(limit)
        with self._database.reading() as connection:
            return [_event(row) for row in connection.execute(query)]

    def count(self, event_filter: EventFilter) -> int:
        """Return how many events there are."""
        counted = select_events(event_filter).with_only_columns(func.count())
        with self._database.reading() as connection:
            return connection.scalar(counted) or 0

    def get(self, event_filter: EventFilter, event_id: str) -> StoredEvent | None:
        """Return one of the events."""
        query = select_events(event_filter).where(notifications.c.event_id == event_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _event(row) if row else None


def select_events(event_filter: EventFilter) -> Select[tuple[object, ...]]:
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
