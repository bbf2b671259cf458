"""An instance and whose it is; what it calls the provider's objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Values = Mapping[str, str | None]
"""An instance's configuration; None where a key has no value."""


@dataclass(frozen=True, kw_only=True)
class DefinedField:
    """A field of an object, as the instance's owner names it."""

    path: str
    type: str = "string"


@dataclass(frozen=True, kw_only=True)
class ObjectDefinition:
    """An object as the instance's owner wants to see it."""

    fields: tuple[DefinedField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MappedField:
    """A field's own path, and the provider's."""

    path: str
    vendor_path: str
    type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Transformation:
    """Which of the provider's objects is meant, and what its fields are called."""

    vendor_name: str
    fields: tuple[MappedField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Objects:
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


@dataclass(frozen=True, kw_only=True)
class User:
    """Whose an instance is, as the instance and its events say."""

    id: int
    account_id: int
    company_id: int
    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A customer's connection to the CRM.

    Attributes:
        configuration: all keys of the element; values are texts, None where there is none.
        polling_disabled: its poller was switched off after too many failures.
        user_id: whose it is; None is the user that the workspace began with.
        trace_logging_until: when the logging of traces that was asked for ends; None if there is none.
        objects: what it calls the provider's objects and their fields.
    """

    id: int
    token: str
    name: str
    tags: tuple[str, ...]
    element_key: str
    configuration: Values
    created: datetime
    external_authentication: str = "none"
    disabled: bool = False
    polling_disabled: bool = False
    trace_logging_until: datetime | None = None
    subscription_id: int | None = None
    user_id: int | None = None
    objects: Objects = NONE
