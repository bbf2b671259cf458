"""What is done after an instance was made or a poll ran is dated after it, so that the next poll finds it."""

from datetime import UTC, datetime

import pytest
from flask import Flask, request

from elements_local.errors import CallError
from elements_local.kit.clock import FrozenClock
from elements_local.receiving import Receiver, reachable
from elements_local.start import Options, in_process


def created(clients, name="Ada"):
    return clients.crm.create("Contacts", {"FIRST_NAME": name})


def stamp(record):
    return record["DATE_UPDATED_UTC"][11:]


def reported(clients):
    """Return what the sink's callbacks tell: created or updated, and when it arrived."""
    return [
        (event["eventType"], callback["received_at"][11:19])
        for callback in clients.sink.callbacks()
        for event in callback["json"]["message"].get("events", ())
    ]


def now(clients):
    return clients.clock.show()["now"][11:19]


def test_a_change_after_an_instance_was_made_begins_the_next_second_and_is_reported(clients, poll_contacts):
    poll_contacts(clients)
    first, second = created(clients), created(clients, "Bob")

    ran = clients.clock.advance("15m")

    assert (stamp(first), stamp(second)) == ("10:00:01", "10:00:01")
    assert (ran["from"], ran["now"]) == ("2026-03-02T10:00:01Z", "2026-03-02T10:15:01Z")
    assert reported(clients) == [("CREATED", "10:15:00")] * 2


def test_every_kind_of_write_begins_the_next_second_and_no_read_does(clients, poll_contacts):
    for version in ("v2.2", "v3.0", "v3.1"):
        ada = created(clients)
        for method, path, body in (
            ("PUT", "", {**ada, "TITLE": "Countess"}),
            ("DELETE", f"/{ada['CONTACT_ID']}", None),
            ("POST", "", {"FIRST_NAME": "Bob"}),
        ):
            poll_contacts(clients)
            at = clients.clock.now()
            clients.crm.call("GET", f"/{version}/Contacts")
            assert clients.clock.now() == at, version
            clients.crm.call(method, f"/{version}/Contacts{path}", json=body)
            assert (clients.clock.now() - at).total_seconds() == 1, (version, method)
            assert clients.crm.changes()[-1]["at"] == clients.clock.show()["now"]


def test_a_change_through_the_hub_begins_the_next_second_too(clients, poll_contacts):
    hub = clients.platform.hub(poll_contacts(clients)["token"])

    hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")

    assert clients.crm.changes()[0]["at"] == "2026-03-02T10:00:01Z"
    assert reported(clients) == [("CREATED", "10:15:00")]


def test_the_answer_of_the_change_and_the_journal_say_so(clients, poll_contacts):
    instance = poll_contacts(clients)

    of_crm = clients.crm.send("POST", "/v3.1/Contacts", json={"FIRST_NAME": "Ada"})
    clients.clock.advance(to="2026-03-02T10:15:00Z")
    of_hub = clients.platform.hub(instance["token"]).send("POST", "/contacts", json={"FIRST_NAME": "Bob"})

    assert of_crm.headers["Date"] == "Mon, 02 Mar 2026 10:00:01 GMT"
    assert of_hub.headers["Date"] == "Mon, 02 Mar 2026 10:15:01 GMT"
    noted = [
        (each["at"][11:19], each["answered_at"][11:19])
        for each in clients.crm.call("GET", "/_local/journal")["exchanges"]
        if each["method"] == "POST"
    ]
    assert noted == [("10:15:00", "10:15:01"), ("10:00:00", "10:00:01")]


def test_a_change_that_is_refused_moves_nothing(clients, poll_contacts):
    poll_contacts(clients)

    for method, path, body, status in (
        ("POST", "/v3.1/Contacts", {"FIRST_NAME": 5}, 400),
        ("PUT", "/v3.1/Contacts", {"CONTACT_ID": 1, "FIRST_NAME": "Ada"}, 404),
        ("DELETE", "/v3.1/Contacts/1", None, 404),
        ("POST", "/v3.1/Nothings", {}, 404),
    ):
        assert clients.crm.send(method, path, json=body).status == status
        assert now(clients) == "10:00:00"


def test_an_instance_that_is_refused_moves_nothing(clients):
    with pytest.raises(CallError):
        clients.platform.create_instance({"element": {"key": "insightly"}, "configuration": {}})

    assert stamp(created(clients)) == "10:00:00"


@pytest.mark.parametrize(
    ("changed", "second"),
    [
        pytest.param({"event.notification.enabled": True}, "01", id="events switched on"),
        pytest.param({"event.poller.configuration": {"contacts": {}, "leads": {}}}, "00", id="nothing new is polled"),
    ],
)  # fmt: skip
def test_switching_events_on_counts_as_a_reading_and_other_changes_do_not(
    clients, poll_contacts, changed, second
):
    instance = poll_contacts(clients, configuration={"event.notification.enabled": False})
    clients.clock.advance("1m")

    clients.platform.patch_instance(instance["id"], {"configuration": changed})

    assert stamp(created(clients)) == f"10:01:{second}"


def test_a_snapshot_knows_whether_the_present_second_was_read_and_a_reset_frees_it(clients, poll_contacts):
    before = clients.snapshot()
    poll_contacts(clients)
    after = clients.snapshot()

    clients.restore(before)
    assert stamp(created(clients)) == "10:00:00"
    clients.restore(after)
    assert stamp(created(clients)) == "10:00:01"
    clients.reset()
    assert stamp(created(clients)) == "10:00:00"


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


def test_a_bulk_job_right_after_an_instance_was_made_begins_the_next_second_and_is_reported(
    clients, poll_contacts
):
    instance = poll_contacts(clients)
    hub = clients.platform.hub(instance["token"])
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\nContent-Type: text/csv\r\n\r\n'
    hub.send(
        "POST",
        "/bulk/contacts",
        body=part + b"FIRST_NAME\nAda\nBob\n\r\n--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )

    clients.clock.advance("15m")

    assert [change["at"][11:19] for change in clients.crm.changes()] == ["10:00:01"] * 2
    assert reported(clients) == [("CREATED", "10:15:00")] * 2


def test_the_process_follows_where_freezegun_holds_its_time(poll_contacts):
    moved = []

    class Held:
        def move_to(self, target_datetime):
            moved.append(target_datetime)

    with in_process(Options(virtual_clock=lambda start: FrozenClock(start, Held()))) as stack:
        poll_contacts(stack.workspace())
        created(stack.workspace())

    assert moved[-1] == datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)
