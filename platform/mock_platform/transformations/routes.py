"""``/instances/{id}/objects/definitions`` and ``/instances/{id}/transformations``: names of one's own for objects."""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from mock_kit.api.operations import Answer, operation
from mock_platform.core.answers import done
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import DefinedField, MappedField, ObjectDefinition, Objects, Transformation
from mock_platform.errors import NotFoundError
from mock_platform.instances.named_instance import NamedInstance, instance_blueprint, named_instance
from mock_platform.instances.store import Instances
from mock_platform.transformations import transformation as rules
from mock_platform.transformations.shown import (
    DefinitionJson,
    TransformationJson,
    definition_json,
    transformation_json,
)

bp = instance_blueprint("transformations")

_Path = Annotated[str, Meta(min_length=1, max_length=500)]


class FieldRequest(Struct):
    """A field of an object."""

    path: _Path
    type: str = "string"


class DefinitionRequest(Struct):
    """What an object is to look like."""

    fields: list[FieldRequest]

    def to_definition(self) -> ObjectDefinition:
        """Return what the rules want to know."""
        return ObjectDefinition(
            fields=tuple(DefinedField(path=each.path, type=each.type) for each in self.fields)
        )


class MappingRequest(Struct, rename="camel"):
    """A field's own path and the provider's."""

    path: _Path
    vendor_path: _Path
    type: str | None = None


class TransformationRequest(Struct, rename="camel"):
    """Which of the provider's objects is meant, and what its fields are called.

    Attributes:
        vendor_name: an object of the hub or the provider's; without one, the object's own name (assumed).
    """

    fields: list[MappingRequest] = []
    vendor_name: _Path | None = None

    def to_transformation(self, name: str) -> Transformation:
        """Return what the rules want to know."""
        return Transformation(
            vendor_name=self.vendor_name or name,
            fields=tuple(
                MappedField(path=each.path, vendor_path=each.vendor_path, type=each.type)
                for each in self.fields
            ),
        )


@bp.get("/objects/definitions")
@operation(needs=named_instance, problems=(404,))
def index_definitions(named: NamedInstance) -> Answer[dict[str, DefinitionJson]]:
    """Show all definitions by the objects' names; 404 if there are none."""
    definitions = rules.all_of(named.instance.objects.definitions, "object definitions")
    return Answer({name: definition_json(each) for name, each in definitions.items()})


@bp.get("/objects/<object_name>/definitions")
@operation(needs=named_instance, problems=(404,))
def get_definition(named: NamedInstance, object_name: str) -> Answer[DefinitionJson]:
    """Show what an object is to look like."""
    return Answer(_definition(named.instance.objects, object_name))


@bp.post("/objects/<object_name>/definitions")
@operation(needs=named_instance, problems=(404, 409))
def create_definition(
    named: NamedInstance, object_name: str, body: DefinitionRequest
) -> Answer[DefinitionJson]:
    """Define an object."""
    return _define(named, object_name, body, new=True)


@bp.put("/objects/<object_name>/definitions")
@operation(needs=named_instance, problems=(404,))
def put_definition(named: NamedInstance, object_name: str, body: DefinitionRequest) -> Answer[DefinitionJson]:
    """Define an object anew."""
    return _define(named, object_name, body, new=False)


@bp.delete("/objects/<object_name>/definitions")
@operation(needs=named_instance, problems=(404,))
def delete_definition(named: NamedInstance, object_name: str) -> Answer[None]:
    """Let an object be as the provider has it; its transformation does nothing without a definition."""
    _changed(named, lambda known: rules.without_definition(known, object_name))
    return done()


@bp.get("/transformations")
@operation(needs=named_instance, problems=(404,))
def index(named: NamedInstance) -> Answer[dict[str, TransformationJson]]:
    """Show all transformations by the objects' names; 404 if there are none."""
    transformations = rules.all_of(named.instance.objects.transformations, "transformations")
    return Answer({name: transformation_json(each) for name, each in transformations.items()})


@bp.get("/transformations/<object_name>")
@operation(needs=named_instance, problems=(404,))
def get(named: NamedInstance, object_name: str) -> Answer[TransformationJson]:
    """Show how an object is mapped."""
    return Answer(_transformation(named.instance.objects, object_name))


@bp.post("/transformations/<object_name>")
@operation(needs=named_instance, problems=(404, 409))
def create(named: NamedInstance, object_name: str, body: TransformationRequest) -> Answer[TransformationJson]:
    """Map an object that is defined: from now on hub calls show its own names."""
    return _transform(named, object_name, body, new=True)


@bp.put("/transformations/<object_name>")
@operation(needs=named_instance, problems=(404,))
def put(named: NamedInstance, object_name: str, body: TransformationRequest) -> Answer[TransformationJson]:
    """Map an object anew."""
    return _transform(named, object_name, body, new=False)


@bp.delete("/transformations/<object_name>")
@operation(needs=named_instance, problems=(404,))
def delete(named: NamedInstance, object_name: str) -> Answer[None]:
    """Let hub calls show the provider's names again."""
    _changed(named, lambda known: rules.without_transformation(known, object_name))
    return done()


def _define(named: NamedInstance, name: str, body: DefinitionRequest, *, new: bool) -> Answer[DefinitionJson]:
    definition = body.to_definition()
    return Answer(
        _definition(_changed(named, lambda known: rules.define(known, name, definition, new=new)), name)
    )


def _transform(
    named: NamedInstance, name: str, body: TransformationRequest, *, new: bool
) -> Answer[TransformationJson]:
    transformation = body.to_transformation(name)
    changed = _changed(named, lambda known: rules.transform(known, name, transformation, new=new))
    return Answer(_transformation(changed, name))


def _changed(named: NamedInstance, change: Callable[[Objects], Objects]) -> Objects:
    changed = dependencies().store[Instances].change_objects(named.workspace.name, named.instance.id, change)
    if changed is None:
        raise NotFoundError("element instance", named.instance.id)
    return changed


def _definition(objects: Objects, name: str) -> DefinitionJson:
    return definition_json(rules.find(objects.definitions, name, "object definition"))


def _transformation(objects: Objects, name: str) -> TransformationJson:
    return transformation_json(rules.find(objects.transformations, name, "transformation"))
