"""The provider's client on behalf of whom a request is made."""

from dataclasses import dataclass

from flask import request

from mock_kit.admin.calls import ENGINE, caller_of
from mock_platform.core.dependencies import dependencies
from mock_platform.provider.provider import Provider


@dataclass(frozen=True, kw_only=True)
class Providers:
    """The CRM's client, twice.

    Attributes:
        of_callers: on behalf of whoever calls.
        of_engine: on behalf of the engine, which calls the hub like anybody else.
    """

    of_callers: Provider
    of_engine: Provider


def provider() -> Provider:
    """Return the client on behalf of whom the present request is made."""
    known = dependencies().services[Providers]
    return known.of_engine if caller_of(request.environ) == ENGINE else known.of_callers
