"""Two workspaces of which one is the other's snapshot: all numbers are the same, and neither sees or changes the other's."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body


@pytest.fixture
def twin(clients, stack_in_process):
    """Return a function that makes a workspace of all that there is in the first one."""
    other = stack_in_process.new_workspace()

    def restored():
        other.restore(clients.snapshot())
        return other

    yield restored
    stack_in_process.delete_workspace(other.credentials.name)


def call(clients, method, path, **given):
    return clients.platform.call(method, BASE_PATH + path, **given)


@pytest.mark.parametrize(
    "path",
    ["/instances", "/instances/events", "/jobs", "/notifications/subscriptions/deliveries"],
)
def test_what_happens_in_one_is_in_no_list_of_the_other(clients, twin, instance, path):
    hub = clients.platform.hub(instance["token"])
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    hub.call("GET", "/contacts")
    other = twin()
    other.clock.advance("15m")
    before = call(other, "GET", path)

    clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})
    clients.clock.advance("1h")

    assert call(other, "GET", path) == before
    assert len(call(clients, "GET", path)) > len(before)


def test_an_email_is_shown_in_its_own_workspace(clients, twin):
    other = twin()

    call(clients, "POST", "/notifications/emails", json={"to": "a@b.example"})

    assert other.platform.call("GET", "/_local/emails")["emails"] == []


def test_a_notification_is_acknowledged_and_deleted_in_its_own_workspace(clients, twin):
    path = f"/notifications/{call(clients, 'POST', '/notifications', json={'topic': 'leaks'})['id']}"
    other = twin()

    call(other, "PUT", f"{path}/acknowledge")
    assert not call(clients, "GET", path)["acknowledged"]
    call(other, "DELETE", path)
    assert not call(clients, "GET", path)["acknowledged"]


@pytest.mark.parametrize("cancelled", [0, 1])
def test_a_bulk_job_is_cancelled_in_its_own_workspace(clients, twin, instance, cancelled):
    made = clients.platform.hub(instance["token"]).call("POST", "/bulk/query?q=select%20*%20from%20contacts")
    hubs = [one.platform.hub(call(one, "GET", "/instances")[0]["token"]) for one in (clients, twin())]

    hubs[cancelled].call("PUT", f"/bulk/{made['id']}/cancel")

    status = [hub.call("GET", f"/bulk/{made['id']}/status")["status"] for hub in hubs]
    assert (status[cancelled], status[1 - cancelled]) == ("CANCELLED", "CREATED")


@pytest.mark.usefixtures("instance")
def test_a_disposition_has_the_attempts_of_its_own_workspace(clients, twin):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    other = twin()
    other.sink.respond({"status": 503})

    for one in (clients, other):
        one.clock.advance("14m")

    (mine,), (theirs,) = (call(one, "GET", "/instances/events/dispositions") for one in (clients, other))
    assert mine["eventId"] == theirs["eventId"]
    assert mine["notificationData"] == [{"message": "Delivered event"}]
    assert theirs["notificationData"] == [{"message": "Error delivering event: answered 503"}]


def test_a_jobs_history_has_the_turns_of_its_own_workspace(clients, twin, instance):
    other = twin()

    clients.clock.advance("15m")

    assert [turn["instance_id"] for turn in call(clients, "GET", "/jobs/history")] == [instance["id"]]
    assert call(other, "GET", "/jobs/history") == []
