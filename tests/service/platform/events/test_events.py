"""Events that were found and what became of them, and notifications with their subscriptions: who is told of what."""

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


def test_how_long_events_are_shown_can_be_set(own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_EVENT_RETENTION": "60"}).workspace()
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    assert len(clients.platform.call("GET", f"{BASE_PATH}/instances/events")) == 1

    clients.clock.advance("61s")

    assert clients.platform.call("GET", f"{BASE_PATH}/instances/events") == []


BASE = f"{BASE_PATH}/notifications"


@pytest.fixture
def notifications(clients):
    """Call ``/notifications`` and what is below it."""

    def send(method, path="", **given):
        return clients.platform.send(method, BASE + path, **given)

    return send


@pytest.fixture
def call(notifications):
    """Call it, expect success, and return the JSON of the answer."""

    def send(method, path="", **given):
        reply = notifications(method, path, **given)
        assert reply.status == 200, reply.body
        return decode(reply.body) if reply.body else None

    return send


@pytest.fixture
def subscribe(call, clients):
    """Return a function that subscribes to topics, by webhook to the test's sink unless told otherwise."""

    def make(*topics, **body):
        config = {"url": f"{clients.credentials.callback_url}/{len(call('GET', '/subscriptions'))}"}
        return call(
            "POST", "/subscriptions", json={"channel": "webhook", "topics": topics, "config": config} | body
        )

    return make


def test_each_subscription_of_a_topic_is_told_once_and_none_of_another(call, clients, subscribe):
    both, one, _ = subscribe("leaks", "fires"), subscribe("leaks"), subscribe("floods")

    posted = call("POST", "", json={"topic": "leaks", "message": "Drip"})
    before = clients.sink.callbacks()
    clients.clock.advance(0)
    told = clients.sink.callbacks()

    assert before == []
    assert sorted(callback["path"].rpartition("/")[2] for callback in told) == ["0", "1"]
    assert {callback["body"] for callback in told} == {told[0]["body"]}
    assert told[0]["json"] == {
        "severity": "medium",
        "createdDate": "Mon Mar 02 10:00:00 UTC 2026",
        "topic": "leaks",
        "action": "create",
        "id": str(posted["id"]),
        "message": "Drip",
        "user": "notifications@cloud-elements.com",
    }
    deliveries = call("GET", f"/{posted['id']}/subscriptions/deliveries")
    assert {one["subscriptionId"]: one["status"] for one in deliveries} == {
        both["id"]: "delivered",
        one["id"]: "delivered",
    }


def test_somebody_else_may_subscribe_to_an_instances_topic(call, clients, make_instance):
    instance = make_instance()
    url = f"{clients.credentials.callback_url}/else"
    topic = f"instance-{instance['id']}-insightly-events"
    call("POST", "/subscriptions", json={"channel": "webhook", "topics": [topic], "config": {"url": url}})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")

    own, other = sorted(clients.sink.callbacks(), key=lambda callback: callback["path"])

    assert own["body"] == other["body"]
    assert (own["signature"], other["signature"]) == ("valid", "absent")
    (shown,) = call("GET", f"?topics[]={topic}")
    assert json.loads(shown["message"]) == own["json"]["message"]
    assert str(shown["id"]) == own["json"]["id"]
