"""``/hubs`` itself: the kinds of provider, and which elements are of each."""

from flask import Blueprint
from msgspec import Struct

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.core.paging import (
    COUNT_HEADERS,
    PAGE_HEADERS,
    PageQuery,
    counted,
    paginated,
    paging,
)
from elements_local.platform.elements.catalogue import HubJson
from elements_local.platform.elements.catalogue_entry import ElementDetails, element_details

bp = Blueprint("hub_catalogue", __name__, url_prefix="/hubs")

_LINKS = links("hub_catalogue", "get", "elements_of_hub", key="$response.body#/0/key")


class HubQuery(Struct):
    """How much of a hub is asked for.

    Attributes:
        hydrate: with the resources of its elements.
    """

    hydrate: bool = False


class HubsQuery(PageQuery, rename="camel", kw_only=True):
    """Which hubs are asked for.

    Attributes:
        hydrate: with the resources of their elements.
    """

    hydrate: bool = False


@bp.get("")
@operation(headers=PAGE_HEADERS, links=_LINKS)
def index(call: OpenCall, query: HubsQuery) -> Answer[list[HubJson]]:
    """List the hubs."""
    return paginated(call.catalogue.hubs(hydrate=query.hydrate), paging(query))


@bp.get("/keys")
@operation(headers=COUNT_HEADERS)
def keys(call: OpenCall) -> Answer[list[str]]:
    """List the hubs' keys."""
    return counted([hub.key for hub in call.catalogue.hubs()])


@bp.get("/<key>")
@operation(problems=(404,))
def get(call: OpenCall, key: str, query: HubQuery) -> Answer[HubJson]:
    """Show a hub."""
    return Answer(call.catalogue.hub(key, hydrate=query.hydrate))


@bp.get("/<key>/elements")
@operation(problems=(404,), headers=PAGE_HEADERS)
def elements_of_hub(call: OpenCall, key: str, query: PageQuery) -> Answer[list[ElementDetails]]:
    """List the elements of a hub."""
    hub = call.catalogue.hub(key)
    details = [element_details(one) for one in call.catalogue.elements if one.hub == hub.key]
    return paginated(details, paging(query))
