"""``/instances/{id}/docs``: what an instance answers, as a Swagger 2.0 document."""

from mock_kit.api.operations import Answer, operation
from mock_platform.documents.objects import objects_of_instance
from mock_platform.documents.service import DocumentQuery, Json, answer, definitions, whole_document
from mock_platform.instances.named_instance import NamedInstance, instance_blueprint, named_instance

bp = instance_blueprint("instance_docs")


class InstanceDocumentQuery(DocumentQuery, rename="camel", kw_only=True):
    """How an instance's document is wanted.

    Attributes:
        discovery: with the fields that the CRM says its objects have, those that a customer has added among them.
    """

    discovery: bool = False


@bp.get("/docs")
@operation(needs=named_instance, problems=(401, 403, 404, 429, 502))
def show(named: NamedInstance, query: InstanceDocumentQuery) -> Answer[Json]:
    """Describe the instance's calls, its mapped objects by the names that it has for them (observed)."""
    return answer(query, _document(named, query))


@bp.get("/docs/<operation_id>")
@operation(needs=named_instance, problems=(401, 403, 404, 429, 502))
def show_operation(named: NamedInstance, operation_id: str, query: InstanceDocumentQuery) -> Answer[Json]:
    """Describe one call."""
    return answer(query, _document(named, query), operation_id)


@bp.get("/docs/<operation_id>/definitions")
@operation(needs=named_instance, problems=(401, 403, 404, 429, 502))
def show_definitions(named: NamedInstance, operation_id: str, query: InstanceDocumentQuery) -> Answer[Json]:
    """Show the definitions that one call refers to."""
    return definitions(query, _document(named, query), operation_id)


def _document(named: NamedInstance, query: InstanceDocumentQuery) -> Json:
    element = named.element
    objects = objects_of_instance(named.instance, element, discovery=query.discovery)
    return whole_document(query, objects, title=named.instance.name, hub=element.hub, elements=(element,))
