"""What a connector of the platform is: its description, its configuration keys, its poller's own entries."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_platform.domain.masking import SECRET_KEYS, SECRET_TYPE


@dataclass(frozen=True, kw_only=True)
class ConfigurationKey:
    """One key of an element's configuration.

    Attributes:
        type: one of the platform's input types, such as ``TEXTFIELD_128`` or ``PASSWORD``.
        default: a text, or None.
        required: whether an instance cannot be made without it.
        hidden: whether the vendor's console hides it.
    """

    key: str
    name: str
    type: str
    description: str = ""
    default: str | None = None
    required: bool = False
    hidden: bool = False

    @property
    def secret(self) -> bool:
        """Whether its value is shown as asterisks."""
        return self.type == SECRET_TYPE or self.key in SECRET_KEYS


@dataclass(frozen=True, kw_only=True, eq=False)
class Element:
    """A connector.

    Attributes:
        keys: in the order in which a configuration shows them.
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
    poller_defaults: Mapping[str, object]
    id_fields: Mapping[str, str]

    def key_id(self, key: ConfigurationKey) -> int:
        """Return the number by which a key of the configuration is also known."""
        return self.id * 1000 + self.keys.index(key)

    @property
    def secret_keys(self) -> frozenset[str]:
        """The keys whose values are shown as asterisks."""
        return SECRET_KEYS | {entry.key for entry in self.keys if entry.secret}
