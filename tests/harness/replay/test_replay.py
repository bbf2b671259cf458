"""``replay``: choosing, ordering, reporting; and what a scenario that fails says of itself."""

import json
import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from elements_local.commands.replay import replay_command as command
from elements_local.kit.clock import SystemClock
from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load

PASSES = """scenario: a contact is reported
tags: [quick, contacts]
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada CREATED]}
"""
FAILS = """scenario: a contact is called updated, wrongly
tags: [contacts]
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada UPDATED]}
"""
STREAM = """scenario: "<b>a stream</b>"
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - respond: {status: 503, times: 1}
  - advance: 30m
  - expect: stream
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "passes.yaml").write_text(PASSES)
    (tmp_path / "fails.yaml").write_text(FAILS)
    return tmp_path


def replay(*words: object, **env: str):
    return CliRunner().invoke(command, [str(word) for word in words], env=env)


def test_one_that_fails_makes_the_exit_status_one(folder: Path) -> None:
    done = replay(folder)

    assert done.exit_code == 1
    assert "passed  a contact is reported" in done.output
    assert "1 passed, 1 failed" in done.output


def test_a_failure_says_what_came_closest_why_it_was_decided_so_and_how_to_see_it_again(folder: Path) -> None:
    lines = replay(folder / "fails.yaml").output.splitlines()

    assert lines[1] == f"{folder}/fails.yaml:7: expect:"
    assert "  callbacks: missing:    contacts/ada UPDATED" in lines
    assert "  callbacks: unexpected: contacts/ada CREATED" in lines
    assert "  closest to contacts/ada UPDATED: contacts/ada CREATED at T+00:15:00, answered 200" in lines
    assert any(
        re.match(r"    contacts/ada: CREATED, updated .* within the tolerance of 0 s", line) for line in lines
    )
    (again,) = [line for line in lines if "replay it: " in line]
    assert again.endswith(
        f"elements-local replay {folder}/fails.yaml --name 'a contact is called updated, wrongly'"
    )


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--name", "REPORTED"], ["a contact is reported"]),
        (["--tag", "quick"], ["a contact is reported"]),
        (["--tag", "contacts"], ["a contact is called updated, wrongly", "a contact is reported"]),
        (["--tag", "contacts", "--name", "called"], ["a contact is called updated, wrongly"]),
    ],
)
def test_scenarios_are_chosen_by_name_and_by_tag_and_can_be_listed(
    folder: Path, words: list, names: list
) -> None:
    done = replay(folder, "--list", *words)

    assert done.exit_code == 0
    assert [line.partition(": ")[2] for line in done.output.splitlines()] == names


def test_nothing_chosen_is_misuse(folder: Path) -> None:
    done = replay(folder, "--tag", "nothing")

    assert done.exit_code == 2
    assert "no such scenarios" in done.output


def test_the_first_failure_can_end_it(folder: Path) -> None:
    done = replay(folder, "--fail-fast")

    assert "0 passed, 1 failed, 1 not run" in done.output


def test_an_order_follows_from_its_seed(folder: Path) -> None:
    (folder / "more.yaml").write_text(
        "scenario: <n>\nmatrix: [" + ", ".join(f"{{n: n{n}}}" for n in range(8)) + "]\nsteps: [advance: 1m]\n"
    )

    first, again, other = (replay(folder, "--list", "--shuffle", seed).output for seed in (1, 1, 2))

    assert first == again != other
    assert sorted(first.splitlines()) == sorted(other.splitlines())


def test_processes_side_by_side_come_to_the_same(folder: Path) -> None:
    (folder / "dated.yaml").write_text(
        """scenario: a date crosses from process to process
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - fault: {match: {path: "/v2.2/*"}, effect: {status: 401}, until: "2026-03-02T10:20:00Z"}
  - advance: 15m
  - expect: {callbacks: []}
