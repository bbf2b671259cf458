"""A fake of anybody's, on the kit's face: clock and ties, workspaces, faults, reset, snapshot, seeds and log are there for it."""

from contextlib import closing, nullcontext
from dataclasses import replace

import pytest
from click import BadParameter, Context
from click.testing import CliRunner
from each_row import each_row
from hublike import HUBLIKE, HublikeConnector
from page_reader import PageVisitor

from elements_local.clients.errors import CallError, OptionError
from elements_local.clients.guide import instance_body
from elements_local.commands import triggering as trigger
from elements_local.commands.cli import cli
from elements_local.commands.replaying.runner import How, Runner
from elements_local.commands.trigger import id_of, trigger_command
from elements_local.diagnosis.circumstances import CIRCUMSTANCES, POLLS_SECOND
from elements_local.diagnosis.configured import resource_of
from elements_local.diagnosis.findings import configured_instance
from elements_local.diagnosis.grid import CellVerdict
from elements_local.diagnosis.sweep import sweep
from elements_local.kit.api.json_text import decode, encode_text
from elements_local.scenarios.recording import scenario_so_far
from elements_local.scenarios.scenario import load
from elements_local.stack.failures.failure_report import text_of
from elements_local.stack.failures.observed import observe
from elements_local.stack.failures.reasons import Unreported
from elements_local.stack.reports.explanations import instances_polling
from elements_local.start import Options, in_process, on_ports

NAMED = {"ELEMENTS_LOCAL_CONNECTORS": "hublike:HublikeConnector"}


MONTH = {"ELEMENTS_LOCAL_CRM_CHANGE_RETENTION": str(30 * 86400)}


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(connectors=(HublikeConnector(),), environment=MONTH)) as started:
        yield started


@pytest.fixture
def clients(stack):
    made = stack.new_workspace(seed=7)
    yield made
    stack.delete_workspace(made.credentials.name)


@pytest.fixture
def fake(clients):
    return clients.fakes["hublike"]


@pytest.fixture
def instance(clients):
    return clients.platform.create_instance(
        {
            "element": {"key": "hublike"},
            "name": "Mine",
            "configuration": {
                **clients.credentials.crms["hublike"]["credentials"],
                "event.notification.enabled": True,
                "event.notification.callback.url": clients.credentials.callback_url,
            },
        }
    )


@pytest.fixture
def hub(clients, instance):
    return clients.platform.hub(instance["token"])


def written(hub, *names):
    """Make deals of these names, and return their ids."""
    return [hub.call("POST", "/deals", json={"properties": {"name": name}})["id"] for name in names]


def test_a_change_in_the_second_of_a_poll_begins_the_next_one(clients, hub):
    clients.clock.advance("15m")
    (ref,) = written(hub, "tied")

    assert hub.call("GET", f"/deals/{ref}")["properties"]["createdate"] == "1772446501000"
    assert clients.clock.show()["now"] == "2026-03-02T10:15:01Z"


def test_a_clock_that_is_off_dates_what_is_written(hub, fake):
    rule = {"match": {"method": "POST", "path": "*/deals"}, "effect": {"clock_skew_s": 5}}
    fake.script_faults([rule])
    (ref,) = written(hub, "late")

    assert (
        hub.call("GET", f"/deals/{ref}")["properties"]["createdate"] == "1772445606000"
    )  # a second after the instance, and five off


def test_reset_snapshot_seeds_and_workspaces(stack, clients, hub, fake):
    fake.call("POST", "/_local/seed", json={"records": 3})
    written(hub, "kept")
    kept = clients.snapshot()
    clients.reset()
    assert (fake.changes(), kept.keys()) == ([], {"version", "platform", "crm", "sink", "hublike"})
    clients.restore(kept)

    names = [each["properties"]["name"] for each in hub.call("GET", "/deals?pageSize=10")]
    assert names == ["7-0", "7-1", "7-2", "kept"]
    assert [each["change"] for each in fake.changes()] == ["CREATED"]
    assert clients.snapshot()["hublike"]["tables"] == kept["hublike"]["tables"]
    assert stack.workspace().fakes["hublike"].changes() == []
    seeded = stack.new_workspace(name="seeded", records=2)
    assert seeded.fakes["hublike"].call("POST", "/_local/seed", json={"if_empty": True})["records"] == {
        "contacts": 0,
        "deals": 0,
    }
    stack.delete_workspace("seeded")


