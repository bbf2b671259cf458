"""Deliveries: what became of each notification with each subscriber, and sending it again."""

from typing import Annotated

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.text import whole_number
from elements_local.platform.call import Call
from elements_local.platform.callbacks.store import Deliveries
from elements_local.platform.ceql import matches
from elements_local.platform.core.paging import (
    COUNT_HEADERS,
    PAGE_HEADERS,
    PageQuery,
    counted,
    paginated,
    paging,
)
from elements_local.platform.errors import InvalidRequestError, NotFoundError
from elements_local.platform.events.routes_notifications import notification_named
from elements_local.platform.events.subscription import (
    DeliveryJson,
    delivery_clause,
    delivery_json,
    filtered_by,
)

bp = Blueprint("deliveries", __name__, url_prefix="/notifications")


class HydrateQuery(Struct):
    """Whether to show what a delivery is about: its notification and its subscription."""

    hydrate: bool = False


class DeliveriesQuery(PageQuery, rename="camel", kw_only=True):
    """Which deliveries are asked for.

    Attributes:
        where: a CEQL clause over ``channel``, ``status`` and ``config.url`` (documented).
        hydrate: whether to show what each is about.
    """

    where: str = ""
    hydrate: bool = False


class ReleaseQuery(Struct):
    """Which deliveries are to be made again.

    Attributes:
        where: as in the list; needed, so that a slip does not send everything again (assumed).
        hydrate: whether to show what each is about.
    """

    where: Annotated[str, Meta(description="a CEQL clause such as channel='webhook' and status='queued'")]
    hydrate: bool = False


@bp.get("/subscriptions/deliveries")
@operation(headers=PAGE_HEADERS)
def index(call: Call, query: DeliveriesQuery) -> Answer[list[DeliveryJson]]:
    """List deliveries by notification and subscription (assumed), those that a clause describes."""
    with call.read() as tx:
        deliveries = Deliveries(tx).find()
    clause = delivery_clause(query.where) if query.where.strip() else None
    if clause is not None:
        deliveries = [one for one in deliveries if matches(clause, filtered_by(one))]
    return paginated([delivery_json(one, hydrate=query.hydrate) for one in deliveries], paging(query))


@bp.put("/subscriptions/deliveries")
@operation(headers=COUNT_HEADERS)
def release(call: Call, query: ReleaseQuery) -> Answer[list[DeliveryJson]]:
    """Make deliveries again, apart from this call, and make their subscriptions active.

    Source: releases what is queued and reactivates (documented); redelivers what was delivered, too (observed);
        that the answer lists what is sent again is assumed.
    """
    if not query.where.strip():
        raise InvalidRequestError("where must say which deliveries are meant, such as status='queued'")
    clause = delivery_clause(query.where)
    now = call.now
    with call.transaction() as tx:
        again = Deliveries(tx).release(lambda one: matches(clause, filtered_by(one)), now=now)
    call.platform.engine.wake()
    return counted([delivery_json(one, hydrate=query.hydrate) for one in again])


@bp.get("/<notification_id>/subscriptions/deliveries")
@operation(problems=(404,), headers=COUNT_HEADERS)
def index_of_notification(
    call: Call, notification_id: str, query: HydrateQuery
) -> Answer[list[DeliveryJson]]:
    """List a notification's deliveries, one for each subscription."""
    notification = notification_named(call, notification_id)
    with call.read() as tx:
        deliveries = Deliveries(tx).find(notification_id=notification.id)
    return counted([delivery_json(one, hydrate=query.hydrate) for one in deliveries])


@bp.get("/<notification_id>/subscriptions/<subscription_id>/deliveries")
@operation(problems=(404,))
def get(call: Call, notification_id: str, subscription_id: str, query: HydrateQuery) -> Answer[DeliveryJson]:
    """Show what became of a notification with one subscriber."""
    notification = notification_named(call, notification_id)
    number = whole_number(subscription_id)
    with call.read() as tx:
        deliveries = Deliveries(tx).find(notification_id=notification.id, subscription_id=number)
    if number is None or not deliveries:
        raise NotFoundError(f"delivery of notification {notification.id} to subscription", subscription_id)
    return Answer(delivery_json(deliveries[0], hydrate=query.hydrate))
