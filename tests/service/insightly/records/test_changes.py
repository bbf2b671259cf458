"""The ground truth: what was done to which record, and when."""

import pytest


@pytest.fixture
def eventful(crm):
    """A contact that was created, updated and deleted, and a lead."""
    crm.advance(seconds=0.25)
    contact = crm.create("Contacts", FIRST_NAME="Ada")
    crm.advance(minutes=1)
    crm.create("Leads", LAST_NAME="L")
    crm.update("Contacts", CONTACT_ID=contact["CONTACT_ID"])
    crm.advance(minutes=1)
    crm.delete(f"Contacts/{contact['CONTACT_ID']}")
    return crm, contact


def test_every_change_is_noted_in_order(eventful):
    crm, contact = eventful
    number = str(contact["CONTACT_ID"])

    changes = crm.changes()

    assert changes[0] == {
        "seq": 1,
        "resource": "Contacts",
        "recordId": number,
        "change": "CREATED",
        "at": "2026-03-02T10:00:00.250000Z",
        "created": "2026-03-02T10:00:00Z",
        "updated": "2026-03-02T10:00:00Z",
    }
    assert [(one["seq"], one["resource"], one["change"], one["at"]) for one in changes[1:]] == [
        (2, "Leads", "CREATED", "2026-03-02T10:01:00.250000Z"),
        (3, "Contacts", "UPDATED", "2026-03-02T10:01:00.250000Z"),
        (4, "Contacts", "DELETED", "2026-03-02T10:02:00.250000Z"),
    ]
    assert changes[2]["updated"] == changes[3]["updated"] == "2026-03-02T10:01:00Z"
    assert changes[2]["created"] == changes[3]["created"] == "2026-03-02T10:00:00Z"


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ("?kind=contacts", [1, 3, 4]),
        ("?kind=Leads", [2]),
        ("?kind=Users", []),
        ("?recordId={id}", [1, 3, 4]),
        ("?recordId=5", []),
        ("?since=2026-03-02T10:01:00.25Z", [2, 3, 4]),
        ("?since=2026-03-02T10:01:00.250001Z", [4]),
        ("?limit=2", [1, 2]),
        ("?kind=Contacts&since=2026-03-02T10:01:00Z&limit=1", [3]),
    ],
)
def test_changes_can_be_narrowed_down(eventful, query, seqs):
    crm, contact = eventful

    found = crm.changes(query.format(id=contact["CONTACT_ID"]))

    assert [change["seq"] for change in found] == seqs


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?kind=Fruits", "kind is one of Contacts, Organisations"),
        ("?recordId=x", "recordId must be a whole number from 1 to"),
        ("?since=soon", "since: expected an instant"),
        ("?limit=0", "limit must be a whole number from 1 to"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(crm, query, words):
    assert crm.refused(400, "GET", f"/_local/changes{query}").startswith(words)


def test_reading_is_no_change(crm):
    crm.shown("Contacts")
    crm.shown("Users/Me")
    crm.refused(404, "DELETE", "Contacts/5")

    assert crm.changes() == []


def test_each_workspace_has_a_truth_of_its_own(crm, another):
    crm.create("Contacts", FIRST_NAME="Ada")
    other = another()
    other.create("Leads", LAST_NAME="L")

    assert [change["seq"] for change in crm.changes()] == [1]
    assert [change["resource"] for change in other.changes()] == ["Leads"]
