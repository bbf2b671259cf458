"""Speaks to the CRM on an instance's behalf: asks the dialect what to send, sends it, reads the answer."""

from mock_platform.provider.lists import Asked, Page, Record
from mock_platform.provider.provider import Provider

__all__ = ["Asked", "Page", "Provider", "Record"]
