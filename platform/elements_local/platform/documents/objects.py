"""Which objects a document shows under paths of their own, and with which fields."""

from collections.abc import Iterable

from msgspec import Struct

from elements_local.kit.values import replace
from elements_local.platform.call import OpenCall
from elements_local.platform.core.instance import Instance, Values
from elements_local.platform.core.objects import (
    DefinedField,
    Direction,
    MappedField,
    ObjectDefinition,
    Transformation,
)
from elements_local.platform.elements.connector import Connector, Element
from elements_local.platform.errors import NotFoundError
from elements_local.platform.transformations.name_mapping import ID_ALIAS


class DocumentedObject(Struct, frozen=True, kw_only=True):
    """An object that has paths of its own in a document.

    Attributes:
        fields: those that are known, by their paths as a client sees them; records may have others.
        own: whether an instance has given it this name.
    """

    name: str
    fields: tuple[DefinedField, ...] = ()
    read_only: bool = False
    own: bool = False


def mapped(
    name: str, vendors: DocumentedObject, transformation: Transformation, definition: ObjectDefinition
) -> DocumentedObject:
    """Return an object as an instance maps it: its own paths for fields that are mapped, all others as they are.

    >>> vendors = DocumentedObject(name="contacts", fields=(DefinedField(path="FIRST_NAME", type="string"),))
    >>> own = Transformation(vendor_name="contacts", fields=(MappedField(path="first", vendor_path="FIRST_NAME"),))
    >>> [field.path for field in mapped("people", vendors, own, ObjectDefinition()).fields]
    ['first']
    """
    types = {field.path: field.type for field in vendors.fields} | {
        field.path: field.type for field in definition.fields
    }
    # A field that passes in neither direction is nowhere.
    used = [each for each in transformation.fields if any(map(each.passes, Direction))]
    own = [DefinedField(path=each.path, type=_type(each, types)) for each in used]
    named = {path for each in transformation.fields for path in (each.vendor_path, each.path)}
    has_rest = any(map(transformation.rest_passes, Direction))
    rest = [field for field in vendors.fields if has_rest and field.path not in named]
    return replace(vendors, name=name, fields=_distinct([*own, *rest]), own=True)


def with_alias(documented: DocumentedObject) -> DocumentedObject:
    """Return an object whose records have an ``id`` beside the provider's own."""
    alias = DefinedField(path=ID_ALIAS, type="number")
    return replace(documented, fields=_distinct([*documented.fields, alias]))


def _type(field: MappedField, types: dict[str, str]) -> str:
    unknown = "number" if field.vendor_path == ID_ALIAS else "string"
    return field.type or types.get(field.path) or types.get(field.vendor_path, unknown)


def _distinct(fields: Iterable[DefinedField]) -> tuple[DefinedField, ...]:
    """Return the fields, the first of each path."""
    by_path: dict[str, DefinedField] = {}
    for field in fields:
        by_path.setdefault(field.path, field)
    return tuple(by_path.values())


def objects_of_element(call: OpenCall, element: Element) -> list[DocumentedObject]:
    """Return the objects that an element has for everybody."""
    defaults = {entry.key: entry.default for entry in element.keys}
    connector = call.catalogue.connector(element.key)
    return [_provided(call, name, connector, defaults, discovery=False) for name in element.id_fields]


def objects_of_instance(
    call: OpenCall, instance: Instance, element: Element, *, discovery: bool
) -> list[DocumentedObject]:
    """Return the objects of an instance, those that it maps by its own names.

    Args:
        discovery: ask the vendor for their fields.

    Raises:
        ProviderError: the vendor refuses to tell, or does not answer.
    """
    own, connector = instance.objects.in_force(), call.catalogue.connector(element.key)
    objects = [
        mapped(
            name,
            _provided(
                call, transformation.vendor_name, connector, instance.configuration, discovery=discovery
            ),
            transformation,
            instance.objects.definitions[name],
        )
        for name, transformation in own.items()
    ]
    plain = [
        _provided(call, name, connector, instance.configuration, discovery=discovery)
        for name in element.id_fields
        if name not in own
    ]
    return [*objects, *plain]


def _provided(
    call: OpenCall, name: str, connector: Connector, configuration: Values, *, discovery: bool
) -> DocumentedObject:
    """Return an object of the provider's; one that it cannot have has no known fields."""
    try:
        read_only = connector.collection(name).read_only
    # An instance may map a name to what the vendor does not have; its document still shows the calls.
    except NotFoundError:
        documented = DocumentedObject(name=name)
    else:
        fields = connector.client(call.wire, configuration).fields(name, ask=discovery)
        known = tuple(DefinedField(path=each["vendorPath"], type=each["type"]) for each in fields)
        documented = DocumentedObject(name=name, fields=known, read_only=read_only)
    return with_alias(documented) if call.settings.id_alias else documented
