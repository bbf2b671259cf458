"""``/events/{elementKey}``: what providers and pollers send, without credentials; and callbacks to the platform itself."""

import json
from base64 import b64encode

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import encode

ADA = {
    "CONTACT_ID": 7,
    "FIRST_NAME": "Ada",
    "DATE_CREATED_UTC": "2026-03-02 09:00:00",
    "DATE_UPDATED_UTC": "2026-03-02 09:00:00",
}


def encoded(instance):
    return b64encode(str(instance["id"]).encode()).decode()


@pytest.fixture
def send(stranger):
    """Call ``/events`` as somebody without credentials."""

    def call(path, json=None, method="POST", **given):
        return stranger.send(method, f"{BASE_PATH}/events{path}", json=json, **given)

    return call


@pytest.fixture
def hand_off(send):
    def call(instance, *records, object_type="contacts", **others):
        body = {
            "instance_id": instance["id"],
            "objectType": object_type,
            object_type: list(records),
            **others,
        }
        reply = send(f"/insightlyPolling/{encoded(instance)}", body, headers={"Id": str(instance["id"])})
        assert (reply.status, reply.body) == (200, b"")

    return call


@pytest.fixture
def told(clients):
    """Let what is due happen, and return what the sink was told."""

    def callbacks():
        clients.clock.advance(0)
        return [callback["json"]["message"] for callback in clients.sink.callbacks()]

    return callbacks


def test_what_a_poller_hands_on_becomes_an_event_and_a_callback_as_if_polled(
    clients, instance, hand_off, told
):
    clients.clock.advance("1m")
    hand_off(instance, ADA, {**ADA, "CONTACT_ID": 8, "DATE_UPDATED_UTC": "2026-03-02 09:30:00"})

    (message,) = told()

    assert message["raw"] == {
        "contacts": [ADA, {**ADA, "CONTACT_ID": 8, "DATE_UPDATED_UTC": "2026-03-02 09:30:00"}],
        "pollDate": 1772445660000,
        "objectType": "contacts",
    }
    assert [(event["objectId"], event["eventType"], event["date"]) for event in message["events"]] == [
        ("7", "CREATED", "2026-03-02T09:00:00Z"),
        ("8", "UPDATED", "2026-03-02T09:30:00Z"),
    ]
    assert {event["pollDate"] for event in message["events"]} == {"2026-03-02T10:01:00Z"}
    (event,) = clients.platform.events(instance["id"])
    assert (event["id"], event["status"]) == (message["eventId"], "NOTIFIED")
    assert json.loads(event["providerData"]) == message["raw"]
    assert clients.platform.polls() == []


def test_a_hand_off_leaves_the_last_poll_where_it_is(clients, instance, hand_off):
    clients.clock.advance("1m")
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    hand_off(instance, ADA)

    clients.clock.advance("14m")

    ids = [
        event["objectId"] for each in clients.sink.callbacks() for event in each["json"]["message"]["events"]
    ]
    assert ids == ["7", str(ada["CONTACT_ID"])]


@pytest.mark.assumed
def test_what_fits_no_instance_is_dropped(clients, instance, make_instance, send, unchanged):
    silent = make_instance({"event.notification.enabled": False})
    disabled = make_instance()
    clients.platform.send("DELETE", f"{BASE_PATH}/instances/{disabled['id']}/enabled")
    event = {"a": 1}

    with unchanged():
        for path in ("/insightly", "/insightly/MQ==", "/insightly/%25%25", f"/insightly/{encoded(silent)}"):
            assert send(path, event).status == 200
        assert send(f"/insightly/{encoded(disabled)}", event).status == 200
        assert send("/insightly", event, headers={"Element-Instances": "1,x"}).status == 200
        assert send(f"/insightly/{encoded(instance)}", {}).status == 200


@pytest.mark.assumed
def test_whose_an_instance_is_can_be_said_and_then_it_is_nobody_elses(stack_in_process, instance, clients):
    other = stack_in_process.new_workspace()
    path = f"{BASE_PATH}/events/insightly/{encoded(instance)}"

    other.platform.send("POST", path, json={"a": 1})
    assert clients.platform.events(instance["id"]) == []
    clients.platform.send("POST", path, json={"a": 1})
    assert len(clients.platform.events(instance["id"])) == 1
    stack_in_process.delete_workspace(other.credentials.name)


@settings(
    deadline=None, max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_json_comes_is_kept_or_refused(instance, send, body):
    for key in ("insightly", "insightlyPolling"):
        reply = send(
            f"/{key}/{encoded(instance)}", body=encode(body), headers={"Content-Type": "application/json"}
        )
        assert reply.status in {200, 400}


@settings(
    deadline=None, max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    raw=st.binary(),
    kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=x", ""]),
)
def test_whatever_bytes_come_are_kept_or_refused(instance, send, raw, kind):
    reply = send(f"/insightly/{encoded(instance)}", body=raw, headers={"Content-Type": kind} if kind else {})

    assert reply.status in {200, 400}


def test_a_callback_url_may_be_the_platforms_own_address_for_events(clients, make_instance):
    own = f"{clients.platform.url}/elements/api-v2/events/insightly"
    made = make_instance({"event.notification.callback.url": own})
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("15m")

    (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [200]
    assert len(clients.platform.events(made["id"])) == 1
    assert clients.sink.callbacks() == []
