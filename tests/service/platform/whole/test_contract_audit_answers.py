"""What an audit of the sources found amiss in answers of the platform, call by call."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

AHEAD = "2030-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/contacts", 200),
        ("GET", "/objects", 200),
        ("GET", "/contacts/1", 404),
        ("POST", "/contacts", 400),
        ("GET", "/contacts?where=nonsense", 400),
        ("POST", "/bulk/query?q=select%20*%20from%20contacts", 200),
        ("POST", "/bulk/query?q=nonsense", 400),
        ("GET", "/bulkloader", 200),
    ],
)
def test_every_hub_call_says_which_instance_it_went_through(hub, instance, method, path, status):
    reply = hub.send(method, path, json={} if method == "POST" and path == "/contacts" else None)

    assert reply.status == status
    assert reply.headers["elements-element-instance-id"] == str(instance["id"])


def test_a_disabled_instance_is_named_too(hub, instances, instance):
    instances("DELETE", f"/{instance['id']}/enabled")

    reply = hub.send("GET", "/contacts")

    assert (reply.status, reply.headers["elements-element-instance-id"]) == (403, str(instance["id"]))


def test_calls_that_go_through_no_instance_name_none(clients, instance):
    for path in (f"/instances/{instance['id']}", "/instances", "/elements"):
        reply = clients.platform.send("GET", BASE_PATH + path)

        assert "elements-element-instance-id" not in reply.headers


def test_events_from_a_day_to_come_are_counted_and_there_are_none(instances):
    reply = instances("GET", f"/events/analytics?from={AHEAD}")

    assert [(each["timestamp"], each["count"]) for each in decode(reply.body)] == [(AHEAD, 0)]
    assert decode(instances("GET", f"/events/dispositions?from={AHEAD}").body) == []


@pytest.mark.parametrize("header", ["Elements-User-Password", "Element-Instances", "Elements-Version"])
def test_pages_of_other_origins_may_send_the_headers_that_change_something(stranger, header):
    reply = stranger.send(
        "OPTIONS",
        f"{BASE_PATH}/users/1",
        headers={"Origin": "https://web.postman.co", "Access-Control-Request-Method": "GET"},
    )

    assert header in reply.headers["Access-Control-Allow-Headers"].split(", ")


@pytest.mark.parametrize(
    "path",
    [
        "/elements/keys",
        "/elements/metadata",
        "/elements/insightly/configuration",
        "/hubs/keys",
        "/instances/{instance}/configuration",
        "/instances/configuration",
        "/notifications/{notification}/subscriptions/deliveries",
        "/objects",
    ],
)
def test_lists_that_come_whole_are_counted_too(clients, instance, directory, path):
    notification = directory.json("POST", "/notifications", json={"topic": "news"})["id"]
    authorization = f"{clients.platform.headers['Authorization']}, Element {instance['token']}"

    reply = clients.platform.send(
        "GET",
        BASE_PATH + path.format(instance=instance["id"], notification=notification),
        headers={"Authorization": authorization},
    )

    number = str(len(decode(reply.body)))
    assert reply.status == 200
    assert reply.headers["elements-returned-count"] == reply.headers["elements-total-count"] == number


@pytest.mark.assumed
def test_the_key_of_signatures_is_shown_as_it_was_given(instances, instance):
    key = "event.notification.signature.key"
    entries = decode(instances("GET", f"/{instance['id']}/configuration").body)

    assert instance["configuration"][key] == "a-key-of-your-own"
    assert [each["propertyValue"] for each in entries if each["key"] == key] == ["a-key-of-your-own"]