def test_whose_key_or_name_is_nobodys_is_refused_and_what_is_not_there_is_404(hub, fake):
    nobodys, missing = fake.send("GET", "/me"), hub.send("GET", "/deals/5")
    document = fake.call("GET", "/_local/openapi.json")
    unknown = fake.send("POST", "/_local/reset?workspace=nobodys", json={})

    assert (unknown.status, b"no workspace 'nobodys'" in unknown.body) == (401, True)
    assert (nobodys.status, decode(nobodys.body)["message"]) == (401, "the API key is missing or unknown")
    assert (missing.status, b"there is no record 5" in missing.body) == (404, True)
    assert {"/_local/changes", "/_local/seed", "/_local/faults"} <= document["paths"].keys()


def test_what_was_done_is_recorded_by_names_and_replays(runner, tmp_path):
    """Through the hub, by clients, and by calls that are made straight to the fake."""
    path = tmp_path / "recorded.yaml"
    objects = "/crm/v3/objects/deals"
    with in_process(Options(environment=NAMED)) as stack:
        clients = stack.new_workspace(seed=7)
        made = clients.platform.create_instance(instance_body(clients.credentials, element="hublike"))
        clients.clock.advance("1m")
        token = clients.credentials.crms["hublike"]["credentials"]["access.token"]
        vendor = replace(clients.fakes["hublike"], headers={"Authorization": f"Bearer {token}"})
        (big,) = written(clients.platform.hub(made["token"]), "Big deal")
        clients.crm.create("deals", {"properties": {"name": "Other", "stage": "open"}})
        ours = vendor.call("POST", objects, json={"properties": {"name": "Ours"}})["id"]
        clients.clock.advance("15m")
        clients.crm.update("deals", big, {"properties": {"stage": "won"}})
        vendor.call("PATCH", f"{objects}/{ours}", json={"properties": {"stage": "won"}})
        clients.clock.advance("15m")
        text = scenario_so_far(stack, clients.credentials.name)
    path.write_text(f"settings: {{CONNECTORS: hublike:HublikeConnector}}\n{text}")

    assert sorted(
        line.strip("- ") for line in text.splitlines() if line.endswith(("CREATED", "UPDATED"))
    ) == [
        "deals/big-deal CREATED",
        "deals/big-deal UPDATED",
        "deals/other CREATED",
        "deals/ours CREATED",
        "deals/ours UPDATED",
    ]
    assert "create:\n      deals/other:" in text
    assert ("Left out" in text, token in text) == (False, False)
    assert f"path: {objects}/{{deals/ours}}" in text
    assert [runner.run(scenario).failure for scenario in load(path)] == [None]


def test_changes_that_are_too_old_are_forgotten(clients, fake):
    first = clients.crm.create("deals", {"properties": {"name": "Old"}})
    clients.crm.delete("deals", first["id"])
    clients.clock.advance("31d")
    clients.crm.create("deals", {"properties": {"name": "New"}})
    log = fake.call("GET", "/_local/changes")

    assert [each["seq"] for each in log["changes"]] == [3]
    assert log["pruned"] == {"at": "2026-04-02T10:00:00Z", "before": "2026-03-03T10:00:00Z"}


def test_kinds_of_one_name_are_told_apart(clients):
    clients.platform.create_instance(instance_body(clients.credentials))
    body = instance_body(clients.credentials, element="hublike")
    body["configuration"]["event.poller.configuration"] = {"contacts": {}}
    other = clients.platform.create_instance(body)["id"]
    clients.clock.advance("1m")
    own = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    made = clients.crm.create("hublike/contacts", {"properties": {"name": "Ada"}})
    observed = observe(clients)

    assert [
        (each.resource, each.record_id, each.instance_id == other) for each in Unreported(observed).all()
    ] == [
        ("contacts", str(own), False),
        ("contacts", made["id"], True),
    ]
    assert instances_polling(clients, "hublike/contacts") == [other]
    told = text_of(observed, [], verbose=True)
    assert f" contacts {own} CREATED" in told
    assert f"hublike/contacts {made['id']} CREATED" in told


