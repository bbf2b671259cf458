"""What the verbs of scenarios do, on a stack in process."""

from contextlib import closing
from pathlib import Path

from elements_local.commands.replaying.runner import How, Runner
from elements_local.scenarios.scenario import load_text


def scenario_of(text: str):
    (scenario,) = load_text(text, Path("it.yaml")).scenarios
    return scenario


def failure_of(runner: Runner, steps: str):
    """Return how a scenario of some steps fails, if it does."""
    return runner.run(scenario_of(f"scenario: it\nsteps:{steps}")).failure


PASSING = """
scenario: time goes on to what is due next, until something was sent, and until nothing is due
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - respond: {status: 503, times: 3}
  - advance: next
  - expect: {attempts: [503]}
  - advance: {until: {callbacks: 1, objectType: contacts, eventType: CREATED}, limit: 5m}
  - expect: {attempts: [503]}
  - advance: {idle: 10m}
  - expect: {attempts: [503, 200]}
  - advance: idle
---
scenario: ids stand in paths, bodies, headers and expectations
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
---
scenario: what is configured may name the workspace's own URL
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
---
scenario: after more than a thousand polls the fresh ones are still told from the others
instance: {configuration: {event.poller.refresh_interval: 1, event.poller.configuration: {leads: {}}}}
steps:
  - advance: 1001m
  - expect: {callbacks: []}
  - advance: 2m
  - expect: {polls: [{at: T+1002m}, {at: T+1003m}]}
---
scenario: polls that an expect has dealt with are fresh to no other
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
---
scenario: only one of two is switched off, and the scenario can be run again
instances: {first: {}, second: {}}
steps:
  - configure: {instance: second, event.notification.enabled: false}
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 15m
  - expect: {callbacks: {first: [contacts/ada CREATED], second: []}}
---
scenario: records of other kinds, such as <kind>, have names too
matrix:
  - {kind: projects, id: PROJECT_ID}
  - {kind: tasks, id: TASK_ID}
steps:
  - create: {<kind>/it: {}}
  - request: {method: GET, path: "/hubs/crm/<kind>/{<kind>/it}", expect: {<id>: "{<kind>/it}"}}
  - delete: <kind>/it
  - expect: {records: {<kind>/it: null}}
"""


def test_scenarios_pass_once_and_again(runner: Runner) -> None:
    scenarios = load_text(PASSING, Path("it.yaml")).scenarios

    assert [(each.name, str(runner.run(each).failure)) for each in scenarios] == [
        (each.name, "None") for each in scenarios
    ]
    again = next(each for each in scenarios if each.name.endswith("can be run again"))
    assert runner.run(again).failure is None


def test_decisions_of_polls_before_the_last_expect_are_not_told(runner: Runner) -> None:
    steps = """
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada CREATED]}
  - advance: 1m
  - create: {contacts/bob: {}}
  - advance: {to: T+30m}
  - expect: {callbacks: []}
"""

    failure = failure_of(runner, steps)

    assert [line.partition(" of ")[0] for line in failure.lines if line.startswith("poll at")] == [
        "poll at 2026-03-02T10:30:00Z"
    ]


def test_a_callbacks_body_is_held_against_what_it_has_to_contain(runner: Runner) -> None:
    steps = """
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 15m
  - expect: {callbacks: [{events: [contacts/ada CREATED], body: {message: {instanceId: 7}}}]}
"""

    failure = failure_of(runner, steps)

    assert any("body: message.instanceId: expected 7, actual " in line for line in failure.lines)


def test_a_workspace_of_our_own_stack_makes_room_only_for_the_same_scenario() -> None:
    one = scenario_of("scenario: one\nsteps: [advance: 1m]\n")
    other = scenario_of("scenario: other\nsteps: [advance: 1m]\n")

    with closing(Runner(How())) as runner:
        assert [runner.run(scenario).failure for scenario in (one, other, one)] == [None] * 3
        (stack,) = runner._stacks.values()
        assert len(stack.workspaces()) == 3  # the default one and two of scenarios


HINTS = {
    "/instances/{instnce}": "hint:     {instnce} stands for nothing here; is {instance} meant?",
    "/hubs/crm/contacts/{contacts/bob}": "{contacts/bob} stands for nothing here; is {contacts/ada} meant?",
    "/instances/{zzz}": "{zzz} stands for nothing here; there are {callback_url}, {contacts/ada}, {crm_api_key}, ",
}


def test_a_name_in_a_path_that_stands_for_nothing_is_pointed_out_where_the_request_fails(
    runner: Runner,
) -> None:
    for path, hint in HINTS.items():
        steps = f"""
  - create: {{contacts/ada: {{}}}}
  - request: {{method: GET, path: "{path}"}}
"""

        failure = failure_of(runner, steps)

        assert failure.lines[0] == "expected: 200"
        assert hint in failure.lines[2]


def test_a_name_that_is_kept_as_it_is_and_one_that_is_known_are_not_pointed_out(runner: Runner) -> None:
    steps = """
  - request: {method: GET, path: "/instances/{instance}/{{instance}}", status: 200}
"""

    failure = failure_of(runner, steps)

    assert [line.partition(":")[0] for line in failure.lines[:3]] == ["expected", "actual", "replay it"]


NEVER = {
    "contacts/ada CREATED": ["contacts/ada CREATED"],
    "contacts/* CREATED": ["contacts/ada CREATED", "contacts/bob CREATED"],
    "* CREATED": ["contacts/ada CREATED", "contacts/bob CREATED"],
    "*/ada *": ["contacts/ada CREATED"],
    "contacts/* DELETED": [],
    "leads/* CREATED": [],
}


def test_what_must_never_come_may_be_said_with_a_star_for_anything(runner: Runner) -> None:
    for pattern, came in NEVER.items():
        steps = f"""
  - advance: 1m
  - create: {{contacts/ada: {{}}, contacts/bob: {{}}}}
  - advance: 15m
  - never: {{callbacks: ["{pattern}"]}}
"""

        failure = failure_of(runner, steps)

        said = [line for line in failure.lines if line.startswith("unexpected: ")] if failure else []
        assert said == [f"unexpected: {line}" for line in came]
