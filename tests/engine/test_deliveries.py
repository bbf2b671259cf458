"""Callbacks: whom they reach, when none is tried any more, and that none leaves this machine for a host that is not allowed."""

from datetime import datetime, timedelta

import pytest
from rooms import Room

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.wire import NoReply, Reply
from elements_local.platform.callbacks.store_attempts import Attempts
from elements_local.platform.events.store import EventFilter, Events
from elements_local.platform.polling.store import Polls


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


def park(clients, instance):
    """Let no further poll get in the way."""
    clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.poller.refresh_interval": 10**9}}
    )


def test_how_long_a_receiver_may_take_is_a_setting(own_stack, poll_contacts, change):
    clients = own_stack(PLATFORM_CALLBACK_TIMEOUT="2").workspace()
    poll_contacts(clients)
    clients.sink.respond({"delay_s": 2, "times": 1}, {"delay_s": 1.9, "times": 1})

    change(clients)
    ran = clients.clock.advance("1 day")

    assert (ran["attempts"], ran["deliveries"]) == (1, 1)
    assert offsets(clients.sink.callbacks()) == [0, 4]


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


@pytest.mark.parametrize(
    ("method", "configuration"),
    [
        ("PATCH", {"event.notification.enabled": False}),
        ("PATCH", {"event.notification.callback.url": None}),
        ("DELETE", None),
    ],
    ids=["events are off", "no callback URL", "the instance is deleted"],
)
def test_a_subscription_goes_with_the_event_settings_of_its_instance(
    clients, poll_contacts, change, method, configuration
):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503, "times": 1})
    change()
    subscriptions = f"{BASE_PATH}/notifications/subscriptions"
    (made,) = clients.platform.call("GET", subscriptions)

    body = configuration and {"configuration": configuration}
    clients.platform.call(method, f"{BASE_PATH}/instances/{instance['id']}", json=body)

    assert (made["id"], made["topics"]) == (
        instance["subscriptionId"],
        [f"instance-{instance['id']}-insightly-events"],
    )
    assert clients.platform.call("GET", subscriptions) == []
    assert clients.clock.advance("4 days")["attempts"] == 0, "what it was owed is not sent any more"


def test_a_deleted_notification_is_not_sent_any_more_and_its_event_stays(clients, poll_contacts, change):
    instance = poll_contacts(clients)
    clients.sink.respond({"status": 503, "times": 1})
    change()
    (owed,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]

    clients.platform.call("DELETE", f"{BASE_PATH}/notifications/{owed['notificationId']}")

    assert clients.clock.advance("4 days")["attempts"] == 0
    assert len(clients.platform.events(instance["id"])) == 1


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


def test_what_a_receiver_changes_counts_from_then_on(clients, poll_contacts, change, receiver):
    instance = poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    faster = {"configuration": {"event.poller.refresh_interval": 1}}
    receiver.meanwhile = lambda: clients.platform.patch_instance(instance["id"], faster)

    change()
    ran = clients.clock.advance("10m")

    assert ran["polls"] == 10


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


def attempts_at(clients, url):
    """Make an instance that reports to a URL, let it have something to report, and return the attempts."""
    body = instance_body(clients.credentials)
    body["configuration"] |= {"event.notification.callback.url": url}
    clients.platform.create_instance(body)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m 4s")
    (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    return delivery["attempts"]


def test_a_callback_to_another_machine_is_refused_and_tried_again_like_any_other(own_stack):
    attempts = attempts_at(own_stack().workspace(), "http://192.0.2.1/hook")

    assert [(one["at"][11:], one["status"]) for one in attempts] == [("10:15:00Z", None), ("10:15:04Z", None)]
    for attempt in attempts:
        assert attempt["outcome"].startswith("refused by the outbound guard: 192.0.2.1 ")
        assert "up --allow-host 192.0.2.1" in attempt["outcome"]


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1/"])
def test_a_callback_url_that_is_none_fails_as_an_attempt(own_stack, url):
    assert "is not a URL" in attempts_at(own_stack().workspace(), url)[0]["outcome"]


def test_a_host_that_is_allowed_is_called(own_stack):
    clients = own_stack(PLATFORM_ALLOW_HOSTS="no-such-host.invalid other.invalid").workspace()

    (attempt, _) = attempts_at(clients, "http://NO-such-host.invalid/")

    assert attempt["outcome"] == "host name not found"


def test_a_receiver_of_this_machine_may_be_named(own_stack, receiver):
    clients = own_stack().workspace()

    (attempt,) = attempts_at(clients, receiver.url.replace("127.0.0.1", "localhost"))

    assert (attempt["status"], attempt["outcome"]) == (200, "delivered")
    assert receiver.headers[0]["Host"].startswith("localhost:")
