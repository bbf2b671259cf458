"""The hazard catalogue: each shows a loss, a repeat or a wrong name, and that its knob cures it, and nothing else does."""

from contextlib import closing
from pathlib import Path

import pytest

from elements_local.matrix import expand
from elements_local.runner import How, Runner
from elements_local.scenario import load
from elements_local.yaml_text import Document, read_documents

FOLDER = Path(__file__).parents[2] / "scenarios" / "hazards"
HAZARDS = sorted(FOLDER.glob("*.yaml"))
EXPECTED = {"comes", "seen", "finds"}
"""The columns that say what comes; the others say how it is brought about."""

FLAWS = {"lost", "late", "duplicate", "misclassified"}
NOTHING_TO_FIND = {
    "change_without_a_change": "the write is a change to the CRM, and is rightly reported",
    "changed_twice_within_an_interval": "one event for the last state is what polling owes",
    "link_stamps_one_side": "to the CRM the other end has not changed",
    "note_that_does_not_stamp": "to the CRM the contact has not changed",
    "several_events_in_a_callback": "both events come; it is the receiver that passes one over",
    "tag_that_stamps": "the tag is a change to the CRM, and is rightly reported",
    "url_without_a_filter_and_small_pages": "every event comes; it is the quota that suffers",
}
FOUND_ALL_THE_SAME = {
    "delete_between_pages": "one of them is deleted in either case",
    "deleted_record": "no knob makes polling tell of what is gone",
    "merged_records": "no knob makes polling tell of what is gone",
    "rate_limit_during_a_poll": "late it is either way, by a quarter of an hour or by a minute",
}


@pytest.fixture(scope="module")
def runner():
    with closing(Runner(How())) as running:
        yield running


def document_of(path):
    (document,) = read_documents(path.read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("path", HAZARDS, ids=lambda path: path.stem)
def test_a_hazard_says_who_is_bitten_and_has_a_case_with_and_one_without_its_cure(path):
    value = document_of(path).value

    bitten, cured = value["matrix"]
    assert value["about"].startswith("Bites ")
    assert "hazard" in value["tags"]
    assert "<case>" in value["scenario"]
    assert any(bitten[name] != cured[name] for name in bitten.keys() & EXPECTED)
    assert any(bitten[name] != cured[name] for name in bitten.keys() - EXPECTED - {"case"})


@pytest.mark.parametrize("path", HAZARDS, ids=lambda path: path.stem)
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


@pytest.mark.parametrize("path", HAZARDS, ids=lambda path: path.stem)
def test_an_audit_finds_what_a_hazard_does_and_no_more_with_its_cure(path):
    bitten, cured = (found(row) for row in document_of(path).value["matrix"])

    assert bool(bitten) is (path.stem not in NOTHING_TO_FIND)
    assert bool(bitten & cured) is (path.stem in FOUND_ALL_THE_SAME)


def found(row):
    """Return what a row says that its audit finds; each of them is held by running the scenario."""
    finds = row.get("finds", "clean")
    if finds == "clean":
        return set()
    assert finds.keys() <= FLAWS
    return {(flaw, line) for flaw, lines in finds.items() for line in lines}


def written(document, folder):
    """Return a document as the scenario that it is."""
    import yaml  # noqa: PLC0415

    path = folder / "it.yaml"
    path.write_text(yaml.safe_dump(document.value, allow_unicode=True))
    (scenario,) = load(path)
    return scenario
