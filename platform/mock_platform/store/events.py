"""Notifications, the events that the API shows of them, and what became of their deliveries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from mock_kit.database import Database
from mock_platform.domain.models import (
    Attempt,
    Delivery,
    DeliveryStatus,
    EventStatus,
    Job,
    StoredEvent,
    Subscription,
)
from mock_platform.store.jobs import move_or_remove
from mock_platform.store.tables import attempts, deliveries, instances, notifications, subscriptions

_this = (
    deliveries.c.workspace == bindparam("of_workspace"),
    deliveries.c.notification_id == bindparam("of_notification"),
    deliveries.c.subscription_id == bindparam("of_subscription"),
)
_owed = (
    select(
        deliveries,
        notifications.c.body,
        notifications.c.instance_id,
        subscriptions.c.topic,
        subscriptions.c.url,
        subscriptions.c.active,
    )
    .join(
        notifications,
        (notifications.c.workspace == deliveries.c.workspace)
        & (notifications.c.id == deliveries.c.notification_id),
    )
    .join(
        subscriptions,
        (subscriptions.c.workspace == deliveries.c.workspace)
        & (subscriptions.c.id == deliveries.c.subscription_id),
    )
    .where(*_this)
)
_settle = (
    deliveries.update()
    .where(*_this)
    .values(
        status=bindparam("new_status"),
        updated=bindparam("at"),
        failures=bindparam("failed"),
        first_failure=bindparam("first_failed"),
    )
)
_stands = (
    notifications.update()
    .where(
        notifications.c.workspace == bindparam("of_workspace"),
        notifications.c.id == bindparam("of_notification"),
        notifications.c.status != EventStatus.NOTIFIED.value,
    )
    .values(status=bindparam("new_status"), updated=bindparam("at"))
)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What is to be sent: a delivery, where to, and the exact bytes."""

    delivery: Delivery
    subscription: Subscription
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which events are asked for.

    Attributes:
        instance_ids: None for those of all instances.
        since, until: when they came, both instants included.
    """

    workspace: str
    instance_ids: tuple[int, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


class Events:
    """The events of every workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owed(self, workspace: str, notification_id: int, subscription_id: int) -> Owed | None:
        """Return what a delivery owes; None if its subscription has been removed meanwhile."""
        key = _key(workspace, notification_id, subscription_id)
        with self._database.reading() as connection:
            row = connection.execute(_owed, key).first()
        if row is None:
            return None
        subscription = Subscription(
            id=subscription_id, instance_id=row.instance_id, topic=row.topic, url=row.url, active=row.active
        )
        return Owed(delivery=_delivery(row), subscription=subscription, body=row.body)

    def attempted(
        self, workspace: str, job: Job, delivery: Delivery, attempt: Attempt, *, again: datetime | None
    ) -> None:
        """Keep an attempt and what follows from it: the delivery's new state, and the next try or none.

        A delivery that is out of tries deactivates its subscription, unless that has moved to another URL meanwhile.

        Source: the subscription is deactivated once all tries are used (documented).
        """
        key = _key(workspace, delivery.notification_id, delivery.subscription_id)
        with self._database.writing() as connection:
            connection.execute(attempts.insert(), _attempt_row(workspace, delivery, attempt))
            connection.execute(
                _settle,
                {
                    **key,
                    "new_status": delivery.status.value,
                    "at": delivery.updated,
                    "failed": delivery.failures,
                    "first_failed": delivery.first_failure,
                },
            )
            move_or_remove(connection, job, again)
            taken = delivery.status is DeliveryStatus.DELIVERED
            stands = EventStatus.NOTIFIED if taken else EventStatus.DISPATCHED
            connection.execute(_stands, {**key, "new_status": stands.value, "at": attempt.at})
            if delivery.status is DeliveryStatus.QUEUED:
                _deactivate(connection, workspace, delivery.subscription_id, attempt.url)

    def attempts(self, workspace: str, notification_id: int) -> list[Attempt]:
        """Return the attempts to deliver a notification, in their order."""
        wanted = (
            select(attempts)
            .where(attempts.c.workspace == workspace, attempts.c.notification_id == notification_id)
            .order_by(attempts.c.subscription_id, attempts.c.number)
        )
        with self._database.reading() as connection:
            return [_attempt(row) for row in connection.execute(wanted)]

    def list(self, wanted: Wanted, *, offset: int, limit: int) -> "list[StoredEvent]":
        """Return events, newest first."""
        chosen = select_events(wanted).order_by(notifications.c.id.desc()).offset(offset).limit(limit)
        with self._database.reading() as connection:
            return [_event(row) for row in connection.execute(chosen)]

    def count(self, wanted: Wanted) -> int:
        """Return how many events there are."""
        counted = select_events(wanted).with_only_columns(func.count())
        with self._database.reading() as connection:
            return connection.scalar(counted) or 0

    def get(self, wanted: Wanted, event_id: str) -> StoredEvent | None:
        """Return one of the events."""
        chosen = select_events(wanted).where(notifications.c.event_id == event_id)
        with self._database.reading() as connection:
            row = connection.execute(chosen).first()
        return _event(row) if row else None


def select_events(wanted: Wanted) -> Select[tuple[object, ...]]:
    """Select a workspace's events; those of a deleted instance are no longer shown."""
    chosen = (
        select(notifications)
        .join(
            instances,
            (instances.c.workspace == notifications.c.workspace)
            & (instances.c.id == notifications.c.instance_id),
        )
        .where(notifications.c.workspace == wanted.workspace)
    )
    if wanted.instance_ids is not None:
        chosen = chosen.where(notifications.c.instance_id.in_(wanted.instance_ids))
    if wanted.since is not None:
        chosen = chosen.where(notifications.c.created >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(notifications.c.created <= wanted.until)
    return chosen


def _deactivate(connection: Connection, workspace: str, subscription_id: int, url: str) -> None:
    connection.execute(
        subscriptions.update()
        .where(
            subscriptions.c.workspace == workspace,
            subscriptions.c.id == subscription_id,
            subscriptions.c.url == url,
        )
        .values(active=False)
    )


def _key(workspace: str, notification_id: int, subscription_id: int) -> dict[str, object]:
    return {"of_workspace": workspace, "of_notification": notification_id, "of_subscription": subscription_id}


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    return Delivery(
        notification_id=row.notification_id,
        subscription_id=row.subscription_id,
        status=DeliveryStatus(row.status),
        created=row.created,
        updated=row.updated,
        failures=row.failures,
        first_failure=row.first_failure,
    )


def _attempt_row(workspace: str, delivery: Delivery, attempt: Attempt) -> dict[str, object]:
    return {
        "workspace": workspace,
        "notification_id": delivery.notification_id,
        "subscription_id": delivery.subscription_id,
        "number": attempt.number,
        "at": attempt.at,
        "url": attempt.url,
        "status": attempt.status,
        "reason": attempt.reason,
        "elapsed_s": attempt.elapsed.total_seconds(),
    }


def _attempt(row: Row[tuple[object, ...]]) -> Attempt:
    return Attempt(
        number=row.number,
        at=row.at,
        url=row.url,
        status=row.status,
        reason=row.reason,
        elapsed=timedelta(seconds=row.elapsed_s),
    )


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
        notified_data=(row.body.decode(),) if notified else (),
    )
