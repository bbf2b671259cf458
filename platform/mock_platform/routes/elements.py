"""``/elements``: what connectors there are, and what they need."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from mock_platform.domain.catalogue_entry import configuration_to_json, element_details, metadata
from mock_platform.elements.catalogue import ELEMENTS, find_element
from mock_platform.routes.parts import answer

bp = Blueprint("elements", __name__, url_prefix="/elements")


@bp.get("")
def index() -> ResponseReturnValue:
    """List the elements."""
    return answer([element_details(element) for element in ELEMENTS])


@bp.get("/<key_or_id>")
def get(key_or_id: str) -> ResponseReturnValue:
    """Show an element with its configuration keys."""
    return answer(element_details(find_element(key_or_id)))


@bp.get("/<key_or_id>/configuration")
def configuration(key_or_id: str) -> ResponseReturnValue:
    """List an element's configuration keys."""
    return answer(configuration_to_json(find_element(key_or_id)))


@bp.get("/<key_or_id>/metadata")
def show_metadata(key_or_id: str) -> ResponseReturnValue:
    """Show what an element can do; ``expand=true`` adds its resources."""
    expand = request.args.get("expand", "").lower() == "true"
    return answer(metadata(find_element(key_or_id), expand=expand))
