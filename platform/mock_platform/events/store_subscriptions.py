"""Subscriptions: those of instances, made and removed with their event settings, and those made by themselves."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.json import Decoder
from sqlalchemy import Connection, Row, Select, bindparam, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.prepared import Prepared
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.counters import next_number
from mock_platform.core.instance import Instance
from mock_platform.core.tables import subscribed_topics, subscriptions
from mock_platform.events.event import topic
from mock_platform.events.records import Channel, Subscription
from mock_platform.jobs.store import drop_deliveries

config_of = Decoder(dict[str, object]).decode

_told = select(subscribed_topics.c.subscription_id).where(
    subscribed_topics.c.workspace == bindparam("of_workspace"),
    subscribed_topics.c.topic == bindparam("of_topic"),
)
_subscribers = Prepared(
    select(subscriptions)
    .where(subscriptions.c.workspace == bindparam("of_workspace"), subscriptions.c.id.in_(_told))
    .order_by(subscriptions.c.id)
)
_of_instance = Prepared(
    select(subscriptions).where(
        subscriptions.c.workspace == bindparam("of_workspace"),
        subscriptions.c.instance_id == bindparam("of_instance"),
    )
)
_add = Prepared(subscriptions.insert())
_add_topic = Prepared(subscribed_topics.insert())
_topics = Prepared(
    select(subscribed_topics)
    .where(
        subscribed_topics.c.workspace == bindparam("of_workspace"),
        subscribed_topics.c.subscription_id == bindparam("of_id"),
    )
    .order_by(subscribed_topics.c.place)
)


class Subscriptions(DatabaseStore):
    """The subscriptions of every workspace."""

    def all(self, workspace: str) -> list[Subscription]:
        """Return a workspace's subscriptions by ascending id."""
        with self._database.reading() as connection:
            return _found(connection, _of(workspace))

    def get(self, workspace: str, subscription_id: int) -> Subscription | None:
        """Return a subscription, unless it has been removed."""
        with self._database.reading() as connection:
            query = _of(workspace).where(subscriptions.c.id == subscription_id)
            return next(iter(_found(connection, query)), None)

    def add(self, workspace: str, make: Callable[[int], Subscription], *, first_id: int) -> Subscription:
        """Make a subscription by itself, under the next id."""
        with self._database.writing() as connection:
            subscription = make(next_number(connection, workspace, "subscription", first=first_id))
            _insert(connection, workspace, subscription)
        return subscription

    def remove(self, workspace: str, subscription_id: int) -> bool:
        """Remove a subscription; what it is owed is no longer sent. Says whether there was one."""
        with self._database.writing() as connection:
            return _remove(connection, workspace, [subscription_id])


def subscribers(connection: Connection, workspace: str, of_topic: str) -> list[Subscription]:
    """Return who is told of a topic's notifications, by ascending id."""
    rows = _subscribers.all(connection, {"of_workspace": workspace, "of_topic": of_topic})
    return [_with_topics(connection, row) for row in rows]


def by_id(connection: Connection, workspace: str, ids: Iterable[int]) -> dict[int, Subscription]:
    """Return the subscriptions with these ids."""
    query = _of(workspace).where(subscriptions.c.id.in_(list(ids)))
    return {subscription.id: subscription for subscription in _found(connection, query)}


def subscribe_instance(connection: Connection, workspace: str, instance: Instance, url: str | None) -> None:
    """Let an instance's one subscription be to a URL, or remove it.

    Source: another URL makes a new subscription (documented); that the old one goes, with what it is owed, is assumed.
    """
    existing = _of_instance.first(connection, {"of_workspace": workspace, "of_instance": instance.id})
    if existing is not None and existing.url != url:
        # What the old one is owed goes with it: it was meant for another address.
        _remove(connection, workspace, [existing.id])
    if url is None or (existing is not None and existing.url == url):
        return
    own = Subscription(
        id=next_number(connection, workspace, "subscription", first=instance.id * 2 + 1),
        instance_id=instance.id,
        user_id=instance.user_id,
        topics=(topic(instance),),
        config={"url": url},
    )
    _insert(connection, workspace, own)


def unsubscribe_instance(connection: Connection, workspace: str, instance_id: int) -> None:
    """Remove an instance's subscription, if it has one."""
    rows = _of_instance.all(connection, {"of_workspace": workspace, "of_instance": instance_id})
    if rows:
        _remove(connection, workspace, [row.id for row in rows])


def _of(workspace: str) -> Select[tuple[object, ...]]:
    return select(subscriptions).where(subscriptions.c.workspace == workspace).order_by(subscriptions.c.id)


def _found(connection: Connection, query: Select[tuple[object, ...]]) -> list[Subscription]:
    return [_with_topics(connection, row) for row in connection.execute(query).all()]


def _with_topics(connection: Connection, row: Row[tuple[object, ...]]) -> Subscription:
    named = _topics.all(connection, {"of_workspace": row.workspace, "of_id": row.id})
    return _subscription(row, tuple(each.topic for each in named))


def _insert(connection: Connection, workspace: str, subscription: Subscription) -> None:
    row = {
        "workspace": workspace,
        "id": subscription.id,
        "instance_id": subscription.instance_id,
        "user_id": subscription.user_id,
        "channel": subscription.channel.value,
        "config": encode_text(dict(subscription.config)),
        "url": subscription.url,
        "active": subscription.active,
    }
    _add.run(connection, row)
    key = {"workspace": workspace, "subscription_id": subscription.id}
    places = [{**key, "topic": name, "place": place} for place, name in enumerate(subscription.topics)]
    _add_topic.run_each(connection, places)


def _remove(connection: Connection, workspace: str, ids: Sequence[int]) -> bool:
    drop_deliveries(connection, workspace, ids)
    removed = connection.execute(
        subscriptions.delete().where(subscriptions.c.workspace == workspace, subscriptions.c.id.in_(ids))
    )
    connection.execute(
        subscribed_topics.delete().where(
            subscribed_topics.c.workspace == workspace, subscribed_topics.c.subscription_id.in_(ids)
        )
    )
    return bool(removed.rowcount)


def _subscription(row: Row[tuple[object, ...]], topics: tuple[str, ...]) -> Subscription:
    return Subscription(
        id=row.id,
        channel=Channel(row.channel),
        topics=topics,
        config=config_of(row.config),
        instance_id=row.instance_id,
        user_id=row.user_id,
        active=row.active,
    )
