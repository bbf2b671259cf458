"""``/notifications/subscriptions``: who is notified of which topics, and how."""

from typing import Annotated, Literal

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.text import whole_number
from elements_local.platform.call import Call
from elements_local.platform.core import identities
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery, paginated, paging
from elements_local.platform.errors import NotFoundError
from elements_local.platform.events import subscription as rules
from elements_local.platform.events.records import Channel, Subscription
from elements_local.platform.events.store_subscriptions import Subscriptions
from elements_local.platform.events.subscription import SubscriptionJson

bp = Blueprint("subscriptions", __name__, url_prefix="/notifications/subscriptions")

Topic = Annotated[str, Meta(min_length=1, max_length=1000)]

_LINKS = links("subscriptions", "get", "delete", subscription_id="$response.body#/id")


class SubscriptionRequest(Struct):
    """A new subscription.

    Attributes:
        config: for webhooks ``url``; for e-mails ``to``, without which the caller is written to.
    """

    channel: Literal["webhook", "email", "sms", "push"]
    topics: Annotated[list[Topic], Meta(min_length=1, max_length=1000)]
    config: dict[str, object] = {}


@bp.get("")
@operation(headers=PAGE_HEADERS)
def index(call: Call, query: PageQuery) -> Answer[list[SubscriptionJson]]:
    """List all subscriptions by ascending id (assumed), those of instances among them."""
    with call.read() as tx:
        subscriptions = Subscriptions(tx).all()
    return paginated([rules.as_json(one) for one in subscriptions], paging(query))


@bp.post("")
@operation(links=_LINKS)
def create(call: Call, body: SubscriptionRequest) -> Answer[SubscriptionJson]:
    """Subscribe to topics; several may share one (observed)."""
    channel = Channel(body.channel)
    rules.check(channel, body.topics, body.config)

    def make(number: int) -> Subscription:
        topics = tuple(dict.fromkeys(body.topics))
        return Subscription(id=number, channel=channel, topics=topics, config=body.config)

    first_id = identities.first_subscription_id(call.workspace)
    with call.transaction() as tx:
        return Answer(rules.as_json(Subscriptions(tx).add(make, first_id=first_id)))


@bp.get("/<subscription_id>")
@operation(problems=(404,))
def get(call: Call, subscription_id: str) -> Answer[SubscriptionJson]:
    """Show one subscription."""
    with call.read() as tx:
        return Answer(rules.as_json(_named(tx, subscription_id)))


@bp.delete("/<subscription_id>")
@operation(problems=(404,))
def delete(call: Call, subscription_id: str) -> Answer[None]:
    """End a subscription: what is still due to it is not sent any more (assumed)."""
    with call.transaction() as tx:
        Subscriptions(tx).remove(_named(tx, subscription_id).id)
    return Answer(None)


def _named(tx: Transaction, subscription_id: str) -> Subscription:
    number = whole_number(subscription_id)
    subscription = None if number is None else Subscriptions(tx).get(number)
    if subscription is None:
        raise NotFoundError("subscription", subscription_id)
    return subscription
