"""Hub calls that are answered at once and done when due work runs."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from mock_kit.api.json_text import decode

ASYNC = {"Elements-Async-Request": "True"}


@pytest.fixture
def quiet(make_instance):
    """An instance without a callback URL of its own."""
    return make_instance({"event.notification.callback.url": ..., "event.notification.enabled": False})


@pytest.fixture
def quiet_hub(clients, quiet):
    return clients.platform.hub(quiet["token"])


def told(clients):
    return [
        callback["json"] for callback in clients.sink.callbacks() if "response" in (callback["json"] or {})
    ]


@pytest.mark.parametrize("flag", ["True", "true"])
def test_a_call_is_answered_at_once_and_its_result_sent_when_due_work_runs(clients, instance, hub, flag):
    reply = hub.send(
        "POST", "/contacts", json={"FIRST_NAME": "Ada"}, headers={"Elements-Async-Request": flag}
    )

    assert reply.status == 200
    answer = decode(reply.body)
    assert answer == {"eventId": answer["eventId"], "eventStatus": "dispatched"}
    assert isinstance(answer["eventId"], int)
    assert reply.headers["elements-element-instance-id"] == str(instance["id"])
    assert hub.call("GET", "/contacts") == []
    assert told(clients) == []

    ran = clients.clock.advance(0)

    (made,) = hub.call("GET", "/contacts")
    (result,) = told(clients)
    assert result == {
        "eventId": answer["eventId"],
        "instanceId": instance["id"],
        "response": made,
        "notificationId": result["notificationId"],
    }
    assert isinstance(result["notificationId"], int)
    assert (ran["attempts"], ran["deliveries"]) == (1, 1)


def test_the_result_is_signed_like_any_callback(clients, hub):
    hub.send("GET", "/contacts", headers=ASYNC)
    clients.clock.advance("1s")

    (callback,) = clients.sink.callbacks()
    assert callback["signature"] == "valid"


def test_the_header_of_a_call_says_where_its_result_goes(clients, quiet_hub):
    url = clients.credentials.callback_url
    headers = {**ASYNC, "Elements-Async-Callback-Url": f"{url}/elsewhere?x=1"}

    assert quiet_hub.send("GET", "/users", headers=headers).status == 200
    clients.clock.advance("1s")

    (callback,) = clients.sink.callbacks()
    assert callback["path"].startswith(f"/{clients.credentials.name}/elsewhere")
    assert callback["json"]["response"] == quiet_hub.call("GET", "/users")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "needs Elements-Async-Callback-Url"),
        ({"Elements-Async-Callback-Url": ""}, "needs Elements-Async-Callback-Url"),
        ({"Elements-Async-Callback-Url": "nowhere"}, "must be a URL"),
        ({"Elements-Async-Callback-Url": "ftp://x/y"}, "must be a URL"),
        ({"Elements-Async-Callback-Url": "http://[::1/x"}, "must be a URL"),
    ],
)
def test_a_call_whose_result_nobody_would_hear_of_is_refused(clients, quiet_hub, refused, headers, words):
    assert words in refused(
        quiet_hub.send("POST", "/contacts", json={"FIRST_NAME": "A"}, headers={**ASYNC, **headers}), 400
    )

    clients.clock.advance("1h")
    assert quiet_hub.call("GET", "/contacts") == []


@pytest.mark.parametrize("value", ["False", "", "yes"])
def test_another_value_of_the_header_lets_the_call_be_done_now(hub, value):
    reply = hub.send("GET", "/contacts", headers={"Elements-Async-Request": value})

    assert decode(reply.body) == []


def test_a_refusal_is_a_result_too(clients, hub):
    hub.send("GET", "/contacts/1", headers=ASYNC)
    hub.send("GET", "/contacts?where=x", headers=ASYNC)
    clients.clock.advance("1s")

    missing, unreadable = told(clients)
    assert "No Contact with ID = 1" in missing["response"]["message"]
    assert "Error parsing query" in unreadable["response"]["message"]


def test_calls_are_done_in_the_order_in_which_they_came(clients, hub):
    made = hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    path = f"/contacts/{made['id']}"
    hub.send("PATCH", path, json={"FIRST_NAME": "Augusta"}, headers=ASYNC)
    hub.send("GET", path, headers=ASYNC)
    hub.send("DELETE", path, headers=ASYNC)
    hub.send("GET", path, headers=ASYNC)

    clients.clock.advance("1s")

    _, read, deleted, missing = [result["response"] for result in told(clients)]
    assert read["FIRST_NAME"] == "Augusta"
    assert deleted is None
    assert "No Contact with ID" in missing["message"]


@pytest.mark.parametrize("path", ["/objects", "/ping", "/me"])
def test_any_hub_call_can_be_put_off(clients, hub, path):
    now = hub.call("GET", path)
    hub.send("GET", path, headers=ASYNC)
    clients.clock.advance(0)

    (result,) = told(clients)
    assert result["response"] == now


def test_a_call_without_a_hub_in_its_path_can_be_put_off(clients, instance):
    headers = {
        **ASYNC,
        "Authorization": f"{clients.platform.headers['Authorization']}, Element {instance['token']}",
    }

    clients.platform.send("GET", f"{BASE_PATH}/users?fields=USER_ID", headers=headers)
    clients.clock.advance(0)

    (result,) = told(clients)
    assert set(result["response"][0]) == {"USER_ID"}


def test_strangers_and_switched_off_instances_are_refused_at_once(clients, instance, hub, stranger, refused):
    refused(stranger.send("GET", f"{BASE_PATH}/hubs/crm/contacts", headers=ASYNC), 401)
    clients.platform.call("DELETE", f"{BASE_PATH}/instances/{instance['id']}/enabled")
    refused(hub.send("GET", "/contacts", headers=ASYNC), 403)


def test_a_receiver_that_refuses_is_told_once(clients, hub):
    clients.sink.respond({"status": 503, "times": 5})
    hub.send("GET", "/contacts", headers=ASYNC)

    ran = clients.clock.advance("1d")

    assert ran["deliveries"] == 0
    assert len(told(clients)) == 1


def test_an_instance_that_is_deleted_meanwhile_gives_a_401(clients, instance, hub):
    hub.send("GET", "/contacts", headers=ASYNC)
    clients.platform.delete_instance(instance["id"])

    clients.clock.advance("1s")

    (result,) = told(clients)
    assert set(result["response"]) == {"message", "requestId"}


def test_workspaces_do_not_do_each_others_calls(clients, hub, stack_in_process):
    other = stack_in_process.new_workspace()
    other.platform.create_instance(instance_body(other.credentials))
    hub.send("GET", "/contacts", headers=ASYNC)

    other.clock.advance("1h")

    assert told(clients) == told(other) == []
