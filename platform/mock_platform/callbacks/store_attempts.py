"""Attempts: what is to be sent for deliveries, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import cache

from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import BigInteger, Connection, Row, bindparam, select

from mock_kit.storage.prepared import Prepared
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.accounts.emails import Email
from mock_platform.accounts.store_emails import keep_email
from mock_platform.callbacks.delivery import AttemptOutcome
from mock_platform.callbacks.store import (
    Key,
    delivery_of,
    notification_range,
    of_notification,
    of_subscription,
    settle,
)
from mock_platform.core.tables import attempts, deliveries, instances, notifications, subscriptions
from mock_platform.events.records import Attempt, Delivery, DeliveryStatus
from mock_platform.events.stored_event import EventStatus
from mock_platform.jobs.due_job import Job
from mock_platform.jobs.store import move_or_remove, move_or_remove_all, still_planned

_configuration = Decoder(dict[str, str | None])
_of_instance = (instances.c.workspace == subscriptions.c.workspace) & (
    instances.c.id == subscriptions.c.instance_id
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
    .join(notifications, of_notification)
    .join(subscriptions, of_subscription)
    .outerjoin(instances, _of_instance)
    .where(deliveries.c.workspace == bindparam("of_workspace"), notifications.c.deleted.is_(other=False))
)
# one subscriber that took it makes a notification NOTIFIED for good, whatever happens with the others
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
# only while the URL is still the one that failed: whoever has mended it meanwhile does not start with a dead
# subscription
_deactivate = (
    subscriptions.update()
    .where(
        subscriptions.c.workspace == bindparam("of_workspace"),
        subscriptions.c.id == bindparam("of_subscription"),
        subscriptions.c.url == bindparam("tried_url"),
        subscriptions.c.active.is_(other=True),
    )
    .values(active=False)
)
_add = Prepared(attempts.insert())


class DueDelivery(Struct, frozen=True, kw_only=True):
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


class Attempts(DatabaseStore):
    """The attempts to deliver, of every workspace."""

    def owed(self, workspace: str, keys: Collection[Key]) -> dict[Key, DueDelivery]:
        """Return what deliveries owe; nothing for those whose notification or subscription is no more."""
        parameters: dict[str, object] = {"of_workspace": workspace}
        for place, (notification_id, subscription_id) in enumerate(keys):
            parameters |= {f"notification_{place}": notification_id, f"subscription_{place}": subscription_id}
        with self._database.autocommit_read() as connection:
            due = [_owed_by(row) for row in _owed(len(keys)).all(connection, parameters)]
        # notifications and subscriptions are looked for by two lists, which also finds pairs that nobody asked for
        return {owed.delivery.key: owed for owed in due if owed.delivery.key in keys}

    def attempted(self, workspace: str, tried: Sequence[AttemptResult]) -> list[AttemptResult]:
        """Keep attempts and what follows from them: the deliveries' new states, and the next tries or none.

        A delivery that is given up deactivates its subscription, unless that has moved to another URL meanwhile.

        What was taken off the agenda meanwhile is forgotten, as nobody is owed it any more; so is what was moved, as it
        is to be sent again.

        Returns:
            Those that are kept.

        Source: the subscription is deactivated once all tries are used (documented).
        """
        with self._database.writing() as connection:
            # looked at again in the transaction: while a callback was out, its delivery may have been released, or
            # its instance deleted
            planned = still_planned(connection, [one.job for one in tried])
            recorded = [one for one in tried if one.job.number in planned]
            if recorded:
                # attempt, state and next try in one transaction: killed in between, a stack would send once more than
                # its schedule says, or never again
                _add.run_each(connection, [_attempt_row(workspace, one) for one in recorded])
                settle(connection, workspace, [one.outcome.delivery for one in recorded])
                _stands.run_each(connection, [_standing(workspace, one) for one in recorded])
            move_or_remove_all(connection, [(one.job, one.outcome.again) for one in recorded])
            for one in recorded:
                if one.outcome.gives_up and _gives_up(connection, workspace, one) and one.email:
                    keep_email(connection, workspace, one.email)
        return recorded

    def put_aside(self, workspace: str, job: Job, delivery: Delivery) -> bool:
        """Keep that a delivery was queued without an attempt; says whether it was still to be sent."""
        with self._database.writing() as connection:
            planned = bool(move_or_remove(connection, job, None))
            if planned:
                settle(connection, workspace, [delivery])
        return planned

    def of(self, workspace: str, notification_id: int) -> list[Attempt]:
        """Return the attempts to deliver a notification, in their order."""
        by_key = self.of_each(workspace, [notification_id])
        return [attempt for key in sorted(by_key) for attempt in by_key[key]]

    def of_each(self, workspace: str, notification_ids: Collection[int]) -> dict[Key, list[Attempt]]:
        """Return the attempts to deliver some notifications, by notification and subscription, in their order."""
        with self._database.autocommit_read() as connection:
            rows = connection.execute(_attempts, notification_range(workspace, notification_ids)).all()
        by_key: dict[Key, list[Attempt]] = {}
        for row in rows:
            by_key.setdefault((row.notification_id, row.subscription_id), []).append(_attempt(row))
        return by_key


@cache
def _owed(count: int) -> Prepared:
    """Return what looks for what so many deliveries owe, by their notifications and by their subscriptions."""
    notification_ids, subscription_ids = (
        [bindparam(f"{name}_{place}", type_=BigInteger) for place in range(count)]
        for name in ("notification", "subscription")
    )
    return Prepared(
        _owing.where(
            deliveries.c.notification_id.in_(notification_ids),
            deliveries.c.subscription_id.in_(subscription_ids),
        )
    )


def _owed_by(row: Row[tuple[object, ...]]) -> DueDelivery:
    return DueDelivery(
        delivery=delivery_of(row),
        url=row.url,
        active=row.active,
        body=row.body,
        configuration=_configuration.decode(row.configuration) if row.configuration else {},
        user_id=row.user_id,
        name=f"{row.name} (instance {row.instance_id})"
        if row.name
        else f"subscription {row.subscription_id}",
    )


def _gives_up(connection: Connection, workspace: str, tried: AttemptResult) -> bool:
    tried_at = {
        "of_workspace": workspace,
        "of_subscription": tried.outcome.delivery.subscription_id,
        "tried_url": tried.attempt.url,
    }
    return bool(connection.execute(_deactivate, tried_at).rowcount)


def _standing(workspace: str, tried: AttemptResult) -> dict[str, object]:
    delivered = tried.outcome.delivery.status is DeliveryStatus.DELIVERED
    status = EventStatus.NOTIFIED if delivered else EventStatus.DISPATCHED
    notification_id = tried.outcome.delivery.notification_id
    return {
        "of_workspace": workspace,
        "of_notification": notification_id,
        "new_status": status.value,
        "at": tried.attempt.at,
    }


def _attempt_row(workspace: str, tried: AttemptResult) -> dict[str, object]:
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
