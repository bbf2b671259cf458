"""A workspace goes back, in all three services, here or elsewhere; and continuing comes to the same."""

import json
import re
from contextlib import ExitStack, closing

import freezegun
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from callback_sink import tables as sink_tables
from elements_local.clients.errors import CallError
from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH, NoSnapshotError
from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.clock import FrozenClock, SystemClock
from elements_local.kit.storage.database import Database
from elements_local.platform.core import tables as platform_tables
from elements_local.scenarios.scenario import load_text
from elements_local.start import Options, in_process
from mock_insightly import tables as crm_tables

SERVICES = ("platform", "crm", "sink")
OF_THE_KIT = {"kit_workspaces", "kit_faults", "kit_generations", "kit_schema_versions"}
"""What a snapshot has of these is in its memory, or is the same for every workspace; generations only count restores."""


@pytest.fixture
def own_stack():
    """Return a function that starts a further stack without sockets."""
    with ExitStack() as closing_:
        yield lambda **options: closing_.enter_context(in_process(Options(**options)))


@pytest.fixture
def polled(clients):
    """A workspace in which the guide's instance has reported one contact."""
    live(clients)
    return clients


def live(clients):
    """Make the guide's instance, and let it report a contact."""
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")


def go_on(clients):
    """Report two contacts more, of which one is tried twice; return all callbacks."""
    clients.sink.respond({"status": 503, "times": 1})
    clients.crm.create("Contacts", {"FIRST_NAME": "Bob"})
    clients.clock.advance("15m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Carol"})
    clients.clock.advance("20m")
    return [(one["received_at"], one["status"], one["body"]) for one in clients.sink.callbacks()]


def test_the_same_steps_after_it_make_the_same_callbacks_to_the_byte(polled):
    before = polled.snapshot()
    first = go_on(polled)

    polled.restore(before)

    assert polled.snapshot() == before
    assert go_on(polled) == first
    assert len({json.loads(body)["message"]["eventId"] for _, _, body in first}) == 3


def test_a_document_has_the_three_parts_and_is_json(polled):
    taken = polled.snapshot()

    assert list(taken) == ["version", *SERVICES]
    assert [taken[name]["service"] for name in SERVICES] == list(SERVICES)
    assert {taken[name]["workspace"] for name in SERVICES} == {polled.credentials.name}
    polled.restore(json.loads(json.dumps(taken)))
    assert polled.snapshot() == taken


@pytest.mark.parametrize("service", SERVICES)
def test_if_one_service_refuses_its_part_none_changes(polled, service):
    before = polled.snapshot()
    polled.clock.advance("20m")
    polled.crm.create("Contacts", {"FIRST_NAME": "Bob"})
    present = polled.snapshot()
    before[service]["memory"] = {}

    with pytest.raises(CallError, match=r"answered 400.*memory: expected"):
        polled.restore(before)

    assert polled.snapshot() == present


NO_SNAPSHOTS = (
    (None, "got NoneType"),
    ([], "got list"),
    ({}, "got version None"),
    ({"version": 2, "platform": {}, "crm": {}, "sink": {}}, "got version 2"),
    ({"version": 1, "platform": {}, "crm": {}}, "got the keys version, platform, crm"),
    ({"version": 1, "platform": {}, "crm": {}, "sink": {}, "x": {}}, "got the keys"),
)


def test_what_is_no_snapshot_is_refused(clients):
    for document, told in NO_SNAPSHOTS:
        with pytest.raises(NoSnapshotError, match=r"expected .*crm.*sink") as refusal:
            clients.restore(document)

        assert told in str(refusal.value)


@pytest.fixture
def other(stack_in_process):
    """Another workspace of the same stack."""
    made = stack_in_process.new_workspace(seed=99)
    yield made
    stack_in_process.delete_workspace(made.credentials.name)


