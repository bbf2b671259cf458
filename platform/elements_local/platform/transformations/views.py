"""Object definitions and transformations as clients send them, and as the platform shows them.

Source: the keys that its tools send and read, and that each field of a transformation has ``path``, ``type`` and ``level``
(observed); the form of ``startDate`` (documented). That a type which was not sent is the definition's is inferred. Of what is
sent, ``path`` and ``vendorPath`` of a field are needed, all else may be left out; its ``configuration`` may be null
(documented, observed).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from elements_local.kit.api.views import View
from elements_local.kit.values import replace
from elements_local.platform.core.objects import (
    DefinedField,
    MappedField,
    MappingEntry,
    ObjectDefinition,
    Objects,
    Transformation,
    TransformationScript,
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


ObjectKey = Annotated[str, Meta(min_length=1, max_length=500, pattern="^[^/]+$")]


class DefinitionRequest(Struct):
    """What an object is to look like."""

    fields: list[DefinedField]


class RenameRequest(Struct, rename="camel"):
    """What an object is to be called."""

    object_name: ObjectKey


class MappingRequest(Struct, rename="camel"):
    """A field's own path and the provider's.

    Attributes:
        type: without one, the definition's.
        configuration: ``remove``, ``passThrough`` and ``transformDate`` have an effect.
    """

    path: str
    vendor_path: str
    type: str | None = None
    vendor_type: str | None = None
    configuration: list[MappingEntry] | None = None

    def to_field(self) -> MappedField:
        """Return what the rules want to know."""
        return MappedField(
            path=self.path,
            vendor_path=self.vendor_path,
            type=self.type,
            vendor_type=self.vendor_type,
            configuration=tuple(self.configuration or ()),
        )


class ScriptRequest(Struct, rename="camel"):
    """A script; it is kept and answered, and not run."""

    body: str
    mime_type: str | None = None
    filter_empty_response: bool = False

    def to_script(self) -> TransformationScript:
        """Return what is kept."""
        script = TransformationScript(body=self.body, filter_empty_response=self.filter_empty_response)
        return replace(script, mime_type=self.mime_type) if self.mime_type else script


class TransformationRequest(Struct, rename="camel"):
    """Which of the provider's objects is meant, and what its fields are called.

    Attributes:
        vendor_name: an object of the hub or the provider's; without one, the object's own name (assumed).
        configuration: ``passThrough`` has an effect.
        is_legacy: whether the script is of the older kind.
    """

    fields: list[MappingRequest] = []
    vendor_name: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    configuration: list[MappingEntry] | None = None
    script: ScriptRequest | None = None
    is_legacy: bool = False

    def to_transformation(self, name: str, *, start_date: str) -> Transformation:
        """Return what the rules want to know."""
        return Transformation(
            vendor_name=self.vendor_name or name,
            fields=tuple(each.to_field() for each in self.fields),
            configuration=tuple(self.configuration or ()),
            script=self.script.to_script() if self.script else None,
            is_legacy=self.is_legacy,
            start_date=start_date,
        )
