"""The elements that there are, and their connectors."""

from elements_local.kit.web.wire import Http
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.elements.connector import Connector, VendorClient
from elements_local.platform.provider.service import provider_wire


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
