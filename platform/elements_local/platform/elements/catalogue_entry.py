"""An element as the catalogue shows it: its details, its configuration keys, its metadata, its definition.

Source: the vendor's catalogue answers, exported definitions, and its test suite's schemas (observed).
"""

from typing import Any, TypeVar

from msgspec import UNSET, UnsetType

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
        type_oauth=element.oauth,
        authentication=Authentication(type=element.authentication),
        hub=element.hub,
        **differs,
    )


_EVENT_TYPES = ("created", "updated")
_READING = {"search": ("GET", ""), "retrieve": ("GET", "/{id}")}
_WRITING = {"create": ("POST", ""), "update": ("PATCH", "/{id}"), "delete": ("DELETE", "/{id}")}


class OptionJson(View):
    """What may be chosen for a configuration key."""

    value: str
    description: str


class ConfigurationJson(View, kw_only=True):
    """A configuration key."""

    id: int
    name: str
    key: str
    description: str
    default_value: str | UnsetType = UNSET
    reseller_config: bool = False
    company_config: bool = False
    active: bool = True
    internal: bool = False
    group_control: bool = False
    display_order: int
    type: str
    hide_from_console: bool
    required: bool
    options: list[OptionJson] | UnsetType = UNSET


class ElementDetails(ElementJson, kw_only=True):
    """An element with its configuration."""

    configuration: list[ConfigurationJson]


class OperationJson(View, kw_only=True):
    """A call that an element takes: where, and with which method."""

    path: str
    method: str
    type: str = "api"
    description: str


class Definition(ElementDetails, kw_only=True):
    """An element as it is exported; its resources, elsewhere an empty list, are shown."""

    definition: list[OperationJson]


class PolledJson(View):
    """How a resource is polled."""

    poll_url: str
    event_types: tuple[str, ...] = _EVENT_TYPES


class EventsJson(View, kw_only=True):
    """Which events an element has."""

    supported: bool = True
    methods: tuple[str, ...] = ("polling",)
    polling: dict[str, PolledJson]


class DiscoveryJson(View):
    """What an element can find out about its provider."""

    custom_fields: bool = True
    custom_objects: bool = True
    endpoint_custom_fields: bool = False
    endpoint_custom_objects: bool = False


class BulkSupportJson(View):
    """Which ways bulk jobs go."""

    upload: bool = True
    download: bool = True


class ApiJson(View):
    """What the provider speaks."""

    type: str = "rest"
    content_type: str = "json"


class ResourceEventsJson(View):
    """Which events a resource has."""

    supported: bool
    methods: tuple[str, ...]
    event_types: tuple[str, ...]


class BulkWayJson(View):
    """Whether a resource takes part in bulk jobs."""

    supported: bool
    native: bool = False


class ResourceBulkJson(View):
    """Whether a resource takes part in bulk jobs, each way."""

    upload: BulkWayJson
    download: BulkWayJson


class CustomFieldJson(View):
    """What can be done with a resource's custom fields."""

    get: bool = False
    create: bool = False
    update: bool = False
    delete: bool = False


class ResourceJson(View, kw_only=True):
    """What a resource can do."""

    canonical_name: str
    operations: list[str]
    events: ResourceEventsJson
    bulk: ResourceBulkJson
    custom_field: CustomFieldJson


class Metadata(View, kw_only=True):
    """What an element can do."""

    id: int
    name: str
    key: str
    description: str
    image: str
    display_order: int = 0
    active: bool = True
    beta: bool = False
    hub: str
    element_type: str = "element"
    churros: bool = True
    transformations: bool = True
    normalized_paging: bool = True
    swagger_validated: bool = True
    cloneable: bool = True
    extended: bool = False
    authentication_type: str
    default_authentication: str
    events: EventsJson
    discovery: DiscoveryJson
    bulk: BulkSupportJson
    api: ApiJson
    resources: list[ResourceJson] | UnsetType = UNSET


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
    return ConfigurationJson(
        id=key.id,
        name=key.name,
        key=key.key,
        description=key.description or key.name,
        default_value=UNSET if key.default is None else key.default,
        display_order=element.keys.index(key) if key.order is None else key.order,
        type=key.type,
        hide_from_console=key.hidden,
        required=key.required,
        options=[OptionJson(value=value, description=words) for value, words in key.options] or UNSET,
    )


def metadata(element: Element, *, expand: bool) -> Metadata:
    """Return what an element can do.

    Args:
        expand: with its resources.
    """
    polling = {
        name: PolledJson(poll_url=str(entry["url"])) for name, entry in element.poller_defaults.items()
    }
    return Metadata(
        id=element.id,
        name=element.name,
        key=element.key,
        description=element.description,
        image=element.image,
        hub=element.hub,
        authentication_type=element.authentication,
        default_authentication=element.authentication,
        events=EventsJson(polling=polling),
        discovery=DiscoveryJson(),
        bulk=BulkSupportJson(),
        api=ApiJson(),
        resources=[_resource(element, name) for name in element.id_fields] if expand else UNSET,
    )


def operations(element: Element, resource: str) -> dict[str, tuple[str, str]]:
    """Return what can be done with a resource: operation -> method, and path below the resource."""
    return {**_WRITING, **_READING} if resource in element.poller_defaults else _READING


def _resource(element: Element, name: str) -> ResourceJson:
    polled = name in element.poller_defaults
    bulk = BulkWayJson(supported=polled)
    return ResourceJson(
        canonical_name=name,
        operations=sorted(operations(element, name)),
        events=ResourceEventsJson(
            supported=polled,
            methods=("polling",) if polled else (),
            event_types=_EVENT_TYPES if polled else (),
        ),
        bulk=ResourceBulkJson(upload=bulk, download=bulk),
        custom_field=CustomFieldJson(),
    )


def _calls(element: Element) -> list[OperationJson]:
    return [
        OperationJson(
            path=f"/hubs/{element.hub}/{resource}{below}",
            method=method,
            description=f"{operation} {resource}",
        )
        for resource in element.id_fields
        for operation, (method, below) in operations(element, resource).items()
    ]
