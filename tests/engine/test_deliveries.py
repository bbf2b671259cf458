"""Callbacks: what is sent, what counts as taken, when it is tried again, and when it is given up."""

import hmac
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from rooms import Room

from elements_local.clients import BASE_PATH
from elements_local.kit.wire import NoReply, Reply
from elements_local.platform.callbacks.store_attempts import Attempts
from elements_local.platform.events.store import EventFilter, Events
from elements_local.platform.polling.store import Polls

CLOUD_ELEMENTS = [4**attempt for attempt in range(1, 10)]
OPEN_CONNECTORS = [8**attempt for attempt in range(1, 6)]


@pytest.fixture
def change(clients):
    """Return a function that lets a contact be made at 10:01 and polled at 10:15."""

    def make(world=clients):
        world.clock.advance("1m")
        made = world.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        world.clock.advance("14m")
        return made

    return make


def offsets(callbacks):
    """Return how many seconds after the first each attempt came."""
    times = [datetime.fromisoformat(callback["received_at"]) for callback in callbacks]
    return [(time - times[0]).total_seconds() for time in times]


def header(callback, name):
    return {key.lower(): value for key, value in callback["headers"].items()}.get(name)


def park(clients, instance):
    """Let no further poll get in the way."""
    clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.poller.refresh_interval": 10**9}}
    )


@pytest.mark.parametrize(
    ("ladder", "waits"), [("cloud-elements", CLOUD_ELEMENTS), ("open-connectors", OPEN_CONNECTORS)]
)
def test_a_callback_is_tried_again_at_fixed_times_after_its_first_failure(
    own_stack, poll_contacts, change, ladder, waits
):
    clients = own_stack(PLATFORM_RETRY_SCHEDULE=ladder).workspace()
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503})
    change(clients)
    park(clients, instance)

    ran = clients.clock.advance("10 days")

    assert offsets(clients.sink.callbacks()) == [0, *waits]
    assert (ran["attempts"], ran["deliveries"]) == (len(waits), 0)


def test_every_attempt_has_the_same_bytes_the_same_id_and_a_good_signature(clients, poll_contacts, change):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503, "times": 3})
    change()
    clients.platform.patch_instance(instance["id"], {"name": "Renamed", "tags": ["other"]})
    clients.clock.advance("64s")

    callbacks = clients.sink.callbacks()

    assert len(callbacks) == 4
    assert len({callback["body"] for callback in callbacks}) == 1
    assert {header(callback, "elements-webhook-id") for callback in callbacks} == {callbacks[0]["json"]["id"]}
    assert {header(callback, "content-type") for callback in callbacks} == {"application/json"}
    assert {callback["method"] for callback in callbacks} == {"POST"}
    for callback in callbacks:
        digest = hmac.new(b"a-key-of-your-own", callback["body"].encode(), sha256).digest()
        assert header(callback, "elements-webhook-signature") == "sha256=" + b64encode(digest).decode()


@pytest.mark.parametrize("key", ["", None, ...])
def test_without_a_key_nothing_is_signed(clients, poll_contacts, change, key):
    configuration = {} if key is ... else {"event.notification.signature.key": key}
    instance = poll_contacts(clients, configuration=configuration)
    if key is ...:
        clients.platform.patch_instance(
            instance["id"], {"configuration": {"event.notification.signature.key": None}}
        )

    change()

    (callback,) = clients.sink.callbacks()
    assert header(callback, "elements-webhook-signature") is None


def test_a_key_that_changes_signs_from_the_next_attempt_on(clients, poll_contacts, change):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503, "times": 1})
    change()
    clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.notification.signature.key": "ключ"}}
    )
    clients.clock.advance("4s")

    first, second = clients.sink.callbacks()

    digest = hmac.new("ключ".encode(), second["body"].encode(), sha256).digest()
    assert header(second, "elements-webhook-signature") == "sha256=" + b64encode(digest).decode()
    assert header(first, "elements-webhook-signature") != header(second, "elements-webhook-signature")


TAKEN = [200, 201, 202, 204, 299]
NOT_TAKEN = [300, 301, 302, 304, 400, 401, 404, 410, 429, 500, 502, 503, 599]


@pytest.mark.parametrize("status", [*TAKEN, *NOT_TAKEN])
def test_any_success_takes_a_callback_and_nothing_else_does(clients, poll_contacts, change, status):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": status, "times": 1})

    change()
    clients.clock.advance("4s")

    taken = status in TAKEN
    assert len(clients.sink.callbacks()) == (1 if taken else 2)
    assert clients.platform.events(instance["id"])[0]["eventElementInstances"][0]["updatedDate"][-3:] == (
        "00Z" if taken else "04Z"
    )