def test_the_dashboard_lists_records_of_every_vendor(stack, clients, instance):
    clients.clock.advance("1m")
    clients.crm.create("deals", {"properties": {"name": "Small"}})
    made = clients.crm.create("deals", {"properties": {"name": "Big deal"}})
    clients.clock.advance("15m")
    visitor = PageVisitor(stack.http, stack.addresses.platform)
    shown = f"/_local/dashboard/{clients.credentials.name}"
    listed = visitor.open(f"{shown}/records/deals/?q=big")
    record = visitor.open(f"{shown}/records/hublike.deals/51002")
    links = [link for link, _ in visitor.open(f"{shown}/instances/{instance['id']}").links]

    assert (listed.status, record.status) == (200, 200)
    for part in ("1 match, 1 hidden", "Big deal 51002", "hublike.contacts"):
        assert part in listed.words
    assert f"{shown}/records/deals/" in links
    for part in ("Polled as deals", "✓ reported", "Big deal", "✓ 200"):
        assert part in record.words
    assert visitor.open(f"{shown}/records/hublike.contacts/").status == 200
    assert made["id"] == "51002"


def test_a_kind_of_one_name_is_triggered_by_its_vendors_name(clients):
    names = ("contacts", "deals", "hublike/contacts")
    assert [trigger.namesakes(clients, name) for name in names] == [["hublike/contacts"], [], []]
    clients.platform.create_instance(instance_body(clients.credentials))
    body = instance_body(clients.credentials, element="hublike")
    other = clients.platform.create_instance(body)["id"]
    own, vendors = (trigger.poller_of(clients, name) for name in ("contacts", "hublike/contacts"))
    made = trigger.make(clients, "hublike/contacts", {}, None)
    trigger.advance_to_next_poll(clients, vendors)

    assert (own.instance_id == other, vendors.instance_id) == (False, other)
    assert trigger.outcome_of(clients, vendors, made).sent.event_types == ("CREATED",)


def test_its_default_block_has_no_findings_and_the_scenario_of_one_is_of_its_records(tmp_path):
    body, output = tmp_path / "body.json", tmp_path / "found.yaml"
    usual = HUBLIKE.poller_defaults["deals"]
    dates = {**usual["datesConfiguration"], "createdCheckTolerance": 1200}
    lint = ["lint", str(body), "--connector", "hublike:HublikeConnector"]

    def linted(block, *more):
        configuration = {"event.notification.callback.url": "http://127.0.0.1:9/events"}
        configuration |= {
            "event.notification.enabled": "true",
            "event.poller.configuration": {"deals": block},
        }
        body.write_text(encode_text({"element": {"key": "hublike"}, "configuration": configuration}))
        return CliRunner().invoke(cli, [*lint, *more])

    assert linted(usual).stdout == "nothing is found\n"
    with closing(Runner(How(cures=False))) as runner:
        for rule, block, lag in (
            ("tolerance-long", {**usual, "datesConfiguration": dates}, "0"),
            ("poll-delay-too-short", usual, "3"),
        ):
            done = linted(block, "--index-lag", lag, "--scenario", rule, "--output", str(output), "--force")
            assert done.exit_code == 0, done.output
            as_it_is, cured = (runner.run(scenario).failure for scenario in load(output))
            assert (rule, as_it_is is None, cured) == (rule, False, None)


def test_a_callback_of_its_records_is_imported(clients, tmp_path):
    callback, scenario = tmp_path / "callback.json", tmp_path / "made.yaml"
    clients.platform.create_instance(instance_body(clients.credentials, element="hublike"))
    clients.clock.advance("1m")
    clients.crm.create("deals", {"properties": {"name": "Big deal", "stage": "open"}})
    clients.clock.advance("15m")
    callback.write_text(encode_text(clients.sink.callbacks()[0]["json"]))
    options = ["--connector", "hublike:HublikeConnector", "--output", str(scenario), "--check"]
    done = CliRunner().invoke(cli, ["import", str(callback), *options])

    assert (done.exit_code, done.stderr) == (0, "")
    assert "deals/big-deal CREATED" in scenario.read_text()


@each_row(
    ("kind", "text", "known"),
    [("deals", "rec-5", "rec-5"), ("contacts", "5", 5), ("contacts", "rec-5", None), ("contacts", "0", None)],
)
def test_an_id_of_trigger_is_a_number_where_the_vendors_are(clients, kind, text, known):
    sort = trigger.kinds_of(clients).of(kind)
    with Context(trigger_command), pytest.raises(BadParameter) if known is None else nullcontext():
        assert id_of(text, sort) == known


