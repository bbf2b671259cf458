"""One key of an instance's configuration, with its value and what the element says about it."""

from collections.abc import Mapping
from typing import TypedDict

from elements_local.platform.configuration.masking import mask
from elements_local.platform.core.choices import UnsetValues
from elements_local.platform.elements.element import ConfigurationKey, Element
from elements_local.platform.errors import NotFoundError


class EntryJson(TypedDict):
    """An entry of an instance's configuration (observed)."""

    id: int
    key: str
    name: str
    description: str
    propertyValue: str | None
    active: bool
    hideFromConsole: bool
    required: bool
    type: str


def entries(values: Mapping[str, str | None], element: Element, unset: UnsetValues) -> list[EntryJson]:
    """Return the entries of a configuration, masked as the map is (observed).

    Args:
        unset: how a key without a value is shown.
    """
    own_keys = {entry.key: entry for entry in element.keys}
    return [
        _entry(own_keys.get(key) or _unknown(key), value)
        for key, value in mask(values, element.secret_keys, unset).items()
    ]


def key_named(values: Mapping[str, str | None], element: Element, entry_id: str) -> str:
    """Return the key of the entry with an id.

    Raises:
        NotFoundError: none has it (inferred).
    """
    for key in values:
        if str(entry_number(key, element)) == entry_id:
            return key
    raise NotFoundError("configuration", entry_id)


def entry_number(key: str, element: Element) -> int:
    """Return the number by which a key is also known: that of the element's own key, the same in all instances.

    A key that the element does not know has a number that follows from its name, so that it stays the same
    whatever else a configuration holds (assumed).

    >>> from elements_local.platform.elements.catalogue import Catalogue, shipped
    >>> element = Catalogue(shipped()).element("insightly")
    >>> entry_number("username", element), entry_number("my.own", element)
    (5993000, 106219477)
    """
    own_key = next((entry for entry in element.keys if entry.key == key), None)
    return (own_key or _unknown(key)).id


def _unknown(key: str) -> ConfigurationKey:
    """Return what there is to say about a key that the element does not know."""
    return ConfigurationKey(key=key, name=key, type="TEXTFIELD_1000")


def _entry(entry: ConfigurationKey, value: str | None) -> EntryJson:
    return {
        "id": entry.id,
        "key": entry.key,
        "name": entry.name,
        "description": entry.description or entry.name,
        "propertyValue": value,
        "active": True,
        "hideFromConsole": entry.hidden,
        "required": entry.required,
        "type": entry.type,
    }