@pytest.mark.parametrize(
    ("answer", "attempts"),
    [
        ({"drop": True}, 2),
        ({"delay_s": 30}, 2),
        ({"delay_s": 29.9}, 1),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:4702/elsewhere"}}, 2),
        ({"body": "not JSON at all"}, 1),
    ],
    ids=["hangs up", "too late", "just in time", "redirects", "answers nonsense"],
)
def test_a_receiver_has_to_answer_in_time_and_redirects_lead_nowhere(
    clients, poll_contacts, change, answer, attempts
):
    poll_contacts(clients)
    clients.sink.respond({**answer, "times": 1})

    change()
    clients.clock.advance("4s")

    callbacks = clients.sink.callbacks()
    assert len(callbacks) == attempts
    assert {callback["path"] for callback in callbacks} == {f"/{clients.credentials.name}"}


def test_how_long_a_receiver_may_take_is_a_setting(own_stack, poll_contacts, change):
    clients = own_stack(PLATFORM_CALLBACK_TIMEOUT="2").workspace()
    poll_contacts(clients)
    clients.sink.respond({"delay_s": 2, "times": 1}, {"delay_s": 1.9, "times": 1})

    change(clients)
    ran = clients.clock.advance("1 day")

    assert (ran["attempts"], ran["deliveries"]) == (1, 1)
    assert offsets(clients.sink.callbacks()) == [0, 4]


def test_the_first_success_ends_the_tries(clients, poll_contacts, change):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503, "times": 2})
    change()
    park(clients, instance)

    ran = clients.clock.advance("6 days")

    assert (ran["attempts"], ran["deliveries"]) == (2, 1)
    assert offsets(clients.sink.callbacks()) == [0, 4, 16]
    assert clients.platform.events(instance["id"])[0]["status"] == "NOTIFIED"


def test_a_callback_that_was_never_taken_kills_the_subscription_and_later_events_only_queue(
    clients, poll_contacts, change
):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503})
    change()
    park(clients, instance)
    clients.clock.advance("4 days")
    clients.sink.respond({"status": 200})

    clients.crm.create("Contacts", {"FIRST_NAME": "Later"})
    ran = clients.platform.poll(instance["id"])
    later = clients.clock.advance("2 days")

    assert (ran["events"], ran["attempts"], later["attempts"]) == (1, 0, 0)
    assert [event["status"] for event in clients.platform.events(instance["id"])] == ["NEW", "DISPATCHED"]
    assert len(clients.sink.callbacks()) == 10


def test_another_callback_url_takes_the_place_of_a_dead_subscription_for_what_comes_then(
    clients, poll_contacts, change
):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503})
    change()
    park(clients, instance)
    clients.clock.advance("4 days")

    url = f"{clients.credentials.callback_url}/again"
    patched = clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.notification.callback.url": url}}
    )
    clients.sink.respond({"status": 200})
    clients.crm.create("Contacts", {"FIRST_NAME": "Later"})
    ran = clients.platform.poll(instance["id"])

    assert (ran["events"], ran["deliveries"]) == (1, 1)
    assert clients.sink.callbacks()[-1]["path"] == f"/{clients.credentials.name}/again"
    assert patched["subscriptionId"] != instance["subscriptionId"]
    subscriptions = clients.platform.call("GET", f"{BASE_PATH}/notifications/subscriptions")
    assert [one["id"] for one in subscriptions] == [patched["subscriptionId"]]


def test_a_url_that_was_changed_during_the_last_try_is_not_dead(own_stack, poll_contacts, change, receiver):
    clients = own_stack(PLATFORM_RETRY_SCHEDULE="open-connectors").workspace()
    instance = poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    receiver.status = 503
    change(clients)
    park(clients, instance)
    clients.clock.advance("2h")

    def move_away():
        url = {"event.notification.callback.url": clients.credentials.callback_url}
        clients.platform.patch_instance(instance["id"], {"configuration": url})

    receiver.meanwhile = move_away
    clients.clock.advance("9h")
    clients.crm.create("Contacts", {"FIRST_NAME": "Later"})
    ran = clients.platform.poll(instance["id"])

    assert len(receiver.bodies) == 6
    assert (ran["events"], ran["deliveries"]) == (1, 1)


@pytest.mark.assumed
def test_a_new_callback_url_counts_for_the_next_delivery_and_ends_pending_retries(
    clients, poll_contacts, change
):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503, "times": 1})
    change()
    url = f"{clients.credentials.callback_url}/new?a=1&b=%20x"

    clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.notification.callback.url": url}}
    )
    clients.clock.advance("4s")
    clients.crm.create("Contacts", {"FIRST_NAME": "Later"})
    clients.clock.advance("15m")

    name = clients.credentials.name
    assert [callback["path"] for callback in clients.sink.callbacks()] == [
        f"/{name}",
        f"/{name}/new?a=1&b=%20x",
    ]


