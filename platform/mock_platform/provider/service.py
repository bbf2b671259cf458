"""The wire to providers on behalf of whom a request is made."""

from mock_kit.admin.calls import ENGINE, InternalHttp, caller_of
from mock_kit.web.compatible_flask import present_request
from mock_kit.web.wire import Http
from mock_platform.core.dependencies import dependencies


def provider_wire() -> Http:
    """Return the wire on behalf of whom the present request is made: whoever calls, or the engine, which does so likewise."""
    found = dependencies()
    by_engine = caller_of(present_request().environ) == ENGINE
    return InternalHttp(found.http, ENGINE) if by_engine else found.inside
