"""How the platform shows object definitions and transformations.

Source: the keys that its tools send and read (observed); that lists are maps by the object's name, and that ``level``
says whose they are, is taken from the vendor's tools (observed for other levels, assumed for instances).
"""

from typing import NotRequired, TypedDict

from mock_platform.core.instance import ObjectDefinition, Transformation

_LEVEL = "instance"


class DefinedFieldJson(TypedDict):
    """A field of a definition."""

    path: str
    type: str


class DefinitionJson(TypedDict):
    """What an object is to look like."""

    fields: list[DefinedFieldJson]
    level: str


class MappedFieldJson(TypedDict):
    """A field's own path and the provider's."""

    path: str
    vendorPath: str
    type: NotRequired[str]


class TransformationJson(TypedDict):
    """Which of the provider's objects is meant, and what its fields are called."""

    vendorName: str
    fields: list[MappedFieldJson]
    level: str


def definition_json(definition: ObjectDefinition) -> DefinitionJson:
    """Return a definition as the platform shows it."""
    fields: list[DefinedFieldJson] = [{"path": each.path, "type": each.type} for each in definition.fields]
    return {"fields": fields, "level": _LEVEL}


def transformation_json(transformation: Transformation) -> TransformationJson:
    """Return a transformation as the platform shows it."""
    fields: list[MappedFieldJson] = []
    for each in transformation.fields:
        entry: MappedFieldJson = {"path": each.path, "vendorPath": each.vendor_path}
        if each.type is not None:
            entry["type"] = each.type
        fields.append(entry)
    return {"vendorName": transformation.vendor_name, "fields": fields, "level": _LEVEL}
