"""What clients send of an instance, and what it shows: the keys, in the platform's order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, NamedTuple, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from elements_local.kit.api.views import View
from elements_local.kit.instants import format_to_second
from elements_local.kit.values import replace
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.instance_configuration import mask
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.core.settings import UnsetValues
from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.elements.catalogue_entry import ElementJson, element_json
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import InvalidRequestError, NotFoundError


class ElementReference(Struct):
    """An element by key or by id."""

    key: str | None = None
    id: int | str | None = None

    def find(self, catalogue: Catalogue) -> Element:
        """Return the element that is meant.

        Raises:
            InvalidRequestError: none is named.
            NotFoundError: there is none by that key or id.
        """
        if self.key is not None:
            return catalogue.element(self.key)
        if self.id is None:
            example = catalogue.elements[0].key
            raise InvalidRequestError(
                f'element.key or element.id is missing; expected {{"element": {{"key": "{example}"}}}}'
            )
        try:
            return catalogue.element(str(self.id))
        except NotFoundError as error:
            raise NotFoundError("element", self.id) from error


class ProviderData(Struct):
    """What goes to the provider and never comes back (observed).

    Attributes:
        code: of an OAuth grant, any JSON (observed); the Insightly guide sends one too, where it means nothing
            (documented, inferred). In a change it asks for a new authorization (observed).
        debug: whether the answer is to name a trace (documented); its words are taken too (assumed).
    """

    code: object = None
    debug: bool | Annotated[str, Meta(pattern="^([Tt]rue|[Ff]alse)$")] = False

    @property
    def is_traced(self) -> bool:
        """Whether a trace is asked for."""
        return str(self.debug).lower() == "true"


class InstanceRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a client may say about an instance; None where it says nothing."""

    element: ElementReference | None = None
    name: str | None = None
    configuration: Mapping[str, object] | None = None
    provider_data: ProviderData | None = None
    tags: tuple[str, ...] | None = None
    external_authentication: str | None = None
    retrieve_objects_after_instantiation: bool = False

    @property
    def is_reauthorized(self) -> bool:
        """Whether the provider is to be asked again, regardless of what else changes (observed)."""
        return self.provider_data is not None and self.provider_data.code is not None


class UserJson(View):
    """Whose an instance is."""

    id: int
    email_address: str
    first_name: str
    last_name: str


class InstanceTransformationJson(View):
    """An object of an instance that is shown under names of one's own."""

    object_name: str
    vendor_name: str


class ObjectJson(View):
    """An object that can be reached through an instance; its type is vdr, ceCanonical or vendor (documented)."""

    name: str
    vendor_name: str
    type: str


class InstanceJson(View, kw_only=True):
    """An instance.

    Source: the platform's answers and its schema (documented, observed). Without ``provisionInteractions`` in lists
        (documented), and without ``configuration`` where one is asked for light instances (observed).
    """

    id: int
    name: str
    created_date: str
    token: str
    element: ElementJson
    element_id: int
    tags: tuple[str, ...]
    provision_interactions: list[object] | UnsetType = UNSET
    valid: bool = True
    disabled: bool
    max_cache_size: int = 0
    cache_time_to_live: int = 0
    configuration: dict[str, str | None] | UnsetType = UNSET
    events_enabled: bool
    events_notification_callback_url: str | UnsetType = UNSET
    subscription_id: int | UnsetType = UNSET
    trace_logging_enabled: bool
    caching_enabled: bool = False
    external_authentication: str
    user: UserJson
    transformation_data: list[InstanceTransformationJson] | UnsetType = UNSET
    objects: list[ObjectJson] | UnsetType = UNSET


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


def to_json(
    view: InstanceView, *, unset: UnsetValues, objects: list[ObjectJson] | UnsetType = UNSET
) -> InstanceJson:
    """Return an instance as the platform shows it.

    Args:
        unset: how configuration keys without a value are shown.
        objects: that can be reached through it, if they are shown.
    """
    instance, element, user = view.instance, view.element, view.user
    enabled = configuration.events_enabled(instance.configuration)
    mapped = [
        InstanceTransformationJson(object_name=name, vendor_name=each.vendor_name)
        for name, each in instance.objects.in_force().items()
    ]
    return InstanceJson(
        id=instance.id,
        name=instance.name,
        created_date=format_to_second(instance.created),
        token=instance.token,
        element=element_json(element, ElementJson),
        element_id=element.id,
        tags=instance.tags,
        provision_interactions=[],
        disabled=instance.disabled,
        configuration=mask(instance.configuration, element.masked_keys, unset),
        events_enabled=enabled,
        events_notification_callback_url=(
            (enabled and instance.configuration.get(configuration.CALLBACK_URL)) or UNSET
        ),
        subscription_id=instance.subscription_id or UNSET,
        trace_logging_enabled=view.traced,
        external_authentication=instance.external_authentication,
        user=UserJson(
            id=user.id, email_address=user.email, first_name=user.first_name, last_name=user.last_name
        ),
        transformation_data=mapped or UNSET,  # the key is there only if some objects are mapped (observed)
        objects=objects,
    )


def as_entry(answer: InstanceJson, *, hydrate: bool) -> InstanceJson:
    """Return an instance as a list shows it: without the interactions of its making (documented).

    Args:
        hydrate: false leaves out the configuration, on which a light list's readers do not rely (observed).
    """
    light = answer if hydrate else replace(answer, configuration=UNSET)
    return replace(light, provision_interactions=UNSET)