def test_without_a_callback_url_pending_tries_end_and_events_are_only_kept(clients, poll_contacts, change):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503})
    change()

    clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.notification.callback.url": None}}
    )
    clients.clock.advance("1s")
    clients.crm.create("Contacts", {"FIRST_NAME": "Later"})
    ran = clients.clock.advance("1h")

    assert (ran["events"], ran["attempts"]) == (1, 0)
    assert [event["status"] for event in clients.platform.events(instance["id"])] == [
        "CONSUMED",
        "DISPATCHED",
    ]


def test_two_instances_are_told_apart_and_one_deaf_receiver_does_not_hold_up_another(
    clients, poll_contacts, change
):
    deaf = poll_contacts(clients)
    hearing = poll_contacts(
        clients, configuration={"event.notification.callback.url": "http://127.0.0.1:4702/hearing"}
    )
    clients.sink.respond({"status": 503})

    change()

    assert [event["status"] for event in clients.platform.events(deaf["id"])] == ["DISPATCHED"]
    assert [event["status"] for event in clients.platform.events(hearing["id"])] == ["NOTIFIED"]


def test_an_instance_that_its_receiver_deletes_gets_no_further_polls_or_callbacks(
    clients, poll_contacts, receiver
):
    instance = poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    other = poll_contacts(clients)
    clients.clock.advance("1m")
    for number in range(25):
        clients.crm.create("Contacts", {"FIRST_NAME": f"n{number}"})
    receiver.meanwhile = lambda: clients.platform.delete_instance(instance["id"])

    ran = clients.clock.advance("2h")

    assert len(receiver.bodies) == 1
    assert [poll["instanceId"] for poll in clients.platform.polls()].count(instance["id"]) == 1
    assert [poll["instanceId"] for poll in clients.platform.polls()].count(other["id"]) == 8
    assert (ran["polls"], ran["attempts"], ran["deliveries"]) == (9, 4, 4)
    assert clients.platform.hub(instance["token"]).send("GET", "/contacts").status == 401
    assert len(clients.platform.call("GET", f"{BASE_PATH}/instances")) == 1


def test_an_instance_that_its_failing_receiver_deletes_is_not_tried_again(
    clients, poll_contacts, change, receiver
):
    instance = poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    receiver.status = 503
    receiver.meanwhile = lambda: clients.platform.delete_instance(instance["id"])

    change()
    ran = clients.clock.advance("4 days")

    assert (len(receiver.bodies), ran["attempts"], ran["polls"]) == (1, 0, 0)


def test_what_a_receiver_changes_counts_from_then_on(clients, poll_contacts, change, receiver):
    instance = poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    faster = {"configuration": {"event.poller.refresh_interval": 1}}
    receiver.meanwhile = lambda: clients.platform.patch_instance(instance["id"], faster)

    change()
    ran = clients.clock.advance("10m")

    assert ran["polls"] == 10


@pytest.mark.usefixtures("change")
def test_a_receiver_at_an_address_that_nobody_listens_on_is_tried_again(clients, poll_contacts):
    poll_contacts(clients, configuration={"event.notification.callback.url": "http://127.0.0.1:1/"})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    first = clients.clock.advance("14m")
    later = clients.clock.advance("64s")

    assert (first["attempts"], first["deliveries"]) == (1, 0)
    assert (later["attempts"], later["deliveries"]) == (3, 0)


def test_every_attempt_is_kept_with_its_time_its_address_and_what_came_of_it(bench, found):
    workspace = bench.workspace()
    bench.instance(workspace)
    answers = iter([NoReply(reason="connection refused"), Reply(status=503), Reply(status=200)])
    bench.wire.answer = lambda method, *_: found((1, 1, 1)) if method == "GET" else next(answers)

    bench.engine.advance(workspace, workspace.clock.now() + timedelta(minutes=16))

    (poll,) = Room(bench.database, Polls, workspace.name).latest(limit=9)
    (event,) = Room(bench.database, Events, workspace.name).list(EventFilter(), offset=0, limit=9)
    (attempts,) = Room(bench.database, Attempts, workspace.name).of_each([event.notification_id]).values()
    assert [
        (kept.number, (kept.at - poll.at).total_seconds(), kept.status, kept.reason) for kept in attempts
    ] == [
        (1, 0, None, "connection refused"),
        (2, 4, 503, "answered 503"),
        (3, 16, 200, ""),
    ]
    assert {kept.url for kept in attempts} == {"http://receiver.test/"}
