"""A change in the scenario of what happened: wherever it has to stand, and nowhere else."""

from pathlib import Path

import pytest
from each_row import each_row

from elements_local.diagnosis.candidate import (
    CureCandidate,
    ScenarioPlace,
    applied,
    changed_block,
    fault_rules,
    neutral,
    polled_alone,
    without_expectations,
)
from elements_local.platform.configuration.poller_configuration import CONFIGURATION as POLLER
from elements_local.scenarios.scenario import load_text

STORY = """
scenario: it
instances:
  mine: {configuration: {event.poller.configuration: {contacts: {idField: X, url: /hubs/crm/contacts}, leads: {}}}}
  other: {}
steps:
  - fault: [{effect: {index_lag_s: 60}}, {service: sink, effect: {status: 503}}]
  - create: {contacts/ada: {}, contacts/bob: {}}
  - update: {contacts/bob: {TITLE: Countess}}
  - configure: {event.poller.refresh_interval: 5, event.notification.enabled: false}
  - configure: {instance: other, event.poller.configuration: {contacts: {}}}
  - respond: {status: 503}
  - update: {contacts/ada: {TITLE: Countess}}
  - fault: {effect: {clock_skew_s: 5}}
  - expect: {callbacks: []}
  - never: {callbacks: [contacts/ada CREATED]}
"""
PLACE = ScenarioPlace(
    instance="mine", resource="contacts", record="contacts/ada", nth=1, block={"idField": "X"}, usual={}
)


@pytest.fixture
def story():
    (scenario,) = load_text(STORY, Path("it.yaml")).scenarios
    return without_expectations(scenario)


def candidate(**change):
    return CureCandidate(where="configuration", text="", **change)


def verbs(scenario):
    return [step.verb for step in scenario.steps]


def test_what_is_expected_is_no_part_of_it(story):
    assert verbs(story) == [
        "fault", "create", "update", "configure", "configure", "respond", "update", "fault"
    ]  # fmt: skip


def test_a_change_of_nothing_changes_nothing(story):
    same = applied(candidate(), story, PLACE)

    assert same.instances == story.instances
    assert verbs(same) == verbs(story)


def test_a_key_of_a_block_is_changed_in_its_instance_alone(story):
    changed = applied(candidate(block={"idField": "CONTACT_ID", "updatedDateTimezone": "GMT"}), story, PLACE)

    blocks = changed.instances["mine"]["configuration"][POLLER]
    assert blocks["contacts"] == {
        "idField": "CONTACT_ID",
        "url": "/hubs/crm/contacts",
        "datesConfiguration": {"updatedDateTimezone": "GMT"},
    }
    assert blocks["leads"] == {}
    assert changed.instances["other"] == story.instances["other"]
    assert [step.argument for step in changed.steps if step.verb == "configure"] == [
        step.argument for step in story.steps if step.verb == "configure"
    ]


def test_a_key_of_the_instance_keeps_its_value_through_later_changes(story):
    changed = applied(candidate(keys={"event.notification.enabled": True}), story, PLACE)

    assert changed.instances["mine"]["configuration"]["event.notification.enabled"] is True
    first, _ = (step.argument for step in changed.steps if step.verb == "configure")
    assert first == {"event.poller.refresh_interval": 5, "event.notification.enabled": True}


def test_a_resource_is_polled_alone_in_its_instance_as_it_is_made_and_as_it_is_changed(story):
    (changed,) = load_text(
        STORY.replace("refresh_interval: 5", "configuration: {contacts: {}, tasks: {}}"), Path("it")
    ).scenarios

    alone = polled_alone(story, PLACE)
    of_steps = [step.argument for step in polled_alone(changed, PLACE).steps if step.verb == "configure"]

    assert list(alone.instances["mine"]["configuration"][POLLER]) == ["contacts"]
    assert alone.instances["other"] == story.instances["other"]
    assert of_steps[0][POLLER] == {"contacts": {}}


def test_a_call_that_helps_is_made_at_the_end(story):
    candidate = CureCandidate(where="configuration", text="", puts="/instances/{instance}/enabled")

    last = applied(candidate, story, PLACE).steps[-1]

    assert (last.verb, last.argument.method, last.argument.path) == (
        "request",
        "PUT",
        "/instances/{mine}/enabled",
    )


