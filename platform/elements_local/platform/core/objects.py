"""Objects that an instance names and maps itself: their definitions, and the transformations that map them."""

from collections.abc import Collection, Iterable, Mapping
from enum import Enum

from msgspec import Struct, field

from elements_local.kit.values import replace

DATE_MASK = "transformDate"
"""The entry that says how the provider writes a date."""


class Direction(Enum):
    """Which way a record goes, in the words of a transformation's ``configuration``."""

    FROM_VENDOR = "fromVendor"
    TO_VENDOR = "toVendor"


class DefinedField(Struct, frozen=True, kw_only=True):
    """A field of an object, as the instance's owner names it."""

    path: str
    type: str = "string"


class ObjectDefinition(Struct, frozen=True, kw_only=True):
    """An object as the instance's owner wants to see it."""

    fields: tuple[DefinedField, ...] = ()

    def type_of(self, path: str) -> str:
        """Return the type of a field; one that is not defined is a text (assumed)."""
        return next((each.type for each in self.fields if each.path == path), "string")


class MappingEntry(Struct, frozen=True, kw_only=True):
    """An entry in the ``configuration`` of a transformation, or of one of its fields.

    Attributes:
        properties: as they came; None if there are none.
    """

    type: str
    properties: Mapping[str, object] | None = None

    def leaves_out(self, direction: Direction) -> bool:
        """Say whether what it is about is left out of the records that go this way.

        Source: ``remove`` with true, ``passThrough`` with false (documented); that a direction which is not named
            passes is assumed.
        """
        flag = (self.properties or {}).get(direction.value)
        return (self.type == "remove" and flag is True) or (self.type == "passThrough" and flag is False)


class TransformationScript(Struct, frozen=True, kw_only=True):
    """A script that is kept and not run; without a word of its sender, the rest is filled in (documented)."""

    body: str
    mime_type: str = "application/javascript"
    filter_empty_response: bool = False


class MappedField(Struct, frozen=True, kw_only=True):
    """A field's own path, and the provider's.

    Attributes:
        type, vendor_type: None where the request says none.
    """

    path: str
    vendor_path: str
    type: str | None = None
    vendor_type: str | None = None
    configuration: tuple[MappingEntry, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Its own path, and the provider's."""
        return frozenset({self.path, self.vendor_path})

    def passes(self, direction: Direction) -> bool:
        """Say whether the field is part of the records that go this way."""
        return _passes(self.configuration, direction)

    def showing(self) -> "MappedField":
        """Return one that is part of the records that callers see."""
        entries = (one for one in self.configuration if not one.leaves_out(Direction.FROM_VENDOR))
        return replace(self, configuration=tuple(entries))

    @property
    def date_mask(self) -> str | None:
        """The Java pattern of the provider's text, if the field has one."""
        patterns = (
            (each.properties or {}).get("pattern") for each in self.configuration if each.type == DATE_MASK
        )
        return next((pattern for pattern in patterns if isinstance(pattern, str)), None)


class Transformation(Struct, frozen=True, kw_only=True):
    """Which of the provider's objects is meant, and what its fields are called.

    Attributes:
        start_date: when it was last changed, as it is shown; "" where nobody knows.
    """

    vendor_name: str
    fields: tuple[MappedField, ...] = ()
    configuration: tuple[MappingEntry, ...] = ()
    script: TransformationScript | None = None
    is_legacy: bool = False
    start_date: str = ""

    def rest_passes(self, direction: Direction) -> bool:
        """Say whether fields that are not mapped are part of the records that go this way."""
        return _passes(self.configuration, direction)

    def hides(self, field: str) -> bool:
        """Say whether callers see a field neither by this name nor by another.

        >>> Transformation(vendor_name="contacts", configuration=(MappingEntry(type="passThrough", properties={"fromVendor": False}),)).hides("CITY")
        True
        """
        own = [one.passes(Direction.FROM_VENDOR) for one in self.fields if field in one.names]
        return not (any(own) if own else self.rest_passes(Direction.FROM_VENDOR))

    def showing(self, fields: Collection[str]) -> "Transformation":
        """Return one that hides none of these fields; those that are not mapped keep their names."""
        kept = tuple(one.showing() if one.names & {*fields} else one for one in self.fields)
        mapped = {name for one in kept for name in one.names}
        added = tuple(MappedField(path=each, vendor_path=each) for each in fields if each not in mapped)
        return replace(self, fields=(*kept, *added), start_date="")


class Objects(Struct, frozen=True, kw_only=True):
    """An instance's definitions and transformations, by the objects' names."""

    definitions: Mapping[str, ObjectDefinition] = field(default_factory=dict)
    transformations: Mapping[str, Transformation] = field(default_factory=dict)

    def transformation_in_force(self, name: str) -> Transformation | None:
        """Return how an object is mapped; it needs both a definition and a transformation."""
        return self.transformations.get(name) if name in self.definitions else None

    def in_force(self) -> dict[str, Transformation]:
        """Return all mapped objects."""
        return {name: mapped for name, mapped in self.transformations.items() if name in self.definitions}


NONE = Objects()


def _passes(entries: Iterable[MappingEntry], direction: Direction) -> bool:
    return not any(entry.leaves_out(direction) for entry in entries)
