"""Imports what pytest runs inside this process would: each takes out again what it is first to import."""

import pytest

from elements_local import start
from elements_local.clients import BASE_PATH
from elements_local.reports import replay_call
from elements_local.scenarios import runner
from elements_local.stack import held_stack
from elements_local.stack.stack import Stack

start.load_services()
__all__ = ["held_stack", "replay_call", "runner"]


@pytest.fixture
def at(stack_on_ports: Stack) -> dict[str, str]:
    """The environment that points commands to the running stack."""
    addresses = stack_on_ports.addresses
    return {
        "ELEMENTS_LOCAL_PLATFORM_URL": addresses.platform + BASE_PATH,
        "ELEMENTS_LOCAL_CRM_URL": addresses.crm,
        "ELEMENTS_LOCAL_SINK_URL": addresses.sink,
    }
