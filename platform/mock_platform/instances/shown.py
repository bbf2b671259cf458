"""How the platform shows an instance and its element: the keys, in its order."""

from datetime import datetime
from typing import NotRequired, TypedDict

from mock_platform.configuration import instance_configuration as configuration
from mock_platform.configuration.masking import mask
from mock_platform.core.models import Instance, User
from mock_platform.dates.iso_dates import iso_date
from mock_platform.elements.element import Element


class Authentication(TypedDict):
    """How an element's provider knows its callers."""

    type: str


class ElementJson(TypedDict):
    """An element as an instance shows it (documented)."""

    id: int
    name: str
    key: str
    description: str
    image: str
    active: bool
    deleted: bool
    typeOauth: bool
    trialAccount: bool
    resources: list[object]
    transformationsEnabled: bool
    bulkDownloadEnabled: bool
    bulkUploadEnabled: bool
    cloneable: bool
    extendable: bool
    beta: bool
    authentication: Authentication
    extended: bool
    hub: str
    protocolType: str
    parameters: list[object]


class UserJson(TypedDict):
    """Whose an instance is."""

    id: int
    emailAddress: str
    firstName: str
    lastName: str


class TransformationJson(TypedDict):
    """An object of an instance that is shown under names of one's own."""

    objectName: str
    vendorName: str


class ObjectJson(TypedDict):
    """An object that can be reached through an instance; its type is vdr, ceCanonical or vendor (documented)."""

    name: str
    vendorName: str
    type: str


class InstanceJson(TypedDict):
    """An instance.

    Source: the platform's answers and its schema (documented, observed). Without ``configuration`` where a list is
        asked for light instances (assumed).
    """

    id: int
    name: str
    createdDate: str
    token: str
    element: ElementJson
    elementId: int
    tags: list[str]
    provisionInteractions: list[object]
    valid: bool
    disabled: bool
    maxCacheSize: int
    cacheTimeToLive: int
    configuration: NotRequired[dict[str, str | None]]
    eventsEnabled: bool
    eventsNotificationCallbackUrl: NotRequired[str]
    subscriptionId: NotRequired[int]
    traceLoggingEnabled: bool
    cachingEnabled: bool
    externalAuthentication: str
    user: UserJson
    transformationData: NotRequired[list[TransformationJson]]
    objects: NotRequired[list[ObjectJson]]


class _Events(TypedDict, total=False):
    """What an instance shows of its events, if it has any."""

    eventsNotificationCallbackUrl: str
    subscriptionId: int


class ObjectsJson(TypedDict, total=False):
    """What an instance shows of its objects: those under names of one's own, and all of them if asked for."""

    transformationData: list[TransformationJson]
    objects: list[ObjectJson]


def to_json(  # noqa: PLR0913 - what an instance shows comes from all of these
    instance: Instance,
    element: Element,
    user: User,
    *,
    unset: str | None,
    now: datetime,
    objects: ObjectsJson | None = None,
) -> InstanceJson:
    """Return an instance as the platform shows it.

    Args:
        unset: how a configuration key without a value is shown: null in older captures, "" in newer ones.
    """
    values = mask(instance.configuration, element.secret_keys)
    enabled = configuration.events_enabled(instance.configuration)
    callback_url = instance.configuration.get(configuration.CALLBACK_URL)
    until = instance.trace_logging_until
    return {
        "id": instance.id,
        "name": instance.name,
        "createdDate": iso_date(instance.created),
        "token": instance.token,
        "element": element_to_json(element),
        "elementId": element.id,
        "tags": list(instance.tags),
        "provisionInteractions": [],
        "valid": True,
        "disabled": instance.disabled,
        "maxCacheSize": 0,
        "cacheTimeToLive": 0,
        "configuration": {key: unset if value is None else value for key, value in values.items()},
        "eventsEnabled": enabled,
        **_events(callback_url if enabled else None, instance.subscription_id),
        "traceLoggingEnabled": until is not None and now < until,
        "cachingEnabled": False,
        "externalAuthentication": instance.external_authentication,
        "user": {
            "id": user.id,
            "emailAddress": user.email,
            "firstName": user.first_name,
            "lastName": user.last_name,
        },
        **_mapped(instance),
        **(objects or {}),
    }


def _mapped(instance: Instance) -> ObjectsJson:
    """Return which objects are mapped; the key is there only if some are (observed)."""
    mapped = instance.objects.in_force()
    if not mapped:
        return {}
    return {
        "transformationData": [
            {"objectName": name, "vendorName": each.vendor_name} for name, each in mapped.items()
        ]
    }


def without_configuration(shown: InstanceJson) -> InstanceJson:
    """Return a light instance: what a list shows that is asked not to hydrate (assumed)."""
    light = shown.copy()
    light.pop("configuration", None)
    return light


def element_to_json(element: Element) -> ElementJson:
    """Return an element as an instance shows it."""
    return {
        "id": element.id,
        "name": element.name,
        "key": element.key,
        "description": element.description,
        "image": element.image,
        "active": element.active,
        "deleted": False,
        "typeOauth": False,
        "trialAccount": False,
        "resources": [],
        "transformationsEnabled": True,
        "bulkDownloadEnabled": True,
        "bulkUploadEnabled": True,
        "cloneable": True,
        "extendable": True,
        "beta": False,
        "authentication": {"type": "basic"},
        "extended": False,
        "hub": element.hub,
        "protocolType": "http",
        "parameters": [],
    }


def _events(callback_url: str | None, subscription_id: int | None) -> _Events:
    shown: _Events = {}
    if callback_url:
        shown["eventsNotificationCallbackUrl"] = callback_url
    if subscription_id is not None:
        shown["subscriptionId"] = subscription_id
    return shown
