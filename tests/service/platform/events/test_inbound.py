"""``/events/{elementKey}``: what providers and pollers send, without credentials."""

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


def test_an_event_from_outside_is_received_until_it_is_sent(clients, instance, hand_off):
    hand_off(instance, ADA)

    assert [event["status"] for event in clients.platform.events(instance["id"])] == ["RECEIVED"]


@pytest.mark.parametrize("plain", [True, False])
def test_an_instance_is_named_by_its_plain_id_or_in_base64(instance, send, told, plain):
    encoded = b64encode(str(instance["id"]).encode()).decode()

    assert send(f"/insightly/{instance['id'] if plain else encoded}", {"a": 1}).status == 200

    assert len(told()) == 1


def test_a_hand_off_leaves_the_last_poll_where_it_is(clients, instance, hand_off):
    clients.clock.advance("1m")
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    hand_off(instance, ADA)

    clients.clock.advance("14m")

    ids = [
        event["objectId"] for each in clients.sink.callbacks() for event in each["json"]["message"]["events"]
    ]
    assert ids == ["7", str(ada["CONTACT_ID"])]


def test_more_than_ten_records_come_as_several_callbacks(instance, hand_off, told):
    hand_off(instance, *({**ADA, "CONTACT_ID": number} for number in range(23)))

    messages = told()

    assert [len(message["events"]) for message in messages] == [10, 10, 3]
    assert len({message["eventId"] for message in messages}) == 3


def test_only_a_hand_off_can_say_that_something_was_deleted(instance, hand_off, told):
    hand_off(instance, ADA, events=[{"objectId": "7", "eventType": "DELETED"}])

    (message,) = told()

    assert [event["eventType"] for event in message["events"]] == ["DELETED"]


def test_a_hand_off_can_say_that_what_happened_is_unknown(clients, instance, hand_off, told):
    hand_off(instance, ADA, events=[{"objectId": "7", "eventType": "UNKNOWN"}])

    (message,) = told()

    assert [event["eventType"] for event in message["events"]] == ["UNKNOWN"]
    assert clients.platform.audit(instance["id"])["owed"] == 0


def test_a_resource_that_is_not_polled_is_known_by_the_elements_id_field(instance, hand_off, told):
    hand_off(instance, {"USER_ID": 5}, object_type="users")
    hand_off(instance, {"any": 5}, object_type="things")

    known, unknown = told()

    assert known["events"][0]["objectId"] == "5"
    assert known["events"][0]["objectType"] == "users"
    assert "objectId" not in unknown["events"][0]


def test_a_hand_off_may_name_its_instance_in_the_header_alone(instance, send, told):
    body = {"instance_id": instance["id"], "objectType": "contacts", "contacts": [ADA]}

    assert send("/insightlyPolling", body, headers={"Id": str(instance["id"])}).status == 200
    assert len(told()) == 1


def test_a_hand_off_without_records_is_no_event(clients, instance, hand_off, told):
    hand_off(instance)

    assert told() == []
    assert clients.platform.events(instance["id"]) == []


@pytest.mark.parametrize("body", [{}, [], {"objectType": "contacts", "contacts": 1}, {"objectType": []}])
def test_what_is_no_hand_off_is_refused(instance, send, refused, unchanged, body):
    with unchanged():
        refused(send(f"/insightlyPolling/{encoded(instance)}", body), 400)


@pytest.mark.parametrize("way", ["header", "path"])
def test_what_a_provider_sends_reaches_the_instances_that_are_named(
    clients, instance, make_instance, send, told, way
):
    other = make_instance()
    payload = {"hook": {"what": "contact.created"}, "id": 7}

    if way == "header":
        send("/insightly", payload, headers={"Element-Instances": f"{instance['id']},{other['id']}"})
    else:
        send(f"/5993/{encoded(instance)}", payload)
        send(f"/insightly/{encoded(other)}", payload)

    messages = told()
    assert [message["instanceId"] for message in messages] == [instance["id"], other["id"]]
    for message in messages:
        assert (message["raw"], message["events"]) == (payload, [])
    (event,) = clients.platform.events(instance["id"])
    assert json.loads(event["providerData"]) == payload


@pytest.mark.parametrize(
    ("given", "raw"),
    [
        ({"body": b"a=1&b=2&b=3", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, {"a": "1", "b": ["2", "3"]}),
        ({"body": b"<hook/>", "headers": {"Content-Type": "text/xml"}}, {"body": "<hook/>"}),
        ({"body": b"\xff", "headers": {"Content-Type": "text/plain"}}, {"body": "\ufffd"}),
        ({"json": [1, None]}, {"body": [1, None]}),
        ({"body": b'{"a": "\\u0000"}'}, {"a": "\0"}),
    ],
    ids=["a form", "XML", "no UTF-8", "a list", "U+0000"],
)  # fmt: skip
def test_what_comes_in_any_form_comes_out_as_an_object(instance, send, told, given, raw):
    assert send(f"/insightly/{encoded(instance)}", **given).status == 200

    (message,) = told()

    assert message["raw"] == raw


def test_a_get_carries_an_event_in_its_query_and_without_one_is_a_ping(clients, instance, send, told):
    path = f"/insightly/{encoded(instance)}"

    assert send(path, method="GET").status == send("/insightly/", method="GET").status == 200
    assert clients.platform.events(instance["id"]) == []
    assert send(f"{path}?ticket=7", method="GET").status == 200

    assert [message["raw"] for message in told()] == [{"ticket": "7"}]


@pytest.mark.assumed
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", ["salesforce", "insightlypolling", "Polling", "%00", "x" * 300])
def test_an_unknown_element_is_not_found(send, refused, method, key):
    for path in (f"/{key}", f"/{key}/MQ=="):
        assert refused(send(path, {"a": 1} if method == "POST" else None, method), 404).startswith(
            "No element found"
        )


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


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'"\\ud800"', 400),
        (b"[" * 70 + b"]" * 70, 400),
        (b"[" * 100_000, 400),
        (b'"' + b"x" * (1024 * 1024) + b'"', 413),
        (b"9" * 5000, 400),
    ],
    ids=["cut off", "half a letter", "deep", "deeper", "long", "a huge number"],
)
def test_a_body_that_cannot_be_kept_is_refused(instance, send, body, status):
    path = f"/insightly/{encoded(instance)}"

    assert send(path, body=body, headers={"Content-Type": "application/json"}).status == status


@settings(
    deadline=None, max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture]
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
    deadline=None, max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    raw=st.binary(),
    kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=x", ""]),
)
def test_whatever_bytes_come_are_kept_or_refused(instance, send, raw, kind):
    reply = send(f"/insightly/{encoded(instance)}", body=raw, headers={"Content-Type": kind} if kind else {})

    assert reply.status in {200, 400}
