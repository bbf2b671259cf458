"""Subscriptions: those of instances, made and removed with their event settings, and those made by themselves."""

from collections.abc import Callable, Collection, Iterable
from itertools import groupby
from operator import attrgetter

from msgspec.json import Decoder
from sqlalchemy import bindparam, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.narrowing import WorkspaceStatement, bound
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.storage.value_lists import by_count, numbered, one_of
from elements_local.platform.core.identities import next_number
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.tables import subscribed_topics, subscriptions
from elements_local.platform.events.event import topic
from elements_local.platform.events.records import Channel, Subscription
from elements_local.platform.jobs.store import Jobs

config_of = Decoder(dict[str, object]).decode

_all = (
    select(subscriptions, subscribed_topics.c.topic)
    .join(
        subscribed_topics,
        (subscribed_topics.c.workspace == subscriptions.c.workspace)
        & (subscribed_topics.c.subscription_id == subscriptions.c.id),
        isouter=True,
    )
    .order_by(subscriptions.c.id, subscribed_topics.c.place)
)
"""A row for each topic of a subscription; every one of the API's has some."""
_every = WorkspaceStatement(_all)
_get = WorkspaceStatement(_all.where(subscriptions.c.id == bindparam("of_id")))
_told = bound(
    select(subscribed_topics.c.subscription_id).where(subscribed_topics.c.topic == bindparam("of_topic"))
)
# no join: SQLite would look at every subscription, to have them in their order
_subscribers = WorkspaceStatement(_all.where(subscriptions.c.id.in_(_told)))
_of_instance = WorkspaceStatement(
    select(subscriptions).where(subscriptions.c.instance_id == bindparam("of_instance"))
)
_add = WorkspaceStatement(subscriptions.insert())
_add_topic = WorkspaceStatement(subscribed_topics.insert())
_remove = WorkspaceStatement(subscriptions.delete().where(subscriptions.c.id == bindparam("of_id")))
_remove_topics = WorkspaceStatement(
    subscribed_topics.delete().where(subscribed_topics.c.subscription_id == bindparam("of_id"))
)
_activate = WorkspaceStatement(
    subscriptions.update().where(subscriptions.c.id == bindparam("of_id")).values(active=True)
)
# only while the URL is still the one that failed: a user who has fixed it meanwhile does not start with a dead
# subscription
_deactivate = WorkspaceStatement(
    subscriptions.update()
    .where(
        subscriptions.c.id == bindparam("of_id"),
        subscriptions.c.url == bindparam("tried_url"),
        subscriptions.c.active.is_(other=True),
    )
    .values(active=False)
)


class Subscriptions:
    """The subscriptions of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def all(self) -> list[Subscription]:
        """Return the subscriptions by ascending id."""
        return _subscriptions(self._tx.all(_every))

    def get(self, subscription_id: int) -> Subscription | None:
        """Return a subscription, unless it has been removed."""
        return next(iter(_subscriptions(self._tx.all(_get, of_id=subscription_id))), None)

    def of_topic(self, topic: str) -> list[Subscription]:
        """Return a topic's subscriptions, by ascending id."""
        return _subscriptions(self._tx.all(_subscribers, of_topic=topic))

    def by_id(self, ids: Collection[int]) -> dict[int, Subscription]:
        """Return the subscriptions with these ids."""
        found = self._tx.all(_with_ids(len(ids)), **numbered("id", ids))
        return {subscription.id: subscription for subscription in _subscriptions(found)}

    def add(self, make: Callable[[int], Subscription], *, first_id: int) -> Subscription:
        """Make a subscription by itself, under the next id."""
        subscription = make(next_number(self._tx, "subscription", first=first_id))
        self._insert(subscription)
        return subscription

    def remove(self, subscription_id: int) -> bool:
        """Remove a subscription; what is due to it is no longer sent. Says whether there was one."""
        Jobs(self._tx).drop_deliveries(subscription_id)
        self._tx.run(_remove_topics, of_id=subscription_id)
        return bool(self._tx.run(_remove, of_id=subscription_id))

    def activate(self, ids: Iterable[int]) -> None:
        """Let callbacks go to subscriptions again."""
        self._tx.run_each(_activate, [{"of_id": number} for number in ids])

    def deactivate(self, subscription_id: int, *, tried_url: str) -> bool:
        """Send a subscription nothing more, unless it has moved to another URL; says whether it was active."""
        return bool(self._tx.run(_deactivate, of_id=subscription_id, tried_url=tried_url))

    def subscribe_instance(self, instance: Instance, url: str | None) -> None:
        """Let an instance's one subscription be to a URL, or remove it.

        Source: another URL makes a new subscription (documented); that the old one goes, with what is due to it, is
            assumed.
        """
        existing = self._tx.first(_of_instance, of_instance=instance.id)
        if existing is not None and existing.url != url:
            # What is due to the old one goes with it: it was meant for another address.
            self.remove(existing.id)
        if url is None or (existing is not None and existing.url == url):
            return
        own = Subscription(
            id=next_number(self._tx, "subscription", first=instance.id * 2 + 1),
            instance_id=instance.id,
            topics=(topic(instance),),
            config={"url": url},
        )
        self._insert(own)

    def unsubscribe_instance(self, instance_id: int) -> None:
        """Remove an instance's subscription, if it has one."""
        for row in self._tx.all(_of_instance, of_instance=instance_id):
            self.remove(row.id)

    def _insert(self, subscription: Subscription) -> None:
        self._tx.run(
            _add,
            id=subscription.id,
            instance_id=subscription.instance_id,
            channel=subscription.channel.value,
            config=encode_text(dict(subscription.config)),
            url=subscription.url,
            active=subscription.active,
        )
        places = [
            {"subscription_id": subscription.id, "topic": name, "place": place}
            for place, name in enumerate(subscription.topics)
        ]
        self._tx.run_each(_add_topic, places)


@by_count
def _with_ids(count: int) -> WorkspaceStatement:
    return WorkspaceStatement(_all.where(one_of(subscriptions.c.id, "id", count)))


def _subscriptions(rows: Iterable[Row]) -> list[Subscription]:
    return [_subscription([*group]) for _, group in groupby(rows, key=attrgetter("id"))]


def _subscription(rows: list[Row]) -> Subscription:
    row = rows[0]
    return Subscription(
        id=row.id,
        channel=Channel(row.channel),
        topics=tuple(each.topic for each in rows if each.topic is not None),
        config=config_of(row.config),
        instance_id=row.instance_id,
        active=row.active,
    )
