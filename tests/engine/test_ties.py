"""What is done after an instance was made or a poll ran is dated after it, so that the next poll finds it."""

from datetime import UTC, datetime

import pytest
from flask import Flask, request

from elements_local.kit.clock import FrozenClock
from elements_local.stack.receiving import Receiver, reachable
from elements_local.start import Options, in_process


def created(clients, name="Ada"):
    return clients.crm.create("Contacts", {"FIRST_NAME": name})


def reported(clients):
    """Return what the sink's callbacks tell: created or updated, and when it arrived."""
    return [
        (event["eventType"], callback["received_at"][11:19])
        for callback in clients.sink.callbacks()
        for event in callback["json"]["message"].get("events", ())
    ]


def now(clients):
    return clients.clock.show()["now"][11:19]


@pytest.fixture
def writing_back(stack_in_process):
    """Return a workspace whose receiver writes to the CRM on each callback, and what it has heard."""
    clients = stack_in_process.new_workspace(seed=7)
    app, heard = Flask("hooks"), []

    @app.post("/")
    def hear():
        (event,) = request.get_json()["message"]["events"]
        heard.append((event["eventType"], now(clients)))
        clients.crm.update("Contacts", int(event["objectId"]), {"BACKGROUND": f"heard {len(heard)} times"})
        return "", 204

    with reachable(Receiver(app=app), inside=None) as url:
        yield clients, url, heard
    stack_in_process.delete_workspace(clients.credentials.name)


def listening(url):
    return {"event.notification.callback.url": url}


def test_a_receiver_that_always_writes_back_goes_round_once_an_interval(writing_back, poll_contacts):
    clients, url, heard = writing_back
    instance = poll_contacts(clients, configuration=listening(url))
    created(clients)

    ran = clients.clock.advance(to="2026-03-03T10:00:00Z")

    assert (ran["events"], len(heard)) == (96, 96)
    assert {at[3:] for _, at in heard} == {"00:00", "15:00", "30:00", "45:00"}
    audit = clients.platform.audit(instance["id"])
    assert (len(audit["reported"]), audit["lost"], audit["duplicate"]) == (96, [], [])


def test_what_is_left_of_an_instants_deliveries_follows_in_the_second_that_was_begun(
    writing_back, poll_contacts
):
    clients, url, heard = writing_back
    poll_contacts(clients, configuration=listening(url))
    other = poll_contacts(clients, configuration=listening(f"{clients.credentials.callback_url}/other"))
    created(clients)

    clients.clock.advance(to="2026-03-02T10:15:00Z")

    assert heard == [("CREATED", "10:15:00")]
    assert [each["received_at"][11:19] for each in clients.sink.callbacks()] == ["10:15:01"]
    assert other["id"] == clients.sink.callbacks()[0]["json"]["message"]["instanceId"]


def test_what_falls_due_in_a_second_that_a_receiver_began_runs_in_it(writing_back, poll_contacts):
    clients, url, _ = writing_back
    poll_contacts(clients, configuration=listening(url))
    created(clients)
    poll_contacts(clients, configuration=listening(f"{clients.credentials.callback_url}/later"))

    ran = clients.clock.advance(to="2026-03-02T10:15:00Z")

    polls = [poll["at"][11:19] for poll in clients.platform.polls()]
    assert (ran["now"][11:19], polls) == ("10:15:01", ["10:15:00", "10:15:01"])


def test_at_one_instant_polls_run_before_deliveries_that_were_planned_earlier(writing_back, poll_contacts):
    """A retry 64 s after the first failure and another instance's poll, which was planned later, fall due at once."""
    clients, url, heard = writing_back
    fail = {"match": {"method": "PUT"}, "effect": {"status": 500}, "when": {"first_n": 3}}
    poll_contacts(clients, configuration=listening(url))
    created(clients)
    clients.crm.script_faults([fail])
    clients.clock.advance(to="2026-03-02T10:15:04Z")
    poll_contacts(clients, configuration={"event.poller.refresh_interval": 1})

    clients.clock.advance(to="2026-03-02T10:16:04Z")

    assert heard[-1] == ("CREATED", "10:16:04")
    assert now(clients) == "10:16:05", "the fourth try wrote back"
    assert clients.platform.polls()[-1]["at"] == "2026-03-02T10:16:04Z"


def test_the_process_follows_where_freezegun_holds_its_time(poll_contacts):
    moved = []

    class Held:
        def move_to(self, target_datetime):
            moved.append(target_datetime)

    with in_process(Options(virtual_clock=lambda start: FrozenClock(start, Held()))) as stack:
        poll_contacts(stack.workspace())
        created(stack.workspace())

    assert moved[-1] == datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)
