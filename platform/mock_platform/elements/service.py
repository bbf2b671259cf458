"""The elements as a workspace has them, as they are shipped with what it has changed; and their connectors."""

from collections.abc import Callable

from mock_kit.web.wire import Http
from mock_kit.workspaces.registry import Workspace
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.elements.catalogue import Catalogue
from mock_platform.elements.connector import Connector, VendorClient
from mock_platform.elements.element import Element
from mock_platform.elements.overrides import ElementChanges, changed
from mock_platform.elements.store import ElementChangesStore
from mock_platform.provider.service import provider_wire


def catalogue() -> Catalogue:
    """Return the connectors of this platform."""
    return dependencies().services[Catalogue]


def connector_of(instance: Instance) -> Connector:
    """Return the connector of an instance's element."""
    return catalogue().connector(instance.element_key)


def vendor_of(instance: Instance, wire: Http | None = None) -> VendorClient:
    """Return the vendor as an instance reaches it.

    Args:
        wire: to the vendor; None for the usual one.
    """
    return connector_of(instance).client(wire or provider_wire(), instance.configuration)


def own_elements(workspace: Workspace) -> list[Element]:
    """Return all elements as a workspace has them."""
    return [_own(workspace, element) for element in catalogue().elements]


def own_element(workspace: Workspace, key_or_id: str) -> Element:
    """Return an element as a workspace has it, by its key or its number.

    Raises:
        NotFoundError: there is none.
    """
    return _own(workspace, catalogue().element(key_or_id))


def change_element(
    workspace: Workspace, key_or_id: str, rule: Callable[[ElementChanges, Element], ElementChanges]
) -> Element:
    """Change an element, and return it.

    Args:
        rule: from the changes so far, and the element with them, to all changes.

    Raises:
        NotFoundError: there is no such element.
    """
    shipped = catalogue().element(key_or_id)
    dependencies().store[ElementChangesStore].change(
        workspace.name, shipped.key, lambda so_far: rule(so_far, changed(shipped, so_far))
    )
    return _own(workspace, shipped)


def _own(workspace: Workspace, shipped: Element) -> Element:
    changes = dependencies().store[ElementChangesStore].of(workspace.name, shipped.key)
    return shipped if changes is None else changed(shipped, changes)
