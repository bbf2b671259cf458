"""Attempts: what is to be sent for deliveries, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import bindparam, select

from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.storage.value_lists import by_count, numbered, one_of
from elements_local.platform.accounts.emails import Email
from elements_local.platform.accounts.store import Emails
from elements_local.platform.callbacks.delivery import AttemptOutcome
from elements_local.platform.callbacks.store import (
    Deliveries,
    Key,
    delivery_of,
    ends_of,
    of_notification,
    of_subscription,
)
from elements_local.platform.core.tables import (
    SHARED_RAW,
    attempts,
    deliveries,
    instances,
    notifications,
    subscriptions,
)
from elements_local.platform.events.event import EventStatus, with_raw
from elements_local.platform.events.records import Attempt, Delivery, DeliveryStatus
from elements_local.platform.events.store_notifications import Notifications
from elements_local.platform.events.store_subscriptions import Subscriptions
from elements_local.platform.jobs.store import Job, Jobs, NextRun

_configuration = Decoder(dict[str, str | None])
_of_instance = (instances.c.workspace == subscriptions.c.workspace) & (
    instances.c.id == subscriptions.c.instance_id
)
_owing = (
    select(
        deliveries,
        notifications.c.body,
        SHARED_RAW,
        subscriptions.c.url,
        subscriptions.c.active,
        instances.c.configuration,
        instances.c.id.label("instance_id"),
        instances.c.name,
    )
    .join(notifications, of_notification)
    .join(subscriptions, of_subscription)
    .outerjoin(instances, _of_instance)
    .where(notifications.c.deleted.is_(other=False))
)
_attempts = WorkspaceStatement(
    select(attempts)
    .where(attempts.c.notification_id.between(bindparam("first"), bindparam("last")))
    .order_by(attempts.c.notification_id, attempts.c.subscription_id, attempts.c.number)
)
_add = WorkspaceStatement(attempts.insert())


class DueDelivery(Struct, frozen=True, kw_only=True):
    """What is to be sent: a delivery, where to, and the exact bytes.

    Attributes:
        active: whether its subscription is.
        configuration: of the instance whose subscription it is; empty if it is nobody's.
        name: of that instance, else of the subscription.
    """

    delivery: Delivery
    url: str
    active: bool
    body: bytes
    configuration: Mapping[str, str | None]
    name: str


class AttemptResult(Struct, frozen=True, kw_only=True):
    """An attempt, and what follows from it.

    Attributes:
        email: to be kept if the subscription is deactivated.
    """

    job: Job
    attempt: Attempt
    outcome: AttemptOutcome
    email: Email | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver took the callback."""
        return not self.attempt.reason


class Attempts:
    """The attempts to deliver, in a transaction of a workspace."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def due(self, keys: Collection[Key]) -> dict[Key, DueDelivery]:
        """Return what is due of deliveries; nothing for those whose notification or subscription is no more."""
        notification_ids, subscription_ids = zip(*keys, strict=True)
        due = [
            _due_delivery(row)
            for row in self._tx.all(
                _due_deliveries(len(keys)),
                **numbered("notification", notification_ids),
                **numbered("subscription", subscription_ids),
            )
        ]
        # notifications and subscriptions are looked for by two lists, which also finds pairs that nobody asked for
        return {one.delivery.key: one for one in due if one.delivery.key in keys}

    def keep(self, tried: Sequence[AttemptResult]) -> list[AttemptResult]:
        """Keep attempts and what follows from them: the deliveries' new states, and the next tries or none.

        A delivery that is given up deactivates its subscription, unless that has moved to another URL meanwhile.

        What was taken off the agenda meanwhile is forgotten, as nobody is to get it any more; so is what was moved, as it
        is to be sent again.

        Returns:
            Those that are kept.

        Source: the subscription is deactivated once all tries are used (documented).
        """
        # looked at again in the transaction: while a callback was out, its delivery may have been released, or
        # its instance deleted
        jobs = Jobs(self._tx)
        # attempt, state and next try in one transaction: killed in between, a stack would send once more than
        # its schedule says, or never again
        recorded = [
            one for one in tried if jobs.run_again_as_planned(NextRun(job=one.job, due=one.outcome.again))
        ]
        self._tx.run_each(_add, [_attempt_row(one) for one in recorded])
        Deliveries(self._tx).settle(one.outcome.delivery for one in recorded)
        for one in recorded:
            self._note_event(one)
            if one.outcome.gives_up and self._deactivate(one) and one.email:
                Emails(self._tx).add(one.email)
        return recorded

    def queue(self, job: Job, delivery: Delivery) -> bool:
        """Keep that a delivery was queued without an attempt; says whether it was still to be sent."""
        planned = Jobs(self._tx).remove(job)
        if planned:
            Deliveries(self._tx).settle([delivery])
        return planned

    def of_each(self, notification_ids: Collection[int]) -> dict[Key, list[Attempt]]:
        """Return the attempts to deliver some notifications, by notification and subscription, in their order."""
        by_key: dict[Key, list[Attempt]] = {}
        for row in self._tx.all(_attempts, **ends_of(notification_ids)):
            if row.notification_id not in notification_ids:
                continue
            by_key.setdefault((row.notification_id, row.subscription_id), []).append(_attempt(row))
        return by_key

    def _note_event(self, tried: AttemptResult) -> None:
        delivery = tried.outcome.delivery
        delivered = delivery.status is DeliveryStatus.DELIVERED
        status = EventStatus.NOTIFIED if delivered else EventStatus.DISPATCHED
        Notifications(self._tx).attempted(delivery.notification_id, status, at=tried.attempt.at)

    def _deactivate(self, tried: AttemptResult) -> bool:
        subscription_id = tried.outcome.delivery.subscription_id
        return Subscriptions(self._tx).deactivate(subscription_id, tried_url=tried.attempt.url)


@by_count
def _due_deliveries(count: int) -> WorkspaceStatement:
    """Return what looks for what is due of so many deliveries, by their notifications and by their subscriptions."""
    return WorkspaceStatement(
        _owing.where(
            one_of(deliveries.c.notification_id, "notification", count),
            one_of(deliveries.c.subscription_id, "subscription", count),
        )
    )


def _due_delivery(row: Row) -> DueDelivery:
    return DueDelivery(
        delivery=delivery_of(row),
        url=row.url,
        active=row.active,
        body=with_raw(row.body, row.shared_raw),
        configuration=_configuration.decode(row.configuration) if row.configuration else {},
        name=f"{row.name} (instance {row.instance_id})"
        if row.name
        else f"subscription {row.subscription_id}",
    )


def _attempt_row(tried: AttemptResult) -> dict[str, object]:
    attempt = tried.attempt
    return {
        "notification_id": tried.outcome.delivery.notification_id,
        "subscription_id": tried.outcome.delivery.subscription_id,
        "number": attempt.number,
        "at": attempt.at,
        "url": attempt.url,
        "status": attempt.status,
        "reason": attempt.reason,
        "elapsed_s": attempt.elapsed.total_seconds(),
    }


def _attempt(row: Row) -> Attempt:
    return Attempt(
        number=row.number,
        at=row.at,
        url=row.url,
        status=row.status,
        reason=row.reason,
        elapsed=timedelta(seconds=row.elapsed_s),
    )
