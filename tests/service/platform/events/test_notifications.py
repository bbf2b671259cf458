"""``/notifications`` and its subscriptions: who is told of what, in whose words, and what is shown of it."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

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
