"""What clients send of object definitions and transformations.

Source: of a field of a transformation ``path`` and ``vendorPath`` are needed, all else may be left out; its
``configuration`` may be null (documented, observed).
"""

from typing import Annotated

from msgspec import Meta, Struct

from elements_local.kit.values import replace
from elements_local.platform.core.objects import (
    DefinedField,
    MappedField,
    MappingEntry,
    Transformation,
    TransformationScript,
)

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
