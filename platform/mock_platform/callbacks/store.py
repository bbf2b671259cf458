"""Deliveries: what each notification owes each subscription, where that stands, and what was released."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, Row, Select, bindparam, func, select, tuple_

from mock_kit.storage.prepared import Prepared
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.callbacks.delivery import released
from mock_platform.core.tables import deliveries, notifications, subscriptions
from mock_platform.events.notification import KeptNotification
from mock_platform.events.records import Channel, Delivery, DeliveryStatus
from mock_platform.events.store_notifications import plan_delivery
from mock_platform.events.store_subscriptions import by_id
from mock_platform.events.subscription import KeptDelivery
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import move_jobs

Key: TypeAlias = tuple[int, int]
"""The ids of a delivery's notification and its subscription."""

_KEY = (deliveries.c.notification_id, deliveries.c.subscription_id)

of_notification = (notifications.c.workspace == deliveries.c.workspace) & (
    notifications.c.id == deliveries.c.notification_id
)
of_subscription = (subscriptions.c.workspace == deliveries.c.workspace) & (
    subscriptions.c.id == deliveries.c.subscription_id
)
_settle = Prepared(
    deliveries.update()
    .where(
        deliveries.c.workspace == bindparam("of_workspace"),
        deliveries.c.notification_id == bindparam("of_notification"),
        deliveries.c.subscription_id == bindparam("of_subscription"),
    )
    .values(
        status=bindparam("new_status"),
        updated=bindparam("at"),
        tries=bindparam("tried"),
        failures=bindparam("failed"),
        first_failure=bindparam("first_failed"),
    )
)
_states = (
    select(deliveries)
    .join(subscriptions, of_subscription)
    .where(
        deliveries.c.workspace == bindparam("of_workspace"),
        deliveries.c.notification_id.between(bindparam("first"), bindparam("last")),
    )
)


class Deliveries(DatabaseStore):
    """The deliveries of every workspace."""

    def states_of(self, workspace: str, notification_ids: Collection[int]) -> dict[Key, DeliveryStatus]:
        """Return where the deliveries of some notifications stand, by notification and subscription.

        Those whose subscription is no more are left out: nothing is sent to it, whatever was planned.
        """
        with self._database.autocommit_read() as connection:
            rows = connection.execute(_states, notification_range(workspace, notification_ids)).all()
        return {(row.notification_id, row.subscription_id): DeliveryStatus(row.status) for row in rows}

    def find(
        self,
        workspace: str,
        *,
        notification_id: int | None = None,
        subscription_id: int | None = None,
    ) -> list[KeptDelivery]:
        """Return deliveries by notification and subscription; those whose subscription is no more are left out."""
        with self._database.reading() as connection:
            return _all(connection, workspace, notification_id, subscription_id)

    def latest(
        self,
        workspace: str,
        *,
        notification_id: int | None = None,
        subscription_id: int | None = None,
        before: Key | None = None,
        limit: int,
    ) -> tuple[list[KeptDelivery], int]:
        """Return the last deliveries of those that ``find`` finds, in its order, and how many these are.

        Args:
            before: only those that come before this one.
        """
        query = _chosen(workspace, notification_id, subscription_id)
        # from the end, as pages go back from the latest; turned round again below
        last = query.order_by(None).order_by(*(each.desc() for each in _KEY)).limit(limit)
        if before is not None:
            last = last.where(tuple_(*_KEY) < before)
        with self._database.reading() as connection:
            total = connection.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
            return _read(connection, workspace, last)[::-1], total

    def release(
        self, workspace: str, matches: Callable[[KeptDelivery], bool], *, now: datetime
    ) -> list[KeptDelivery]:
        """Put deliveries on the agenda again, the oldest first, and make their subscriptions active."""
        with self._database.writing() as connection:
            selected = [
                one
                for one in _all(connection, workspace, None, None)
                if one.subscription.channel is Channel.WEBHOOK and matches(one)
            ]
            # with the deliveries, in one transaction: one that fell due while its subscription is dead would be put
            # aside without a try
            _reactivate(connection, workspace, {one.subscription.id for one in selected})
            for one in selected:
                _release(connection, workspace, released(one.delivery, now=now), now)
            # read again, as their states and their subscriptions have just changed
            keys = {one.key for one in selected}
            return [one for one in _all(connection, workspace, None, None) if one.key in keys]


