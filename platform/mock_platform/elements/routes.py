"""``/elements``: what elements there are, and what they need and can do.

Nobody has to say who they are to read them. Who does sees them as their own workspace has them.
"""

from flask import Blueprint, request
from msgspec import Struct

from mock_kit.api.operations import Answer, Link, links, operation
from mock_kit.values import replace
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import Callers, caller
from mock_platform.core.dependencies import Json, dependencies
from mock_platform.core.listing import WhereQuery, counted, narrowed, paginated
from mock_platform.core.paging import COUNT_HEADERS, DEFAULT_PAGE_SIZE, PAGE_HEADERS, paging
from mock_platform.elements import catalogue_entry
from mock_platform.elements.catalogue_entry import Definition, ElementDetails, Metadata, element_details
from mock_platform.elements.element import Element
from mock_platform.elements.service import (
    change_element,
    clone_element,
    delete_clone,
    own_element,
    own_elements,
)
from mock_platform.errors import ForbiddenError

bp = Blueprint("elements", __name__, url_prefix="/elements")

_LINKS = links("elements", "get", "show_metadata", "export", key_or_id="$response.body#/0/key")


_LINK_OF_ONE = Link(operation="elements.get", parameters={"key_or_id": "$response.body#/key"})


class MetadataQuery(Struct):
    """How much of an element's metadata is asked for.

    Attributes:
        expand: with its resources.
    """

    expand: bool = False


def elements() -> list[Element]:
    """Return the elements as the caller's workspace has them; a stranger is shown the default one's."""
    return own_elements(_workspace())


def element(key_or_id: str) -> Element:
    """Return an element as the caller's workspace has it, by key or id, which are interchangeable (observed).

    Raises:
        NotFoundError: there is none.
    """
    return own_element(_workspace(), key_or_id)


@bp.get("")
@operation(headers=PAGE_HEADERS, links=_LINKS)
def index(query: WhereQuery) -> Answer[list[ElementDetails]]:
    """List the elements, clones among them; none is extended (observed), which gives an empty list."""
    details = [element_details(one) for one in elements() if one.active or query.include_inactive]
    return paginated(narrowed(details, query.where), paging(query, largest=DEFAULT_PAGE_SIZE))


@bp.get("/keys")
@operation(headers=COUNT_HEADERS)
def keys() -> Answer[list[str]]:
    """List the elements' keys."""
    return counted([one.key for one in elements()])


@bp.get("/metadata")
@operation(headers=COUNT_HEADERS)
def all_metadata(query: MetadataQuery) -> Answer[list[Metadata]]:
    """List what the elements can do."""
    return counted([catalogue_entry.metadata(one, expand=query.expand) for one in elements()])


@bp.post("")
@operation(needs=caller, problems=(403,))
def create(_workspace: Workspace, body: Json) -> Answer[None]:  # noqa: ARG001 - read, or refused, as any body
    """Refuse to make an element: those that there are, are built in, or clones of these."""
    raise ForbiddenError(
        "elements are built in here: POST /elements/{key}/clone makes a copy of one, and no others can be made"
    )


@bp.get("/<key_or_id>")
@operation(problems=(404,))
def get(key_or_id: str) -> Answer[ElementDetails]:
    """Show an element with its configuration keys."""
    return Answer(element_details(element(key_or_id)))


@bp.put("/<key_or_id>")
@operation(needs=caller, problems=(403, 404))
def put(_workspace: Workspace, key_or_id: str, body: Json) -> Answer[None]:  # noqa: ARG001 - as in create
    """Refuse to replace an element."""
    raise _built_in(element(key_or_id))


@bp.delete("/<key_or_id>")
@operation(needs=caller, problems=(403, 404, 409))
def delete(workspace: Workspace, key_or_id: str) -> Answer[None]:
    """Delete a clone (observed); an element that is built in stays."""
    one = own_element(workspace, key_or_id)
    if one.cloned_from is None:
        raise _built_in(one)
    delete_clone(workspace, one)
    return Answer(None)


@bp.post("/<key_or_id>/clone")
@operation(needs=caller, problems=(404,), links={"get": _LINK_OF_ONE})
def clone(workspace: Workspace, key_or_id: str) -> Answer[ElementDetails]:
    """Make a copy of an element for the workspace alone, under a key and a number of its own (observed)."""
    return Answer(element_details(clone_element(workspace, key_or_id)))


@bp.get("/<key_or_id>/metadata")
@operation(problems=(404,))
def show_metadata(key_or_id: str, query: MetadataQuery) -> Answer[Metadata]:
    """Show what an element can do."""
    return Answer(catalogue_entry.metadata(element(key_or_id), expand=query.expand))


@bp.get("/<key_or_id>/export")
@operation(problems=(404,))
def export(key_or_id: str) -> Answer[Definition]:
    """Show an element's whole definition."""
    return Answer(catalogue_entry.definition(element(key_or_id)))


@bp.put("/<key_or_id>/active")
@operation(needs=caller, problems=(404,))
def activate(workspace: Workspace, key_or_id: str) -> Answer[None]:
    """Put an element on offer."""
    return _set_activity(workspace, key_or_id, active=True)


@bp.delete("/<key_or_id>/active")
@operation(needs=caller, problems=(404,))
def deactivate(workspace: Workspace, key_or_id: str) -> Answer[None]:
    """Take an element off the list; instances of it work on, and can still be made (assumed)."""
    return _set_activity(workspace, key_or_id, active=False)


def _set_activity(workspace: Workspace, key_or_id: str, *, active: bool) -> Answer[None]:
    change_element(workspace, key_or_id, lambda changes, _element: replace(changes, active=active))
    return Answer(None)


def _built_in(shipped: Element) -> ForbiddenError:
    return ForbiddenError(
        f"{shipped.name} is built in here; only its configuration can be changed, "
        f"at /elements/{shipped.key}/configuration, and whether it is active"
    )


def _workspace() -> Workspace:
    workspace = dependencies().services[Callers].workspace_of(request.headers.get("Authorization"))
    return workspace or dependencies().workspaces.default
