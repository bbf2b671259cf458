"""The connectors and hubs that there are. Nothing else knows a connector by name.

Source: that there are hubs, what elements of one kind have in common, and lists of them, of their keys and of their elements
(observed); the fields of a hub are assumed.
"""

from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from elements_local.kit.api.views import View
from elements_local.kit.masks import declare
from elements_local.kit.values import replace
from elements_local.platform.elements.catalogue_entry import operations
from elements_local.platform.elements.connector import Connector, Element
from elements_local.platform.elements.insightly.connector import InsightlyConnector
from elements_local.platform.errors import ConflictError, NotFoundError


class HubResourceJson(View):
    """A resource that elements of a hub have."""

    name: str
    operations: list[str]


class HubJson(View):
    """A hub."""

    key: str
    name: str
    description: str = ""
    active: bool = True
    resources: list[HubResourceJson] | UnsetType = UNSET


_HUBS = {"crm": HubJson(key="crm", name="CRM", description="Customer relationship management")}


def shipped(*, crm_url: str = "") -> tuple[Connector, ...]:
    """Return the connectors that are shipped.

    Args:
        crm_url: this stack's CRM, which stands for its vendor's own host.
    """
    return (InsightlyConnector(crm_url=crm_url),)


class Catalogue:
    """The connectors of a platform, found by their elements' keys or numbers, which are interchangeable (observed).

    From then on this process shows no value of their secret keys.

    Raises:
        ConflictError: two of them have one key or number.
    """

    def __init__(self, connectors: Iterable[Connector]) -> None:
        self._connectors: dict[str, Connector] = {}
        for connector in connectors:
            self._add(connector)

    @property
    def elements(self) -> list[Element]:
        """The elements, in the order of their connectors."""
        return [
            connector.element for key, connector in self._connectors.items() if key == connector.element.key
        ]

    def hubs(self, *, hydrate: bool = False) -> list[HubJson]:
        """Return the hubs that the elements are of.

        Args:
            hydrate: with the resources of their elements.
        """
        keys = dict.fromkeys(element.hub for element in self.elements)
        hubs = [_HUBS.get(key) or HubJson(key=key, name=key.title()) for key in keys]
        return [replace(hub, resources=self._resources(hub.key)) for hub in hubs] if hydrate else hubs

    def hub(self, key: str, *, hydrate: bool = False) -> HubJson:
        """Return a hub by its key.

        Raises:
            NotFoundError: there is none.
        """
        for hub in self.hubs(hydrate=hydrate):
            if hub.key == key:
                return hub
        raise NotFoundError("hub", key, named="key")

    def connector(self, key_or_id: str) -> Connector:
        """Return the connector of an element.

        Raises:
            NotFoundError: there is no such element.
        """
        connector = self._connectors.get(key_or_id)
        if connector is None:
            raise NotFoundError("element", key_or_id, named="key")
        return connector

    def element(self, key_or_id: str) -> Element:
        """Return an element.

        Raises:
            NotFoundError: there is none.
        """
        return self.connector(key_or_id).element

    def _add(self, connector: Connector) -> None:
        element = connector.element
        for name in (element.key, str(element.id)):
            if name in self._connectors:
                raise ConflictError(f"two connectors have an element {name}; give one another key and number")
            self._connectors[name] = connector
        declare(element.secret_keys)

    def _resources(self, hub: str) -> list[HubResourceJson]:
        return [
            HubResourceJson(name=name, operations=sorted(operations(element, name)))
            for element in self.elements
            if element.hub == hub
            for name in element.id_fields
        ]
