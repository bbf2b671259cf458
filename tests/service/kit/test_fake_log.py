"""What admin routes say of the records and changes of another vendor's fake."""

import pytest

from elements_local.clients.errors import CallError
from elements_local.start import Options, in_process


@pytest.fixture(scope="module")
def clients():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        made = stack.workspace()
        ada = made.crm.create("hubspotcrm/contacts", {"properties": {"lastname": "Lovelace"}})["id"]
        made.clock.advance("1h")
        made.crm.update("hubspotcrm/contacts", ada, {"properties": {"lastname": "King"}})
        made.crm.create("hubspotcrm/accounts", {"properties": {"name": "Engines"}})
        yield made


@pytest.fixture
def ask(clients):
    return lambda path: clients.fakes["hubspotcrm"].call_object("GET", f"/_local/{path}")


def test_changes_are_asked_for_by_kind_and_record(ask):
    whole = ask("changes")["changes"]
    ada = whole[0]["recordId"]

    assert [each["change"] for each in ask(f"changes?kind=contacts&recordId={ada}")["changes"]] == [
        "CREATED",
        "UPDATED",
    ]
    assert ask("changes?kind=accounts") == {"changes": whole[2:], "pruned": None, "total": 1, "next": None}
    assert ask(f"changes?kind=accounts&recordId={ada}")["total"] == 0


def test_a_record_is_asked_for_by_its_id(ask):
    (row,) = ask("records?kind=contacts")["records"]

    assert ask(f"records?kind=contacts&recordId={row['id']}")["records"] == [row]
    assert ask("records?kind=contacts&recordId=0")["records"] == []


def test_changes_are_counted_by_stretches_of_time(ask):
    stretches = ask("timeline?every=600")["stretches"]

    assert [(each["of"], each["latest"], each["counts"]) for each in stretches] == [
        ("changes", 1, {"created": 1}),
        ("changes", 3, {"created": 1, "updated": 1}),
    ]
    assert ask("timeline?until=2000-01-01T00:00:00Z") == {"stretches": []}


@pytest.mark.parametrize("query", ["every=0", "since=yesterday", "until=2026-03-02"])
def test_a_stretch_that_cannot_be_read_is_refused(ask, query):
    with pytest.raises(CallError) as refused:
        ask(f"timeline?{query}")

    assert refused.value.status == 400
