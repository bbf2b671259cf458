"""How the platform shows an element: the keys, in its order."""

from typing import NotRequired, TypedDict

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
    private: NotRequired[bool]
    protocolType: str
    parameters: list[object]


class _Privacy(TypedDict, total=False):
    """Whether an element is a workspace's own; there only if it is (observed to be optional)."""

    private: bool


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
        "authentication": {"type": element.authentication},
        "extended": False,
        "hub": element.hub,
        **_privacy(element),
        "protocolType": "http",
        "parameters": [],
    }


def _privacy(element: Element) -> _Privacy:
    return {"private": True} if element.cloned_from else {}
