"""What the platform's tests share: the guide's instance, a stranger, and the form of a refusal."""

import re

import pytest

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH, ServiceClient
from elements_local.kit.api.json_text import decode

VENDORS_401 = "Invalid Organization or User secret, or invalid Element token provided."


@pytest.fixture
def body_of(clients):
    """Return the guide's JSON, some of its configuration and of its other keys replaced."""

    def body(configuration=None, /, **others):
        guide = instance_body(clients.credentials)
        guide["configuration"] |= configuration or {}
        return guide | others

    return body


@pytest.fixture
def make_body():
    """Return a function that gives the guide's JSON for any workspace."""
    return lambda clients: instance_body(clients.credentials)


@pytest.fixture
def make_instance(clients, body_of):
    return lambda configuration=None, /, **others: clients.platform.create_instance(
        body_of(configuration, **others)
    )


@pytest.fixture
def instance(make_instance):
    return make_instance()


@pytest.fixture
def hub(clients, instance):
    return clients.platform.hub(instance["token"])


@pytest.fixture
def instances(clients):
    """Call ``/instances`` and what is below it."""

    def send(method, path="", **given):
        return clients.platform.send(method, f"{BASE_PATH}/instances{path}", **given)

    return send


@pytest.fixture
def stranger(stack_in_process):
    """The platform, called without any credentials."""
    return ServiceClient(http=stack_in_process.http, url=stack_in_process.addresses.platform, headers={})


@pytest.fixture
def refused():
    """Check an error's form, and return its message."""

    def check(reply, status):
        assert reply.status == status, reply.body
        body = decode(reply.body)
        assert set(body) <= {"requestId", "message", "providerMessage"}
        assert re.fullmatch("[0-9a-f]{24}", body["requestId"])
        assert reply.headers["elements-request-id"] == body["requestId"]
        assert reply.headers["Content-Type"].startswith("application/json")
        if status == 401 and "providerMessage" not in body:
            assert body["message"].startswith(VENDORS_401)
        return body["message"]

    return check
