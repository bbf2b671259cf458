"""How the platform shows object definitions and transformations.

Source: the keys that its tools send and read, and that each field of a transformation has ``path``, ``type`` and ``level``
(observed); the form of ``startDate`` (documented). That a type which was not sent is the definition's is inferred.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import UNSET, UnsetType

from elements_local.kit.api.views import View
from elements_local.platform.core.objects import (
    DefinedField,
    MappingEntry,
    ObjectDefinition,
    Objects,
    Transformation,
)


class DefinitionJson(View):
    """What an object is to look like."""

    object_name: str
    fields: tuple[DefinedField, ...]
    level: str = "instance"


class MappingEntryJson(View):
    """An entry of a configuration."""

    type: str
    properties: Mapping[str, object] | UnsetType = UNSET


class MappedFieldJson(View, kw_only=True):
    """A field's own path and the provider's."""

    path: str
    vendor_path: str
    type: str
    level: str = "instance"
    vendor_type: str | UnsetType = UNSET
    configuration: list[MappingEntryJson] | UnsetType = UNSET


class ScriptJson(View):
    """A script; it is not run."""

    body: str
    mime_type: str
    filter_empty_response: bool


class TransformationJson(View, kw_only=True):
    """Which of the provider's objects is meant, and what its fields are called."""

    object_name: str
    vendor_name: str
    fields: list[MappedFieldJson]
    level: str = "instance"
    is_legacy: bool
    start_date: str | UnsetType = UNSET
    configuration: list[MappingEntryJson] | UnsetType = UNSET
    script: ScriptJson | UnsetType = UNSET


def definition_json(name: str, definition: ObjectDefinition) -> DefinitionJson:
    """Return a definition as the platform shows it."""
    return DefinitionJson(object_name=name, fields=definition.fields)


def transformation_json(name: str, transformation: Transformation, objects: Objects) -> TransformationJson:
    """Return a transformation as the platform shows it."""
    definition = objects.definitions.get(name, ObjectDefinition())
    script = transformation.script
    return TransformationJson(
        object_name=name,
        vendor_name=transformation.vendor_name,
        fields=[
            MappedFieldJson(
                path=each.path,
                vendor_path=each.vendor_path,
                type=each.type or definition.type_of(each.path),
                vendor_type=UNSET if each.vendor_type is None else each.vendor_type,
                configuration=_entries(each.configuration),
            )
            for each in transformation.fields
        ],
        is_legacy=transformation.is_legacy,
        start_date=transformation.start_date or UNSET,
        configuration=_entries(transformation.configuration),
        script=UNSET
        if script is None
        else ScriptJson(
            body=script.body,
            mime_type=script.mime_type,
            filter_empty_response=script.filter_empty_response,
        ),
    )


def start_date(instant: datetime) -> str:
    """Write when a transformation was changed: a blank between date and time, up to six digits of a fraction.

    >>> start_date(datetime(2018, 2, 1, 10, 11, 12, 131415))
    '2018-02-01 10:11:12.131415'
    """
    return instant.replace(tzinfo=None).isoformat(sep=" ")


def _entries(entries: tuple[MappingEntry, ...]) -> list[MappingEntryJson] | UnsetType:
    return [
        MappingEntryJson(type=each.type, properties=UNSET if each.properties is None else each.properties)
        for each in entries
    ] or UNSET