class TestElsewhere:
    """The state is the document's; name, credentials and addresses are those of where it is restored."""

    def test_another_workspace_lives_on_as_the_first_one_would(self, stack_in_process, polled, other):
        taken, theirs = polled.snapshot(), other.credentials

        other.restore(taken)

        assert stack_in_process.workspace(theirs.name).credentials == theirs
        mine = [body for _, _, body in go_on(polled)]
        assert [body for _, _, body in go_on(other)] == mine
        assert {one["path"] for one in other.sink.callbacks()} == {f"/{theirs.name}"}
        assert {one["signature"] for one in other.sink.callbacks()} == {"valid"}

    def test_it_says_nothing_any_more_of_the_credentials_it_came_from(self, polled, other):
        taken = polled.snapshot()

        other.restore(taken)

        rows = encode([other.snapshot()[name]["tables"] for name in ("platform", "crm")]).decode()
        mine = polled.credentials
        for secret in (mine.user_secret, mine.organization_secret, mine.crm_api_key, mine.callback_url):
            assert secret in encode(taken).decode()
            assert secret not in rows

    def test_users_of_the_crm_have_the_addresses_of_where_they_are(self, clients, other):
        clients.crm.seed(1)

        other.restore(clients.snapshot())

        for each in (clients, other):
            domains = {
                user["EMAIL_ADDRESS"].partition("@")[2] for user in each.crm.call("GET", "/v3.1/Users")
            }
            assert domains == {f"{each.credentials.name}.example"}

    def test_what_only_one_workspace_of_a_stack_may_have_is_not_had_twice(self, polled, other):
        login = {"username": polled.credentials.crm_username, "password": "any"}
        polled.platform.call("POST", f"{BASE_PATH}/authentication", json=login)
        present = other.snapshot()

        with pytest.raises(CallError, match=r"answered 409.*another workspace has what only one may have"):
            other.restore(polled.snapshot())

        assert other.snapshot() == present

    def test_another_stack_with_other_ports_calls_its_own_sink(self, mine, polled):
        taken, theirs = polled.snapshot(), go_on(polled)

        mine.restore(taken)

        assert [body for _, _, body in go_on(mine)] == [body for _, _, body in theirs]
        assert {one["path"] for one in mine.sink.callbacks()} == {f"/{mine.credentials.name}"}

    def test_it_stays_so_after_a_new_start_and_can_be_taken_further(self, own_stack, polled, tmp_path):
        taken = polled.snapshot()
        with in_process(Options(data=tmp_path)) as stack:
            stack.workspace().restore(taken)
            there = stack.workspace().snapshot()

        again = own_stack(data=tmp_path).workspace()
        for name in SERVICES:
            assert again.snapshot()[name]["tables"] == there[name]["tables"]
        polled.restore({**there, "sink": taken["sink"]})

        assert polled.snapshot()["platform"]["tables"] == taken["platform"]["tables"]

    def test_a_workspace_that_was_restored_into_can_be_deleted_and_made_anew(self, stack_in_process, polled):
        other = stack_in_process.new_workspace(name="taken", seed=1)
        fresh = other.snapshot()
        other.restore(polled.snapshot())

        stack_in_process.delete_workspace("taken")

        assert stack_in_process.new_workspace(name="taken", seed=1).snapshot() == fresh
        stack_in_process.delete_workspace("taken")


def test_held_time_goes_back_with_the_clock(own_stack):
    with freezegun.freeze_time("2026-03-02T10:00:00Z") as frozen:
        clients = own_stack(virtual_clock=lambda start: FrozenClock(start, frozen)).workspace()
        before, then = clients.snapshot(), SystemClock().now()
        clients.clock.advance("2h")
        assert SystemClock().now() > then

        clients.restore(before)

        assert SystemClock().now() == then == clients.clock.now()
        assert clients.snapshot() == before


def test_every_table_of_a_stack_belongs_to_a_service_and_says_whose_its_rows_are(own_stack, tmp_path):
    """Who adds a table need not think of snapshots; who adds one that nobody covers is told here."""
    own_stack(data=tmp_path)
    with closing(Database.in_directory(tmp_path)) as database:
        there = set(inspect(database.engine).get_table_names())

    covered = {
        table.name: table
        for module in (platform_tables, crm_tables, sink_tables)
        for table in module.metadata.sorted_tables
    }
    assert there - OF_THE_KIT == covered.keys()
    assert {name for name, table in covered.items() if "workspace" not in table.c} == set()


