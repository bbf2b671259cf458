"""How the platform shows object definitions and transformations.

Source: the keys that its tools send and read, and that each field of a transformation has ``path``, ``type`` and ``level``
(observed); the form of ``startDate`` (documented). That a type which was not sent is the definition's is inferred.
"""

from datetime import datetime
from typing import NotRequired, TypedDict

from elements_local.platform.core.objects import MappingEntry, ObjectDefinition, Objects, Transformation

_LEVEL = "instance"


class DefinedFieldJson(TypedDict):
    """A field of a definition."""

    path: str
    type: str


class DefinitionJson(TypedDict):
    """What an object is to look like."""

    objectName: str
    fields: list[DefinedFieldJson]
    level: str


class MappingEntryJson(TypedDict):
    """An entry of a configuration."""

    type: str
    properties: NotRequired[dict[str, object]]


class MappedFieldJson(TypedDict):
    """A field's own path and the provider's."""

    path: str
    vendorPath: str
    type: str
    vendorType: NotRequired[str]
    level: str
    configuration: NotRequired[list[MappingEntryJson]]


class ScriptJson(TypedDict):
    """A script; it is not run."""

    body: str
    mimeType: str
    filterEmptyResponse: bool


class TransformationJson(TypedDict):
    """Which of the provider's objects is meant, and what its fields are called."""

    objectName: str
    vendorName: str
    fields: list[MappedFieldJson]
    level: str
    startDate: NotRequired[str]
    configuration: NotRequired[list[MappingEntryJson]]
    script: NotRequired[ScriptJson]
    isLegacy: bool


def definition_json(name: str, definition: ObjectDefinition) -> DefinitionJson:
    """Return a definition as the platform shows it."""
    fields: list[DefinedFieldJson] = [{"path": each.path, "type": each.type} for each in definition.fields]
    return {"objectName": name, "fields": fields, "level": _LEVEL}


def transformation_json(name: str, transformation: Transformation, objects: Objects) -> TransformationJson:
    """Return a transformation as the platform shows it."""
    answer: TransformationJson = {
        "objectName": name,
        "vendorName": transformation.vendor_name,
        "fields": _fields(transformation, objects.definitions.get(name, ObjectDefinition())),
        "level": _LEVEL,
        "isLegacy": transformation.is_legacy,
    }
    if transformation.start_date:
        answer["startDate"] = transformation.start_date
    if transformation.configuration:
        answer["configuration"] = _entries(transformation.configuration)
    if transformation.script is not None:
        answer["script"] = {
            "body": transformation.script.body,
            "mimeType": transformation.script.mime_type,
            "filterEmptyResponse": transformation.script.filter_empty_response,
        }
    return answer


def start_date(instant: datetime) -> str:
    """Write when a transformation was changed: a blank between date and time, up to six digits of a fraction.

    >>> start_date(datetime(2018, 2, 1, 10, 11, 12, 131415))
    '2018-02-01 10:11:12.131415'
    """
    return instant.replace(tzinfo=None).isoformat(sep=" ")


def _fields(transformation: Transformation, definition: ObjectDefinition) -> list[MappedFieldJson]:
    fields: list[MappedFieldJson] = []
    for each in transformation.fields:
        answer: MappedFieldJson = {
            "path": each.path,
            "vendorPath": each.vendor_path,
            "type": each.type or definition.type_of(each.path),
            "level": _LEVEL,
        }
        if each.vendor_type is not None:
            answer["vendorType"] = each.vendor_type
        if each.configuration:
            answer["configuration"] = _entries(each.configuration)
        fields.append(answer)
    return fields


def _entries(entries: tuple[MappingEntry, ...]) -> list[MappingEntryJson]:
    return [
        {"type": each.type}
        if each.properties is None
        else {"type": each.type, "properties": dict(each.properties)}
        for each in entries
    ]
