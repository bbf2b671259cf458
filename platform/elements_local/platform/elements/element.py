"""What an element is: its description, its configuration keys, its poller's own entries."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256

from msgspec import Struct

from elements_local.kit.values import replace

SECRET_TYPE = "PASSWORD"  # noqa: S105 - the name of an input type
SECRET_KEYS = frozenset({"oauth.api.key", "oauth.api.secret"})


class ConfigurationKey(Struct, frozen=True, kw_only=True):
    """One key of an element's configuration.

    Attributes:
        type: one of the platform's input types, such as ``TEXTFIELD_128`` or ``PASSWORD``.
        default: a text, or None.
        required: whether an instance cannot be made without it.
        hidden: whether the vendor's console hides it.
        number: by which it is also known; None where it is not one of the element's own.
        order: where it is shown; None is behind the one before it.
        options: what may be chosen, as values and descriptions.
    """

    key: str
    name: str
    type: str
    description: str = ""
    default: str | None = None
    required: bool = False
    hidden: bool = False
    number: int | None = None
    order: int | None = None
    options: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> int:
        """The number by which it is also known; one that follows from its name where none was given (assumed)."""
        if self.number is not None:
            return self.number
        return int.from_bytes(sha256(self.key.encode()).digest()[:4]) >> 1

    @property
    def secret(self) -> bool:
        """Whether its value is shown as asterisks."""
        return self.type == SECRET_TYPE or self.key in SECRET_KEYS


class Element(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """A vendor's application, as the platform describes it.

    Attributes:
        keys: in the order in which a configuration shows them.
        credentials: those keys by which the vendor knows its callers.
        authentication: of which kind they are, in the platform's word.
        poller_defaults: the element's own entries of ``event.poller.configuration``.
        id_fields: hub resource -> the field that holds a record's id.
    """

    id: int
    key: str
    name: str
    hub: str
    description: str
    image: str
    keys: tuple[ConfigurationKey, ...]
    credentials: tuple[str, ...]
    authentication: str
    poller_defaults: Mapping[str, Mapping[str, object]]
    id_fields: Mapping[str, str]

    @cached_property
    def secret_keys(self) -> frozenset[str]:
        """The keys whose values are shown as asterisks."""
        return SECRET_KEYS | {entry.key for entry in self.keys if entry.secret}


def numbered(element_id: int, keys: Sequence[ConfigurationKey]) -> tuple[ConfigurationKey, ...]:
    """Return an element's keys with their numbers."""
    return tuple(replace(key, number=element_id * 1000 + place) for place, key in enumerate(keys))
