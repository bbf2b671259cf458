"""``/docs/{hub}`` and ``/elements/{keyOrId}/docs``: Swagger 2.0 documents of what nobody has mapped yet."""

from flask import Blueprint

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.call import OpenCall
from elements_local.platform.documents.objects import objects_of_element
from elements_local.platform.documents.service import DocumentQuery, Json, chosen, whole_document
from elements_local.platform.errors import NotFoundError

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
