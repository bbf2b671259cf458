"""The wire to providers on behalf of whom a request is made."""

from msgspec import Struct

from mock_kit.admin.calls import ENGINE, caller_of
from mock_kit.web.compatible_flask import present_request
from mock_kit.web.wire import Http
from mock_platform.core.dependencies import dependencies


class ProviderWires(Struct, frozen=True, kw_only=True):
    """The wire to providers, twice.

    Attributes:
        of_callers: on behalf of whoever calls.
        of_engine: on behalf of the engine, which calls the hub like anybody else.
    """

    of_callers: Http
    of_engine: Http


def provider_wire() -> Http:
    """Return the wire on behalf of whom the present request is made."""
    wires = dependencies().services[ProviderWires]
    return wires.of_engine if caller_of(present_request().environ) == ENGINE else wires.of_callers
