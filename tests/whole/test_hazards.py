"""The hazard catalogue: each shows a loss, a repeat or a wrong name, and that its knob cures it, and nothing else does."""

from contextlib import closing
from pathlib import Path

import pytest

from elements_local.replay.runner import How, Runner
from elements_local.scenarios.matrix import expand
from elements_local.scenarios.scenario import load
from elements_local.scenarios.yaml_text import Document, read_documents

FOLDER = Path(__file__).parents[2] / "scenarios" / "hazards"
HAZARDS = sorted(FOLDER.glob("*.yaml"))
EXPECTED = {"comes", "seen", "finds"}
"""The columns that say what comes; the others say how it is brought about."""

FLAWS = {"lost", "late", "duplicate", "misclassified"}
NOTHING_TO_FIND = {
    "answered_before_it_is_kept": "what is answered is delivered",
    "change_without_a_change": "the write is a change to the CRM, and is rightly reported",
    "changed_twice_within_an_interval": "one event for the last state is what polling owes",
    "cleared_field": "the event comes; it is in raw that something is missing",
    "deleted_instance_owes_nothing": "an instance that is gone has no audit",
    "echo_of_a_write_back": "to the CRM the write is a change, and is rightly reported",
    "empty_block_of_an_own_name": "a block without a url has no records that anything could be owed for, and its notes say so",
    "events_read_too_seldom": "the event came; it is its reader who came too late",
    "import_is_all_new": "to the CRM the records are new, and are rightly reported",
    "link_stamps_one_side": "to the CRM the other end has not changed",
    "more_than_ten_changes": "every event comes once; it is raw that comes again",
    "move_to_a_new_instance": "an instance that is gone has no audit, and the new one owes nothing from before it",
    "name_of_a_resource": "the events come under the name that was asked for",
    "note_that_does_not_stamp": "to the CRM the contact has not changed",
    "partial_write_over_2_2": "the event comes; it is the record that has lost something",
    "several_events_in_a_callback": "both events come; it is the receiver that passes one over",
    "tag_that_stamps": "the tag is a change to the CRM, and is rightly reported",
    "two_instances_for_one_crm": "each instance owes its event, and each has told it once",
    "url_with_a_fixed_date": "every event comes; it is the quota that suffers",
}
"""Hazards of which an audit says nothing, and why: they bite beyond what is owed."""

FOUND_ALL_THE_SAME = {
    "delete_between_pages": "one of them is deleted in either case",
    "deleted_record": "no knob makes polling tell of what is gone",
    "merged_records": "no knob makes polling tell of what is gone",
    "rate_limit_during_a_poll": "late it is either way, by a quarter of an hour or by a minute",
    "restored_record": "no knob makes polling tell of what is gone",
    "retries_overtake": "late it is either way; it is the order that the interval cures",
}
"""Hazards of which an audit still says something with their cure, and why."""

WITHOUT_AUDIT = {"deleted_instance_owes_nothing", "move_to_a_new_instance"}


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
    value = document_of(path).value
    bitten, cured = (found(row) for row in value["matrix"])

    audited = value["steps"][-1].get("inspect", {}).get("audit") in ("clean", "<finds>")
    assert audited is (path.stem not in WITHOUT_AUDIT)
    assert bool(bitten) is (path.stem not in NOTHING_TO_FIND)
    assert bool(bitten & cured) is (path.stem in FOUND_ALL_THE_SAME)


def found(row):
    """Return what a row says that its audit finds; each of them is held by running the scenario."""
    finds = row.get("finds", "clean")
    if finds == "clean":
        return set()
    assert finds.keys() <= FLAWS | {"owed"}
    return {(flaw, line) for flaw in finds.keys() & FLAWS for line in finds[flaw]}


def written(document, folder):
    """Return a document as the scenario that it is."""
    import yaml  # noqa: PLC0415

    path = folder / "it.yaml"
    path.write_text(yaml.safe_dump(document.value, allow_unicode=True))
    (scenario,) = load(path)
    return scenario
