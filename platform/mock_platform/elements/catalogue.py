"""The elements and hubs that there are."""

from mock_platform.elements.element import Element
from mock_platform.elements.hub import Hub
from mock_platform.elements.insightly.definition import INSIGHTLY
from mock_platform.errors import NotFoundError

ELEMENTS = (INSIGHTLY,)
HUBS = (Hub(key="crm", name="CRM", description="Customer relationship management"),)


def find_element(key_or_id: str) -> Element:
    """Return an element by its key or its number (the two are interchangeable: observed).

    Raises:
        NotFoundError: there is none.
    """
    for element in ELEMENTS:
        if key_or_id in {element.key, str(element.id)}:
            return element
    raise NotFoundError("element", key_or_id, named="key")


def find_hub(key: str) -> Hub:
    """Return a hub by its key.

    Raises:
        NotFoundError: there is none.
    """
    for hub in HUBS:
        if hub.key == key:
            return hub
    raise NotFoundError("hub", key, named="key")
