"""A workspace that is looked at through the dashboard."""

import pytest
from deadline import DEADLINE_S
from page_reader import PageVisitor

from elements_local.dashboard import advances
from elements_local.guide import instance_body


@pytest.fixture
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
    return f"/_local/dashboard/{clients.credentials.name}/"


@pytest.fixture
def instance(clients):
    """The guide's instance."""
    return clients.platform.create_instance(instance_body(clients.credentials))


@pytest.fixture
def story(clients, instance):
    """A contact that was reported, and one whose callback its receiver did not take."""
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    clients.sink.respond({"status": 503, "times": 1})
    eve = clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("15m")
    return {"instance": instance["id"], "ada": ada["CONTACT_ID"], "eve": eve["CONTACT_ID"]}
