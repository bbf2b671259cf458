"""Snapshots whose counters contradict their rows: each is refused with what came and what was expected, and changes nothing."""

from copy import deepcopy

import pytest

from elements_local.clients.errors import CallError
from elements_local.clients.guide import instance_body


@pytest.fixture(scope="module")
def busy(stack_in_process):
    """A workspace with something in every counted table: polls, callbacks in retry, records, a bin, bulk, faults."""
    clients = stack_in_process.new_workspace(seed=7)
    made = clients.platform.create_instance(instance_body(clients.credentials))
    hub = clients.platform.hub(made["token"])
    clients.sink.respond({"status": 503, "times": 1})
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "ADDRESSES": [{"CITY": "London"}]})
    clients.clock.advance("15m")
    hub.call("POST", "/bulk/query?q=" + "select%20*%20from%20contacts")
    clients.clock.advance("1m")
    clients.crm.seed(2)
    yield clients
    stack_in_process.delete_workspace(clients.credentials.name)


def rows_of(part, table):
    kept = part["tables"][table]
    return [dict(zip(kept["columns"], row, strict=True)) for row in kept["rows"]]


def put_rows(part, table, rows):
    part["tables"][table]["rows"] = [list(row.values()) for row in rows]


def counter(name, value):
    def change(part):
        rows = [row for row in rows_of(part, "platform_counters") if row["name"] != name or value is not None]
        put_rows(
            part,
            "platform_counters",
            [row | {"value": value} if row["name"] == name else row for row in rows],
        )

    return change


def every(table, where=None, **values):
    """Return what gives rows of a table other values."""

    def change(part):
        rows = rows_of(part, table)
        changed = [row | values if (where or {}).items() <= row.items() else row for row in rows]
        assert changed != rows, rows
        put_rows(part, table, changed)

    return change


def without(table, **where):
    """Return what takes rows out of a table."""

    def change(part):
        rows = rows_of(part, table)
        left = [row for row in rows if not where.items() <= row.items()]
        assert left != rows, rows
        put_rows(part, table, left)

    return change


def memory(name, value):
    def change(part):
        part["memory"][name] = value

    return change


RULE = {"effect": {"status": 503}}
CONTRADICTIONS = [
    ("platform", counter("instance", 1), "platform_counters: instance: expected "),
    ("platform", counter("instance", None), "there is none"),
    ("platform", counter("subscription", 3), "platform_counters: subscription: expected "),
    ("platform", counter("notification", 5), "platform_counters: notification: expected "),
    ("platform", counter("notification", -1), "expected a count from 0"),
    ("platform", counter("notification", 2**63 - 1), "expected a count from 0"),
    ("platform", counter("bulk", 0), "platform_counters: bulk: expected "),
    ("platform", every("platform_polls", {"id": 1}, id=2**63 - 1), "platform_counters: poll: expected 9223372036854775807 or more"),
    ("platform", every("platform_deliveries", tries=0), "was tried 2 times by tables.platform_attempts; got 0 tries"),
    ("platform", every("platform_bulk_jobs", records=0), "records of "),
    ("platform", every("platform_jobs", {"kind": "poll"}, subject="contacts"), "subject 'contacts' is none of a job"),
    ("platform", every("platform_jobs", {"kind": "poll"}, kind="poke"), 'kind must be one of poll, deliver, bulk; got \\"poke\\"'),
    ("platform", every("platform_deliveries", status="lost"), "status must be one of created, "),
    ("platform", every("platform_instances", configuration="{"), "configuration '{'"),
    ("platform", every("platform_instances", configuration=""), "configuration ''"),
    ("platform", every("platform_instances", objects="[]"), "objects must be an object; got an empty list"),
    ("platform", every("platform_instances", element_key="salesforce"), "is of the element 'salesforce'; known are insightly"),
    ("platform", every("platform_subscriptions", channel="pigeon"), "channel must be one of webhook, "),
    ("platform", memory("faults", [{"rule": RULE, "seen": 1, "struck": 2}]), "memory.faults[0].struck: expected 1"),
    ("crm", every("crm_sequences", {"name": "Contacts"}, next=1), "expected Contacts to begin with "),
    ("crm", every("crm_sequences", {"name": "Contacts"}, first=2**61), "expected Contacts to begin with "),
    ("crm", every("crm_sequences", {"name": "LINK_ID"}, next=1), "expected LINK_ID to begin with "),
    ("crm", every("crm_sequences", {"name": "Contacts"}, live=7), "live Contacts, as tables.crm_records has so many; got 7"),
    ("crm", every("crm_sequences", {"name": "changes"}, next=1), "expected changes to begin with "),
    ("crm", every("crm_changes", change="MOVED"), "tables.crm_changes: change must be one of "),
    ("crm", without("crm_sequences", name="Contacts"), "there is none"),
    ("crm", without("crm_records", kind="Leads"), "expected 0 live Leads"),
    ("crm", every("crm_seed_runs", {"kind": "Leads"}, length=1000), "expected Leads to begin with "),
    ("crm", every("crm_records", {"kind": "Leads"}, document="[]"), "the document of Leads "),
    ("crm", every("crm_records", {"kind": "Leads"}, document='{"LEAD_ID": 1}'), "expected the LEAD_ID "),
    ("crm", memory("faults", [{"rule": RULE, "seen": 0, "struck": 1}]), "memory.faults[0].struck: expected 0"),
    ("sink", every("sink_workspaces", last_id=1), "sink_workspaces: last_id: expected 3 or more"),
    ("sink", without("sink_workspaces"), "sink_workspaces: last_id: expected 3 or more, as tables.sink_callbacks has the id 3"),
    ("sink", every("sink_usage", callbacks=1), "expected 3 callbacks of "),
    ("sink", every("sink_usage", bytes=0), "got 3 of 0"),
    ("sink", without("sink_usage", bin_digest=""), "for all bins together"),
    ("sink", without("sink_callbacks", id=1), "expected 2 callbacks of "),
    ("sink", every("sink_callbacks", bin_digest="00"), "expected the bin_digest of 1 to be "),
    ("sink", every("sink_callbacks", headers="{}"), "tables.sink_callbacks: headers must be a list of "),
]  # fmt: skip


def test_a_snapshot_that_contradicts_itself_is_refused_and_changes_nothing(busy):
    kept = busy.snapshot()
    busy.clock.advance("20m")
    present = busy.snapshot()
    otherwise = {}
    for service, change, told in CONTRADICTIONS:
        document = deepcopy(kept)
        change(document[service])

        with pytest.raises(CallError) as refused:
            busy.restore(document)

        if refused.value.status != 400 or told not in refused.value.body:
            otherwise[told] = str(refused.value)
        assert busy.snapshot() == present, told

    assert otherwise == {}
    busy.clock.advance("1h")


def test_one_that_does_not_is_taken_back_and_goes_on(busy):
    document = busy.snapshot()
    jobs = rows_of(document["platform"], "platform_jobs")
    # as it stands between a bulk job's end and the call that tells of it
    of_bulk = {"kind": "bulk", "subject": "1/2"}
    put_rows(document["platform"], "platform_jobs", [*jobs, jobs[0] | of_bulk])
    busy.clock.advance("20m")

    busy.restore(document)

    assert busy.clock.advance("1d")["polls"] > 0
