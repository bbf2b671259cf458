"""``/_local/snapshot`` and ``/_local/reset`` of the CRM: all of an account comes back; what is remembered of lists is not believed."""

import pytest
from each_row import each_row

from elements_local.kit.api.json_text import decode

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def taken():
    """Return a function that takes a snapshot."""

    def take(crm):
        reply = crm.send("POST", "/_local/snapshot")
        assert reply.status == 200, reply.body
        return reply.body

    return take


def back(crm, raw, query=""):
    reply = crm.send("PUT", f"/_local/snapshot{query}", body=raw, headers=JSON)
    assert reply.status == 200, reply.body
    return decode(reply.body)


def names(crm, query=""):
    return [one["FIRST_NAME"] for one in crm.shown(f"Contacts{query}")]


def test_records_their_log_and_their_numbers_come_back(crm, taken):
    ada = crm.create("Contacts", FIRST_NAME="Ada")
    crm.create("Tasks", TITLE="A task", STATUS="NOT STARTED", COMPLETED=False)
    before, changes = taken(crm), crm.changes()
    crm.update(f"Contacts/{ada['CONTACT_ID']}", FIRST_NAME="Augusta")
    bob = crm.create("Contacts", FIRST_NAME="Bob")
    crm.delete(f"Contacts/{ada['CONTACT_ID']}")

    assert back(crm, before)["workspace"] == "test"

    assert taken(crm) == before
    assert crm.changes() == changes
    assert crm.shown(f"Contacts/{ada['CONTACT_ID']}") == ada
    assert crm.create("Contacts", FIRST_NAME="Bob") == bob


def test_what_is_remembered_of_a_list_is_not_believed_after_it(crm, taken):
    """After either deletion the list is as long, and as often edited; its pages end elsewhere."""
    ids = [crm.create("Contacts", FIRST_NAME=name)["CONTACT_ID"] for name in "abcdef"]
    crm.delete(f"Contacts/{ids[0]}")
    before = taken(crm)
    crm.delete(f"Contacts/{ids[1]}")
    assert names(crm, "?top=2") == ["c", "d"]
    assert names(crm, "?top=2&skip=2") == ["e", "f"]

    back(crm, before)
    crm.delete(f"Contacts/{ids[4]}")

    assert names(crm, "?top=2&skip=2") == ["d", "f"]


def test_the_days_calls_that_are_left_come_back(configured, taken):
    crm = configured(daily_limit=10, limits="vendor", burst_limit=3)

    def left():
        return int(crm.send("GET", "Contacts").headers["X-RateLimit-Remaining"])

    assert left() == 9
    before = taken(crm)
    assert [left(), left()] == [8, 7]
    assert crm.send("GET", "Contacts").status == 429

    back(crm, before)

    assert left() == 8


def test_fault_rules_come_back_with_their_counts_and_the_journal_with_its_exchanges(crm, taken):
    rule = {"effect": {"status": 503, "body": {"a": [1]}}, "when": {"first_n": 2}}
    crm.send("PUT", "/_local/faults", json={"faults": [rule]})
    assert crm.send("GET", "Contacts").status == 503
    before, faults, journal = (
        taken(crm),
        crm.shown("/_local/faults"),
        crm.shown("/_local/journal"),
    )
    crm.send("GET", "Contacts")
    crm.send("DELETE", "/_local/faults")
    crm.send("GET", "Leads")

    back(crm, before)

    journal["exchanges"][0]["duration_us"] = 0  # the machine's time, which no snapshot has
    assert crm.shown("/_local/faults") == faults
    assert crm.shown("/_local/journal") == journal
    assert [crm.send("GET", "Contacts").status for _ in range(2)] == [503, 200]


def test_the_same_steps_in_a_world_of_the_same_seed_are_the_same_bytes(configured, taken):
    def live(caller):
        caller.create("Contacts", FIRST_NAME="Ada")
        caller.update(f"Contacts/{caller.shown('Contacts')[0]['CONTACT_ID']}", TITLE="Countess")
        return [decode(taken(caller))["tables"][name] for name in ("crm_records", "crm_sequences")]

    assert live(configured()) == live(configured())


def test_one_that_runs_alone_takes_its_clock_back_too(alone, taken):
    before = taken(alone)
    alone.send("POST", "/_local/clock/advance", json={"duration": "1h"})

    back(alone, before)

    assert alone.shown("/_local/clock")["now"] == "2026-03-02T10:00:00Z"
    assert taken(alone) == before


def test_a_snapshot_from_a_stack_has_no_clock_for_one_that_runs_alone(crm, alone, taken):
    told = alone.refused(400, "PUT", "/_local/snapshot", body=taken(crm), headers=JSON)

    assert told == "memory: expected faults, journal, allowance, workspace; got faults, journal, allowance"


def test_reset_brings_a_workspace_back_to_its_start(crm, another):
    other = another()
    other.create("Contacts", FIRST_NAME="stays")
    first = crm.create(
        "Contacts", FIRST_NAME="Ada", LINKS=[{"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 1}]
    )
    crm.seed(5)

    assert crm.send("POST", "/_local/reset").status == 200

    assert crm.shown("Contacts") == crm.shown("Opportunities") == crm.changes() == []
    assert len(crm.shown("Users")) == 1
    assert crm.send("GET", "Contacts").headers["X-RateLimit-Remaining"] == "59996"
    again = crm.create(
        "Contacts", FIRST_NAME="Ada", LINKS=[{"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 1}]
    )
    assert again == first
    assert len(other.shown("Contacts")) == 1


@each_row(
    ("memory", "told"),
    {
        "no day": ({"allowance": {"day": "soon"}}, "memory.allowance.day"),
        "no exchange": (
            {"journal": {"pruned": 0, "exchanges": [{"at": "2026-03-02T10:00:00"}]}},
            "memory.journal.exchanges[0]",
        ),
        "no rule": ({"faults": [{"rule": {}, "seen": 0, "struck": 0}]}, "effect"),
        "no count": (
            {"faults": [{"rule": {"effect": {"drop": True}}, "seen": -1, "struck": 0}]},
            "memory.faults[0].seen must be a whole number from 0 to 2147483647; got -1",
        ),
    },
)
def test_a_memory_that_cannot_be_is_refused_and_nothing_changes(crm, taken, memory, told):
    crm.create("Contacts", FIRST_NAME="Ada")
    before = taken(crm)
    document = decode(before)
    document["tables"] = {}
    document["memory"] |= memory

    assert told in crm.refused(400, "PUT", "/_local/snapshot", json=document)

    assert taken(crm) == before


def test_a_body_that_is_too_large_is_refused_unread(crm):
    client = crm.app.test_client()

    answer = client.put(
        "/_local/snapshot",
        environ_overrides={"CONTENT_LENGTH": str(10**12), "CONTENT_TYPE": "application/json"},
    )

    assert answer.status_code == 413
    assert answer.json["message"].startswith("the snapshot has 1000000000000 bytes; at most 268435456")
