"""Which objects a document shows under paths of their own, and with which fields."""

from elements_local.platform.call import OpenCall
from elements_local.platform.core.instance import Instance, Values
from elements_local.platform.core.objects import DefinedField
from elements_local.platform.documents.documented_object import DocumentedObject, mapped, with_alias
from elements_local.platform.elements.connector import Connector
from elements_local.platform.elements.element import Element
from elements_local.platform.errors import NotFoundError


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
