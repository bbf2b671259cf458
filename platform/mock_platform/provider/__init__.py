"""The platform's client of the CRM: asks an element's rules what to send for an instance, sends it, reads the answer."""

from mock_platform.provider.lists import Asked, Page, Record
from mock_platform.provider.provider import Provider

__all__ = ["Asked", "Page", "Provider", "Record"]
