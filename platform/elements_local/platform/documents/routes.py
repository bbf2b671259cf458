"""``/docs/{hub}`` and ``/elements/{keyOrId}/docs``: Swagger 2.0 documents of a hub, an element, and an instance.

Those of an instance have its mapped objects, too.
"""

from flask import Blueprint

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.documents.objects import objects_of_element, objects_of_instance
from elements_local.platform.documents.service import (
    DefinitionsQuery,
    DocumentQuery,
    Json,
    chosen,
    whole_document,
)
from elements_local.platform.documents.swagger import of_object
from elements_local.platform.errors import NotFoundError
from elements_local.platform.hub.routes import hub_blueprint
from elements_local.platform.hub.service import HEADERS
from elements_local.platform.instances.call import InstanceCall, TokenCall

bp = Blueprint("docs", __name__)


class ElementDocumentQuery(DocumentQuery, rename="camel", kw_only=True):
    """How an element's document is wanted.

    Attributes:
        operation_id: of the one operation that is asked for; nothing means all.
    """

    operation_id: str = ""


@bp.get("/docs/<hub_key>")
@operation(problems=(404,))
def of_hub(call: OpenCall, hub_key: str, query: DocumentQuery) -> Answer[Json]:
    """Describe the calls of a hub."""
    elements = tuple(one for one in call.catalogue.elements if one.hub == hub_key)
    if not elements:
        raise NotFoundError("hub", hub_key, named="key")
    objects = [each for element in elements for each in objects_of_element(call, element)]
    whole = whole_document(
        query, objects, title=hub_key, elements=elements, base_url=query.base_url or call.base_url
    )
    return Answer(chosen(query, whole))


@bp.get("/elements/<key_or_id>/docs")
@operation(problems=(404,))
def of_element(call: OpenCall, key_or_id: str, query: ElementDocumentQuery) -> Answer[Json]:
    """Describe the calls of an element, or one of them."""
    element = call.catalogue.element(key_or_id)
    whole = whole_document(
        query,
        objects_of_element(call, element),
        title=element.name,
        elements=(element,),
        base_url=query.base_url or call.base_url,
    )
    return Answer(chosen(query, whole, query.operation_id or None))


of_instance = Blueprint("instance_docs", __name__)
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


@of_instance.get("/docs")
@operation(problems=(401, 403, 404, 429, 502))
def show(call: InstanceCall, query: InstanceDocumentQuery) -> Answer[Json]:
    """Describe the instance's calls, its mapped objects by the names that it has for them (observed)."""
    return Answer(chosen(query, _document(call, query, base_url=query.base_url)))


@of_instance.get("/docs/<operation_id>")
@operation(problems=(401, 403, 404, 429, 502))
def show_operation(call: InstanceCall, operation_id: str, query: InstanceDocumentQuery) -> Answer[Json]:
    """Describe one call."""
    return Answer(chosen(query, _document(call, query, base_url=query.base_url), operation_id))


@of_instance.get("/docs/<operation_id>/definitions")
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
