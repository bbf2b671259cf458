"""``/instances/events``: what was found, and whether it was delivered."""

import json
import re

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode


@pytest.fixture
def events(instances):
    return lambda path="/events", **given: decode(instances("GET", path, **given).body)


def test_an_event_has_the_platforms_form(clients, instance, events):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    (callback,) = clients.sink.callbacks()
    message = callback["json"]["message"]

    (event,) = events()

    assert list(event) == [
        "id",
        "eventDate",
        "status",
        "providerData",
        "notifiedData",
        "eventElementInstances",
    ]
    assert re.fullmatch("[A-Za-z0-9_-]{20}", event["id"])
    assert event["id"] == message["eventId"]
    assert (event["eventDate"], event["status"]) == ("2026-03-02T10:15:00Z", "NOTIFIED")
    assert json.loads(event["providerData"]) == message["raw"]
    assert event["notifiedData"] == [callback["body"]]
    assert event["eventElementInstances"] == [
        {
            "eventId": event["id"],
            "elementInstanceId": instance["id"],
            "notificationId": int(callback["json"]["id"]),
            "notifiedData": callback["body"],
            "createdDate": "2026-03-02T10:15:00Z",
            "updatedDate": "2026-03-02T10:15:00Z",
        }
    ]


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
