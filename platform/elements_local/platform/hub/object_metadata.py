"""The fields of an object as its metadata has them, under the names that an instance gives them.

Source: metadata covers objects that an instance maps, a path standing beside the provider's (documented). What becomes of
fields that are left out is assumed: one that passes in neither direction is no field of the object, and one that is not
sent to the provider can be neither made nor changed.
"""

from collections.abc import Iterable, Iterator

from elements_local.platform.ceql.record_path import root_of
from elements_local.platform.core.objects import Direction, MappedField, Transformation
from elements_local.platform.elements.connector import FieldMetadata


def mapped_metadata(provided: Iterable[FieldMetadata], mapped: Transformation) -> Iterator[FieldMetadata]:
    """Yield the fields of an object: the provider's in its order, then those within them that have a path."""
    by_path = {each["vendorPath"]: each for each in provided}
    own = {each.vendor_path for each in mapped.fields}
    for vendor_path, field in by_path.items():
        if vendor_path in own:
            yield from (
                _mapped(field, each)
                for each in mapped.fields
                if each.vendor_path == vendor_path and _is_used(each)
            )
        elif any(map(mapped.rest_passes, Direction)):
            yield field if mapped.rest_passes(Direction.TO_VENDOR) else _read_only(field)
    for each in mapped.fields:
        if each.vendor_path not in by_path and _is_used(each):
            yield _mapped(_within(each, by_path.get(root_of(each.vendor_path))), each)


def _is_used(field: MappedField) -> bool:
    return any(map(field.passes, Direction))


def _mapped(field: FieldMetadata, mapped: MappedField) -> FieldMetadata:
    named: FieldMetadata = {**field, "path": mapped.path, "type": mapped.type or field["type"]}
    return named if mapped.passes(Direction.TO_VENDOR) else _read_only(named)


def _read_only(field: FieldMetadata) -> FieldMetadata:
    return {**field, "createable": "false", "updateable": "false"}


def _within(mapped: MappedField, root: FieldMetadata | None) -> FieldMetadata:
    """Return what is known of a field that the provider does not list: as much as of the one that it is part of."""
    kind = mapped.vendor_type or "string"
    return {
        "vendorPath": mapped.vendor_path,
        "type": kind,
        "vendorNativeType": kind,
        "vendorReadOnly": root["vendorReadOnly"] if root else False,
        "filterable": "false",
        "createable": root["createable"] if root else "true",
        "updateable": root["updateable"] if root else "true",
    }
