"""``/instances/{id}/docs`` and ``/hubs/{hub}/objects/{name}/docs``: what an instance answers, in Swagger 2.0."""

from flask import Blueprint

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.documents.objects import objects_of_instance
from elements_local.platform.documents.service import DefinitionsQuery, Json, chosen, whole_document
from elements_local.platform.documents.swagger import of_object
from elements_local.platform.errors import NotFoundError
from elements_local.platform.hub.routes import hub_blueprint
from elements_local.platform.hub.service import HEADERS
from elements_local.platform.instances.call import InstanceCall, TokenCall

bp = Blueprint("instance_docs", __name__)
of_objects = hub_blueprint("object_docs")


class InstanceDefinitionsQuery(DefinitionsQuery, rename="camel", kw_only=True):
    """How the definitions of an instance's document are wanted: they name no place (documented: without a base URL).

    Attributes:
        discovery: with the fields that the CRM says its objects have, those that a customer has added among them.
    """

    discovery: bool = False


class InstanceDocumentQuery(InstanceDefinitionsQuery, rename="camel", kw_only=True):
    """How an instance's document is wanted.

    Attributes:
        base_url: where its paths are to be looked for, such as ``https://api.example.com/elements/api-v2``.
    """

    base_url: str = ""


@bp.get("/docs")
@operation(problems=(401, 403, 404, 429, 502))
def show(call: InstanceCall, query: InstanceDocumentQuery) -> Answer[Json]:
    """Describe the instance's calls, its mapped objects by the names that it has for them (observed)."""
    return Answer(chosen(query, _document(call, query, base_url=query.base_url)))


@bp.get("/docs/<operation_id>")
@operation(problems=(401, 403, 404, 429, 502))
def show_operation(call: InstanceCall, operation_id: str, query: InstanceDocumentQuery) -> Answer[Json]:
    """Describe one call."""
    return Answer(chosen(query, _document(call, query, base_url=query.base_url), operation_id))


@bp.get("/docs/<operation_id>/definitions")
@operation(problems=(401, 403, 404, 429, 502))
def show_definitions(call: InstanceCall, operation_id: str, query: InstanceDefinitionsQuery) -> Answer[Json]:
    """Show the definitions that one call refers to."""
    return Answer(chosen(query, _document(call, query), operation_id)["definitions"])


@of_objects.get("/objects/<object_name>/docs")
@operation(problems=(400, 401, 403, 404, 429, 501, 502), headers=HEADERS)
def show_object(call: TokenCall, object_name: str, query: InstanceDocumentQuery) -> Answer[Json]:
    """Describe the calls of one object alone (observed)."""
    whole = _document(call, query, base_url=query.base_url, only=object_name)
    return Answer(chosen(query, of_object(whole, object_name)))


def _document(
    call: InstanceCall, query: InstanceDefinitionsQuery, *, base_url: str = "", only: str | None = None
) -> Json:
    element = call.element
    objects = objects_of_instance(call, call.instance, element, discovery=query.discovery)
    if only is not None and only not in {each.name for each in objects}:
        raise NotFoundError("object", only, named="name")
    return whole_document(
        query,
        objects,
        title=call.instance.name,
        elements=(element,),
        base_url=base_url or call.base_url,
    )
