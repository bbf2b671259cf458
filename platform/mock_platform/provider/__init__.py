"""The way to a vendor's API, whichever it is: one call over HTTP, a page of a list, a trace of what was said."""

from mock_platform.provider.client import ProviderClient, ProviderRequest
from mock_platform.provider.lists import PageRequest, ProviderPage

__all__ = ["PageRequest", "ProviderClient", "ProviderPage", "ProviderRequest"]
