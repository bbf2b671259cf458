"""What the verbs of scenarios do, on a stack in process."""

from contextlib import closing
from pathlib import Path

import pytest

from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load


@pytest.fixture(scope="module")
def runner():
    with closing(Runner(How())) as running:
        yield running


def scenario_of(folder: Path, text: str):
    path = folder / "it.yaml"
    path.write_text(text)
    (scenario,) = load(path)
    return scenario


def test_ids_stand_in_paths_bodies_headers_and_expectations(runner: Runner, tmp_path: Path) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: a contact is put on a list of its own
steps:
  - create: {contacts/ada: {}}
  - request:
      method: GET
      path: /hubs/crm/contacts/{contacts/ada}
      expect: {CONTACT_ID: "{contacts/ada}"}
  - request:
      method: PATCH
      path: /hubs/crm/contacts/{contacts/ada}
      json: {FIRST_NAME: "ada is {contacts/ada}", LAST_NAME: "{contacts/bob}"}
  - request:
      method: GET
      path: /hubs/crm/contacts/{contacts/ada}
      expect: {FIRST_NAME: "ada is {contacts/ada}", LAST_NAME: "{contacts/bob}"}
  - request:
      service: sink
      method: POST
      path: /{workspace}/mine
      headers: {X-Instance: "{instance}"}
      json: {}
  - request:
      service: sink
      method: POST
      path: /_local/callbacks/verify?workspace={workspace}
      json: {match: {header: ["X-Instance: {instance}"]}, count: 1}
""",
    )

    assert runner.run(scenario).failure is None


def test_what_is_configured_may_name_the_workspaces_own_url(runner: Runner, tmp_path: Path) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: callbacks go elsewhere
steps:
  - configure: {event.notification.callback.url: "{callback_url}/elsewhere"}
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 15m
  - request:
      service: sink
      method: POST
      path: /_local/callbacks/verify?workspace={workspace}
      json: {match: {path: "/{workspace}/elsewhere"}, count: 1}
""",
    )

    assert runner.run(scenario).failure is None


def test_a_scenario_that_configures_an_instance_by_name_can_be_run_again(
    runner: Runner, tmp_path: Path
) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: only one of two is switched off
instances: {first: {}, second: {}}
steps:
  - configure: {instance: second, event.notification.enabled: false}
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 15m
  - expect: {callbacks: {first: [contacts/ada CREATED], second: []}}
""",
    )

    assert [runner.run(scenario).failure for _ in range(2)] == [None, None]


@pytest.mark.parametrize(
    ("kind", "id_field", "path"),
    [("projects", "PROJECT_ID", "/hubs/crm/projects"), ("tasks", "TASK_ID", "/hubs/crm/tasks")],
)
def test_records_of_other_kinds_have_names_too(
    runner: Runner, tmp_path: Path, kind: str, id_field: str, path: str
) -> None:
    scenario = scenario_of(
        tmp_path,
        f"""
scenario: made, seen and deleted
steps:
  - create: {{{kind}/it: {{}}}}
  - request: {{method: GET, path: "{path}/{{{kind}/it}}", expect: {{{id_field}: "{{{kind}/it}}"}}}}
  - delete: {kind}/it
  - expect: {{records: {{{kind}/it: null}}}}
""",
    )

    assert runner.run(scenario).failure is None


def test_after_more_than_a_thousand_polls_the_fresh_ones_are_still_told_from_the_others(
    runner: Runner, tmp_path: Path
) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: many polls
instance: {configuration: {event.poller.refresh_interval: 1, event.poller.configuration: {leads: {}}}}
steps:
  - advance: 1001m
  - expect: {callbacks: []}
  - advance: 2m
  - expect: {polls: [{at: T+1002m}, {at: T+1003m}]}
""",
    )

    assert runner.run(scenario).failure is None


def test_polls_that_an_expect_has_dealt_with_are_fresh_to_no_other(runner: Runner, tmp_path: Path) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: fresh polls
instance: {configuration: {event.poller.configuration: {leads: {}}}}
steps:
  - advance: 15m
  - expect: {callbacks: []}
  - expect: {polls: []}
  - snapshot: after the first poll
  - advance: 15m
  - expect: {polls: [{at: T+30m}]}
  - restore: after the first poll
  - expect: {polls: []}
  - advance: 15m
  - expect: {polls: [{at: T+30m}], callbacks: []}
