"""Deliveries: what is to be sent of each notification to each subscription, where that stands, and what was released."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import convert
from sqlalchemy import BigInteger, Select, bindparam, func, null, select, tuple_

from elements_local.kit.api.pages import Page
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.platform.callbacks.delivery import released
from elements_local.platform.core.tables import SHARED_RAW, deliveries, notifications, subscriptions
from elements_local.platform.events.event import with_raw
from elements_local.platform.events.records import Channel, Delivery
from elements_local.platform.events.store_notifications import KeptNotification, plan_delivery
from elements_local.platform.events.store_subscriptions import Subscriptions
from elements_local.platform.events.subscription import KeptDelivery
from elements_local.platform.jobs.store import JobKind, Jobs

Key: TypeAlias = tuple[int, int]
"""The ids of a delivery's notification and its subscription."""

_KEY = (deliveries.c.notification_id, deliveries.c.subscription_id)

of_notification = (notifications.c.workspace == deliveries.c.workspace) & (
    notifications.c.id == deliveries.c.notification_id
)
of_subscription = (subscriptions.c.workspace == deliveries.c.workspace) & (
    subscriptions.c.id == deliveries.c.subscription_id
)
_settle = WorkspaceStatement(
    deliveries.update()
    .where(
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
_states = WorkspaceStatement(
    select(*_KEY, deliveries.c.status, deliveries.c.tries)
    .join(notifications, of_notification)
    .join(subscriptions, of_subscription)
    .where(notifications.c.instance_id == bindparam("of_instance"))
)


class Deliveries:
    """The deliveries of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def states_of(self, instance_id: int) -> dict[Key, tuple[str, int]]:
        """Return where the deliveries of an instance's events stand, and how often each was tried.

        Those whose subscription is no more are left out: nothing is sent to it, even if it was planned.
        """
        rows = self._tx.all(_states, of_instance=instance_id)
        return {(number, to): (status, tries) for number, to, status, tries in rows}

    def find(
        self, *, notification_id: int | None = None, subscription_id: int | None = None, raw: bool = True
    ) -> list[KeptDelivery]:
        """Return deliveries by notification and subscription; those whose subscription is no more are left out.

        Args:
            raw: whether bodies have the records of their poll, where these are kept apart.
        """
        given = _given(notification_id, subscription_id)
        return self._read(self._tx.all(_found(frozenset(given), raw=raw), **given))

    def page(
        self,
        *,
        notification_id: int | None = None,
        subscription_id: int | None = None,
        before: Key | None = None,
        limit: int,
    ) -> Page[KeptDelivery]:
        """Return a page of the deliveries that ``find`` finds, the last first.

        Args:
            before: only those that come before this one.
        """
        given = _given(notification_id, subscription_id)
        names = frozenset(given)
        total: int = self._tx.scalar(_number(names), **given)
        end = {} if before is None else {"before_notification": before[0], "before_subscription": before[1]}
        last = self._tx.all(_last(names, ends=before is not None), **given, **end, most=limit + 1)
        return Page.of(self._read(last), limit, total=total, cursor=attrgetter("name"))

    def release(self, matches: Callable[[KeptDelivery], bool], *, now: datetime) -> list[KeptDelivery]:
        """Put deliveries on the agenda again, the oldest first, and make their subscriptions active."""
        selected = [
            one for one in self.find() if one.subscription.channel is Channel.WEBHOOK and matches(one)
        ]
        # with the deliveries, in one transaction: one that fell due while its subscription is dead would be put
        # aside without a try
        Subscriptions(self._tx).activate({one.subscription.id for one in selected})
        for one in selected:
            self._release(released(one.delivery, now=now), now)
        # read again, as their states and their subscriptions have just changed
        keys = {one.key for one in selected}
        return [one for one in self.find() if one.key in keys]

    def settle(self, settled: Iterable[Delivery]) -> None:
        """Keep where deliveries stand."""
        self._tx.run_each(_settle, [_state(delivery) for delivery in settled])

    def _release(self, delivery: Delivery, now: datetime) -> None:
        """Plan a delivery for now; one that is planned already only comes sooner, as it may be under way."""
        self.settle([delivery])
        subject = f"{delivery.notification_id}/{delivery.subscription_id}"
        if not Jobs(self._tx).move(JobKind.DELIVER, subject, now):
            plan_delivery(self._tx, delivery.notification_id, delivery.subscription_id, now)

    def _read(self, rows: Sequence[Row]) -> list[KeptDelivery]:
        subscriptions_by_id = Subscriptions(self._tx).by_id({row.subscription_id for row in rows})
        return [
            KeptDelivery(
                delivery=delivery_of(row),
                subscription=subscriptions_by_id[row.subscription_id],
                notification=KeptNotification(
                    id=row.notification_id,
                    topic=row.topic,
                    created=row.notified_at,
                    body=with_raw(row.body, row.shared_raw),
                    acknowledged=row.acknowledged,
                ),
            )
            for row in rows
        ]


_CONDITIONS = {
    "of_notification": deliveries.c.notification_id == bindparam("of_notification"),
    "of_subscription": deliveries.c.subscription_id == bindparam("of_subscription"),
}
"""What narrows deliveries, by the parameter that says how."""


def _given(notification_id: int | None, subscription_id: int | None) -> dict[str, Any]:
    given = {"of_notification": notification_id, "of_subscription": subscription_id}
    return {name: value for name, value in given.items() if value is not None}


def _chosen(names: frozenset[str], *, raw: bool = True) -> "Select[Any]":
    shared = SHARED_RAW if raw else null().label(SHARED_RAW.name)
    return (
        select(deliveries, notifications.c.topic, notifications.c.body, shared, notifications.c.acknowledged)
        .add_columns(notifications.c.created.label("notified_at"))
        .join(notifications, of_notification)
        .join(subscriptions, of_subscription)
        .where(notifications.c.deleted.is_(other=False), *(_CONDITIONS[name] for name in sorted(names)))
    )


@cache
def _found(names: frozenset[str], *, raw: bool) -> WorkspaceStatement:
    return WorkspaceStatement(_chosen(names, raw=raw).order_by(*_KEY))


@cache
def _number(names: frozenset[str]) -> WorkspaceStatement:
    return WorkspaceStatement(_chosen(names).with_only_columns(func.count()))


@cache
def _last(names: frozenset[str], *, ends: bool) -> WorkspaceStatement:
    end = tuple_(
        bindparam("before_notification", type_=BigInteger), bindparam("before_subscription", type_=BigInteger)
    )
    chosen = _chosen(names).where(tuple_(*_KEY) < end) if ends else _chosen(names)
    latest_first = chosen.order_by(*(each.desc() for each in _KEY))
    return WorkspaceStatement(latest_first.limit(bindparam("most")))


def ends_of(notification_ids: Collection[int]) -> dict[str, int]:
    """Return the first and the last of some notifications, as statements call them."""
    return {"first": min(notification_ids, default=0), "last": max(notification_ids, default=0)}


def _state(delivery: Delivery) -> dict[str, object]:
    return {
        "of_notification": delivery.notification_id,
        "of_subscription": delivery.subscription_id,
        "new_status": delivery.status.value,
        "at": delivery.updated,
        "tried": delivery.tries,
        "failed": delivery.failures,
        "first_failed": delivery.first_failure,
    }


def delivery_of(row: Row) -> Delivery:
    """Return the delivery that a row holds."""
    return convert(row._asdict(), Delivery)
