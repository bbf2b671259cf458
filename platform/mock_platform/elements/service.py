"""The elements as a workspace has them: as they are shipped, with what it has changed."""

from collections.abc import Callable

from mock_kit.workspaces.registry import Workspace
from mock_platform.core.dependencies import dependencies
from mock_platform.core.registry import StoreRegistry
from mock_platform.elements.catalogue import ELEMENTS, find_element
from mock_platform.elements.element import Element
from mock_platform.elements.overrides import ElementChanges, changed
from mock_platform.elements.store import ElementChangesStore


def elements_of(store: StoreRegistry, workspace: Workspace) -> list[Element]:
    """Return all elements."""
    return [_own(store, workspace, element) for element in ELEMENTS]


def element_of(store: StoreRegistry, workspace: Workspace, key_or_id: str) -> Element:
    """Return an element by its key or its number.

    Raises:
        NotFoundError: there is none.
    """
    return _own(store, workspace, find_element(key_or_id))


def change_element(
    store: StoreRegistry,
    workspace: Workspace,
    key_or_id: str,
    rule: Callable[[ElementChanges, Element], ElementChanges],
) -> Element:
    """Change an element, and return it.

    Args:
        rule: from the changes so far, and the element with them, to all changes.

    Raises:
        NotFoundError: there is no such element.
    """
    shipped = find_element(key_or_id)
    store[ElementChangesStore].change(
        workspace.name, shipped.key, lambda so_far: rule(so_far, changed(shipped, so_far))
    )
    return _own(store, workspace, shipped)


def _own(store: StoreRegistry, workspace: Workspace, shipped: Element) -> Element:
    changes = store[ElementChangesStore].of(workspace.name, shipped.key)
    return shipped if changes is None else changed(shipped, changes)


def own_element(workspace: Workspace, key_or_id: str) -> Element:
    """Return an element as a workspace has it, by its key or its number.

    Raises:
        NotFoundError: there is none.
    """
    return element_of(dependencies().store, workspace, key_or_id)
