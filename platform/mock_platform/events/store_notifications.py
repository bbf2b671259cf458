"""Notifications, and telling everybody who subscribed to their topic."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from msgspec import convert
from sqlalchemy import Connection, Row, Select, bindparam, func, select

from mock_kit.storage.database import Database
from mock_kit.storage.prepared import Prepared
from mock_platform.accounts.emails import of_notification
from mock_platform.accounts.store_emails import keep_email
from mock_platform.core.counters import take_numbers
from mock_platform.core.instance import User
from mock_platform.core.tables import deliveries, notifications
from mock_platform.events.notification import KeptNotification, as_json
from mock_platform.events.records import Channel, DeliveryStatus, Subscription
from mock_platform.events.store_history import HistoryRetention
from mock_platform.events.store_subscriptions import subscribers
from mock_platform.events.stored_event import EventStatus
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import plan_job

_add = Prepared(notifications.insert())
_add_delivery = Prepared(deliveries.insert())
_of_instance = (
    select(notifications)
    .where(
        notifications.c.workspace == bindparam("of_workspace"),
        notifications.c.instance_id == bindparam("of_instance"),
    )
    .order_by(notifications.c.id)
)


class NewNotification(KeptNotification, frozen=True, kw_only=True):
    """A notification that is to be kept and told.

    Attributes:
        owner: whose it is.
        instance_id, event_id, raw: of one that tells of events.
    """

    owner: User
    instance_id: int | None = None
    event_id: str | None = None
    raw: str = ""


class NotificationTransaction:
    """A transaction that writes notifications; each method is one step of it."""

    def __init__(self, connection: Connection, workspace: str, history: HistoryRetention) -> None:
        self.connection = connection
        self.workspace = workspace
        self._history = history

    def take_ids(self, count: int = 1, *, first: int) -> int:
        """Take so many notification ids that follow one another, and return the lowest.

        Args:
            first: the id of the workspace's first notification.
        """
        return take_numbers(self.connection, self.workspace, "notification", first=first, count=count)

    def tell(self, new: NewNotification, *, fresh: EventStatus = EventStatus.NEW) -> None:
        """Keep a notification, and owe it to its subscribers."""
        tell(self.connection, self.workspace, new, fresh=fresh)

    def forget_old(self, now: datetime) -> None:
        """Forget what has been kept long enough."""
        self._history.forget(self.connection, self.workspace, now)


class Notifications:
    """The notifications of every workspace, also those that tell of events."""

    def __init__(self, database: Database, history: HistoryRetention) -> None:
        self._database = database
        self._history = history

    @contextmanager
    def transaction(self, workspace: str) -> Iterator[NotificationTransaction]:
        """Write notifications: all of them, or none."""
        with self._database.writing() as connection:
            yield NotificationTransaction(connection, workspace, self._history)

    def list(
        self, workspace: str, topics: Iterable[str], *, offset: int, limit: int
    ) -> "list[KeptNotification]":
        """Return the notifications of some topics, oldest first."""
        query = _of_topics(workspace, topics).order_by(notifications.c.id).offset(offset).limit(limit)
        with self._database.reading() as connection:
            return [_kept(row) for row in connection.execute(query)]

    def count(self, workspace: str, topics: Iterable[str]) -> int:
        """Return how many notifications some topics have."""
        query = _of_topics(workspace, topics).with_only_columns(func.count())
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def get(self, workspace: str, notification_id: int) -> KeptNotification | None:
        """Return a notification, unless it has been deleted."""
        query = _shown(workspace).where(notifications.c.id == notification_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _kept(row) if row else None

    def of_instance(self, workspace: str, instance_id: int) -> Sequence[KeptNotification]:
        """Return the notifications of an instance's events, oldest first, deleted ones among them."""
        of = {"of_workspace": workspace, "of_instance": instance_id}
        with self._database.autocommit_read() as connection:
            return [_kept(row) for row in connection.execute(_of_instance, of).all()]

    def acknowledge(self, workspace: str, notification_id: int) -> bool:
        """Mark a notification as seen; says whether there is one."""
        return self._change(workspace, notification_id, acknowledged=True)

    def delete(self, workspace: str, notification_id: int) -> bool:
        """Show a notification no more, and no longer send it; its event stays. Says whether there was one."""
        return self._change(workspace, notification_id, deleted=True)

    def _change(self, workspace: str, notification_id: int, **values: bool) -> bool:
        with self._database.writing() as connection:
            changed = connection.execute(
                notifications.update()
                .where(
                    notifications.c.workspace == workspace,
                    notifications.c.id == notification_id,
                    notifications.c.deleted.is_(other=False),
                )
                .values(values)
            )
        return bool(changed.rowcount)


