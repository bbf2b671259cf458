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
def quiet_hub(doors, quiet):
    return doors.platform.hub(quiet["token"])


def told(doors):
    return [callback["json"] for callback in doors.sink.callbacks() if "response" in (callback["json"] or {})]


@pytest.mark.parametrize("flag", ["True", "true"])
def test_a_call_is_answered_at_once_and_its_result_sent_when_due_work_runs(doors, instance, hub, flag):
    reply = hub.send(
        "POST", "/contacts", json={"FIRST_NAME": "Ada"}, headers={"Elements-Async-Request": flag}
    )

    assert reply.status == 200
    answer = decode(reply.body)
    assert (set(answer), answer["eventStatus"], len(answer["eventId"])) == (
        {"eventId", "eventStatus"},
        "dispatched",
        20,
    )
    assert reply.headers["elements-element-instance-id"] == str(instance["id"])
    assert hub.call("GET", "/contacts") == []
    assert told(doors) == []

    ran = doors.clock.advance(0)

    (made,) = hub.call("GET", "/contacts")
    (result,) = told(doors)
    assert result["response"] == made
    assert (result["eventId"], result["instanceId"], result["status"]) == (
        answer["eventId"],
        instance["id"],
        200,
    )
    assert isinstance(result["notificationId"], int)
    assert (ran["attempts"], ran["deliveries"]) == (1, 1)


def test_the_result_is_signed_like_any_callback(doors, hub):
    hub.send("GET", "/contacts", headers=ASYNC)
    doors.clock.advance("1s")

    (callback,) = doors.sink.callbacks()
    assert callback["signature"] == "valid"


def test_the_header_of_a_call_says_where_its_result_goes(doors, quiet_hub):
    url = doors.credentials.callback_url
    headers = {**ASYNC, "Elements-Async-Callback-Url": f"{url}/elsewhere?x=1"}

    assert quiet_hub.send("GET", "/users", headers=headers).status == 200
    doors.clock.advance("1s")

    (callback,) = doors.sink.callbacks()
    assert callback["path"].startswith(f"/{doors.credentials.name}/elsewhere")
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
def test_a_call_whose_result_nobody_would_hear_of_is_refused(doors, quiet_hub, refused, headers, words):
    assert words in refused(
        quiet_hub.send("POST", "/contacts", json={"FIRST_NAME": "A"}, headers={**ASYNC, **headers}), 400
    )

    doors.clock.advance("1h")
    assert quiet_hub.call("GET", "/contacts") == []


@pytest.mark.parametrize("value", ["False", "", "yes"])
def test_another_value_of_the_header_lets_the_call_be_done_now(hub, value):
    reply = hub.send("GET", "/contacts", headers={"Elements-Async-Request": value})

    assert decode(reply.body) == []


def test_a_refusal_is_a_result_too(doors, hub):
    hub.send("GET", "/contacts/1", headers=ASYNC)
    hub.send("GET", "/contacts?where=x", headers=ASYNC)
    doors.clock.advance("1s")

    missing, unreadable = told(doors)
    assert (missing["status"], unreadable["status"]) == (404, 400)
    assert "No Contact with ID = 1" in missing["response"]["message"]
    assert "Error parsing query" in unreadable["response"]["message"]


def test_calls_are_done_in_the_order_in_which_they_came(doors, hub):
    made = hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    path = f"/contacts/{made['id']}"
    hub.send("PATCH", path, json={"FIRST_NAME": "Augusta"}, headers=ASYNC)
    hub.send("GET", path, headers=ASYNC)
    hub.send("DELETE", path, headers=ASYNC)
    hub.send("GET", path, headers=ASYNC)

    doors.clock.advance("1s")

    assert [result["status"] for result in told(doors)] == [200, 200, 200, 404]
    assert told(doors)[1]["response"]["FIRST_NAME"] == "Augusta"
    assert told(doors)[2]["response"] is None


@pytest.mark.parametrize("path", ["/objects", "/ping", "/me"])
def test_any_hub_call_can_be_put_off(doors, hub, path):
    now = hub.call("GET", path)
    hub.send("GET", path, headers=ASYNC)
    doors.clock.advance(0)

    (result,) = told(doors)
    assert result["response"] == now


def test_a_call_without_a_hub_in_its_path_can_be_put_off(doors, instance):
    headers = {
        **ASYNC,
        "Authorization": f"{doors.platform.headers['Authorization']}, Element {instance['token']}",
    }

    doors.platform.send("GET", f"{BASE_PATH}/users?fields=USER_ID", headers=headers)
    doors.clock.advance(0)

    (result,) = told(doors)
    assert set(result["response"][0]) == {"USER_ID"}


def test_strangers_and_switched_off_instances_are_refused_at_once(doors, instance, hub, stranger, refused):
    refused(stranger.send("GET", f"{BASE_PATH}/hubs/crm/contacts", headers=ASYNC), 401)
    doors.platform.call("DELETE", f"{BASE_PATH}/instances/{instance['id']}/enabled")
    refused(hub.send("GET", "/contacts", headers=ASYNC), 403)


def test_a_receiver_that_refuses_is_told_once(doors, hub):
    doors.sink.respond({"status": 503, "times": 5})
    hub.send("GET", "/contacts", headers=ASYNC)

    ran = doors.clock.advance("1d")

    assert ran["deliveries"] == 0
    assert len(told(doors)) == 1


def test_an_instance_that_is_deleted_meanwhile_gives_a_401(doors, instance, hub):
    hub.send("GET", "/contacts", headers=ASYNC)
    doors.platform.delete_instance(instance["id"])

    doors.clock.advance("1s")

    (result,) = told(doors)
    assert result["status"] == 401


def test_workspaces_do_not_do_each_others_calls(doors, hub, stack_in_process):
    other = stack_in_process.new_workspace()
    other.platform.create_instance(instance_body(other.credentials))
    hub.send("GET", "/contacts", headers=ASYNC)

    other.clock.advance("1h")

    assert told(doors) == told(other) == []
