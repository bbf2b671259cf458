"""An element as the catalogue shows it: its details, its configuration keys, its metadata.

Source: the vendor's catalogue answers and its test suite's schemas (observed).
"""

from collections.abc import Mapping

from mock_platform.domain.element import ConfigurationKey, Element
from mock_platform.domain.instance_json import element_to_json

_EVENT_TYPES = ["created", "updated"]
_OPERATIONS = ["create", "delete", "retrieve", "search", "update"]


def element_details(element: Element) -> dict[str, object]:
    """Return an element with its configuration."""
    return {**element_to_json(element), "configuration": configuration_to_json(element)}


def configuration_to_json(element: Element) -> list[dict[str, object]]:
    """Return an element's configuration keys in their order."""
    return [_key_to_json(element, key, order) for order, key in enumerate(element.keys)]


def metadata(element: Element, *, expand: bool) -> dict[str, object]:
    """Return what an element can do.

    Args:
        expand: with its resources.
    """
    shown: dict[str, object] = {
        "id": element.id,
        "name": element.name,
        "key": element.key,
        "description": element.description,
        "image": element.image,
        "displayOrder": 0,
        "active": True,
        "beta": False,
        "hub": element.hub,
        "elementType": "element",
        "transformations": True,
        "normalizedPaging": True,
        "swaggerValidated": True,
        "cloneable": True,
        "extended": False,
        "authenticationType": "basic",
        "defaultAuthentication": "basic",
        "events": {"supported": True, "methods": ["polling"], "polling": _polling(element)},
        "discovery": {
            "customFields": True,
            "customObjects": True,
            "endpointCustomFields": False,
            "endpointCustomObjects": False,
        },
        "bulk": {"upload": True, "download": True},
        "api": {"type": "rest", "contentType": "json"},
    }
    return (
        {**shown, "resources": [_resource(element, name) for name in element.id_fields]} if expand else shown
    )


def _polling(element: Element) -> dict[str, object]:
    return {
        name: {"pollUrl": entry["url"], "eventTypes": _EVENT_TYPES}
        for name, entry in element.poller_defaults.items()
        if isinstance(entry, Mapping)
    }


def _resource(element: Element, name: str) -> dict[str, object]:
    polled = name in element.poller_defaults
    return {
        "canonicalName": name,
        "operations": _OPERATIONS if polled else ["retrieve", "search"],
        "events": {
            "supported": polled,
            "methods": ["polling"] if polled else [],
            "eventTypes": _EVENT_TYPES if polled else [],
        },
        "bulk": {
            "upload": {"supported": polled, "native": False},
            "download": {"supported": polled, "native": False},
        },
        "customField": {"get": False, "create": False, "update": False, "delete": False},
    }


def _key_to_json(element: Element, key: ConfigurationKey, order: int) -> dict[str, object]:
    default = {} if key.default is None else {"defaultValue": key.default}
    return {
        "id": element.key_id(key),
        "name": key.name,
        "key": key.key,
        "description": key.description or key.name,
        **default,
        "resellerConfig": False,
        "companyConfig": False,
        "active": True,
        "internal": False,
        "groupControl": False,
        "displayOrder": order,
        "type": key.type,
        "hideFromConsole": key.hidden,
        "required": key.required,
    }
