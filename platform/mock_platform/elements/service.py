"""The elements that there are, and their connectors."""

from mock_kit.web.wire import Http
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.elements.catalogue import Catalogue
from mock_platform.elements.connector import Connector, VendorClient
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
