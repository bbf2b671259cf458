"""``/instances/{id}/objects`` and ``/instances/{id}/transformations``: names of one's own for objects and fields."""

from collections.abc import Callable

from flask import Blueprint
from msgspec import Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.core.objects import ObjectDefinition, Objects
from elements_local.platform.errors import InvalidRequestError, NotFoundError
from elements_local.platform.instances.call import InstanceCall
from elements_local.platform.instances.service import sent_body
from elements_local.platform.instances.store import Instances, turn_of
from elements_local.platform.lint.fields import of_mapped_objects
from elements_local.platform.lint.polled_block import polled_blocks
from elements_local.platform.lint.service import WARNING_HEADERS, send_along
from elements_local.platform.lint.unread_keys import in_definition, in_definitions, in_transformation
from elements_local.platform.lint.warning import ConfigWarnings
from elements_local.platform.transformations import transformation as rules
from elements_local.platform.transformations.views import (
    DefinitionJson,
    DefinitionRequest,
    ObjectKey,
    RenameRequest,
    TransformationJson,
    TransformationRequest,
    definition_json,
    start_date,
    transformation_json,
)

bp = Blueprint("transformations", __name__)


class DeletionQuery(Struct):
    """What of a transformation is deleted.

    Attributes:
        propagate: with what wider levels hold of it, which is nothing here (inferred).
    """

    propagate: bool = False


@bp.get("/objects/definitions")
@operation(problems=(404,))
def index_definitions(call: InstanceCall) -> Answer[dict[str, DefinitionJson]]:
    """Show all definitions by the objects' names; 404 if there are none."""
    definitions = rules.all_of(call.instance.objects.definitions, "object definitions")
    return Answer({name: definition_json(name, each) for name, each in definitions.items()})


@bp.post("/objects/definitions")
@operation(problems=(404, 409), headers=WARNING_HEADERS)
def create_definitions(
    call: InstanceCall, body: dict[ObjectKey, DefinitionRequest]
) -> Answer[dict[str, DefinitionJson]]:
    """Define objects by their names: all of them, or none if one cannot be."""
    if not body:
        raise InvalidRequestError(
            'the body must have an object\'s name at least, as {"contacts": {"fields": []}}'
        )
    sent = {name: ObjectDefinition(fields=tuple(each.fields)) for name, each in body.items()}
    _changed(call, lambda known: rules.define_all(known, sent))
    send_along(call, ConfigWarnings.of(in_definitions(sent_body())))
    return Answer({name: definition_json(name, each) for name, each in sent.items()})


@bp.delete("/objects/definitions")
@operation(problems=(404, 409))
def delete_definitions(call: InstanceCall) -> Answer[None]:
    """Delete all definitions; 409 while a transformation uses one of them."""
    _changed(call, rules.without_definitions)
    return Answer(None)


@bp.patch("/objects/<object_name>")
@operation(problems=(404, 409))
def rename(call: InstanceCall, object_name: str, body: RenameRequest) -> Answer[DefinitionJson]:
    """Give an object another name, its transformation with it."""
    changed = _changed(call, lambda known: rules.renamed(known, object_name, body.object_name))
    return Answer(_definition(changed, body.object_name))


@bp.get("/objects/<object_name>/definitions")
@operation(problems=(404,))
def get_definition(call: InstanceCall, object_name: str) -> Answer[DefinitionJson]:
    """Show what an object is to look like."""
    return Answer(_definition(call.instance.objects, object_name))


@bp.post("/objects/<object_name>/definitions")
@operation(problems=(404, 409), headers=WARNING_HEADERS)
def create_definition(
    call: InstanceCall, object_name: str, body: DefinitionRequest
) -> Answer[DefinitionJson]:
    """Define an object."""
    return _define(call, object_name, body, new=True)


@bp.put("/objects/<object_name>/definitions")
@operation(problems=(404,), headers=WARNING_HEADERS)
def put_definition(call: InstanceCall, object_name: str, body: DefinitionRequest) -> Answer[DefinitionJson]:
    """Define an object anew."""
    return _define(call, object_name, body, new=False)


