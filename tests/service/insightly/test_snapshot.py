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