def _all(
    connection: Connection, workspace: str, notification_id: int | None, subscription_id: int | None
) -> list[KeptDelivery]:
    return _read(connection, workspace, _chosen(workspace, notification_id, subscription_id))


def _chosen(
    workspace: str, notification_id: int | None, subscription_id: int | None
) -> Select[tuple[object, ...]]:
    query: Select[tuple[object, ...]] = (
        select(deliveries, notifications.c.topic, notifications.c.body, notifications.c.acknowledged)
        .add_columns(notifications.c.created.label("notified_at"))
        .join(notifications, of_notification)
        .join(subscriptions, of_subscription)
        .where(deliveries.c.workspace == workspace, notifications.c.deleted.is_(other=False))
        .order_by(*_KEY)
    )
    if notification_id is not None:
        query = query.where(deliveries.c.notification_id == notification_id)
    if subscription_id is not None:
        query = query.where(deliveries.c.subscription_id == subscription_id)
    return query


def _read(connection: Connection, workspace: str, query: Select[tuple[object, ...]]) -> list[KeptDelivery]:
    rows = connection.execute(query).all()
    subscriptions_by_id = by_id(connection, workspace, {row.subscription_id for row in rows})
    return [
        KeptDelivery(
            delivery=delivery_of(row),
            subscription=subscriptions_by_id[row.subscription_id],
            notification=KeptNotification(
                id=row.notification_id,
                topic=row.topic,
                created=row.notified_at,
                body=row.body,
                acknowledged=row.acknowledged,
            ),
        )
        for row in rows
    ]


def _release(connection: Connection, workspace: str, delivery: Delivery, now: datetime) -> None:
    """Plan a delivery for now; one that is planned already only comes sooner, as it may be under way."""
    settle(connection, workspace, [delivery])
    subject = f"{delivery.notification_id}/{delivery.subscription_id}"
    if not move_jobs(connection, workspace, JobKind.DELIVER, subject, now):
        plan_delivery(connection, workspace, delivery.notification_id, delivery.subscription_id, now)


def _reactivate(connection: Connection, workspace: str, ids: Iterable[int]) -> None:
    connection.execute(
        subscriptions.update()
        .where(subscriptions.c.workspace == workspace, subscriptions.c.id.in_(list(ids)))
        .values(active=True)
    )


def settle(connection: Connection, workspace: str, settled: Sequence[Delivery]) -> None:
    """Keep where deliveries stand, of which there is at least one."""
    _settle.run_each(connection, [_state(workspace, delivery) for delivery in settled])


def notification_range(workspace: str, notification_ids: Collection[int]) -> dict[str, object]:
    """Return a workspace and the first and the last of some notifications, as statements call them."""
    ends = {"first": min(notification_ids, default=0), "last": max(notification_ids, default=0)}
    return {"of_workspace": workspace, **ends}


def _state(workspace: str, delivery: Delivery) -> dict[str, object]:
    return {
        "of_workspace": workspace,
        "of_notification": delivery.notification_id,
        "of_subscription": delivery.subscription_id,
        "new_status": delivery.status.value,
        "at": delivery.updated,
        "tried": delivery.tries,
        "failed": delivery.failures,
        "first_failed": delivery.first_failure,
    }


def delivery_of(row: Row[tuple[object, ...]]) -> Delivery:
    """Return the delivery that a row holds."""
    return Delivery(
        notification_id=row.notification_id,
        subscription_id=row.subscription_id,
        status=DeliveryStatus(row.status),
        created=row.created,
        updated=row.updated,
        tries=row.tries,
        failures=row.failures,
        first_failure=row.first_failure,
    )