@bp.delete("/objects/<object_name>/definitions")
@operation(problems=(404,))
def delete_definition(call: InstanceCall, object_name: str) -> Answer[None]:
    """Let an object be as the provider has it; a transformation that uses the definition has no effect then."""
    _changed(call, lambda known: rules.without_definition(known, object_name))
    return Answer(None)


@bp.get("/transformations")
@operation(problems=(404,))
def index(call: InstanceCall) -> Answer[dict[str, TransformationJson]]:
    """Show all transformations by the objects' names; 404 if there are none."""
    objects = call.instance.objects
    transformations = rules.all_of(objects.transformations, "transformations")
    return Answer({name: transformation_json(name, each, objects) for name, each in transformations.items()})


@bp.delete("/transformations")
@operation(problems=(404,))
def delete_all(call: InstanceCall) -> Answer[None]:
    """Let hub calls show all objects as the provider has them; 404 if none is mapped."""
    _changed(call, rules.without_transformations)
    return Answer(None)


@bp.get("/transformations/<object_name>")
@operation(problems=(404,))
def get(call: InstanceCall, object_name: str) -> Answer[TransformationJson]:
    """Show how an object is mapped."""
    return Answer(_transformation(call.instance.objects, object_name))


@bp.post("/transformations/<object_name>")
@operation(problems=(404, 409), headers=WARNING_HEADERS)
def create(call: InstanceCall, object_name: str, body: TransformationRequest) -> Answer[TransformationJson]:
    """Map an object that is defined: from now on hub calls show its own names."""
    return _transform(call, object_name, body, new=True)


@bp.put("/transformations/<object_name>")
@operation(problems=(404,), headers=WARNING_HEADERS)
def put(call: InstanceCall, object_name: str, body: TransformationRequest) -> Answer[TransformationJson]:
    """Map an object anew."""
    return _transform(call, object_name, body, new=False)


@bp.delete("/transformations/<object_name>")
@operation(problems=(404,))
def delete(call: InstanceCall, object_name: str, query: DeletionQuery) -> Answer[None]:  # noqa: ARG001 - see its attribute
    """Let hub calls show the provider's names again."""
    _changed(call, lambda known: rules.without_transformation(known, object_name))
    return Answer(None)


def _define(call: InstanceCall, name: str, body: DefinitionRequest, *, new: bool) -> Answer[DefinitionJson]:
    definition = ObjectDefinition(fields=tuple(body.fields))
    changed = _changed(call, lambda known: rules.define(known, name, definition, new=new))
    send_along(call, ConfigWarnings.of(in_definition(sent_body(), name)))
    return Answer(_definition(changed, name))


def _transform(
    call: InstanceCall, name: str, body: TransformationRequest, *, new: bool
) -> Answer[TransformationJson]:
    transformation = body.to_transformation(name, start_date=start_date(call.now))
    changed = _changed(call, lambda known: rules.transform(known, name, transformation, new=new))
    values = call.instance.configuration
    entries, empty_block = poller_configuration.entries_of(values), call.settings.empty_block
    blocks = polled_blocks(values, call.element, entries, empty_block=empty_block, objects=changed)
    of_instance = of_mapped_objects(values, changed, blocks)
    send_along(call, ConfigWarnings.of(in_transformation(sent_body(), name), of_instance))
    return Answer(_transformation(changed, name))


def _changed(call: InstanceCall, change: Callable[[Objects], Objects]) -> Objects:
    number = call.instance.id
    with call.transaction(alone=turn_of(number)) as tx:
        kept = Instances(tx).get(number)
        if kept is None:
            raise NotFoundError("element instance", number)
        changed = change(kept.objects)
        Instances(tx).set_objects(number, changed)
    return changed


def _definition(objects: Objects, name: str) -> DefinitionJson:
    return definition_json(name, rules.find(objects.definitions, name, rules.DEFINITION))


def _transformation(objects: Objects, name: str) -> TransformationJson:
    return transformation_json(name, rules.find(objects.transformations, name, rules.TRANSFORMATION), objects)
