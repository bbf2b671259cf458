"""``/_local/polls``: every poll with every decision, and polling at once."""

import re

import pytest

from elements_local.kit.api.json_text import decode


@pytest.fixture
def ada(clients, instance):  # noqa: ARG001 - it has to be there first
    """A contact, changed after the baseline and polled at 10:15."""
    clients.clock.advance("5m")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("10m")
    return made


def test_a_poll_shows_its_window_its_request_and_every_decision(clients, instance, ada):
    (poll,) = clients.platform.polls(resource="contacts")

    assert list(poll) == [
        "id", "instanceId", "resource", "from", "at", "request", "seen", "events", "records", "error",
    ]  # fmt: skip
    assert isinstance(poll["id"], int)
    assert {**poll, "id": 0, "records": []} == {
        "id": 0,
        "instanceId": instance["id"],
        "resource": "contacts",
        "from": "2026-03-02T10:00:00Z",
        "at": "2026-03-02T10:15:00Z",
        "request": {
            "url": "/hubs/crm/contacts?where=updated_after_utc='2026-03-02%2010%3A00%3A00'",
            "status": 200,
        },
        "seen": 1,
        "events": 1,
        "records": [],
        "error": None,
    }
    (record,) = poll["records"]
    assert {key: record[key] for key in ("id", "updated", "created", "verdict")} == {
        "id": str(ada["CONTACT_ID"]),
        "updated": "2026-03-02 10:05:00",
        "created": "2026-03-02 10:05:00",
        "verdict": "CREATED",
    }
    assert "0 s after created, within the tolerance of 0 s" in record["why"]


def test_a_record_that_a_poll_passes_over_is_shown_with_the_reason(clients, make_instance):
    clients.crm.create("Contacts", {"FIRST_NAME": "Old"})
    make_instance({"event.poller.configuration": {"contacts": {
        "url": "/hubs/crm/contacts",
        "idField": "CONTACT_ID",
        "datesConfiguration": {"updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd HH:mm:ss"},
    }}})  # fmt: skip
    clients.clock.advance("15m")

    (poll,) = clients.platform.polls()

    assert (poll["seen"], poll["events"]) == (1, 0)
    assert poll["records"][0]["verdict"] == "ignored"
    assert poll["records"][0]["why"] == "updated 2026-03-02T10:00:00Z is not later than 2026-03-02T10:00:00Z"


@pytest.mark.usefixtures("instance")
def test_a_poll_that_fails_shows_why(clients):
    clients.crm.script_faults([{"match": {"path": "*/leads*"}, "effect": {"status": 503}}])

    clients.clock.advance("15m")

    (poll,) = clients.platform.polls(resource="leads")
    assert (poll["request"]["status"], poll["seen"], poll["events"]) == (502, 0, 0)
    assert poll["error"].startswith("502: ")
    assert "Insightly answered 503" in poll["error"]


@pytest.mark.usefixtures("instance")
def test_polls_are_listed_oldest_first_and_can_be_chosen(clients, make_instance):
    other = make_instance({"event.poller.refresh_interval": 30})
    clients.clock.advance("30m")

    everything = clients.platform.polls()

    assert len(everything) == 12
    assert [poll["id"] for poll in everything] == sorted(poll["id"] for poll in everything)
    assert clients.platform.polls(instanceId=other["id"]) == [
        p for p in everything if p["instanceId"] == other["id"]
    ]
    assert clients.platform.polls(resource="leads") == [
        poll for poll in everything if poll["resource"] == "leads"
    ]
    assert clients.platform.polls(limit=3) == everything[-3:]
    assert clients.platform.polls(resource="nothing") == []
    assert clients.platform.polls(instanceId=1) == []


def test_polls_of_a_resource_and_idle_ones_are_left_out(clients, instance, ada):  # noqa: ARG001 - polled
    clients.crm.script_faults([{"match": {"path": "*/Leads*"}, "effect": {"status": 500}}])
    clients.clock.advance("15m")

    assert {poll["resource"] for poll in clients.platform.polls(**{"not": "contacts"})} == {
        "accounts",
        "leads",
        "opportunities",
    }
    busy = clients.platform.call("GET", "/_local/polls?idle=false&limit=1")
    assert [(busy["total"], each["resource"], each["seen"]) for each in busy["polls"]] == [(2, "leads", 0)]
    assert [each["resource"] for each in clients.platform.polls(idle=False)] == ["contacts", "leads"]


