"""``/elements``: what elements there are, and what they need and can do. Nobody has to say who they are to read them."""

from flask import Blueprint
from msgspec import Struct

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.core.listing import WhereQuery, counted, narrowed, paginated
from elements_local.platform.core.paging import COUNT_HEADERS, DEFAULT_PAGE_SIZE, PAGE_HEADERS, paging
from elements_local.platform.elements import catalogue_entry
from elements_local.platform.elements.catalogue_entry import (
    ConfigurationJson,
    Definition,
    ElementDetails,
    Metadata,
    configuration_to_json,
    element_details,
)

bp = Blueprint("elements", __name__, url_prefix="/elements")

_LINKS = links(
    "elements", "get", "show_metadata", "export", "configuration", key_or_id="$response.body#/0/key"
)


class MetadataQuery(Struct):
    """How much of an element's metadata is asked for.

    Attributes:
        expand: with its resources.
    """

    expand: bool = False


@bp.get("")
@operation(headers=PAGE_HEADERS, links=_LINKS)
def index(call: OpenCall, query: WhereQuery) -> Answer[list[ElementDetails]]:
    """List the elements; none is extended (observed), which gives an empty list."""
    details = [element_details(one) for one in call.catalogue.elements]
    return paginated(narrowed(details, query.where), paging(query, largest=DEFAULT_PAGE_SIZE))


@bp.get("/keys")
@operation(headers=COUNT_HEADERS)
def keys(call: OpenCall) -> Answer[list[str]]:
    """List the elements' keys."""
    return counted([one.key for one in call.catalogue.elements])


@bp.get("/metadata")
@operation(headers=COUNT_HEADERS)
def all_metadata(call: OpenCall, query: MetadataQuery) -> Answer[list[Metadata]]:
    """List what the elements can do."""
    return counted([catalogue_entry.metadata(one, expand=query.expand) for one in call.catalogue.elements])


@bp.get("/<key_or_id>")
@operation(problems=(404,))
def get(call: OpenCall, key_or_id: str) -> Answer[ElementDetails]:
    """Show an element with its configuration keys."""
    return Answer(element_details(call.catalogue.element(key_or_id)))


@bp.get("/<key_or_id>/configuration")
@operation(problems=(404,), headers=COUNT_HEADERS)
def configuration(call: OpenCall, key_or_id: str) -> Answer[list[ConfigurationJson]]:
    """List an element's configuration keys."""
    return counted(configuration_to_json(call.catalogue.element(key_or_id)))


@bp.get("/<key_or_id>/metadata")
@operation(problems=(404,))
def show_metadata(call: OpenCall, key_or_id: str, query: MetadataQuery) -> Answer[Metadata]:
    """Show what an element can do."""
    return Answer(catalogue_entry.metadata(call.catalogue.element(key_or_id), expand=query.expand))


@bp.get("/<key_or_id>/export")
@operation(problems=(404,))
def export(call: OpenCall, key_or_id: str) -> Answer[Definition]:
    """Show an element's whole definition."""
    return Answer(catalogue_entry.definition(call.catalogue.element(key_or_id)))
