"""What happens to an instance while a change of it, a poll or a delivery is under way: nothing of it is lost, and it counts from then on."""

import pytest

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode

POLL_FAILURE = {"match": {"path": "*/contacts*"}, "effect": {"status": 500}}


@pytest.fixture
def clients(own_stack):
    """A workspace whose pollers are switched off by their second failure in a row."""
    return own_stack(PLATFORM_POLL_FAILURE_LIMIT="2").workspace()


@pytest.fixture
def call(clients):
    def send(method, path, **given):
        return clients.platform.send(method, f"{BASE_PATH}{path}", **given)

    return send


CHANGES = {
    "a patch": lambda url: ("PATCH", "", {"configuration": {"base.url": url}, "tags": ["moved"]}),
    "an entry": lambda url: ("PATCH", "/configuration/5993002", {"propertyValue": url}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_poller_that_is_switched_off_while_the_crm_is_asked_stays_off(
    *, clients, call, poll_contacts, receiver, change
):
    instance = poll_contacts(clients)
    clients.crm.script_faults([POLL_FAILURE])
    receiver.meanwhile = lambda: clients.clock.advance("30m")
    method, path, body = change(receiver.url)

    changed = call(method, f"/instances/{instance['id']}{path}", json=body)
    ran = clients.clock.advance("1h")

    assert changed.status == 200
    shown = decode(call("GET", f"/instances/{instance['id']}").body)
    assert shown["configuration"]["base.url"] == receiver.url
    assert [each["id"] for each in decode(call("GET", "/instances/polling-disabled").body)] == [
        instance["id"]
    ]
    assert len(clients.platform.polls()) == 2
    assert ran["polls"] == 0


def test_failures_of_a_poller_while_the_crm_is_asked_are_still_counted(
    clients, call, poll_contacts, receiver
):
    instance = poll_contacts(clients)
    clients.crm.script_faults([POLL_FAILURE])
    receiver.meanwhile = lambda: clients.clock.advance("15m")

    call("PATCH", f"/instances/{instance['id']}", json={"configuration": {"base.url": receiver.url}})
    receiver.status = 500
    receiver.meanwhile = lambda: None
    ran = clients.clock.advance("1h")

    assert ran["polls"] == 1


def test_two_changes_at_once_are_both_kept(clients, call, poll_contacts, receiver):
    instance = poll_contacts(clients)
    path = f"/instances/{instance['id']}"
    receiver.meanwhile = lambda: call("PATCH", path, json={"name": "Renamed", "configuration": {"mine": "1"}})

    answered = call("PATCH", path, json={"configuration": {"base.url": receiver.url}})

    kept = decode(call("GET", path).body)
    assert decode(answered.body) == kept
    assert (kept["name"], kept["configuration"]["mine"], kept["configuration"]["base.url"]) == (
        "Renamed",
        "1",
        receiver.url,
    )


def test_an_instance_that_is_deleted_while_the_crm_is_asked_is_not_found(
    clients, call, poll_contacts, receiver
):
    instance = poll_contacts(clients)
    path = f"/instances/{instance['id']}"
    receiver.meanwhile = lambda: call("DELETE", path)

    answered = call("PATCH", path, json={"configuration": {"base.url": receiver.url}})

    assert answered.status == 404
    assert call("GET", "/instances").status == 404
    assert clients.clock.advance("1h")["polls"] == 0


@pytest.fixture
def due(clients):
    """Return how many polls and deliveries are planned; a clock may go back only where none are."""

    def count():
        reply = clients.platform.send("PUT", "/_local/clock", json={"now": "2020-01-01T00:00:00Z"})
        return 0 if reply.status == 200 else int(decode(reply.body)["message"].split(" while ")[1].split()[0])

    return count


@pytest.fixture
def two_changes(clients, poll_contacts, receiver):
    """Return an instance with changes for two callbacks to a receiver that may do something meanwhile."""
    instance = poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    clients.clock.advance("1m")
    for _ in range(12):
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    return instance


ENDS = {"deleted": ("DELETE", ""), "disabled": ("DELETE", "/enabled")}


def test_an_instance_that_is_deleted_while_a_callback_is_out_gets_no_more_of_them_and_leaves_nothing_due(
    *, clients, call, two_changes, receiver, due
):
    receiver.meanwhile = lambda: call("DELETE", f"/instances/{two_changes['id']}")

    ran = clients.clock.advance("1h")

    assert len(receiver.bodies) == 1
    assert (ran["polls"], ran["events"], ran["attempts"], ran["now"]) == (1, 12, 1, "2026-03-02T11:01:00Z")
    assert due() == 0


def test_a_callback_that_fails_while_its_instance_is_deleted_is_not_tried_again(
    *, clients, call, two_changes, receiver, due
):
    receiver.status = 503
    receiver.meanwhile = lambda: call("DELETE", f"/instances/{two_changes['id']}")

    ran = clients.clock.advance("4 days")

    assert (len(receiver.bodies), ran["attempts"], due()) == (1, 1, 0)


def test_pending_callbacks_of_a_deleted_instance_are_no_longer_due(clients, call, two_changes, receiver, due):
    other = clients.platform.create_instance(instance_body(clients.credentials))
    receiver.status = 503
    clients.clock.advance("14m")

    call("DELETE", f"/instances/{two_changes['id']}")

    assert due() == 1
    call("DELETE", f"/instances/{other['id']}")
    assert due() == 0


def test_an_instance_that_is_disabled_while_a_callback_is_out_is_polled_no_more_until_it_is_enabled(
    *, clients, call, two_changes, receiver
):
    path = f"/instances/{two_changes['id']}/enabled"
    receiver.meanwhile = lambda: call("DELETE", path)

    ran = clients.clock.advance("1h")
    receiver.meanwhile = lambda: None
    call("PUT", path)
    again = clients.clock.advance("15m")

    assert (ran["polls"], ran["deliveries"], ran["now"]) == (1, 2, "2026-03-02T11:01:00Z")
    assert (again["polls"], again["events"]) == (1, 0)


@pytest.fixture
def polled_at(clients, receiver, call):
    """Return an instance that polls contacts at a CRM that may do something meanwhile, and then leads."""
    body = instance_body(clients.credentials)
    entries = body["configuration"]["event.poller.configuration"]
    body["configuration"]["event.poller.configuration"] = dict.fromkeys(
        ("first", "second"), entries["contacts"]
    )
    made = clients.platform.create_instance(body)
    call("PATCH", f"/instances/{made['id']}", json={"configuration": {"base.url": receiver.url}})
    receiver.answer = b"[]"
    return made


@pytest.mark.parametrize(("method", "path"), ENDS.values(), ids=ENDS)
def test_a_poll_whose_instance_ends_meanwhile_goes_no_further_and_is_no_failure(
    *, clients, call, polled_at, receiver, method, path
):
    asked = len(receiver.bodies)
    receiver.meanwhile = lambda: call(method, f"/instances/{polled_at['id']}{path}")

    ran = clients.clock.advance("1h")

    assert len(receiver.bodies) == asked + 1
    assert clients.platform.polls() == []
    assert (ran["polls"], ran["events"], ran["now"]) == (0, 0, "2026-03-02T11:00:00Z")


def test_what_is_found_of_a_resource_that_is_no_longer_polled_is_not_told(clients, call, polled_at, receiver):
    def choose_the_second():
        configuration = {"event.poller.urls": "second"}
        call("PATCH", f"/instances/{polled_at['id']}", json={"configuration": configuration})

    receiver.meanwhile = choose_the_second

    clients.clock.advance("15m")

    assert {poll["resource"] for poll in clients.platform.polls()} <= {"second"}


def polled_to(clients, poll_contacts, receiver):
    """Return an instance whose callbacks go to a receiver and has been called once, at 10:15."""
    instance = poll_contacts(clients, configuration={"event.notification.callback.url": receiver.url})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    return instance


def test_what_a_receiver_changes_counts_from_then_on(clients, poll_contacts, receiver):
    def faster():
        (instance,) = clients.platform.pollers()
        configuration = {"event.poller.refresh_interval": 1}
        clients.platform.patch_instance(instance["instanceId"], {"configuration": configuration})

    receiver.meanwhile = faster
    polled_to(clients, poll_contacts, receiver)

    assert clients.clock.advance("10m")["polls"] == 10


def test_a_url_that_is_changed_during_the_last_try_is_not_dead(own_stack, poll_contacts, receiver):
    clients = own_stack(PLATFORM_RETRY_SCHEDULE="open-connectors").workspace()
    receiver.status = 503
    instance = polled_to(clients, poll_contacts, receiver)
    parked = {"configuration": {"event.poller.refresh_interval": 10**9}}
    clients.platform.patch_instance(instance["id"], parked)
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
