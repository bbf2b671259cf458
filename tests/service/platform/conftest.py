"""What the platform's tests share: the guide's instance, a stranger, and a look at everything that could change."""

import re
from contextlib import contextmanager

import pytest

from elements_local.clients import BASE_PATH, ServiceClient
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode


class Directory:
    """The API, called by a workspace's user unless a call says otherwise."""

    def __init__(self, clients):
        self._platform = clients.platform

    def send(self, method, path, **given):
        return self._platform.send(method, BASE_PATH + path, **given)

    def json(self, method, path, **given):
        reply = self.send(method, path, **given)
        assert reply.status == 200, reply.body
        return decode(reply.body) if reply.body else None


VENDORS_401 = "Invalid Organization or User secret, or invalid Element token provided."


@pytest.fixture
def body_of(clients):
    """Return the guide's JSON, some of its configuration and of its other keys replaced; ``...`` leaves one out."""

    def without_left_out(values):
        return {key: value for key, value in values.items() if value is not ...}

    def body(configuration=None, /, **others):
        guide = instance_body(clients.credentials)
        guide["configuration"] = without_left_out(guide["configuration"] | (configuration or {}))
        return without_left_out(guide | others)

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
def directory(clients):
    return Directory(clients)


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


@pytest.fixture
def unchanged(clients):
    """Make sure that nothing changes meanwhile: no instance, poll, event, record, clock or workspace."""

    def everything():
        listed = [
            clients.platform.send("GET", path)
            for path in (
                f"{BASE_PATH}/instances?pageSize=5000",
                f"{BASE_PATH}/instances/events?pageSize=5000",
                "/_local/polls?limit=10000",
                "/_local/clock",
                "/_local/workspaces",
            )
        ]
        bodies = [decode(reply.body) for reply in listed]
        for body in bodies:
            if "requestId" in body:
                del body["requestId"]
        return bodies, clients.crm.changes(), clients.sink.callbacks()

    @contextmanager
    def nothing_changes():
        before = everything()
        yield
        assert everything() == before

    return nothing_changes