@pytest.mark.parametrize(
    "query",
    [
        "instanceId=abc",
        "instanceId=-1",
        "instanceId=1.5",
        "instanceId=" + "9" * 30,
        "limit=0",
        "limit=-1",
        "limit=x",
    ],
)
def test_a_choice_of_polls_that_is_none_is_refused(clients, refused, query):
    name = query.partition("=")[0]

    message = refused(clients.platform.send("GET", f"/_local/polls?{query}"), 400)

    assert re.match(rf"{name} must be a whole number from \d to \d+; got ", message)


@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize("advanced", ["0s", "15m"])
def test_a_resource_that_is_polled_by_another_form_of_its_name_is_refused(clients, refused, advanced):
    clients.clock.advance(advanced)

    message = refused(clients.platform.send("GET", "/_local/polls?resource=Contact"), 400)

    assert message == "no resource 'Contact' is polled (did you mean 'contacts'?)"
    assert clients.platform.polls(resource="projects") == []


def test_polling_at_once_reports_without_waiting_and_leaves_the_schedule(clients, instance):
    clients.clock.advance("5m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    ran = clients.platform.poll(instance["id"])
    later = clients.clock.advance("10m")

    assert ran == {"polls": 4, "events": 1, "deliveries": 1, "attempts": 1}
    assert (later["polls"], later["events"]) == (4, 0)
    assert {poll["from"] for poll in clients.platform.polls()} == {
        "2026-03-02T10:00:00Z",
        "2026-03-02T10:05:00Z",
    }
    assert clients.clock.show()["now"] == "2026-03-02T10:15:00Z"


@pytest.mark.parametrize("body", [{}, {"instanceId": None}])
@pytest.mark.usefixtures("instance")
def test_polling_at_once_means_all_instances_unless_one_is_named(clients, make_instance, body):
    make_instance()

    assert clients.platform.call("POST", "/_local/polls", json=body)["polls"] == 8


def test_an_instance_may_be_named_by_number_or_text(clients, instance, make_instance):
    make_instance()

    ran = [
        clients.platform.call("POST", "/_local/polls", json={"instanceId": name})
        for name in (instance["id"], str(instance["id"]))
    ]

    assert [each["polls"] for each in ran] == [4, 4]


def test_an_instance_without_events_has_nothing_to_poll(clients, make_instance):
    quiet = make_instance({"event.notification.enabled": False})

    assert clients.platform.poll(quiet["id"])["polls"] == 0


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"instanceId": 1}, 404, "No element instance found with ID 1"),
        ({"instanceId": "abc"}, 404, "No element instance found with ID abc"),
        ({"instanceId": -5}, 404, "No element instance found with ID -5"),
        ({"instanceId": 10**30}, 404, "No element instance found with ID 1000"),
        (
            {"instanceId": 1.5},
            400,
            "instanceId must be a whole number or a text; got 1.5",
        ),
        (
            {"instanceId": True},
            400,
            "instanceId must be a whole number or a text; got true",
        ),
        ({"resource": "leads"}, 400, "unknown key 'resource'"),
        ([], 400, "the body must be an object; got an empty list"),
    ],
)
@pytest.mark.usefixtures("instance")
def test_polling_what_is_not_there_is_refused(*, clients, refused, unchanged, body, status, words):
    with unchanged():
        reply = clients.platform.send("POST", "/_local/polls", json=body)

    assert words in refused(reply, status)


@pytest.mark.usefixtures("ada")
def test_polls_of_one_workspace_are_not_shown_to_another(stack_in_process, clients):
    other = stack_in_process.new_workspace()

    assert other.platform.polls() == []
    assert other.platform.polls(instanceId=clients.platform.polls()[0]["instanceId"]) == []
    stack_in_process.delete_workspace(other.credentials.name)


@pytest.mark.usefixtures("instance", "ada")
def test_a_poll_asks_with_the_instances_own_token_and_is_in_the_journal(clients):
    shown = decode(clients.platform.send("GET", "/_local/journal?q=/hubs/crm/contacts").body)

    (exchange,) = [each for each in shown["exchanges"] if each["method"] == "GET"]
    assert exchange["target"].endswith(
        "/hubs/crm/contacts?where=updated_after_utc='2026-03-02%2010%3A00%3A00'"
    )
    assert exchange["request"]["headers"]["Authorization"] == "User ********, Element ********"
