"""``/elements``: what connectors there are, and what they need."""

from flask import Blueprint
from msgspec import Struct

from mock_kit.operations import Answer, operation
from mock_platform.domain.catalogue_entry import configuration_to_json, element_details, metadata
from mock_platform.elements.catalogue import ELEMENTS, find_element

bp = Blueprint("elements", __name__, url_prefix="/elements")

Json = dict[str, object]


class MetadataQuery(Struct):
    """How much of an element's metadata is asked for.

    Attributes:
        expand: with its resources.
    """

    expand: bool = False


@bp.get("")
@operation()
def index() -> Answer[list[Json]]:
    """List the elements."""
    return Answer([element_details(element) for element in ELEMENTS])


@bp.get("/<key_or_id>")
@operation(problems=(404,))
def get(key_or_id: str) -> Answer[Json]:
    """Show an element with its configuration keys."""
    return Answer(element_details(find_element(key_or_id)))


@bp.get("/<key_or_id>/configuration")
@operation(problems=(404,))
def configuration(key_or_id: str) -> Answer[list[Json]]:
    """List an element's configuration keys."""
    return Answer(configuration_to_json(find_element(key_or_id)))


@bp.get("/<key_or_id>/metadata")
@operation(problems=(404,))
def show_metadata(key_or_id: str, query: MetadataQuery) -> Answer[Json]:
    """Show what an element can do."""
    return Answer(metadata(find_element(key_or_id), expand=query.expand))