CHANGES = {
    "create": lambda clients, n: clients.crm.create("Contacts", {"FIRST_NAME": f"N{n}"}),
    "update": lambda clients, n: change(
        clients, n, lambda i: clients.crm.update("Contacts", i, {"TITLE": f"T{n}"})
    ),
    "delete": lambda clients, n: change(clients, n, lambda i: clients.crm.delete("Contacts", i)),
    "advance": lambda clients, n: clients.clock.advance(f"{n * 3 + 1}m"),
    "fail": lambda clients, n: clients.sink.respond({"status": 503, "times": n + 1}),
    "fault": lambda clients, n: clients.crm.script_faults(
        [{"match": {"path": "/v2.2/*"}, "effect": {"status": 500}, "when": {"first_n": n + 1}}]
    ),
    "poll": lambda clients, n: clients.platform.poll(instances(clients)[n % len(instances(clients))]),
    "configure": lambda clients, n: clients.platform.patch_instance(
        instances(clients)[0], {"configuration": {"event.poller.refresh_interval": str(n + 5)}}
    ),
    "list": lambda clients, n: clients.crm.call("GET", f"/v3.1/Contacts?top=2&skip={n}&count_total=true"),
    "drain": lambda clients, n: clients.sink.send("GET", f"/{clients.credentials.name}?returnQueue&n={n}"),
}
HISTORIES = st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 5)), max_size=8)


def instances(clients):
    return [one["id"] for one in clients.platform.call("GET", f"{BASE_PATH}/instances")]


def change(clients, n, do):
    """Change one of the contacts, if there are any."""
    there = clients.crm.call("GET", "/v3.1/Contacts?top=500")
    if there:
        do(there[n % len(there)]["CONTACT_ID"])


def happen(clients, history):
    for what, n in history:
        CHANGES[what](clients, n)


@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.too_slow])
@given(first=HISTORIES, second=HISTORIES, third=HISTORIES)
def test_after_any_history_a_restore_is_exact_and_continuing_comes_to_the_same(
    stack_in_process, first, second, third
):
    clients = stack_in_process.new_workspace(name="any", seed=7)
    try:
        clients.platform.create_instance(instance_body(clients.credentials))
        happen(clients, first)
        taken = encode(clients.snapshot())
        happen(clients, third)
        once = everything(clients)
        clients.restore(decode(taken))
        assert encode(clients.snapshot()) == taken
        happen(clients, second)

        clients.restore(decode(taken))

        assert encode(clients.snapshot()) == taken
        happen(clients, third)
        assert everything(clients) == once
    finally:
        stack_in_process.delete_workspace("any")


def everything(clients):
    """Return all that came of a history, without the ids of requests, which a stack never gives twice."""
    contacts = clients.crm.call("GET", "/v3.1/Contacts?top=500")
    polls = re.sub(r'"requestId[^,]*,', "", encode(clients.platform.polls()).decode())
    return clients.sink.callbacks(), polls, clients.crm.changes(), clients.clock.show(), contacts


STEPS = """scenario: it
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - snapshot: a
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada CREATED], polls: [{}, {}, {}, {}]}
  - advance: 1s
  - create: {contacts/bob: {}}
  - snapshot: b
  - restore: a
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada CREATED], polls: [{}, {}, {}, {}]}
  - restore: b
  - update: {contacts/bob: {TITLE: x}}
  - advance: 15m
  - expect: {callbacks: [contacts/bob UPDATED]}
"""


def test_what_an_expectation_has_dealt_with_and_names_of_records_go_back_too(runner, tmp_path):
    wrong, right = (
        runner.run(scenario).failure
        for steps in (STEPS, STEPS.replace("bob UPDATED", "bob CREATED"))
        for scenario in load_text(steps, tmp_path / "it.yaml").scenarios
    )

    assert wrong.lines[:2] == (
        "callbacks: missing:    contacts/bob UPDATED",
        "callbacks: unexpected: contacts/bob CREATED",
    )
    assert right is None
