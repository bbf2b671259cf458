"""The platform's client of the CRM: asks an element's rules what to send for an instance, sends it, reads the answer."""

from mock_platform.provider.lists import PageRequest, ProviderPage, Record
from mock_platform.provider.provider import Provider

__all__ = ["PageRequest", "Provider", "ProviderPage", "Record"]
