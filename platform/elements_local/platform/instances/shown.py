"""How the platform shows an instance: the keys, in its order."""

from datetime import datetime
from typing import NamedTuple, Self, TypedDict

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.instance_json import (
    InstanceJson,
    InstanceTransformationJson,
    ObjectJson,
)
from elements_local.platform.configuration.masking import mask
from elements_local.platform.core.choices import UnsetValues
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.dates.iso_dates import iso_date
from elements_local.platform.elements.element import Element
from elements_local.platform.elements.shown import element_to_json


class _Optional(TypedDict, total=False):
    """What not every instance shows."""

    eventsNotificationCallbackUrl: str
    subscriptionId: int
    transformationData: list[InstanceTransformationJson]
    objects: list[ObjectJson]


class InstanceView(NamedTuple):
    """All that an instance's JSON follows from, but for settings.

    Attributes:
        traced: whether its traces are being logged.
        order: the keys of its maps, as they are shown one after the other: maps are equal in any order.
    """

    instance: Instance
    element: Element
    user: User
    traced: bool
    order: tuple[str, ...]

    @classmethod
    def at(cls, now: datetime, instance: Instance, element: Element, user: User) -> Self:
        """Return what is shown of an instance at an instant."""
        order = (*instance.configuration, *instance.objects.transformations)
        return cls(instance, element, user, instance.is_traced(now), order)


def to_json(view: InstanceView, *, unset: UnsetValues) -> InstanceJson:
    """Return an instance as the platform shows it.

    Args:
        unset: how configuration keys without a value are shown.
    """
    instance, element, user = view.instance, view.element, view.user
    enabled = configuration.events_enabled(instance.configuration)
    callback_url = instance.configuration.get(configuration.CALLBACK_URL)
    answer: InstanceJson = {
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
        "configuration": mask(instance.configuration, element.secret_keys, unset),
        "eventsEnabled": enabled,
        **_events(callback_url if enabled else None, instance.subscription_id),
        "traceLoggingEnabled": view.traced,
        "cachingEnabled": False,
        "externalAuthentication": instance.external_authentication,
        "user": {
            "id": user.id,
            "emailAddress": user.email,
            "firstName": user.first_name,
            "lastName": user.last_name,
        },
    }
    mapped = instance.objects.in_force()
    if mapped:  # the key is there only if some objects are mapped (observed)
        answer["transformationData"] = [
            {"objectName": name, "vendorName": each.vendor_name} for name, each in mapped.items()
        ]
    return answer


def as_entry(answer: InstanceJson, *, hydrate: bool) -> InstanceJson:
    """Return an instance as a list shows it: without the interactions of its making (documented).

    Args:
        hydrate: false leaves out the configuration, on which a light list's readers do not rely (observed).
    """
    entry = answer.copy()
    entry.pop("provisionInteractions", None)
    if not hydrate:
        entry.pop("configuration", None)
    return entry


def _events(callback_url: str | None, subscription_id: int | None) -> _Optional:
    answer: _Optional = {}
    if callback_url:
        answer["eventsNotificationCallbackUrl"] = callback_url
    if subscription_id is not None:
        answer["subscriptionId"] = subscription_id
    return answer
