"""Hubs: what elements of one kind have in common.

Source: that there are hubs, and lists of them, of their keys and of their elements (observed); the fields of a hub
are assumed.
"""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from msgspec import Struct

from mock_platform.elements.catalogue_entry import operations
from mock_platform.elements.element import Element


class Hub(Struct, frozen=True, kw_only=True):
    """A kind of provider."""

    key: str
    name: str
    description: str


class HubResourceJson(TypedDict):
    """A resource that elements of a hub have."""

    name: str
    operations: list[str]


class HubJson(TypedDict):
    """A hub."""

    key: str
    name: str
    description: str
    active: bool
    resources: NotRequired[list[HubResourceJson]]


def hub_to_json(hub: Hub, elements: Sequence[Element], *, hydrate: bool) -> HubJson:
    """Return a hub.

    Args:
        hydrate: with the resources of its elements.
    """
    answer: HubJson = {"key": hub.key, "name": hub.name, "description": hub.description, "active": True}
    if hydrate:
        answer["resources"] = [
            {"name": name, "operations": sorted(operations(element, name))}
            for element in elements
            if element.hub == hub.key
            for name in element.id_fields
        ]
    return answer