def test_the_very_fault_rule_is_left_out_and_what_it_took_the_place_of_is_not_there_again(story):
    rules = fault_rules(story)
    assert [rule.service for rule in rules] == ["crm", "sink", "crm"]

    changed = applied(CureCandidate(where="crm", text="", without=rules[2]), story, PLACE)

    assert fault_rules(changed) == rules[:2]
    cleared = [step.argument for step in changed.steps if step.verb == "request"]
    assert [(each.service, each.method, each.path) for each in cleared] == [
        ("crm", "DELETE", "/_local/faults")
    ]
    assert verbs(changed)[-2:] == ["update", "request"]


def test_a_receiver_that_answers_is_told_nothing_else(story):
    changed = applied(CureCandidate(where="receiver", text="", answers=True), story, PLACE)

    assert "respond" not in verbs(changed)
    assert [rule.service for rule in fault_rules(changed)] == ["crm", "crm"]


def test_what_a_fault_rule_does_is_shown_as_it_would_be_without(story):
    assert neutral(fault_rules(story)[0]) == {"index_lag_s": 0}


def test_a_rule_without_its_status_has_no_body_of_its_own_either():
    rule = '{effect: {status: 200, body: "<html>", headers: {X: y}}}'
    (story,) = load_text(STORY.replace("{effect: {index_lag_s: 60}}", rule), Path("it.yaml")).scenarios

    assert neutral(fault_rules(story)[0]) == {"status": None, "body": None, "headers": {}}


@each_row(
    ("changes", "expected"),
    [
        ({"pollDelay": 60}, {"idField": "X", "pollDelay": 60}),
        ({"idField": None}, {}),
        ({"createdDateField": "C"}, {"idField": "X", "datesConfiguration": {"createdDateField": "C"}}),
        (
            {"datesConfiguration": {"updatedDateField": "U"}},
            {"idField": "X", "datesConfiguration": {"updatedDateField": "U"}},
        ),
    ],
)
def test_a_block_is_changed_key_by_key(changes, expected):
    assert changed_block({"idField": "X"}, changes) == expected


def test_a_key_of_the_block_is_set_there_though_it_stands_among_the_dates():
    block = {"datesConfiguration": {"idField": "ID", "updatedDateFeild": "X"}}

    changed = changed_block(block, {"idField": "ID", "updatedDateFeild": None})

    assert changed == {"idField": "ID", "datesConfiguration": {"idField": "ID"}}


@pytest.mark.parametrize(
    ("block", "changed"),
    [
        (
            {"datesConfiguration": {"createdCheckTolerance": 10}},
            {"datesConfiguration": {"createdCheckTolerance": 20}},
        ),
        ({"createdCheckTolerance": 10, "datesConfiguration": {}}, {"createdCheckTolerance": 20}),
        ({"idField": "ID"}, {"idField": "ID", "createdCheckTolerance": 20}),
    ],
    ids=["among the dates", "beside them", "nowhere"],
)
def test_a_tolerance_is_changed_where_it_stands(block, changed):
    assert changed_block(block, {"createdCheckTolerance": 20}) == changed


def test_lines_become_the_blocks_in_which_a_key_is_changed():
    text = (
        "scenario: it\n"
        "instances: {mine: {configuration: {event.poller.urls: 'contacts|/hubs/crm/contacts'}}}\n"
        "steps: [{advance: 1m}]\n"
    )
    (scenario,) = load_text(text, Path("it.yaml")).scenarios

    changed = applied(candidate(block={"pollDelay": 60}), scenario, PLACE)

    values = changed.instances["mine"]["configuration"]
    assert values["event.poller.urls"] is None
    assert values[POLLER]["contacts"].items() >= {"pollDelay": 60, "url": "/hubs/crm/contacts"}.items()


def test_calls_that_disable_the_instance_are_left_out_and_no_others():
    text = (
        "scenario: it\n"
        "instances: {mine: {}, other: {}}\n"
        "steps:\n"
        "  - request: {method: DELETE, path: '/instances/{mine}/enabled'}\n"
        "  - request: {method: DELETE, path: '/instances/{other}/enabled'}\n"
        "  - request: {method: PUT, path: '/instances/{mine}/enabled'}\n"
    )
    (scenario,) = load_text(text, Path("it.yaml")).scenarios

    changed = applied(candidate(stays_enabled=True), scenario, PLACE)

    assert [(each.argument.method, each.argument.path) for each in changed.steps] == [
        ("DELETE", "/instances/{other}/enabled"),
        ("PUT", "/instances/{mine}/enabled"),
    ]
