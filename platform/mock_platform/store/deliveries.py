"""Deliveries: what each notification owes each subscription, every attempt, and what was released."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeAlias

from msgspec.json import Decoder
from sqlalchemy import BigInteger, Connection, Row, bindparam, select

from mock_kit.database import Database
from mock_kit.prepared import Prepared
from mock_platform.domain.delivery import Outcome, released
from mock_platform.domain.emails import Email
from mock_platform.domain.models import (
    Attempt,
    Channel,
    Delivery,
    DeliveryStatus,
    EventStatus,
    Job,
    JobKind,
    Subscription,
)
from mock_platform.domain.notification import KeptNotification
from mock_platform.store.emails import keep_email
from mock_platform.store.jobs import move_jobs, move_or_remove, move_or_remove_all, still_planned
from mock_platform.store.notifications import plan_delivery
from mock_platform.store.subscriptions import by_id
from mock_platform.store.tables import attempts, deliveries, instances, notifications, subscriptions

Key: TypeAlias = tuple[int, int]
"""The ids of a delivery's notification and its subscription."""

_configuration = Decoder(dict[str, str | None])
_of_notification = (notifications.c.workspace == deliveries.c.workspace) & (
    notifications.c.id == deliveries.c.notification_id
)
_of_subscription = (subscriptions.c.workspace == deliveries.c.workspace) & (
    subscriptions.c.id == deliveries.c.subscription_id
)
_of_instance = (instances.c.workspace == subscriptions.c.workspace) & (
    instances.c.id == subscriptions.c.instance_id
)
_this = (
    deliveries.c.workspace == bindparam("of_workspace"),
    deliveries.c.notification_id == bindparam("of_notification"),
    deliveries.c.subscription_id == bindparam("of_subscription"),
)
_owing = (
    select(
        deliveries,
        notifications.c.body,
        subscriptions.c.url,
        subscriptions.c.active,
        subscriptions.c.user_id,
        instances.c.configuration,
        instances.c.id.label("instance_id"),
        instances.c.name,
    )
    .join(notifications, _of_notification)
    .join(subscriptions, _of_subscription)
    .outerjoin(instances, _of_instance)
    .where(deliveries.c.workspace == bindparam("of_workspace"), notifications.c.deleted.is_(other=False))
)
_settle = Prepared(
    deliveries.update()
    .where(*_this)
    .values(
        status=bindparam("new_status"),
        updated=bindparam("at"),
        tries=bindparam("tried"),
        failures=bindparam("failed"),
        first_failure=bindparam("first_failed"),
    )
)
_stands = Prepared(
    notifications.update()
    .where(
        notifications.c.workspace == bindparam("of_workspace"),
        notifications.c.id == bindparam("of_notification"),
        notifications.c.status != EventStatus.NOTIFIED.value,
    )
    .values(status=bindparam("new_status"), updated=bindparam("at"))
)
_attempts = (  # not prepared, since of a float PostgreSQL's driver wants to know what came
    select(attempts)
    .where(
        attempts.c.workspace == bindparam("of_workspace"),
        attempts.c.notification_id.between(bindparam("first"), bindparam("last")),
    )
    .order_by(attempts.c.notification_id, attempts.c.subscription_id, attempts.c.number)
)
_states = Prepared(
    select(deliveries).where(
        deliveries.c.workspace == bindparam("of_workspace"),
        deliveries.c.notification_id.between(bindparam("first"), bindparam("last")),
    )
)
_deactivate = Prepared(
    subscriptions.update()
    .where(
        subscriptions.c.workspace == bindparam("of_workspace"),
        subscriptions.c.id == bindparam("of_subscription"),
        subscriptions.c.url == bindparam("tried_url"),
        subscriptions.c.active.is_(other=True),
    )
    .values(active=False)
)
_add_attempt = Prepared(attempts.insert())


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What is to be sent: a delivery, where to, and the exact bytes.

    Attributes:
        active: whether its subscription is.
        configuration: of the instance whose subscription it is; empty if it is nobody's.
        name: of that instance, else of the subscription.
        user_id: whose the subscription is.
    """

    delivery: Delivery
    url: str
    active: bool
    body: bytes
    configuration: Mapping[str, str | None]
    name: str
    user_id: int | None


@dataclass(frozen=True, kw_only=True)
class Tried:
    """An attempt, and what follows from it.

    Attributes:
        email: to be kept if the subscription is deactivated.
    """

    job: Job
    attempt: Attempt
    outcome: Outcome
    email: Email | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver took the callback."""
        return not self.attempt.reason


