"""``/_local/polls``: every poll with every decision, and polling at once."""

import pytest


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
