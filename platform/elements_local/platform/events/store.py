"""Events: the notifications of instances, as the events API shows and counts them, and what became of each."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from elements_local.kit.caching import bounded_cache
from elements_local.kit.instants import EARLIEST
from elements_local.kit.storage.database import EPOCH
from elements_local.kit.storage.narrowing import WorkspaceStatement, bound
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.retention import Retention, RetentionRule
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.storage.value_lists import by_count, numbered, one_of, places_for
from elements_local.platform.core.analytics import Tally
from elements_local.platform.core.tables import (
    SHARED_RAW,
    attempts,
    deliveries,
    emails,
    instances,
    notifications,
    past_configurations,
    polls,
    pruned,
    traces,
)
from elements_local.platform.events.event import EventStatus, StoredEvent, with_raw
from elements_local.platform.events.records import DeliveryStatus

_MICROSECOND = timedelta(microseconds=1)
_SHIFT = (EPOCH - EARLIEST) // _MICROSECOND
"""Units are counted from the calendar's first day, so that none is cut in two at 1970."""


def unit_number(column: Column[datetime], unit: timedelta) -> ColumnElement[int]:
    """Return in which unit of time, counted from the calendar's first day, a column's instant lies."""
    # as literals, since PostgreSQL may not know an expression again whose parameters are numbered anew
    shift = literal_column(str(_SHIFT), BigInteger)
    width = literal_column(str(unit // _MICROSECOND), BigInteger)
    return (type_coerce(column, BigInteger) + shift) // width


def unit_start(number: int, unit: timedelta) -> datetime:
    """Return when a unit starts."""
    return EARLIEST + number * unit


class EventFilter(Struct, frozen=True, kw_only=True):
    """Which events are asked for.

    Attributes:
        instance_ids: None for those of all instances.
        since, until: when they came, both instants included.
    """

    instance_ids: tuple[int, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the conditions that narrow it."""
        times = {"since": self.since, "until": self.until}
        given: dict[str, Any] = {name: value for name, value in times.items() if value is not None}
        return given | numbered("instance", self.instance_ids or ())

    @property
    def shape(self) -> "FilterShape":
        """Which conditions narrow it."""
        instances = None if self.instance_ids is None else places_for(len(self.instance_ids))
        return FilterShape(instances, self.since is not None, self.until is not None)


class FilterShape(NamedTuple):
    """Which conditions narrow a list of events; ``instances`` says to how many."""

    instances: int | None
    since: bool
    until: bool


class Events:
    """The events of a workspace, in a transaction of it; those of a deleted instance are no longer shown."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def list(self, event_filter: EventFilter, *, offset: int, limit: int) -> "list[StoredEvent]":
        """Return events, newest first."""
        rows = self._tx.all(_page(event_filter.shape), **event_filter.values, skip=offset, most=limit)
        return [_event(row) for row in rows]

    def count(self, event_filter: EventFilter) -> int:
        """Return how many events there are."""
        number: int = self._tx.scalar(_number(event_filter.shape), **event_filter.values)
        return number

    def get(self, event_filter: EventFilter, event_id: str) -> StoredEvent | None:
        """Return one of the events."""
        row = self._tx.first(_one(event_filter.shape), **event_filter.values, of_event=event_id)
        return _event(row) if row else None

    def counted(self, event_filter: EventFilter, unit: timedelta) -> Sequence[Tally[int]]:
        """Count events in units of time by the instance they are of."""
        return [
            Tally(
                at=unit_start(row.unit, unit),
                of=row.instance_id,
                count=row.events,
                success=row.success,
                failed=row.failed,
            )
            for row in self._tx.all(_by_unit(event_filter.shape, unit), **event_filter.values)
        ]

    def outcomes(self, notification_ids: Collection[int]) -> Iterator[tuple[int, str]]:
        """Return of each attempt to deliver, in their order, whose it was and why it failed; "" if it did not."""
        rows = self._tx.all(_outcomes(len(notification_ids)), **numbered("notification", notification_ids))
        return ((row.notification_id, row.reason) for row in rows)


def _chosen(shape: FilterShape) -> "Select[Any]":
    of_instance = (instances.c.workspace == notifications.c.workspace) & (
        instances.c.id == notifications.c.instance_id
    )
    query = select(notifications, SHARED_RAW).join(instances, of_instance)
    if shape.instances is not None:
        query = query.where(one_of(notifications.c.instance_id, "instance", shape.instances))
    if shape.since:
        query = query.where(notifications.c.created >= bindparam("since"))
    if shape.until:
        query = query.where(notifications.c.created <= bindparam("until"))
    return query


@bounded_cache(64)
def _page(shape: FilterShape) -> WorkspaceStatement:
    newest_first = _chosen(shape).order_by(notifications.c.id.desc())
    return WorkspaceStatement(newest_first.offset(bindparam("skip")).limit(bindparam("most")))


@bounded_cache(64)
def _number(shape: FilterShape) -> WorkspaceStatement:
    return WorkspaceStatement(_chosen(shape).with_only_columns(func.count()))


@bounded_cache(64)
def _one(shape: FilterShape) -> WorkspaceStatement:
    return WorkspaceStatement(_chosen(shape).where(notifications.c.event_id == bindparam("of_event")))


@bounded_cache(64)
def _by_unit(shape: FilterShape, unit: timedelta) -> WorkspaceStatement:
    number = unit_number(notifications.c.created, unit)
    return WorkspaceStatement(
        _chosen(shape)
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


@by_count
def _outcomes(count: int) -> WorkspaceStatement:
    return WorkspaceStatement(
        select(attempts.c.notification_id, attempts.c.reason)
        .where(one_of(attempts.c.notification_id, "notification", count))
        .order_by(attempts.c.notification_id, attempts.c.subscription_id, attempts.c.number)
    )


def _event(row: Row) -> StoredEvent:
    notified = EventStatus(row.status) is EventStatus.NOTIFIED
    return StoredEvent(
        id=row.event_id,
        instance_id=row.instance_id,
        notification_id=row.id,
        date=row.created,
        updated=row.updated,
        status=EventStatus(row.status),
        provider_data=row.shared_raw or row.raw,
        # Only what a receiver has taken is shown as sent.
        notified_data=(with_raw(row.body, row.shared_raw).decode(),) if notified else (),
    )


def _sum_of(status: EventStatus) -> ColumnElement[int]:
    return func.sum(case((notifications.c.status == status.value, 1), else_=0))


_owed = deliveries.alias()
# However old, what is still to be sent is not forgotten.
_still_owed = (
    exists()
    .where(
        _owed.c.workspace == notifications.c.workspace,
        _owed.c.notification_id == notifications.c.id,
        or_(*(_owed.c.status == status.value for status in (DeliveryStatus.CREATED, DeliveryStatus.RETRY))),
    )
    .correlate(notifications)
)
_next = notifications.alias()
_raw_of_next = (
    select(_next.c.raw)
    .where(_next.c.workspace == notifications.c.workspace, _next.c.id > notifications.c.id)
    .order_by(_next.c.id)
    .limit(1)
    .scalar_subquery()
)
# what all notifications of a poll share goes at the next look after theirs
_is_shared = func.coalesce(_raw_of_next, "") == cast(notifications.c.id, Text)
_old = (notifications.c.created < bindparam("before"), ~_still_owed, ~_is_shared)
_old_ids = bound(select(notifications.c.id).where(*_old))


def _gone(table: Table, *conditions: ColumnElement[bool]) -> WorkspaceStatement:
    return WorkspaceStatement(table.delete().where(*conditions))


def history_retention(*, keep: timedelta, keep_events: timedelta) -> Retention:
    """Return what forgets what happened long ago.

    Args:
        keep: how long polls, callbacks, e-mails and traces are kept.
        keep_events: how long events are kept at least, with their callbacks.
    """
    dated = [_gone(table, table.c.at < bindparam("before")) for table in (polls, emails, traces)]
    dated.append(_gone(past_configurations, past_configurations.c.until < bindparam("before")))
    # These go before their notifications, by which they are found.
    of_notifications = [
        _gone(table, table.c.notification_id.in_(_old_ids)) for table in (attempts, deliveries)
    ]
    return Retention(
        pruned,
        [
            RetentionRule(keep=keep, statements=dated),
            RetentionRule(
                # Events never go before the polls that explain them.
                keep=max(keep, keep_events),
                statements=[*of_notifications, _gone(notifications, *_old)],
            ),
        ],
    )
