"""What clients send about instances."""

from typing import Annotated

from msgspec import Meta, Struct

from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.elements.element import Element
from elements_local.platform.errors import InvalidRequestError, NotFoundError
from elements_local.platform.instances.instance import InstanceBody


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


class InstanceRequest(Struct, rename="camel"):
    """What a client may say about an instance."""

    element: ElementReference | None = None
    name: str | None = None
    configuration: dict[str, object] | None = None
    provider_data: ProviderData | None = None
    tags: list[str] | None = None
    external_authentication: str | None = None
    retrieve_objects_after_instantiation: bool = False

    def to_body(self) -> InstanceBody:
        """Return what the rules want to know."""
        return InstanceBody(
            name=self.name,
            configuration=self.configuration,
            tags=None if self.tags is None else tuple(self.tags),
            external_authentication=self.external_authentication,
        )

    @property
    def is_reauthorized(self) -> bool:
        """Whether the provider is to be asked again, whatever else changes (observed)."""
        return self.provider_data is not None and self.provider_data.code is not None