def tell(
    connection: Connection, workspace: str, new: NewNotification, *, fresh: EventStatus = EventStatus.NEW
) -> None:
    """Keep a notification, and owe it to everybody who subscribed to its topic.

    Args:
        fresh: where its event stands as long as nothing has been sent to those who are told.

    Source: several subscriptions may share a topic, and one notification yields one delivery each (observed).
    """
    # In the caller's transaction: who subscribes while a poll is written down is told of all of it, or of nothing.
    told = subscribers(connection, workspace, new.topic)
    _add.run(
        connection,
        {
            "workspace": workspace,
            "id": new.id,
            "event_id": new.event_id,
            "instance_id": new.instance_id,
            "topic": new.topic,
            "created": new.created,
            "updated": new.created,
            # Nobody is told: the event has come to its end as soon as it is there.
            "status": (fresh if told else EventStatus.CONSUMED).value,
            "raw": new.raw,
            "body": new.body,
            "acknowledged": new.acknowledged,
            "deleted": False,
        },
    )
    for subscription in told:
        _owe(connection, workspace, new, subscription)


def _owe(connection: Connection, workspace: str, new: NewNotification, to: Subscription) -> None:
    """Owe a subscriber a notification: a callback at once, queued if the subscription is dead, or an e-mail.

    Source: later events of a deactivated subscription are queued (documented); that other channels than webhooks
        are told without more ado is assumed.
    """
    status = DeliveryStatus.NOTIFIED
    if to.channel is Channel.WEBHOOK:
        status = DeliveryStatus.CREATED if to.active else DeliveryStatus.QUEUED
    key = {"workspace": workspace, "notification_id": new.id, "subscription_id": to.id}
    times = {"created": new.created, "updated": new.created}
    _add_delivery.run(connection, {**key, **times, "status": status.value, "tries": 0, "failures": 0})
    if status is DeliveryStatus.CREATED:
        plan_delivery(connection, workspace, new.id, to.id, new.created)
    if to.channel is Channel.EMAIL:
        answer = as_json(new)
        email = of_notification(
            to.config,
            new.owner,
            topic=new.topic,
            sender=answer["from"],
            message=answer["message"],
            at=new.created,
        )
        keep_email(connection, workspace, email)


def plan_delivery(
    connection: Connection, workspace: str, notification_id: int, subscription_id: int, due: datetime
) -> None:
    """Put a delivery on the agenda."""
    subject = f"{notification_id}/{subscription_id}"
    plan_job(connection, workspace, JobKind.DELIVER, subject, due, subscription_id=subscription_id)


def _shown(workspace: str) -> Select[tuple[object, ...]]:
    return select(notifications).where(
        notifications.c.workspace == workspace, notifications.c.deleted.is_(other=False)
    )


def _of_topics(workspace: str, topics: Iterable[str]) -> Select[tuple[object, ...]]:
    return _shown(workspace).where(notifications.c.topic.in_(list(topics)))


def _kept(row: Row[tuple[object, ...]]) -> KeptNotification:
    return convert(row, KeptNotification, from_attributes=True)
