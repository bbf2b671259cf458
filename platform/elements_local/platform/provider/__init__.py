"""The way to a vendor's API, whichever it is: one call over HTTP, a page of a list, a trace of what was said."""

from elements_local.platform.provider.client import ProviderClient, ProviderRequest
from elements_local.platform.provider.lists import PageRequest, ProviderPage

__all__ = ["PageRequest", "ProviderClient", "ProviderPage", "ProviderRequest"]