"""
    )

    done = replay(folder, "--jobs", "2")

    assert done.exit_code == 1
    assert "2 passed, 1 failed" in done.output


def test_failures_are_marked_where_github_runs_it(folder: Path) -> None:
    done = replay(folder / "fails.yaml", GITHUB_ACTIONS="true")

    (mark,) = [line for line in done.output.splitlines() if line.startswith("::error ")]
    assert mark.startswith(
        f"::error file={folder}/fails.yaml,line=7,title=a contact is called updated%2C wrongly::"
    )
    assert "%0A" in mark
    assert "::error" not in replay(folder / "fails.yaml", GITHUB_ACTIONS="").output


def test_a_stream_is_written_when_asked_for_and_held_against_afterwards(folder: Path) -> None:
    path = folder / "stream.yaml"
    path.write_text(STREAM)
    kept = folder / "stream" / "b-a-stream-b.stream"

    missing = replay(path)
    written = replay(path, "--update")
    held = replay(path)

    assert "is not there; --update writes it" in missing.output
    assert (missing.exit_code, written.exit_code, held.exit_code) == (1, 0, 0)
    assert kept.read_text() == ("T+00:15:00 contacts/ada CREATED (503)\nT+00:15:04 contacts/ada CREATED\n")


def test_a_shift_of_a_second_changes_one_line_of_a_stream(folder: Path) -> None:
    path = folder / "stream.yaml"
    path.write_text(STREAM)
    replay(path, "--update")
    kept = folder / "stream" / "b-a-stream-b.stream"
    kept.write_text(kept.read_text().replace("00:15:04", "00:15:05"))

    lines = replay(path).output.splitlines()

    assert [line for line in lines if re.match(r"  [-+]T", line)] == [
        "  -T+00:15:05 contacts/ada CREATED",
        "  +T+00:15:04 contacts/ada CREATED",
    ]


def test_a_stack_that_runs_already_can_be_the_target(folder: Path, stack_on_ports) -> None:
    addresses = stack_on_ports.addresses
    before = {workspace.name for workspace in stack_on_ports.workspaces()}

    done = replay(
        folder, "--target", f"{addresses.platform}/elements/api-v2", "--crm-url", addresses.crm,
        "--sink-url", addresses.sink,
    )  # fmt: skip

    assert "1 passed, 1 failed" in done.output
    assert {workspace.name for workspace in stack_on_ports.workspaces()} == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_target_that_does_not_answer_is_said(folder: Path, jobs: int) -> None:
    done = replay(folder, "--target", "http://127.0.0.1:9", "--jobs", jobs)

    assert done.exit_code == 2
    assert "no answer from http://127.0.0.1:9" in done.stderr
    assert "0 passed, 0 failed, 2 not run" in done.stdout


def test_a_profile_is_played_by_a_platform_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    body = json.dumps({"configuration": {"event.notification.signature.key": None}})
    path.write_text(
        "scenario: unset values\nmatrix: [{profile: cloud-elements, shown: null}, {profile: open-connectors, shown: ''}]\n"
        f"profile: <profile>\ninstance: {body}\n"
        "steps:\n  - request: {method: GET, path: '/instances/{instance}', "
        "expect: {configuration: {event.notification.signature.key: <shown>}}}\n"
    )

    done = replay(path)

    assert done.exit_code == 0, done.output


SETTINGS = """scenario: an empty block of a resource <what>
matrix:
  - {meaning: default, what: is the element's own, comes: [leads/milton CREATED]}
  - {meaning: skip, what: is nothing, comes: []}
settings: {PLATFORM_EMPTY_BLOCK: <meaning>}
instance: {configuration: {event.poller.configuration: {leads: {}}}}
steps:
  - advance: 1m
  - create: {leads/milton: {}}
  - advance: 15m
  - expect: {callbacks: <comes>}
"""


@pytest.mark.parametrize("transport", ["in-process", "network"])
def test_settings_are_those_of_a_stack_of_its_own(tmp_path: Path, transport: str) -> None:
    (tmp_path / "it.yaml").write_text(SETTINGS)

    done = replay(tmp_path, "--transport", transport)

    assert "2 passed, 0 failed" in done.output, done.output


def test_a_setting_that_cannot_be_read_is_said_before_anything_runs(folder: Path) -> None:
    (folder / "it.yaml").write_text(SETTINGS.replace("skip", "never"))

    done = replay(folder)

    assert done.exit_code == 2
    assert "it.yaml:5:1: settings:" in done.output
    assert "PLATFORM_EMPTY_BLOCK must be default or skip; got 'never'" in done.output


def test_a_target_keeps_its_settings_so_what_needs_others_is_left_out(folder: Path, stack_on_ports) -> None:
    (folder / "it.yaml").write_text(SETTINGS)
    addresses = stack_on_ports.addresses
    urls = ("--target", addresses.platform, "--crm-url", addresses.crm, "--sink-url", addresses.sink)

    done = replay(folder, *urls)

    assert "1 passed, 1 failed\n2 left out: " in done.output


def test_a_runner_that_holds_the_time_lets_go_of_it_afterwards(folder: Path) -> None:
    before = SystemClock().now()
    (scenario,) = load(folder / "passes.yaml")

    with closing(Runner(How())) as runner, runner.holding():
        failure = runner.run(scenario).failure
        held = SystemClock().now()

    assert failure is None
    assert held == datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
    assert SystemClock().now() >= before


def test_a_failure_is_shrunk_and_saved_beside_it_and_fails_in_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text(
        "scenario: a long one\nsteps:\n"
        "  - advance: 1m\n  - create: {contacts/bob: {}}\n  - create: {contacts/ada: {}}\n"
        "  - update: {contacts/bob: {LAST_NAME: Ross}}\n  - advance: 15m\n  - poll: null\n"
        "  - never: {callbacks: [contacts/ada CREATED]}\n"
    )

    done = replay(path, "--shrink")

    assert "shrunk  a long one: 3 of 7 steps" in done.output
    again = replay(tmp_path / "long.a_long_one.shrunk.yaml")
    assert "unexpected: contacts/ada CREATED" in again.output
    assert (tmp_path / "test_a_long_one_shrunk.py").exists()


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        pytest.param("{users/eve: nothing}", "expected a 'nothing' to keep as 'users/eve'", id="no such key"),
        pytest.param("{users/eve: element}", "expected a 'element' to keep as 'users/eve'", id="no id"),
    ],
)
def test_what_an_answer_does_not_have_cannot_be_kept(tmp_path: Path, keep: str, reason: str) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(
        "scenario: s\nsteps:\n  - request: {method: GET, path: '/instances/{instance}', keep: KEEP}\n".replace(
            "KEEP", keep
        )
    )

    done = CliRunner().invoke(command, [str(path)])

    assert done.exit_code == 1
    assert f"{path}:3: request:\n  {reason}" in done.output
