"""Subscriptions: what one has to say, and how the API shows it and its deliveries."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET, Struct, UnsetType

from elements_local.kit.api.views import View
from elements_local.kit.instants import format_to_second
from elements_local.platform.ceql import Clause, fields_of, parse
from elements_local.platform.errors import InvalidRequestError, quoted
from elements_local.platform.events.records import Channel, Delivery, DeliveryStatus, Subscription
from elements_local.platform.events.store_notifications import KeptNotification, NotificationJson
from elements_local.platform.events.store_notifications import as_json as notification_json

_FILTER_FIELDS = ("channel", "status", "config.url", "notificationId", "subscriptionId", "topic", "active")
_LONGEST_URL = 8000


class KeptDelivery(Struct, frozen=True, kw_only=True):
    """A delivery with what it is about."""

    delivery: Delivery
    subscription: Subscription
    notification: KeptNotification

    @property
    def key(self) -> tuple[int, int]:
        """The ids of its notification and its subscription."""
        return self.delivery.key

    @property
    def name(self) -> str:
        """What its job and the admin lists call it."""
        return "{}/{}".format(*self.key)


class SubscriptionJson(View):
    """A subscription as the API shows it."""

    id: int
    channel: str
    topics: tuple[str, ...]
    config: Mapping[str, object]
    active: bool


class DeliveryJson(View):
    """A delivery as the API shows it; what it is about only when that is asked for (observed)."""

    notification_id: int
    subscription_id: int
    status: str
    created_date: str
    updated_date: str
    notification: NotificationJson | UnsetType = UNSET
    subscription: SubscriptionJson | UnsetType = UNSET


def check(channel: Channel, topics: Sequence[str], config: Mapping[str, object]) -> None:
    """Refuse a subscription that could tell nobody of anything.

    Source: an empty body, and a webhook whose ``config.url`` is null, are refused (observed); the words are ours.

    Raises:
        InvalidRequestError: says what came and what was expected.
    """
    if not topics or not all(topic.strip() for topic in topics):
        raise InvalidRequestError(f"topics must be a list of one or more names; got {quoted(list(topics))}")
    url = config.get("url")
    usable = isinstance(url, str) and 0 < len(url.strip()) <= _LONGEST_URL
    if channel is Channel.WEBHOOK and not usable:
        raise InvalidRequestError(
            f"config.url must be the URL that a webhook's callbacks go to; got {quoted(url)}"
        )


def as_json(subscription: Subscription) -> SubscriptionJson:
    """Return a subscription as the API shows it (observed)."""
    return SubscriptionJson(
        id=subscription.id,
        channel=subscription.channel.value,
        topics=subscription.topics,
        config=subscription.config,
        active=subscription.active,
    )


def delivery_json(kept: KeptDelivery, *, hydrate: bool) -> DeliveryJson:
    """Return a delivery as the API shows it (observed; the form of the dates is assumed).

    Source: what is queued holds the event, its id included, without ``hydrate`` (documented; its key is assumed).
    """
    delivery = kept.delivery
    is_queued = delivery.status is DeliveryStatus.QUEUED
    return DeliveryJson(
        notification_id=delivery.notification_id,
        subscription_id=delivery.subscription_id,
        status=delivery.status.value,
        created_date=format_to_second(delivery.created),
        updated_date=format_to_second(delivery.updated),
        notification=notification_json(kept.notification) if hydrate or is_queued else UNSET,
        subscription=as_json(kept.subscription) if hydrate else UNSET,
    )


def delivery_clause(where: str) -> Clause:
    """Read a ``where`` clause on deliveries.

    Raises:
        QueryError: it is none.
        InvalidRequestError: it names something else than a delivery's fields: a slip would release nothing, silently.
    """
    clause = parse(where)
    for field in fields_of(clause):
        if field not in _FILTER_FIELDS:
            names = f"{', '.join(_FILTER_FIELDS[:-1])} and {_FILTER_FIELDS[-1]}"
            raise InvalidRequestError(f"where on deliveries knows {names}; got {quoted(field)}")
    return clause


def filtered_by(kept: KeptDelivery) -> Mapping[str, object]:
    """Return what a ``where`` clause on deliveries may name.

    Source: ``channel``, ``status`` and ``config.url`` (documented); the others are ours.
    """
    return {
        "channel": kept.subscription.channel.value,
        "status": kept.delivery.status.value,
        "config": dict(kept.subscription.config),
        "notificationId": kept.delivery.notification_id,
        "subscriptionId": kept.delivery.subscription_id,
        "topic": kept.notification.topic,
        "active": kept.subscription.active,
    }
