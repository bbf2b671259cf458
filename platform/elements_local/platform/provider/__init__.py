"""The way to a vendor's API, whichever it is: one call over HTTP, a page of a list, a trace of what was said."""

from elements_local.platform.provider.lists import PageRequest
from elements_local.platform.provider.service import ProviderClient, ProviderRequest

__all__ = ["PageRequest", "ProviderClient", "ProviderRequest"]
