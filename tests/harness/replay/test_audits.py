"""``expect`` and ``never`` with audits: what holds, and what a failure says."""

from pathlib import Path

import pytest

from elements_local.commands.replaying.runner import Runner
from elements_local.scenarios.scenario import ScenarioError, load

HISTORY = """
scenario: one is lost, one is reported
settings: {{KEEP_TIES: true}}
{instances}
steps:
  - advance: 15m
  - create: {{contacts/ada: {{}}}}
  - advance: 1m
  - create: {{contacts/bob: {{}}}}
  - advance: {{to: T+30m}}
  - {step}
"""
LOST_WHY = (
    "at T+00:15:00, it is dated 2026-03-02T10:15:00Z, up to which had been polled; the poll of 2026-03-02T10:30:00Z "
    "asked for changes after 2026-03-02T10:15:00Z, so make the change a second later"
)
REPORTED_WHY = "at T+00:16:00, the poll of 2026-03-02T10:30:00Z reported it"
NOT_YET = "not polled since events were enabled, 2026-03-02T10:00:00Z: polls come every 100 min, and it is 2026-03-02T10:30:00Z"
TWO = "instances: {one: {}, other: {configuration: {event.poller.refresh_interval: 100}}}"


def written(folder: Path, text: str) -> Path:
    path = folder / "it.yaml"
    path.write_text(text)
    return path


def lines(runner: Runner, folder: Path, step: str, instances: str = "") -> list[str]:
    """Return what a failing step says of audits; nothing if it passes."""
    (scenario,) = load(written(folder, HISTORY.format(step=step, instances=instances)))
    failure = runner.run(scenario).failure
    assert failure is None or failure.expected, failure
    return [line for line in failure.lines if line.startswith("audit")] if failure else []


PASSING = (
    "expect: {audit: {lost: [contacts/ada CREATED]}}",
    "expect: {audit: {owed: 2, delivered: 1, reported: [contacts/bob CREATED], late: []}}",
    "expect: {audit: {instance: instance, duplicate: [], misclassified: []}}",
    "expect: {audit: {}}",
    "never: {audit: {lost: [contacts/bob*], reported: ['*/ada *'], late: ['*']}}",
)
FAILING = {
    "expect: {audit: clean}": [
        "audit: lost: unexpected: contacts/ada CREATED",
        f"audit: lost: contacts/ada CREATED is lost: {LOST_WHY}",
    ],
    "expect: {audit: {lost: [contacts/ada CREATED, contacts/bob CREATED]}}": [
        "audit: lost: missing:    contacts/bob CREATED",
        f"audit: lost: contacts/bob CREATED is reported: {REPORTED_WHY}",
    ],
    "expect: {audit: {late: [contacts/cleo UPDATED]}}": ["audit: late: missing:    contacts/cleo UPDATED"],
    "expect: {audit: {owed: 3, delivered: 2}}": [
        "audit: owed: expected 3, actual 2",
        "audit: delivered: expected 2, actual 1",
    ],
    "never: {audit: {lost: ['*'], late: ['*']}}": [
        f"audit: unexpected: lost contacts/ada CREATED: {LOST_WHY}"
    ],
}
"""Step -> what its failure says of audits: why each event came to be where it is."""

OF_TWO = {
    "expect: {audit: {owed: 2}}": [],
    "expect: {audit: [{instance: one, owed: 2}, {instance: other, owed: 0}]}": [],
    "expect: {audit: [{instance: one, owed: 1}, {instance: other, owed: 1}]}": [
        "audit of one: owed: expected 1, actual 2",
        "audit of other: owed: expected 1, actual 0",
        f"audit of other: note: accounts, contacts, leads, opportunities: {NOT_YET}",
    ],
    "never: {audit: [{instance: other, lost: ['*']}]}": [],
    "never: {audit: {instance: one, lost: ['*']}}": [
        f"audit of one: unexpected: lost contacts/ada CREATED: {LOST_WHY}"
    ],
    "expect: {audit: clean}": [
        "audit of one: lost: unexpected: contacts/ada CREATED",
        f"audit of one: lost: contacts/ada CREATED is lost: {LOST_WHY}",
        "audit of other: nothing has been polled that could be expected; `audit: {owed: 0}` expects that",
        f"audit of other: note: accounts, contacts, leads, opportunities: {NOT_YET}",
    ],
}


def test_what_is_left_out_of_an_audit_may_be_anything_and_a_failure_says_why(runner, tmp_path):
    expected = {step: [] for step in PASSING} | FAILING

    assert {step: lines(runner, tmp_path, step) for step in expected} == expected


def test_several_instances_are_audited_by_their_names_and_the_first_without(runner, tmp_path):
    assert {step: lines(runner, tmp_path, step, TWO) for step in OF_TWO} == OF_TWO


REFUSED = {
    "expect: {audit: {losst: []}}": "unknown key 'losst'; did you mean 'lost'?",
    "expect: {audit: clear}": "unknown value 'clear'; did you mean 'clean'?",
    "expect: {audit: {owed: many}}": "expected a whole number; got 'many'",
    "expect: {audit: {lost: [ada]}}": "expected an event such as `contacts/ada CREATED`",
    "expect: {audit: [{lost: []}, {late: [ada]}]}": "expected an event such as `contacts/ada CREATED`",
    "expect: {audit: {instance: instanze, lost: []}}": "unknown instance 'instanze'; did you mean 'instance'?",
    "never: {audit: {owed: 1}}": "unknown key 'owed'",
    "never: {audit: [{instance: other, lost: ['*']}]}": "unknown instance 'other'",
}
OF_NOTHING = ("expect: {audit: clean}", "expect: {audit: {}}", "never: {audit: {lost: ['*']}}")


def test_what_no_audit_says_is_refused_before_anything_runs(tmp_path):
    for step, said in REFUSED.items():
        assert said in refusal(tmp_path, step)
    for step in OF_NOTHING:
        assert "the scenario has no instance" in refusal(tmp_path, step, "instance: null")


def refusal(folder: Path, step: str, instances: str = "") -> str:
    path = written(folder, HISTORY.format(step=step, instances=instances))

    with pytest.raises(ScenarioError) as refused:
        load(path)

    assert str(refused.value).startswith(f"{path}:11:")
    return str(refused.value)


OFF = """
scenario: nothing is polled
instance: {{configuration: {configuration}}}
steps:
  - create: {{contacts/ada: {{}}}}
  - advance: 15m
  - expect: {{audit: {audit}}}
"""


def of_nothing(runner, folder, configuration, audit):
    (scenario,) = load(written(folder, OFF.format(configuration=configuration, audit=audit)))
    failure = runner.run(scenario).failure
    return list(failure.lines) if failure else []


def test_nothing_that_was_never_polled_is_clean(runner, tmp_path):
    off = "{event.notification.enabled: false}"

    lines = of_nothing(runner, tmp_path, off, "clean")

    assert lines[:2] == [
        "audit: nothing has been polled that could be expected; `audit: {owed: 0}` expects that",
        "audit: note: events are off: nothing is polled until event.notification.enabled is true",
    ]
    assert of_nothing(runner, tmp_path, off, "{lost: []}") == lines
    assert of_nothing(runner, tmp_path, off, "{owed: 0, lost: []}") == []


def test_a_count_that_differs_comes_with_the_audits_notes(runner, tmp_path):
    lines = of_nothing(runner, tmp_path, "{event.poller.refresh_interval: 100}", "{owed: 1}")

    assert lines[0] == "audit: owed: expected 1, actual 0"
    assert "polls come every 100 min, and it is" in lines[1]
