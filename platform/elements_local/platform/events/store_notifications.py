"""Notifications: those of events and those that somebody posts, how the API shows both, and telling all who subscribed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct, convert, field
from sqlalchemy import bindparam, func, select

from elements_local.kit.api.views import View
from elements_local.kit.instants import format_to_second
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.storage.value_lists import by_count, numbered, one_of
from elements_local.kit.values import replace
from elements_local.platform.accounts.emails import SENDER, of_notification
from elements_local.platform.accounts.store import Emails
from elements_local.platform.core.identities import take_numbers
from elements_local.platform.core.instance import User
from elements_local.platform.core.tables import SHARED_RAW, deliveries, notifications
from elements_local.platform.events.event import EventStatus, java_text, with_raw
from elements_local.platform.events.records import Channel, DeliveryStatus, Subscription
from elements_local.platform.events.store_subscriptions import Subscriptions
from elements_local.platform.jobs.store import JobKind, Jobs

Severity = Literal["low", "medium", "high"]
"""How grave a notification is (observed)."""


class KeptNotification(Struct, frozen=True, kw_only=True):
    """A notification as it is kept, whether it was posted or tells of events.

    Attributes:
        body: the exact bytes of its callbacks.
    """

    id: int
    topic: str
    created: datetime
    body: bytes
    acknowledged: bool = False


class NotificationJson(View, kw_only=True):
    """A notification as the API shows it. All of it is required (observed)."""

    id: int
    from_: str = field(name="from")
    topic: str
    severity: str
    message: str
    created_date: str
    active: bool = True
    acknowledged: bool


def plain_body(  # noqa: PLR0913 - what a notification says; all of it by name
    *,
    notification_id: int,
    created: datetime,
    topic: str,
    message: str = "",
    severity: Severity = "medium",
    sender: str = SENDER,
) -> bytes:
    """Return the exact bytes of a posted notification's callback.

    Source: the envelope of captured callbacks (observed), with the caller's text as the message (assumed).
    """
    envelope = {
        "severity": severity,
        "createdDate": java_text(created),
        "topic": topic,
        "action": "create",
        "id": str(notification_id),
        "message": message,
        "user": sender,
    }
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()


def as_json(notification: KeptNotification) -> NotificationJson:
    """Return a notification as the API shows it.

    Source: the keys (observed); that the message of events is their JSON as text, and the form of the date, is
        assumed. A notification that was deleted is not shown, so what is shown is active.
    """
    envelope = json.loads(notification.body)
    message = envelope["message"]
    return NotificationJson(
        id=notification.id,
        from_=str(envelope["user"]),
        topic=notification.topic,
        severity=str(envelope["severity"]),
        message=message if isinstance(message, str) else _compact(message),
        created_date=format_to_second(notification.created),
        acknowledged=notification.acknowledged,
    )


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_shown = select(notifications, SHARED_RAW).where(notifications.c.deleted.is_(other=False))
_get = WorkspaceStatement(_shown.where(notifications.c.id == bindparam("of_id")))
_of_instance = WorkspaceStatement(
    select(notifications)
    .where(notifications.c.instance_id == bindparam("of_instance"), notifications.c.id > bindparam("after"))
    .order_by(notifications.c.id)
)
_add = WorkspaceStatement(notifications.insert())
_change = notifications.update().where(
    notifications.c.id == bindparam("of_id"), notifications.c.deleted.is_(other=False)
)
_acknowledge = WorkspaceStatement(_change.values(acknowledged=True))
_delete = WorkspaceStatement(_change.values(deleted=True))
# one subscriber that took it makes a notification NOTIFIED for good, regardless of the others
_stand = WorkspaceStatement(
    notifications.update()
    .where(notifications.c.id == bindparam("of_id"), notifications.c.status != EventStatus.NOTIFIED.value)
    .values(status=bindparam("new_status"), updated=bindparam("at"))
)
_add_delivery = WorkspaceStatement(deliveries.insert())


class NewNotification(KeptNotification, frozen=True, kw_only=True):
    """A notification that is to be kept and sent.

    Attributes:
        owner: whose it is.
        instance_id, event_id, raw: of one that tells of events.
        shared_raw: of the first notification of the poll, whose id its ``raw`` is then; its ``body`` is without it.
    """

    owner: User
    instance_id: int | None = None
    event_id: str | None = None
    raw: str = ""
    shared_raw: str | None = None


class Notifications:
    """The notifications of a workspace, in a transaction of it; also those that tell of events."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def take_ids(self, count: int = 1, *, first: int) -> int:
        """Take so many notification ids that follow one another, and return the lowest.

        Args:
            first: the id of the workspace's first notification.
        """
        return take_numbers(self._tx, "notification", first=first, count=count)

    def publish(self, new: NewNotification, *, fresh: EventStatus = EventStatus.NEW) -> None:
        """Keep a notification, and a delivery for each subscription to its topic.

        Args:
            fresh: where its event stands as long as nothing has been sent to subscribers.

        Source: several subscriptions may share a topic, and one notification yields one delivery each (observed).
        """
        # In the caller's transaction: a client that subscribes while a poll is written down gets all of it, or nothing.
        subscribers = Subscriptions(self._tx).of_topic(new.topic)
        self._tx.run(
            _add,
            id=new.id,
            event_id=new.event_id,
            instance_id=new.instance_id,
            topic=new.topic,
            created=new.created,
            updated=new.created,
            # There is no subscriber: the event has come to its end as soon as it is there.
            status=(fresh if subscribers else EventStatus.CONSUMED).value,
            raw=new.raw,
            body=new.body,
            acknowledged=new.acknowledged,
            deleted=False,
        )
        for subscription in subscribers:
            self._owe(new, subscription)

    def _owe(self, new: NewNotification, to: Subscription) -> None:
        """Plan the delivery of a notification to a subscriber: a callback at once, queued if the subscription is dead, or an e-mail.

        Source: later events of a deactivated subscription are queued (documented); that other channels than webhooks
            are notified without more ado is assumed.
        """
        status = DeliveryStatus.NOTIFIED
        if to.channel is Channel.WEBHOOK:
            status = DeliveryStatus.CREATED if to.active else DeliveryStatus.QUEUED
        self._tx.run(
            _add_delivery,
            notification_id=new.id,
            subscription_id=to.id,
            created=new.created,
            updated=new.created,
            status=status.value,
            tries=0,
            failures=0,
        )
        if status is DeliveryStatus.CREATED:
            plan_delivery(self._tx, new.id, to.id, new.created)
        if to.channel is Channel.EMAIL:
            answer = as_json(replace(new, body=with_raw(new.body, new.shared_raw)))
            email = of_notification(
                to.config,
                new.owner,
                topic=new.topic,
                sender=answer.from_,
                message=answer.message,
                at=new.created,
            )
            Emails(self._tx).add(email)

    def list(self, topics: Sequence[str], *, offset: int, limit: int) -> "list[KeptNotification]":
        """Return the notifications of some topics, oldest first."""
        page = _page_of_topics(len(topics))
        found = self._tx.all(page, **numbered("topic", topics), skip=offset, most=limit)
        return [_kept(row) for row in found]

    def count(self, topics: Sequence[str]) -> int:
        """Return how many notifications some topics have."""
        number: int = self._tx.scalar(_number_of_topics(len(topics)), **numbered("topic", topics))
        return number

    def get(self, notification_id: int) -> KeptNotification | None:
        """Return a notification, unless it has been deleted."""
        row = self._tx.first(_get, of_id=notification_id)
        return _kept(row) if row else None

    def of_instance(self, instance_id: int, *, after: int = 0) -> Sequence[KeptNotification]:
        """Return the notifications of an instance's events, oldest first, deleted ones among them.

        Their bodies are without what is kept apart: the records of a poll, in each of its notifications.

        Args:
            after: only those with a higher id.
        """
        rows = self._tx.all(_of_instance, of_instance=instance_id, after=after)
        return [convert(row._asdict(), KeptNotification) for row in rows]

    def acknowledge(self, notification_id: int) -> None:
        """Mark a notification as seen."""
        self._tx.run(_acknowledge, of_id=notification_id)

    def delete(self, notification_id: int) -> None:
        """Show a notification no more, and no longer send it; its event stays."""
        self._tx.run(_delete, of_id=notification_id)

    def attempted(self, notification_id: int, status: EventStatus, *, at: datetime) -> None:
        """Note where a notification's event stands after an attempt to deliver it."""
        self._tx.run(_stand, of_id=notification_id, new_status=status.value, at=at)


def plan_delivery(tx: Transaction, notification_id: int, subscription_id: int, due: datetime) -> None:
    """Put a delivery on the agenda."""
    subject = f"{notification_id}/{subscription_id}"
    Jobs(tx).plan(JobKind.DELIVER, subject, due, subscription_id=subscription_id)


@by_count
def _page_of_topics(count: int) -> WorkspaceStatement:
    page = _shown.where(one_of(notifications.c.topic, "topic", count)).order_by(notifications.c.id)
    return WorkspaceStatement(page.offset(bindparam("skip")).limit(bindparam("most")))


@by_count
def _number_of_topics(count: int) -> WorkspaceStatement:
    of_topics = _shown.where(one_of(notifications.c.topic, "topic", count))
    return WorkspaceStatement(of_topics.with_only_columns(func.count()))


def _kept(row: Row) -> KeptNotification:
    return convert({**row._asdict(), "body": with_raw(row.body, row.shared_raw)}, KeptNotification)
