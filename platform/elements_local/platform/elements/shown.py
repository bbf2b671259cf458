"""How the platform shows an element: the keys, in its order."""

from typing import Any, TypeVar

from elements_local.kit.api.views import View
from elements_local.platform.elements.element import Element


class Authentication(View):
    """How an element's provider knows its callers."""

    type: str


class ElementJson(View, kw_only=True):
    """An element as an instance shows it (documented)."""

    id: int
    name: str
    key: str
    description: str
    image: str
    active: bool = True
    deleted: bool = False
    type_oauth: bool = False
    trial_account: bool = False
    resources: tuple[object, ...] = ()
    transformations_enabled: bool = True
    bulk_download_enabled: bool = True
    bulk_upload_enabled: bool = True
    cloneable: bool = True
    extendable: bool = True
    beta: bool = False
    authentication: Authentication
    extended: bool = False
    hub: str
    protocol_type: str = "http"
    parameters: tuple[object, ...] = ()


E = TypeVar("E", bound=ElementJson)


def element_json(element: Element, view: type[E], **differs: Any) -> E:
    """Return an element as an instance shows it, or with more of it."""
    return view(
        id=element.id,
        name=element.name,
        key=element.key,
        description=element.description,
        image=element.image,
        authentication=Authentication(type=element.authentication),
        hub=element.hub,
        **differs,
    )
