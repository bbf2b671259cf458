"""An element as the catalogue shows it: its details, its configuration keys, its metadata, its definition.

Source: the vendor's catalogue answers, exported definitions, and its test suite's schemas (observed).
"""

from typing import Any, NotRequired, TypedDict, TypeVar

from elements_local.kit.api.views import View
from elements_local.platform.elements.connector import ConfigurationKey, Element


class Authentication(View):
    """How an element's provider knows its callers."""

    type: str


class ElementJson(View, kw_only=True):
    """An element as an instance shows it (documented)."""

    id: int
    name: str
    key: str
    description: str
    image: str
    active: bool = True
    deleted: bool = False
    type_oauth: bool = False
    trial_account: bool = False
    resources: tuple[object, ...] = ()
    transformations_enabled: bool = True
    bulk_download_enabled: bool = True
    bulk_upload_enabled: bool = True
    cloneable: bool = True
    extendable: bool = True
    beta: bool = False
    authentication: Authentication
    extended: bool = False
    hub: str
    protocol_type: str = "http"
    parameters: tuple[object, ...] = ()


E = TypeVar("E", bound=ElementJson)


def element_json(element: Element, view: type[E], **differs: Any) -> E:
    """Return an element as an instance shows it, or with more of it."""
    return view(
        id=element.id,
        name=element.name,
        key=element.key,
        description=element.description,
        image=element.image,
        authentication=Authentication(type=element.authentication),
        hub=element.hub,
        **differs,
    )


_EVENT_TYPES = ["created", "updated"]
_READING = {"search": ("GET", ""), "retrieve": ("GET", "/{id}")}
_WRITING = {"create": ("POST", ""), "update": ("PATCH", "/{id}"), "delete": ("DELETE", "/{id}")}


class OptionJson(TypedDict):
    """What may be chosen for a configuration key."""

    value: str
    description: str


class ConfigurationJson(TypedDict):
    """A configuration key."""

    id: int
    name: str
    key: str
    description: str
    defaultValue: NotRequired[str]
    resellerConfig: bool
    companyConfig: bool
    active: bool
    internal: bool
    groupControl: bool
    displayOrder: int
    type: str
    hideFromConsole: bool
    required: bool
    options: NotRequired[list[OptionJson]]


class ElementDetails(ElementJson, kw_only=True):
    """An element with its configuration."""

    configuration: list[ConfigurationJson]


class OperationJson(TypedDict):
    """A call that an element takes: where, and with which method."""

    path: str
    method: str
    type: str
    description: str


class Definition(ElementDetails, kw_only=True):
    """An element as it is exported; its resources, elsewhere an empty list, are shown."""

    definition: list[OperationJson]


class PolledJson(TypedDict):
    """How a resource is polled."""

    pollUrl: str
    eventTypes: list[str]


class EventsJson(TypedDict):
    """Which events an element has."""

    supported: bool
    methods: list[str]
    polling: dict[str, PolledJson]


class DiscoveryJson(TypedDict):
    """What an element can find out about its provider."""

    customFields: bool
    customObjects: bool
    endpointCustomFields: bool
    endpointCustomObjects: bool


class BulkSupportJson(TypedDict):
    """Which ways bulk jobs go."""

    upload: bool
    download: bool


class ApiJson(TypedDict):
    """What the provider speaks."""

    type: str
    contentType: str


class ResourceEventsJson(TypedDict):
    """Which events a resource has."""

    supported: bool
    methods: list[str]
    eventTypes: list[str]


class BulkWayJson(TypedDict):
    """Whether a resource takes part in bulk jobs."""

    supported: bool
    native: bool


class ResourceBulkJson(TypedDict):
    """Whether a resource takes part in bulk jobs, each way."""

    upload: BulkWayJson
    download: BulkWayJson


class CustomFieldJson(TypedDict):
    """What can be done with a resource's custom fields."""

    get: bool
    create: bool
    update: bool
    delete: bool


class ResourceJson(TypedDict):
    """What a resource can do."""

    canonicalName: str
    operations: list[str]
    events: ResourceEventsJson
    bulk: ResourceBulkJson
    customField: CustomFieldJson


class Metadata(TypedDict):
    """What an element can do."""

    id: int
    name: str
    key: str
    description: str
    image: str
    displayOrder: int
    active: bool
    beta: bool
    hub: str
    elementType: str
    churros: bool
    transformations: bool
    normalizedPaging: bool
    swaggerValidated: bool
    cloneable: bool
    extended: bool
    authenticationType: str
    defaultAuthentication: str
    events: EventsJson
    discovery: DiscoveryJson
    bulk: BulkSupportJson
    api: ApiJson
    resources: NotRequired[list[ResourceJson]]


def element_details(element: Element) -> ElementDetails:
    """Return an element with its configuration."""
    return element_json(element, ElementDetails, configuration=configuration_to_json(element))


def definition(element: Element) -> Definition:
    """Return an element as it is exported; that its calls are in ``definition`` is assumed."""
    return element_json(
        element, Definition, configuration=configuration_to_json(element), definition=_calls(element)
    )


def configuration_to_json(element: Element) -> list[ConfigurationJson]:
    """Return an element's configuration keys in their order."""
    return [key_to_json(element, key) for key in element.keys]


def key_to_json(element: Element, key: ConfigurationKey) -> ConfigurationJson:
    """Return one of an element's configuration keys."""
    entry: ConfigurationJson = {
        "id": key.id,
        "name": key.name,
        "key": key.key,
        "description": key.description or key.name,
        **({} if key.default is None else {"defaultValue": key.default}),  # type: ignore[typeddict-item]  # or nothing
        "resellerConfig": False,
        "companyConfig": False,
        "active": True,
        "internal": False,
        "groupControl": False,
        "displayOrder": element.keys.index(key) if key.order is None else key.order,
        "type": key.type,
        "hideFromConsole": key.hidden,
        "required": key.required,
    }
    if key.options:
        entry["options"] = [{"value": value, "description": words} for value, words in key.options]
    return entry


def metadata(element: Element, *, expand: bool) -> Metadata:
    """Return what an element can do.

    Args:
        expand: with its resources.
    """
    answer: Metadata = {
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
        "churros": True,
        "transformations": True,
        "normalizedPaging": True,
        "swaggerValidated": True,
        "cloneable": True,
        "extended": False,
        "authenticationType": element.authentication,
        "defaultAuthentication": element.authentication,
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
    if expand:
        answer["resources"] = [_resource(element, name) for name in element.id_fields]
    return answer


def operations(element: Element, resource: str) -> dict[str, tuple[str, str]]:
    """Return what can be done with a resource: operation -> method, and path below the resource."""
    return {**_WRITING, **_READING} if resource in element.poller_defaults else _READING


def _polling(element: Element) -> dict[str, PolledJson]:
    return {
        name: {"pollUrl": str(entry["url"]), "eventTypes": _EVENT_TYPES}
        for name, entry in element.poller_defaults.items()
    }


def _resource(element: Element, name: str) -> ResourceJson:
    polled = name in element.poller_defaults
    return {
        "canonicalName": name,
        "operations": sorted(operations(element, name)),
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


def _calls(element: Element) -> list[OperationJson]:
    return [
        {
            "path": f"/hubs/{element.hub}/{resource}{below}",
            "method": method,
            "type": "api",
            "description": f"{operation} {resource}",
        }
        for resource in element.id_fields
        for operation, (method, below) in operations(element, resource).items()
    ]
