"""The hazard catalogue: each shows a loss, a repeat or a wrong name, and that its knob cures it, and nothing else does.

What an audit finds of each, and which causes explanations name, stands in ``hazards.yaml``. All are run as scenarios in every
check; a sample is run with cure and expectation exchanged, and explained; a long run does so with all.
"""

from contextlib import closing
from pathlib import Path

import pytest
import yaml
from examples import drawn

from elements_local.kit.instants import format_instant
from elements_local.replay.runner import How, Runner
from elements_local.scenarios.expect import golden_of
from elements_local.scenarios.matrix import expand
from elements_local.scenarios.scenario import load
from elements_local.scenarios.scenario_context import ExpectationError, ScenarioContext
from elements_local.scenarios.verbs import take
from elements_local.scenarios.verbs.instances import make_instance
from elements_local.yaml_text import Document, read_documents

FOLDER = Path(__file__).parents[2] / "scenarios" / "hazards"
HAZARDS = sorted(FOLDER.glob("*.yaml"))
KNOWN = yaml.safe_load(Path(__file__).with_name("hazards.yaml").read_text("utf-8"))
EXPECTED = {"comes", "seen", "finds"}
"""The columns that say what comes; the others say how it is brought about."""

FLAWS = ("lost", "late", "duplicate", "misclassified")
NO_CURE = {"deletion", "undone", "not-in-answer"}
"""Causes that nothing cures."""


@pytest.fixture(scope="module")
def runner():
    with closing(Runner(How(cures=False))) as running:
        yield running


def document_of(path):
    (document,) = read_documents(path.read_text(encoding="utf-8"))
    return document


def test_each_hazard_says_who_is_bitten_and_has_a_case_with_and_one_without_its_cure():
    wrong = []
    for path in HAZARDS:
        value = document_of(path).value
        bitten, cured = value["matrix"]
        both = bitten.keys() & cured.keys()
        if not (
            value["about"].startswith("Bites ")
            and "hazard" in value["tags"]
            and "<case>" in value["scenario"]
            and any(bitten[name] != cured[name] for name in both & EXPECTED)
            and any(bitten[name] != cured[name] for name in both - EXPECTED - {"case"})
        ):
            wrong.append(path.stem)

    assert wrong == []


def test_an_audit_finds_what_a_hazard_does_and_no_more_with_its_cure():
    assert [path.stem for path in HAZARDS] == sorted(KNOWN)
    wrong = []
    for path in HAZARDS:
        value, known = document_of(path).value, KNOWN[path.stem]
        bitten, cured = (found(row) for row in value["matrix"])
        audited = value["steps"][-1].get("inspect", {}).get("audit") in ("clean", "<finds>")
        if (audited, not bitten, bool(bitten & cured)) != (
            "without_audit" not in known,
            "nothing_found" in known,
            "found_with_cure" in known,
        ):
            wrong.append(path.stem)

    assert wrong == []


def found(row):
    """Return what a row says that its audit finds; each of them is held by running the scenario."""
    finds = row.get("finds", "clean")
    if finds == "clean":
        return set()
    assert finds.keys() <= {*FLAWS, "owed"}
    return {(flaw, line) for flaw in finds.keys() & {*FLAWS} for line in finds[flaw]}


@pytest.mark.parametrize("path", drawn(HAZARDS, share=8), ids=lambda path: path.stem)
def test_without_its_cure_what_is_cured_fails(path, runner, tmp_path):
    document = document_of(path)
    bitten, cured = document.value["matrix"]
    untreated = {name: (cured if name in EXPECTED else bitten)[name] for name in bitten}
    treated = {name: (bitten if name in EXPECTED else cured)[name] for name in bitten}

    for row in (untreated, treated):
        (mixed,) = expand(Document(value={**document.value, "matrix": [row]}, places=document.places))
        failure = runner.run(written(mixed, tmp_path)).failure
        assert failure is not None, f"passes with {row}"
        assert failure.expected, failure


def written(document, folder):
    """Return a document as the scenario that it is."""
    path = folder / "it.yaml"
    path.write_text(yaml.safe_dump(document.value, allow_unicode=True))
    (scenario,) = load(path)
    return scenario


@pytest.fixture
def bitten(request, stack_set_to):
    """Live through the first case of a hazard, and return its clients with its instances."""
    path = FOLDER / f"{request.param}.yaml"
    scenario = load(path)[0]
    stack = stack_set_to(scenario.environment)
    clients = stack.new_workspace(
        start=format_instant(scenario.start), seed=scenario.seed, records=scenario.records
    )
    context = ScenarioContext(clients=clients, start=scenario.start, golden=golden_of(path, scenario.name))
    for name, differs in scenario.instances.items():
        make_instance(context, name, differs)
    for step in scenario.steps:
        if step.verb not in {"expect", "inspect", "never"}:
            try:
                take(context, step.verb, step.argument)
            except ExpectationError:
                continue
    yield KNOWN[request.param], clients, [each["instanceId"] for each in clients.platform.pollers()]
    stack.delete_workspace(clients.credentials.name)


def asked(clients, number, flaw):
    """Return what is asked of a flaw: its change where the CRM's log has it, or else its record."""
    logged = (
        change["seq"]
        for change in clients.crm.changes()
        if all(change[key] == flaw[key] for key in ("recordId", "change", "at"))
    )
    seq = next(logged, None)
    about = {"record_id": flaw["recordId"]} if seq is None else {"change": seq}
    return {"instance_id": number, "resource": flaw["resource"], **about}


@pytest.mark.parametrize(
    "bitten", drawn((name for name, known in KNOWN.items() if "causes" in known), share=8), indirect=True
)
def test_the_cause_of_each_flaw_is_named(bitten, record_property):
    known, clients, instances = bitten
    audits = {number: clients.platform.audit(number) for number in instances}
    flaws = [(number, flaw) for number in instances for kind in FLAWS for flaw in audits[number][kind]]

    assert {flaw["cause"] for _, flaw in flaws} == {*known["causes"]}
    number, flaw = flaws[0]
    said = clients.platform.explain(**asked(clients, number, flaw))
    fix = said["fix"]
    record_property("figures", f"{said['cause']}; {fix and fix['text']}")
    assert said["cause"] == flaw["cause"]
    if "worse_for_others" in known:
        assert fix is None or fix["tried"] is None
        assert " other changes: both at <0 of a poll" in said["untried"]
    elif said["cause"] in NO_CURE:
        assert fix or said["untried"]
    else:
        assert fix["tried"].startswith("reported at ")