@dataclass(frozen=True, kw_only=True)
class KeptDelivery:
    """A delivery with what it is about."""

    delivery: Delivery
    subscription: Subscription
    notification: KeptNotification

    @property
    def key(self) -> Key:
        """The ids of its notification and its subscription."""
        return self.delivery.key


class Deliveries:
    """The deliveries of every workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owed(self, workspace: str, keys: Collection[Key]) -> dict[Key, Owed]:
        """Return what deliveries owe; nothing for those whose notification or subscription is no more."""
        asked: dict[str, object] = {"of_workspace": workspace}
        for place, (notification_id, subscription_id) in enumerate(keys):
            asked |= {f"notification_{place}": notification_id, f"subscription_{place}": subscription_id}
        with self._database.glancing() as connection:
            found = [_owed_by(row) for row in _owed(len(keys)).all(connection, asked)]
        return {owed.delivery.key: owed for owed in found if owed.delivery.key in keys}

    def attempted(self, workspace: str, tried: Sequence[Tried]) -> None:
        """Keep attempts and what follows from them: the deliveries' new states, and the next tries or none.

        A delivery that is given up deactivates its subscription, unless that has moved to another URL meanwhile.

        What was taken off the agenda meanwhile is forgotten, as nobody is owed it any more; so is what was moved, as it
        is to be sent again.

        Source: the subscription is deactivated once all tries are used (documented).
        """
        with self._database.writing() as connection:
            planned = still_planned(connection, [one.job for one in tried])
            kept = [one for one in tried if one.job.number in planned]
            if kept:
                _add_attempt.run_each(connection, [_attempt_row(workspace, one) for one in kept])
                _settle.run_each(connection, [_state(workspace, one.outcome.delivery) for one in kept])
                _stands.run_each(connection, [_standing(workspace, one) for one in kept])
            move_or_remove_all(connection, [(one.job, one.outcome.again) for one in kept])
            for one in kept:
                if one.outcome.gives_up and _gives_up(connection, workspace, one) and one.email:
                    keep_email(connection, workspace, one.email)

    def put_aside(self, workspace: str, job: Job, delivery: Delivery) -> None:
        """Keep that a delivery was queued without an attempt."""
        with self._database.writing() as connection:
            if move_or_remove(connection, job, None):
                _settle.run(connection, _state(workspace, delivery))

    def attempts(self, workspace: str, notification_id: int) -> list[Attempt]:
        """Return the attempts to deliver a notification, in their order."""
        found = self.attempts_of(workspace, [notification_id])
        return [attempt for key in sorted(found) for attempt in found[key]]

    def attempts_of(self, workspace: str, notification_ids: Collection[int]) -> dict[Key, list[Attempt]]:
        """Return the attempts to deliver some notifications, by notification and subscription, in their order."""
        with self._database.glancing() as connection:
            rows = connection.execute(_attempts, _stretch(workspace, notification_ids)).all()
        found: dict[Key, list[Attempt]] = {}
        for row in rows:
            found.setdefault((row.notification_id, row.subscription_id), []).append(_attempt(row))
        return found

    def states_of(self, workspace: str, notification_ids: Collection[int]) -> dict[Key, DeliveryStatus]:
        """Return where the deliveries of some notifications stand, by notification and subscription."""
        with self._database.glancing() as connection:
            rows = _states.all(connection, _stretch(workspace, notification_ids))
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

    def release(
        self, workspace: str, wanted: Callable[[KeptDelivery], bool], *, now: datetime
    ) -> list[KeptDelivery]:
        """Put deliveries on the agenda again, the oldest first, and make their subscriptions active."""
        with self._database.writing() as connection:
            chosen = [
                one
                for one in _all(connection, workspace, None, None)
                if one.subscription.channel is Channel.WEBHOOK and wanted(one)
            ]
            _reactivate(connection, workspace, {one.subscription.id for one in chosen})
            for one in chosen:
                _release(connection, workspace, released(one.delivery, now=now), now)
            keys = {one.key for one in chosen}
            return [one for one in _all(connection, workspace, None, None) if one.key in keys]


@cache
def _owed(count: int) -> Prepared:
    """Return what looks for what so many deliveries owe, by their notifications and by their subscriptions."""
    told, to = (
        [bindparam(f"{name}_{place}", type_=BigInteger) for place in range(count)]
        for name in ("notification", "subscription")
    )
    return Prepared(
        _owing.where(deliveries.c.notification_id.in_(told), deliveries.c.subscription_id.in_(to))
    )


def _owed_by(row: Row[tuple[object, ...]]) -> Owed:
    return Owed(
        delivery=_delivery(row),
        url=row.url,
        active=row.active,
        body=row.body,
        configuration=_configuration.decode(row.configuration) if row.configuration else {},
        user_id=row.user_id,
        name=f"{row.name} (instance {row.instance_id})"
        if row.name
        else f"subscription {row.subscription_id}",
    )


def _all(
    connection: Connection, workspace: str, notification_id: int | None, subscription_id: int | None
) -> list[KeptDelivery]:
    wanted = (
        select(deliveries, notifications.c.topic, notifications.c.body, notifications.c.acknowledged)
        .add_columns(notifications.c.created.label("notified_at"))
        .join(notifications, _of_notification)
        .join(subscriptions, _of_subscription)
        .where(deliveries.c.workspace == workspace, notifications.c.deleted.is_(other=False))
        .order_by(deliveries.c.notification_id, deliveries.c.subscription_id)
    )
    if notification_id is not None:
        wanted = wanted.where(deliveries.c.notification_id == notification_id)
    if subscription_id is not None:
        wanted = wanted.where(deliveries.c.subscription_id == subscription_id)
    rows = connection.execute(wanted).all()
    known = by_id(connection, workspace, {row.subscription_id for row in rows})
    return [
        KeptDelivery(
            delivery=_delivery(row),
            subscription=known[row.subscription_id],
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
    _settle.run(connection, _state(workspace, delivery))
    subject = f"{delivery.notification_id}/{delivery.subscription_id}"
    if not move_jobs(connection, workspace, JobKind.DELIVER, subject, now):
        plan_delivery(connection, workspace, delivery.notification_id, delivery.subscription_id, now)


def _reactivate(connection: Connection, workspace: str, ids: Iterable[int]) -> None:
    connection.execute(
        subscriptions.update()
        .where(subscriptions.c.workspace == workspace, subscriptions.c.id.in_(list(ids)))
        .values(active=True)
    )


def _gives_up(connection: Connection, workspace: str, tried: Tried) -> bool:
    tried_at = {
        "of_workspace": workspace,
        "of_subscription": tried.outcome.delivery.subscription_id,
        "tried_url": tried.attempt.url,
    }
    return bool(_deactivate.run(connection, tried_at))


def _key(workspace: str, notification_id: int, subscription_id: int) -> dict[str, object]:
    return {"of_workspace": workspace, "of_notification": notification_id, "of_subscription": subscription_id}


def _stretch(workspace: str, notification_ids: Collection[int]) -> dict[str, object]:
    ends = {"first": min(notification_ids, default=0), "last": max(notification_ids, default=0)}
    return {"of_workspace": workspace, **ends}


def _state(workspace: str, delivery: Delivery) -> dict[str, object]:
    return {
        **_key(workspace, delivery.notification_id, delivery.subscription_id),
        "new_status": delivery.status.value,
        "at": delivery.updated,
        "tried": delivery.tries,
        "failed": delivery.failures,
        "first_failed": delivery.first_failure,
    }


def _standing(workspace: str, tried: Tried) -> dict[str, object]:
    taken = tried.outcome.delivery.status is DeliveryStatus.DELIVERED
    status = EventStatus.NOTIFIED if taken else EventStatus.DISPATCHED
    notification_id = tried.outcome.delivery.notification_id
    return {
        "of_workspace": workspace,
        "of_notification": notification_id,
        "new_status": status.value,
        "at": tried.attempt.at,
    }


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
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


def _attempt_row(workspace: str, tried: Tried) -> dict[str, object]:
    attempt = tried.attempt
    return {
        "workspace": workspace,
        "notification_id": tried.outcome.delivery.notification_id,
        "subscription_id": tried.outcome.delivery.subscription_id,
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
