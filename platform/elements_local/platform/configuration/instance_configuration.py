"""An instance's configuration: all that a client sends becomes texts, under all keys of the element.

Source: values are texts, flags and numbers too, and the map has every key of the element (observed).
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TypedDict

from elements_local.kit.caching import bounded_cache
from elements_local.platform.configuration import callback_headers, poller_configuration
from elements_local.platform.core.instance import Values
from elements_local.platform.core.poll import Resource
from elements_local.platform.core.settings import EmptyBlock, UnsetValues
from elements_local.platform.elements.connector import ConfigurationKey, Element
from elements_local.platform.errors import InvalidRequestError, NotFoundError

MASK = "********"
UNSET = UnsetValues()


def mask(values: Values, masked_keys: frozenset[str], unset: UnsetValues = UNSET) -> dict[str, str | None]:
    """Return values as they may be shown.

    >>> mask({"username": "ada", "password": "0123"}, frozenset({"password"}))
    {'username': 'ada', 'password': '********'}
    """
    return {
        key: MASK
        if key in masked_keys and (value or unset.masked)
        else unset.text
        if value is None
        else value
        for key, value in values.items()
    }


def unmask(values: Values, stored: Values, masked_keys: frozenset[str]) -> dict[str, str | None]:
    """Return values as they are meant: a mask stands for the secret that is stored already.

    >>> unmask({"password": "********"}, {"password": "0123"}, frozenset({"password"}))
    {'password': '0123'}
    """
    return {
        key: stored.get(key) if value == MASK and key in masked_keys else value
        for key, value in values.items()
    }


ENABLED = "event.notification.enabled"
CALLBACK_URL = "event.notification.callback.url"
SIGNATURE_KEY = callback_headers.SIGNATURE_KEY
VENDOR_TYPE = "event.vendor.type"
FILTER_NULLS = "filter.response.nulls"
PAGE_SIZE = "pagination.max"

_FLAGS = (ENABLED, FILTER_NULLS)
# the last two name one thing (documented, in conflict)
_VENDOR_TYPES = frozenset({"polling", "webhook", "webhooks"})


def as_text(value: object) -> str | None:
    """Return a configuration value as the platform keeps it.

    >>> as_text(True), as_text(15), as_text({"contacts": {}}), as_text(None)
    ('true', '15', '{"contacts":{}}', None)
    """
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def complete(
    sent: Mapping[str, object], element: Element, *, stored: Values | None = None
) -> dict[str, str | None]:
    """Return a whole configuration: what was sent, then the element's defaults; masks keep what is stored.

    Keys that the element does not know are kept as they are (assumed).

    Raises:
        PollerConfigurationError: the lines of ``event.poller.urls`` cannot be read.
    """
    texts = {key: as_text(value) for key, value in sent.items()}
    texts = unmask(texts, stored or {}, element.masked_keys)
    own_keys = {entry.key: texts.pop(entry.key, None) or entry.default for entry in element.keys}
    return dict(poller_configuration.lines_as_blocks({**own_keys, **texts}, defaults=element.poller_defaults))


def merge(stored: Values, sent: Mapping[str, object], element: Element) -> dict[str, str | None]:
    """Return a stored configuration with only the keys that were sent changed.

    Null or an empty text brings back a key's default, as it does when an instance is made (assumed).
    """
    return complete({**stored, **sent}, element, stored=stored)


def check(values: Values, element: Element, *, empty_block: EmptyBlock) -> None:
    """Refuse a configuration that could not work.

    Raises:
        InvalidRequestError: says which key, what came and what was expected.
    """
    missing = [entry.key for entry in element.keys if entry.required and not values.get(entry.key)]
    if missing:
        raise InvalidRequestError(
            f"configuration needs {' and '.join(missing)}; {element.name} cannot be reached without"
        )
    for key in _FLAGS:
        if (values.get(key) or "false").strip().lower() not in {"true", "false"}:
            raise InvalidRequestError(f"{key} must be true or false; got {values[key]!r}")
    if values.get(VENDOR_TYPE) and values[VENDOR_TYPE] not in _VENDOR_TYPES:
        raise InvalidRequestError(f"{VENDOR_TYPE} must be polling or webhook; got {values[VENDOR_TYPE]!r}")
    callback_headers.extra_headers(values.get(callback_headers.EXTRA))
    refresh_interval(values)
    polled_resources(values, element, empty_block=empty_block)


def events_enabled(values: Values) -> bool:
    """Say whether an instance reports events."""
    return is_true(values, ENABLED)


def is_polled(values: Values) -> bool:
    """Say whether an instance's events come from polling."""
    return events_enabled(values) and (values.get(VENDOR_TYPE) or "polling") == "polling"


def is_true(values: Values, key: str) -> bool:
    """Read a flag."""
    return (values.get(key) or "").strip().lower() == "true"


def refresh_interval(values: Values) -> timedelta:
    """Return the time between two polls of an instance."""
    return poller_configuration.refresh_interval(values.get(poller_configuration.REFRESH_INTERVAL))


def polled_resources(values: Values, element: Element, *, empty_block: EmptyBlock) -> tuple[Resource, ...]:
    """Return what an instance polls."""
    return _polled_resources(tuple(map(values.get, poller_configuration.KEYS)), element, empty_block)


def own_resources(element: Element) -> tuple[Resource, ...]:
    """Return what an element's own blocks poll."""
    every = {poller_configuration.OBJECTS: ",".join(element.poller_defaults)}
    return polled_resources(every, element, empty_block=EmptyBlock.DEFAULT)


@bounded_cache(256)
def _polled_resources(
    texts: tuple[str | None, ...], element: Element, empty_block: EmptyBlock
) -> tuple[Resource, ...]:
    """Read what is polled, once for all polls of a configuration that does not change."""
    values = dict(zip(poller_configuration.KEYS, texts, strict=True))
    return poller_configuration.resources(values, defaults=element.poller_defaults, empty_block=empty_block)


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
        for key, value in mask(values, element.masked_keys, unset).items()
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
    regardless of what else a configuration holds (assumed).

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
