"""What an instance shows: the keys, in the platform's order."""

from typing import NotRequired, TypedDict

from elements_local.platform.elements.shown import ElementJson


class UserJson(TypedDict):
    """Whose an instance is."""

    id: int
    emailAddress: str
    firstName: str
    lastName: str


class InstanceTransformationJson(TypedDict):
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

    Source: the platform's answers and its schema (documented, observed). Without ``provisionInteractions`` in lists
        (documented), and without ``configuration`` where one is asked for light instances (observed).
    """

    id: int
    name: str
    createdDate: str
    token: str
    element: ElementJson
    elementId: int
    tags: list[str]
    provisionInteractions: NotRequired[list[object]]
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
    transformationData: NotRequired[list[InstanceTransformationJson]]
    objects: NotRequired[list[ObjectJson]]
