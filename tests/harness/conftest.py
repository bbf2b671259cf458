"""Imports what pytest runs inside this process would: each takes out again what it is first to import."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.replay import call, runner
from elements_local.stack.held_time import load_services
from elements_local.stack.stack import Stack
from elements_local.testing import fixtures

load_services()
__all__ = ["call", "fixtures", "runner"]


@pytest.fixture
def at(stack_on_ports: Stack) -> dict[str, str]:
    """The environment that points commands to the running stack."""
    addresses = stack_on_ports.addresses
    return {
        "ELEMENTS_LOCAL_PLATFORM_URL": addresses.platform + BASE_PATH,
        "ELEMENTS_LOCAL_CRM_URL": addresses.crm,
        "ELEMENTS_LOCAL_SINK_URL": addresses.sink,
    }
