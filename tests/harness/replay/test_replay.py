"""``replay``: choosing, ordering, streams, targets; ``tests/corpus`` has what it prints."""

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from elements_local.commands.replay import replay_command as command
from elements_local.commands.replaying.runner import How, Runner
from elements_local.kit.clock import SystemClock
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


def replay(*words: object):
    return CliRunner().invoke(command, [str(word) for word in words])


def test_scenarios_are_chosen_by_name_and_by_tag_and_can_be_listed(folder: Path) -> None:
    reported, called = "a contact is reported", "a contact is called updated, wrongly"
    for words, names in {
        ("--name", "REPORTED"): [reported],
        ("--tag", "quick"): [reported],
        ("--tag", "contacts"): [called, reported],
        ("--tag", "contacts", "--name", "called"): [called],
    }.items():
        done = replay(folder, "--list", *words)

        assert done.exit_code == 0
        assert [line.partition(": ")[2] for line in done.output.splitlines()] == names


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


def test_a_stream_is_written_when_asked_for_and_held_against_afterwards_line_by_line(folder: Path) -> None:
    path = folder / "stream.yaml"
    path.write_text(STREAM)
    kept = folder / "stream" / "b-a-stream-b.stream"

    missing, written, held = replay(path), replay(path, "--update"), replay(path)
    first = kept.read_text()
    kept.write_text(first.replace("00:15:04", "00:15:05"))
    shifted = replay(path).output.splitlines()

    assert "is not there; --update writes it" in missing.output
    assert (missing.exit_code, written.exit_code, held.exit_code) == (1, 0, 0)
    assert first == "T+00:15:00 contacts/ada CREATED (503)\nT+00:15:04 contacts/ada CREATED\n"
    assert [line for line in shifted if re.match(r"  [-+]T", line)] == [
        "  -T+00:15:05 contacts/ada CREATED",
        "  +T+00:15:04 contacts/ada CREATED",
    ]


def test_a_stack_that_runs_already_can_be_the_target_and_keeps_its_settings(
    folder: Path, stack_on_ports
) -> None:
    (folder / "it.yaml").write_text(SETTINGS)
    addresses = stack_on_ports.addresses
    before = {workspace.name for workspace in stack_on_ports.workspaces()}

    done = replay(
        folder, "--target", f"{addresses.platform}/elements/api-v2", "--crm-url", addresses.crm,
        "--sink-url", addresses.sink, "--junit", folder / "it.xml",
    )  # fmt: skip

    assert "1 passed, 1 failed\n2 left out: " in done.output
    assert 'message="its settings or profile need a stack of their own"' in (folder / "it.xml").read_text()
    assert {workspace.name for workspace in stack_on_ports.workspaces()} == before


def test_a_target_that_does_not_answer_is_said(folder: Path) -> None:
    for jobs in (1, 2):
        done = replay(folder, "--target", "http://127.0.0.1:9", "--jobs", jobs)

        assert done.exit_code == 2
        assert "no answer from http://127.0.0.1:9" in done.stderr
        assert "0 passed, 0 failed, 2 not run" in done.stdout


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


def test_over_ports_too_settings_are_those_of_a_stack_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "it.yaml").write_text(SETTINGS)

    done = replay(tmp_path, "--transport", "network")

    assert "2 passed, 0 failed" in done.output, done.output


def test_a_runner_that_holds_the_time_lets_go_of_it_afterwards(folder: Path) -> None:
    before = SystemClock().now()
    (scenario,) = load(folder / "passes.yaml")

    with closing(Runner(How())) as runner, runner.holding():
        failure = runner.run(scenario).failure
        held = SystemClock().now()

    assert failure is None
    assert held == datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
    assert SystemClock().now() >= before


def test_what_an_answer_does_not_have_cannot_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    for kept in ("nothing", "element"):  # no such key, and no id
        step = f"{{method: GET, path: '/instances/{{instance}}', keep: {{users/eve: {kept}}}}}"
        path.write_text(f"scenario: s\nsteps:\n  - request: {step}\n")

        done = replay(path)

        assert done.exit_code == 1
        assert f"{path}:3: request:\n  expected a '{kept}' to keep as 'users/eve'" in done.output
