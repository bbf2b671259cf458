"""A workspace that is looked at through the dashboard."""

import pytest
from deadline import DEADLINE_S
from page_reader import PageVisitor

from elements_local.clients.guide import instance_body
from elements_local.dashboard import advances


@pytest.fixture(scope="session")
def visitor(stack_in_process):
    """Somebody who reads the pages of the stack in process."""
    return PageVisitor(stack_in_process.http, stack_in_process.addresses.platform)


@pytest.fixture
def patient_pages(monkeypatch):
    """Have a page wait for an advance that it has begun to its end, however slow the machine is."""
    monkeypatch.setattr(advances, "PATIENCE_S", DEADLINE_S)


@pytest.fixture
def at(clients):
    """Where the pages of the test's workspace are."""
    return place(clients)


def place(clients):
    return f"/_local/dashboard/{clients.credentials.name}/"


@pytest.fixture
def instance(clients):
    """The guide's instance."""
    return clients.platform.create_instance(instance_body(clients.credentials))


@pytest.fixture
def story(clients):
    return happen(clients)


def happen(clients):
    """Have a contact reported, and then one whose callback its receiver does not take."""
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    clients.sink.respond({"status": 503, "times": 1})
    eve = clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("15m")
    return {"instance": instance["id"], "ada": ada["CONTACT_ID"], "eve": eve["CONTACT_ID"]}


class Told:
    """A workspace in which the story has happened, for tests that change nothing."""

    def __init__(self, clients, visitor):
        self.clients = clients
        self.ids = happen(clients)
        self.at = place(clients)
        self._visitor = visitor

    def open(self, path):
        """Open a page below the workspace's; ids of the story stand in braces."""
        return self._visitor.open(self.at + path.format(**self.ids))


@pytest.fixture(scope="module")
def told(stack_in_process, visitor):
    clients = stack_in_process.new_workspace(seed=8)
    yield Told(clients, visitor)
    stack_in_process.delete_workspace(clients.credentials.name)
