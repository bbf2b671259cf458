import os

import pytest

from elements_local.stack.proxy.mitmdump import proxy
from elements_local.start import Options, on_ports


@pytest.fixture(scope="module")
def stack(mitmdump):  # noqa: ARG001 - for its skip alone
    with on_ports(Options(vendors=("hubspotcrm",))) as running:
        yield running


@pytest.fixture(scope="module")
def running(stack):
    with proxy(stack, tunneled=["127.0.0.2"]) as found:
        yield found


@pytest.fixture
def environment(running):
    """What a program has that goes through the proxy."""
    return {**os.environ, **running.environment()}
