"""`replay --tenant FILE` without scenarios of one's own: a tenant is held against what this project knows of the platform."""

import json
from pathlib import Path

import pytest
from command import call
from examples import LONG
from running_tenant import free_port, tenant_running, written

from elements_local.commands.fidelity import ledger
from elements_local.commands.tenant_replay.portability import obstacles
from elements_local.scenarios.scenario import find, load

SCENARIOS = [
    each
    for path in find([Path(__file__).parents[3] / "scenarios" / "against_a_tenant"])
    for each in load(path)
]
PLANTED = ("--set", "platform.batch_size=5", "--set", "platform.id_alias=false")
ALIAS = "a record of the hub has its id twice and no empty fields"
BATCHES = "fourteen changes in one poll make two callbacks"
SOME = () if LONG else ("--name", "record of", "--name", "token of")
"""What is run in real time, too: all, or some that wait for no poll, one of which differs."""


@pytest.fixture(scope="module")
def running():
    with tenant_running("60", *PLANTED) as tenant:
        yield tenant


def replay(running, folder, *words, **differs):
    """Run it, and return its exit status, what it printed, and what it said to people."""
    file = written(folder / "tenant.yaml", running, **differs)
    done = call("replay", "--tenant", file, "--yes", "--jobs", "8", *words, **running["env"])
    return done.returncode, done.stdout, done.stderr


def verdicts(printed):
    return {each["name"]: each["verdict"] for each in json.loads(printed)["scenarios"]}


def test_what_is_planted_differs_and_all_else_agrees_and_stands_with_the_ledgers_rows(running, tmp_path):
    status, printed, told = replay(running, tmp_path, "--json", speed=60)

    names = {each.name for each in SCENARIOS if each.profile != "open-connectors"}
    found = verdicts(printed)
    assert found == {**dict.fromkeys(names, "agrees"), ALIAS: "differs", BATCHES: "differs"}
    assert status == 1
    (batches,) = (each for each in json.loads(printed)["scenarios"] if each["name"] == BATCHES)
    assert batches["expected"] == '{"expect":{"attempts":[200,200]}}'
    assert batches["came"] == ["attempts: expected: [200,200]", "attempts: actual:   [200,200,200]"]
    assert f"differs   {BATCHES}\n          expected: {{" in told
    assert f"{len(names) - 2} agree, 2 differ, 0 not seen" in told
    assert running["clients"].crm.call("GET", "/v3.1/Contacts") == []
    assert not [secret for secret in running["env"].values() if secret in printed + told]

    (tmp_path / "replay.json").write_text(printed, encoding="utf-8")
    plain, observed = rows(), rows("--observed", tmp_path / "replay.json")

    for name, row in observed.items():
        looked_at = {*row["tenant_scenarios"]} & found.keys()
        differs = bool({ALIAS, BATCHES} & looked_at)
        assert ("DIFFERS at a tenant of cloud-elements, 20" in row["source"]) is differs
        assert (row != plain[name]) is bool(looked_at)
        assert differs or not looked_at or row["evidence"] == "observed"


def rows(*words):
    return {each["behaviour"]: each for each in json.loads(call("fidelity", "--json", *words).stdout)}


def test_a_tenant_whose_time_does_not_run_faster_shows_the_same(tmp_path):
    with tenant_running("1", *PLANTED) as slow:
        status, printed, _ = replay(slow, tmp_path, "--json", *SOME)

    found = verdicts(printed)
    assert found == {name: "differs" if name in {ALIAS, BATCHES} else "agrees" for name in found}
    assert {*found.values()} == {"agrees", "differs"}
    assert status == 1


def test_all_that_agree_end_with_status_0(running, tmp_path):
    status, printed, _ = replay(running, tmp_path, "--name", "UPDATED when", speed=60)

    assert printed == (
        "agrees    a contact that was reported is UPDATED when it changes\n1 agree, 0 differ, 0 not seen\n"
    )
    assert status == 0


def test_what_a_collector_does_not_show_is_not_seen(running, tmp_path):
    collector = f"{running['sink']}/collected"
    words = ("--name", "fourteen", "--name", "analytics")
    status, printed, _ = replay(
        running, tmp_path, *words, speed=60, callback_url=collector, collector_url=collector
    )

    assert f"not seen  {BATCHES}\n          not portable: " in printed
    assert "attempts: a collector does not show what it answered" in printed
    assert printed.endswith("1 agree, 0 differ, 1 not seen\n")
    assert status == 1


def test_a_tenant_that_refuses_three_times_is_given_up(running, tmp_path):
    gone = f"http://127.0.0.1:{free_port()}"
    status, printed, told = replay(
        running, tmp_path, "--jobs", "1", platform_url=f"{gone}/elements/api-v2", crm_url=gone
    )

    assert printed.count("no answer from ") == 3
    assert printed.endswith(" not seen\n")
    assert "0 agree, 0 differ, " in printed
    assert (
        f"{gone}/elements/api-v2 is given up after 3 calls without an answer: no answer from {gone}" in told
    )
    assert status == 1


def test_each_scenario_runs_at_any_tenant_and_looks_at_something_in_the_ledger():
    named = {name for entry in ledger() for name in entry.tenant_scenarios}

    assert [str(each) for one in SCENARIOS for each in obstacles(one)] == []
    assert named == {each.name for each in SCENARIOS}


def test_a_file_that_no_replay_wrote_is_refused(tmp_path):
    (tmp_path / "it.json").write_text("{}", encoding="utf-8")

    done = call("fidelity", "--observed", tmp_path / "it.json")

    assert done.returncode == 2
    assert "is not what `replay --tenant FILE --json` prints without scenarios" in done.stderr