def test_a_sweep_makes_its_records(stack, clients, instance):
    configured = configured_instance(clients, instance["id"])
    resource = resource_of(configured, "deals")
    lagging = [each for each in CIRCUMSTANCES if each.name in {"search lags 3 s", "pages overlap"}]
    grid = sweep(stack, configured, resource, circumstances=lagging)

    assert resource.block == HUBLIKE.poller_defaults["deals"]
    found = {verdict: set() for verdict in CellVerdict}
    for key, cell in grid.cells.items():
        for verdict in cell.verdicts if key.change == "create" else ():
            found[verdict].add(key.label)
    assert (grid.kind, [each.name for each in grid.circumstances]) == ("deals", ["search lags 3 s"])
    assert found[CellVerdict.LOST] == {"-2", "-1", POLLS_SECOND}
    assert "-3" in found[CellVerdict.REPORTED]


def test_each_has_a_port_of_its_own_where_lint_asks_for_its_faults(tmp_path):
    output = tmp_path / "found.yaml"
    with on_ports(Options(environment=NAMED)) as stack:
        clients = stack.workspace()
        crm = clients.credentials.crms["hublike"]
        assert stack.listening["hublike"] == crm["url"]
        assert clients.fakes["hublike"].call("GET", "/_local/health")["service"] == "hublike"

        clients.platform.create_instance(instance_body(clients.credentials, element="hublike"))
        clients.fakes["hublike"].script_faults([{"match": {"path": "*"}, "effect": {"index_lag_s": 4}}])
        address = {"ELEMENTS_LOCAL_PLATFORM_URL": stack.addresses.platform}
        lint = ["lint", "--scenario", "poll-delay-too-short", "--output", str(output)]
        unnamed, tried = (
            CliRunner().invoke(cli, [*words], env=address) for words in (lint, ["lint", "--try"])
        )
        named = CliRunner().invoke(cli, [*lint, "--connector", "hublike:HublikeConnector"], env=address)

    for done in (unnamed, tried):
        assert (done.exit_code, "hand in hublike by --vendor or --connector" in done.stderr) == (2, True)
    assert named.exit_code == 0, named.output
    assert "CONNECTORS: hublike:HublikeConnector" in output.read_text()


def test_a_part_of_a_stack_does_not_play_it():
    with (
        pytest.raises(OptionError, match="hublike is played by a whole stack alone"),
        on_ports(Options(environment=NAMED, role="crm")),
    ):
        pass


def test_commands_and_fixtures_name_its_kinds(clients):
    made = clients.crm.create("deals", {"properties": {"name": "Big"}})
    assert clients.crm.get("hublike/deals", made["id"]) == made
    clients.crm.delete("deals", made["id"])

    with pytest.raises(CallError, match="404"):
        clients.crm.get("deals", made["id"])
    trigger.instance_of_its_own(clients, "deals")
    for event in ("CREATED", "UPDATED"):
        poller = trigger.poller_of(clients, "deals")
        record = trigger.record_to_change(clients, "deals", None) if event == "UPDATED" else None
        changed = trigger.make(clients, "deals", {}, record)
        trigger.advance_to_next_poll(clients, poller)
        assert trigger.outcome_of(clients, poller, changed).sent.event_types == (event,)


def test_what_was_lost_is_explained_and_a_cure_is_tried_where_the_crm_has_a_kind_of_the_name(clients, fake):
    instance = clients.platform.create_instance(instance_body(clients.credentials, element="hublike"))
    fake.script_faults([{"match": {"path": "*/search"}, "effect": {"index_lag_s": 120}}])
    clients.clock.advance("14m")
    made = clients.crm.create("hublike/contacts", {"properties": {"name": "Big"}})
    clients.clock.advance("16m")
    said = clients.platform.explain(instance_id=instance["id"], resource="contacts", record_id=made["id"])

    assert (said["verdict"], said["cause"]) == ("not reported", "index-lag")
    assert said["fix"]["change"] == {"pollDelay": 120}
    assert "reported at 2026-03-02T10:30:00Z" in said["fix"]["tried"]
