"""The hazard catalogue: each shows a loss, a repeat or a wrong name, and that its knob cures it, and nothing else does.

All are run as scenarios in every check; the corpus has what their audits find, and why. ``hazards.yaml`` says where one finds
nothing, or something with the cure as well. A sample is run with cure and expectation exchanged; in a long run all are.
"""

from contextlib import closing
from pathlib import Path

import pytest
import yaml
from examples import drawn

from elements_local.commands.replaying.runner import How, Runner
from elements_local.scenarios.matrix import expand
from elements_local.scenarios.scenario import load
from elements_local.stack.yaml_text import Document, read_documents

FOLDER = Path(__file__).parents[2] / "scenarios" / "hazards"
HAZARDS = sorted(FOLDER.glob("*.yaml"))
KNOWN = yaml.safe_load(Path(__file__).with_name("hazards.yaml").read_text("utf-8"))
EXPECTED = {"comes", "seen", "finds"}
"""The columns that say what comes; the others say how it is brought about."""

FLAWS = ("lost", "late", "duplicate", "misclassified")


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
            value["about"].startswith("Affects ")
            and "hazard" in value["tags"]
            and "<case>" in value["scenario"]
            and any(bitten[name] != cured[name] for name in both & EXPECTED)
            and any(bitten[name] != cured[name] for name in both - EXPECTED - {"case"})
        ):
            wrong.append(path.stem)

    assert wrong == []


def test_an_audit_finds_what_a_hazard_does_and_no_more_with_its_cure():
    assert KNOWN.keys() <= {path.stem for path in HAZARDS}
    wrong = []
    for path in HAZARDS:
        value, known = document_of(path).value, KNOWN.get(path.stem, {})
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
