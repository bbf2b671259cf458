"""The elements as a workspace has them, as they are shipped with what it has changed; and their connectors."""

from collections.abc import Callable

from mock_kit.web.wire import Http
from mock_kit.workspaces.registry import Workspace
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.elements.catalogue import Catalogue
from mock_platform.elements.connector import Connector, VendorClient
from mock_platform.elements.element import Element
from mock_platform.elements.overrides import ElementChanges, changed, clone_number, clone_of, with_clone
from mock_platform.elements.store import ElementChangesStore
from mock_platform.errors import NotFoundError
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
    """Return all elements as a workspace has them, each with its clones."""
    return [one for shipped in catalogue().elements for one in _with_clones(workspace, shipped)]


def own_element(workspace: Workspace, key_or_id: str) -> Element:
    """Return an element as a workspace has it, by its key or its number.

    Raises:
        NotFoundError: there is none.
    """
    return _own(workspace, _existing(workspace, key_or_id))


def clone_element(workspace: Workspace, key_or_id: str) -> Element:
    """Make a clone of an element as a workspace has it, and return it.

    Raises:
        NotFoundError: there is no such element.
    """
    original, store = _existing(workspace, key_or_id), dependencies().store[ElementChangesStore]
    shipped = catalogue().element(original.cloned_from or original.key)
    clone = clone_of(shipped, store.change(workspace.name, shipped.key, with_clone).last_clone)
    changes = store.of(workspace.name, original.key) or ElementChanges()
    store.change(workspace.name, clone.key, lambda _none: ElementChanges(keys=changes.keys))
    return _own(workspace, clone)


def delete_clone(workspace: Workspace, clone: Element) -> None:
    """Take a clone away.

    Raises:
        ConflictError: there are instances of it.
    """
    shipped = catalogue().element(clone.cloned_from or clone.key)
    number = clone_number(shipped, clone.key)
    if number is not None:
        dependencies().store[ElementChangesStore].delete_clone(workspace.name, clone, number)


def change_element(
    workspace: Workspace, key_or_id: str, rule: Callable[[ElementChanges, Element], ElementChanges]
) -> Element:
    """Change an element, and return it.

    Args:
        rule: from the changes so far, and the element with them, to all changes.

    Raises:
        NotFoundError: there is no such element.
    """
    shipped = _existing(workspace, key_or_id)
    dependencies().store[ElementChangesStore].change(
        workspace.name, shipped.key, lambda so_far: rule(so_far, changed(shipped, so_far))
    )
    return _own(workspace, shipped)


def _existing(workspace: Workspace, key_or_id: str) -> Element:
    """Return a shipped element, or a clone that a workspace has, without what it has changed about it."""
    found = catalogue().element(key_or_id)
    if found.cloned_from is None:
        return found
    if any(each.key == found.key for each in _with_clones(workspace, catalogue().element(found.cloned_from))):
        return found
    raise NotFoundError("element", key_or_id, named="key")


def _with_clones(workspace: Workspace, shipped: Element) -> list[Element]:
    changes = dependencies().store[ElementChangesStore].of(workspace.name, shipped.key)
    if changes is None:
        return [shipped]
    clones = [clone_of(shipped, number) for number in changes.clones]
    return [changed(shipped, changes), *(_own(workspace, clone) for clone in clones)]


def _own(workspace: Workspace, shipped: Element) -> Element:
    changes = dependencies().store[ElementChangesStore].of(workspace.name, shipped.key)
    return shipped if changes is None else changed(shipped, changes)
