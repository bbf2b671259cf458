"""Imports what pytest runs inside this process would: each takes out again what it is first to import."""

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest
from processes import urls
from programs import skip

from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.commands.replaying import call
from elements_local.commands.replaying.runner import How, Runner
from elements_local.stack.held_time import load_services
from elements_local.stack.proxy.mitmdump import PROGRAM as MITMDUMP
from elements_local.stack.stack import Stack
from elements_local.testing import fixtures

load_services()
__all__ = ["call", "fixtures"]


@pytest.fixture
def at(stack_on_ports: Stack) -> dict[str, str]:
    """The environment that points commands to the running stack."""
    running = stack_on_ports.addresses.running
    return urls(running | {"platform": running["platform"] + BASE_PATH})


@pytest.fixture
def mine(stack_on_ports: Stack) -> Iterator[WorkspaceClients]:
    """A workspace without instances on the stack with ports."""
    made = stack_on_ports.new_workspace()
    yield made
    stack_on_ports.delete_workspace(made.credentials.name)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """What runs scenarios, on stacks in process."""
    with closing(Runner(How())) as running:
        yield running


@pytest.fixture(scope="session")
def mitmdump() -> None:
    """Skip where it is not installed."""
    if shutil.which(MITMDUMP) is None:
        skip("mitmdump", "mitmdump, which is mitmproxy's, is not installed")
