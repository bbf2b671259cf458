"""Which objects a document shows under paths of their own, and with which fields."""

from mock_platform.configuration.masking import Values
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.documents.documented_object import DocumentedField, DocumentedObject, mapped, with_alias
from mock_platform.elements.element import Element
from mock_platform.elements.insightly.fields import FieldMetadata, known_fields
from mock_platform.elements.insightly.resources import collection
from mock_platform.errors import NotFoundError
from mock_platform.provider.service import provider


def objects_of_element(element: Element) -> list[DocumentedObject]:
    """Return the objects that an element has for everybody."""
    defaults = {entry.key: entry.default for entry in element.keys}
    return [_shown(_provided(name, defaults, discovery=False)) for name in element.id_fields]


def objects_of_instance(instance: Instance, element: Element, *, discovery: bool) -> list[DocumentedObject]:
    """Return the objects of an instance, those that it maps by its own names.

    Args:
        discovery: ask the CRM for their fields.

    Raises:
        ProviderError: the CRM refuses to tell, or does not answer.
    """
    own = instance.objects.in_force()
    found = [
        mapped(
            name,
            _provided(transformation.vendor_name, instance.configuration, discovery=discovery),
            transformation,
            instance.objects.definitions[name],
        )
        for name, transformation in own.items()
    ]
    plain = [
        _provided(name, instance.configuration, discovery=discovery)
        for name in element.id_fields
        if name not in own
    ]
    return [_shown(each) for each in (*found, *plain)]


def _provided(name: str, configuration: Values, *, discovery: bool) -> DocumentedObject:
    """Return an object of the provider's; one that it cannot have has no known fields."""
    try:
        place = collection(name)
    except NotFoundError:
        return DocumentedObject(name=name)
    if discovery:
        fields = provider().fields(configuration, name)
    else:
        fields = known_fields(place.path, place.id_field, base_url=configuration.get("base.url") or "")
    return DocumentedObject(name=name, fields=tuple(map(_field, fields)), read_only=place.read_only)


def _shown(documented: DocumentedObject) -> DocumentedObject:
    return with_alias(documented) if dependencies().settings.id_alias else documented


def _field(field: FieldMetadata) -> DocumentedField:
    return DocumentedField(path=field["vendorPath"], type=field["type"])
