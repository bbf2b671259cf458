"""How the platform shows an element: the keys, in its order."""

from typing import TypedDict

from elements_local.platform.elements.element import Element


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


def element_to_json(element: Element) -> ElementJson:
    """Return an element as an instance shows it."""
    return {
        "id": element.id,
        "name": element.name,
        "key": element.key,
        "description": element.description,
        "image": element.image,
        "active": True,
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
        "protocolType": "http",
        "parameters": [],
    }
