"""Bad configurations are found, and their scenarios fail as they are and pass with the cure; good ones are left alone."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from examples import drawn

from elements_local.clients.guide import instance_body, patched, poller_entry
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.replaying.runner import How, Runner
from elements_local.diagnosis.findings import (
    AS_IT_IS,
    CURED,
    NoScenarioError,
    NoSuchInstanceError,
    of_body,
    of_instance,
    scenario_of,
    tried,
)
from elements_local.diagnosis.sweep import ENVIRONMENT
from elements_local.platform.explain.cause import Cause
from elements_local.platform.lint.rules import RULES, LintRule
from elements_local.scenarios.recording.text import write
from elements_local.scenarios.scenario import load
from elements_local.stack.output_files import OutputFile
from elements_local.start import Options, in_process

POLLER = "event.poller.configuration"
USUAL_URL = "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'"
ALONE = dict.fromkeys(("accounts", "leads", "opportunities"))
CASES = yaml.safe_load(Path(__file__).with_name("lint_cases.yaml").read_text("utf-8"))
BAD, GOOD = CASES["bad"], CASES["good"]


def contacts(**changes):
    """Return a patch of the configuration that changes the block of contacts."""
    return {POLLER: {"contacts": changes}}


def patch_of(case):
    """Return the patch of the configuration that a case is."""
    block = dict(case.get("block", {}))
    if "url" in block:
        block["url"] = block["url"].replace("<usual>", USUAL_URL)
    if "dates" in case:
        block["datesConfiguration"] = case["dates"]
    patch = contacts(**block) if block else {}
    if "polled" in case:
        patch = {POLLER: {name: poller_entry(*those) for name, those in case["polled"].items()}}
    if "blocks" in case:
        others = ALONE if case["blocks"] == "contacts alone" else case["blocks"]
        patch = {POLLER: others}
    keys = {
        name: value.replace("<usual>", USUAL_URL) if isinstance(value, str) else value
        for name, value in case.get("keys", {}).items()
    }
    return {**patch, **keys}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with closing(Runner(How(cures=False))) as made:
        yield made


def body_with(clients, change):
    body = deepcopy(instance_body(clients.credentials))
    body["configuration"] = patched(body["configuration"], change)
    return body


def linted_and_found(clients, case):
    """Return what lint says of a bad configuration, and the finding that it is bad for."""
    linted = of_body(clients, body_with(clients, patch_of(case)), lag_s=case.get("lag_s"))
    return linted, next((each for each in linted.findings if each["rule"] == case["rule"]), None)


def test_every_bad_configuration_is_found(clients):
    assert [case["name"] for case in BAD if linted_and_found(clients, case)[1] is None] == []


@pytest.mark.parametrize("case", drawn(BAD, share=16), ids=lambda case: case["name"])
def test_the_scenario_of_a_finding_fails_until_it_is_cured(case, clients, runner, tmp_path):
    linted, finding = linted_and_found(clients, case)
    path = tmp_path / "found.yaml"
    write(OutputFile(path=path, force=True), scenario_of(linted, finding))
    as_it_is, cured = load(path)

    assert (as_it_is.name.endswith(f"{AS_IT_IS}"), cured.name.endswith(f"{CURED}")) == (True, True)
    failure = runner.run(as_it_is).failure
    assert failure is not None
    assert failure.verb in {"expect", "instance"}, str(failure)
    assert runner.run(cured).failure is None, str(runner.run(cured).failure)
    assert as_it_is.tags == ("lint",)


def test_every_rule_has_a_bad_configuration_but_those_about_keys_and_transformations():
    others = {
        LintRule.KEY_MISSPELT,
        LintRule.KEY_CASE,
        LintRule.KEY_MISPLACED,
        LintRule.UNKNOWN_KEY,
        LintRule.KEY_WITHOUT_EFFECT,
        LintRule.SCRIPT_NOT_RUN,
        LintRule.READ_ONLY_PATH,
        LintRule.KEY_TWICE,  # of the text of a body alone
        LintRule.HIDDEN_FIELD,  # see below
    }

    assert {case["rule"] for case in BAD} == {rule.value for rule in RULES if rule not in others}


def test_what_lint_and_explain_both_find_has_one_id(clients):
    """A rule that is found of one cause alone, and a cause of which it alone is found, are the same."""
    planted = yaml.safe_load(Path(__file__).with_name("planted_causes.yaml").read_text("utf-8"))
    of_cause, of_rule = defaultdict(set), defaultdict(set)
    for case in planted:
        if {"block", "dates"} & case.keys() and case["cause"]:
            found = of_body(clients, body_with(clients, patch_of(case)), lag_s=None).findings
            for rule in {each["rule"] for each in found}:
                of_cause[case["cause"]].add(rule)
                of_rule[rule].add(case["cause"])
    twins = {
        cause: rules for cause, rules in of_cause.items() if [of_rule[each] for each in rules] == [{cause}]
    }

    assert twins.keys() >= {"filter-by-created", "tolerance-long"}
    assert {cause: rules for cause, rules in twins.items() if rules != {cause}} == {}
    both = {cause.word for cause in Cause} & {rule.value for rule in RULES}
    assert both >= {"key-misspelt", "key-case", "key-misplaced", "key-twice", "twin-block", "wrong-zone"}


def test_nothing_is_found_in_a_good_configuration(clients):
    found = {
        case["name"]: of_body(clients, body_with(clients, patch_of(case)), lag_s=None).findings
        for case in GOOD
    }

    assert {name: findings for name, findings in found.items() if findings} == {}


MAPPED = [
    {"path": "key", "vendorPath": "CONTACT_ID"},
    {"path": "changed", "vendorPath": "DATE_UPDATED_UTC"},
]


@pytest.fixture
def mapped(clients):
    """The id of an instance that has renamed the id and the updated date of contacts."""
    made = clients.platform.create_instance(instance_body(clients.credentials))
    at = f"{BASE_PATH}/instances/{made['id']}"
    fields = {"fields": [{"path": each["path"], "type": "string"} for each in MAPPED]}
    clients.platform.call("POST", f"{at}/objects/contacts/definitions", json=fields)
    clients.platform.call(
        "POST", f"{at}/transformations/contacts", json={"vendorName": "contacts", "fields": MAPPED}
    )
    return made["id"]


def test_what_a_transformation_renames_is_found_and_shown_with_the_transformation(
    clients, mapped, runner, tmp_path
):
    linted = of_instance(clients, mapped, lag_s=None)

    assert [(each["rule"], each["nearest"]) for each in linted.findings] == [
        ("hidden-field", "key"),
        ("hidden-field", "changed"),
    ]
    for finding in linted.findings:
        write(OutputFile(path=tmp_path / "found.yaml", force=True), scenario_of(linted, finding))
        as_it_is, cured = load(tmp_path / "found.yaml")
        assert runner.run(as_it_is).failure is not None
        assert runner.run(cured).failure is None, str(runner.run(cured).failure)


@pytest.mark.parametrize(
    "effects",
    [
        pytest.param([{"index_lag_s": 30}, {"index_lag_s": 90}], id="the longest of several"),
        pytest.param([{"index_lag_s": 30, "index_lag_within_s": 60}], id="a delay of each write's own"),
    ],
)
def test_how_far_the_search_lags_is_read_from_the_faults_of_the_crm(clients, effects):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.script_faults([{"effect": effect} for effect in effects])

    linted = of_instance(clients, None, lag_s=None)

    assert {(each["rule"], each["nearest"]) for each in linted.findings} == {("poll-delay-too-short", "90")}
    assert of_instance(clients, None, lag_s=0).findings == []


def test_which_instance_is_meant_is_asked_if_there_are_several_or_none(clients):
    with pytest.raises(NoSuchInstanceError, match="there is no instance"):
        of_instance(clients, None, lag_s=None)

    ids = [clients.platform.create_instance(instance_body(clients.credentials))["id"] for _ in range(2)]

    with pytest.raises(NoSuchInstanceError, match=f"--instance; there are {ids[0]}, {ids[1]}"):
        of_instance(clients, None, lag_s=None)


def test_the_cure_of_one_finding_does_not_hide_behind_another_of_the_same_resource(clients):
    dates = dict.fromkeys(("updatedDateFormat", "createdDateFormat"), "yyyy-mm-dd")
    change = contacts(datesConfiguration=dates, idField="contact_id", pollDelay=900, mine=1)
    linted = of_body(clients, body_with(clients, change), lag_s=None)

    outcomes = {finding["rule"]: one for finding, one in zip(linted.findings, _tried(linted), strict=True)}
    assert {rule: one["tried"] for rule, one in outcomes.items()} == {
        rule: None if rule == "unknown-key" else "fails as it is, passes with the cure" for rule in outcomes
    }
    lost = {"circumstance": "as it is", "change": "create", "was": "lost", "is": "reported"}
    assert outcomes["id-field"]["cell"].items() >= lost.items()
    assert outcomes["unknown-key"]["cell"] is None
    assert len(linted.findings) == 5


def test_a_finding_about_the_whole_instance_is_shown_without_those_of_its_resources(clients):
    body = body_with(clients, {"event.notification.callback.url": None})
    body["configuration"]["event.poller.configuration"]["contacts"]["idField"] = "contact_id"

    linted = of_body(clients, body, lag_s=None)

    assert [finding["rule"] for finding in linted.findings] == ["callback-url", "id-field"]
    assert {one["tried"] for one in _tried(linted)} == {"fails as it is, passes with the cure"}


def test_a_finding_about_a_lag_shows_in_a_search_that_lags_so(clients):
    linted = of_body(clients, body_with(clients, contacts(pollDelay=5)), lag_s=60)

    (first,) = _tried(replace(linted, findings=linted.findings[:1]))

    assert first["cell"] == {
        "circumstance": "search lags 60 s",
        "change": "create",
        "offset": "-5",
        "was": "lost",
        "is": "reported",
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            {POLLER: {"notes": {**poller_entry("notes", "NOTE_ID"), "pollDelay": 900}}},
            "notes has no scenario",
            id="records that no scenario makes",
        ),
        pytest.param(contacts(pollDelai=4), "key-misspelt has no scenario", id="what a key was to do"),
    ],
)
def test_what_no_scenario_shows_is_said(clients, change, said):
    linted = of_body(clients, body_with(clients, change), lag_s=None)

    with pytest.raises(NoScenarioError, match=said):
        scenario_of(linted, linted.findings[0])


def test_lines_are_shown_as_the_blocks_that_they_become(clients, runner, tmp_path):
    dates = "DATE_UPDATED_UTC|yyyy-mm-dd|GMT|DATE_CREATED_UTC|yyyy-MM-dd HH:mm:ss|GMT"
    change = {"event.poller.urls": f"contacts|{USUAL_URL}||{dates}", POLLER: None}
    linted = of_body(clients, body_with(clients, change), lag_s=None)

    (finding,) = linted.findings
    write(OutputFile(path=tmp_path / "found.yaml", force=True), scenario_of(linted, finding))
    as_it_is, cured = load(tmp_path / "found.yaml")

    assert (finding["rule"], finding["nearest"]) == ("date-letters", "yyyy-MM-dd HH:mm:ss")
    assert runner.run(as_it_is).failure is not None
    assert runner.run(cured).failure is None, str(runner.run(cured).failure)


def _tried(linted):
    with (
        closing(Runner(How(cures=False))) as runner,
        runner.holding(),
        in_process(Options(environment=ENVIRONMENT)) as stack,
    ):
        return tried(linted, runner.run, stack)