""",
    )

    assert runner.run(scenario).failure is None


def test_decisions_of_polls_before_the_last_expect_are_not_told(runner: Runner, tmp_path: Path) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: what was decided since
instance: {configuration: {event.poller.configuration: {contacts: {}}}}
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada CREATED]}
  - advance: 1m
  - create: {contacts/bob: {}}
  - advance: {to: T+30m}
  - expect: {callbacks: []}
""",
    )

    failure = runner.run(scenario).failure

    assert failure is not None
    assert [line.partition(" of ")[0] for line in failure.lines if line.startswith("poll at")] == [
        "poll at 2026-03-02T10:30:00Z"
    ]


def test_a_callbacks_body_is_held_against_what_it_has_to_contain(runner: Runner, tmp_path: Path) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: a body
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 15m
  - expect: {callbacks: [{events: [contacts/ada CREATED], body: {message: {instanceId: 7}}}]}
""",
    )

    failure = runner.run(scenario).failure

    assert failure is not None
    assert any("body: message.instanceId: expected 7, actual " in line for line in failure.lines)


def test_a_workspace_of_our_own_stack_makes_room_only_for_the_same_scenario(tmp_path: Path) -> None:
    one = scenario_of(tmp_path, "scenario: one\nsteps: [advance: 1m]\n")
    other = scenario_of(tmp_path, "scenario: other\nsteps: [advance: 1m]\n")

    with closing(Runner(How())) as runner:
        assert [runner.run(scenario).failure for scenario in (one, other, one)] == [None] * 3
        (stack,) = runner._stacks.values()
        assert len(stack.workspaces()) == 3  # the default one and two of scenarios


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/instances/{instnce}", "hint:     {instnce} stands for nothing here; is {instance} meant?"),
        (
            "/hubs/crm/contacts/{contacts/bob}",
            "{contacts/bob} stands for nothing here; is {contacts/ada} meant?",
        ),
        (
            "/instances/{zzz}",
            "{zzz} stands for nothing here; there are {callback_url}, {contacts/ada}, {crm_api_key}, ",
        ),
    ],
)
def test_a_name_in_a_path_that_stands_for_nothing_is_pointed_out_where_the_request_fails(
    runner: Runner, tmp_path: Path, path: str, hint: str
) -> None:
    scenario = scenario_of(
        tmp_path,
        f"""
scenario: a slip
steps:
  - create: {{contacts/ada: {{}}}}
  - request: {{method: GET, path: "{path}"}}
""",
    )

    failure = runner.run(scenario).failure

    assert failure is not None
    assert failure.lines[0] == "expected: 200"
    assert hint in failure.lines[2]


def test_a_name_that_is_kept_as_it_is_and_one_that_is_known_are_not_pointed_out(
    runner: Runner, tmp_path: Path
) -> None:
    scenario = scenario_of(
        tmp_path,
        """
scenario: no slip
steps:
  - request: {method: GET, path: "/instances/{instance}/{{instance}}", status: 200}
""",
    )

    failure = runner.run(scenario).failure

    assert failure is not None
    assert [line.partition(":")[0] for line in failure.lines[:3]] == ["expected", "actual", "replay it"]


@pytest.mark.parametrize(
    ("pattern", "came"),
    [
        ("contacts/ada CREATED", ["contacts/ada CREATED"]),
        ("contacts/* CREATED", ["contacts/ada CREATED", "contacts/bob CREATED"]),
        ("* CREATED", ["contacts/ada CREATED", "contacts/bob CREATED"]),
        ("*/ada *", ["contacts/ada CREATED"]),
        ("contacts/* DELETED", []),
        ("leads/* CREATED", []),
    ],
)
def test_what_must_never_come_may_be_said_with_a_star_for_anything(
    runner: Runner, tmp_path: Path, pattern: str, came: list[str]
) -> None:
    scenario = scenario_of(
        tmp_path,
        f"""
scenario: never {pattern}
steps:
  - advance: 1m
  - create: {{contacts/ada: {{}}, contacts/bob: {{}}}}
  - advance: 15m
  - never: {{callbacks: ["{pattern}"]}}
""",
    )

    failure = runner.run(scenario).failure

    said = [line for line in failure.lines if line.startswith("unexpected: ")] if failure else []
    assert said == [f"unexpected: {line}" for line in came]
