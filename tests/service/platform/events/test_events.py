"""``/instances/events``: what was found, and whether it was delivered."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode


@pytest.fixture
def events(instances):
    return lambda path="/events", **given: decode(instances("GET", path, **given).body)


@pytest.mark.usefixtures("instance")
@pytest.mark.assumed
def test_an_event_is_dispatched_until_it_is_taken(clients, events):
    clients.sink.respond({"status": 503, "times": 2})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("14m 15s")
    (waiting,) = events()
    clients.clock.advance("1s")
    (delivered,) = events()

    assert (waiting["status"], waiting["notifiedData"]) == ("DISPATCHED", [])
    assert waiting["eventElementInstances"][0]["notifiedData"] is None
    assert waiting["eventElementInstances"][0]["updatedDate"] == "2026-03-02T10:15:04Z"
    assert delivered["status"] == "NOTIFIED"
    assert delivered["eventElementInstances"][0]["updatedDate"] == "2026-03-02T10:15:16Z"
    assert delivered["eventDate"] == waiting["eventDate"]


def test_how_long_events_are_shown_can_be_set(stack_set_to):
    clients = stack_set_to({"ELEMENTS_LOCAL_PLATFORM_EVENT_RETENTION": "60"}).new_workspace()
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    assert len(clients.platform.call("GET", f"{BASE_PATH}/instances/events")) == 1

    clients.clock.advance("61s")

    assert clients.platform.call("GET", f"{BASE_PATH}/instances/events") == []
