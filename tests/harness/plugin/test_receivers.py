"""Receivers of users' own behind scenarios and fixtures: by ``replay``, and by pytest run inside pytest."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from elements_local.commands.replay import replay_command as command
from elements_local.stack.stack import Stack

HOOKS = """
import datetime
from pathlib import Path

from flask import Flask, request

app = Flask("hooks")
heard = Path(__file__).with_name("heard.txt")


@app.post("/callbacks")
def hear():
    (event,) = request.get_json()["message"]["events"]
    with heard.open("a") as file:
        file.write(f"{datetime.datetime.now(datetime.UTC):%H:%M:%S} {event['eventType']}\\n")
    return "", 204


async def asgi(scope, receive, send):
    with heard.open("a") as file:
        file.write(f"{datetime.datetime.now(datetime.UTC):%H:%M:%S} {scope['path']}\\n")
    await send({"type": "http.response.start", "status": 202, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@app.post("/fails")
def fail():
    raise RuntimeError("the database is away")


@app.post("/exits")
def leave():
    raise SystemExit


@app.post("/exits-late")
def leave_late():
    def chunks():
        yield b"{"
        raise SystemExit(3)

    return chunks()


async def exiting(scope, receive, send):
    raise SystemExit
"""
SCENARIO = """
scenario: a receiver is asked, and stood in for where the scenario says so
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - respond: {status: 503, times: 1}
  - advance: {to: T+15m}
  - expect: {callbacks: [], attempts: [503]}
  - advance: 4s
  - expect: {callbacks: [contacts/ada CREATED], attempts: [204]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's project with a receiver and a scenario."""
    name = f"hooks_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(HOOKS)
    (tmp_path / "it.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hooks(folder: Path) -> str:
    (module,) = folder.glob("hooks_*.py")
    return module.stem


def replay(*words: object):
    return CliRunner().invoke(command, [str(word) for word in words])


def heard(folder: Path) -> list[str]:
    return (folder / "heard.txt").read_text().splitlines()


IN_PROCESS = {"one by one": (), "side by side": ("--jobs", "2")}
OVER_PORTS = {
    "a stack of its own": ("--transport", "network"),
    "a stack that runs": ("--target", "{platform}", "--crm-url", "{crm}", "--sink-url", "{sink}"),
}


@pytest.mark.parametrize("words", IN_PROCESS.values(), ids=IN_PROCESS)
def test_a_replay_asks_a_receiver_in_process_at_the_stacks_instant(
    folder: Path, words: tuple[str, ...]
) -> None:
    done = replay("it.yaml", "--receiver", f"{hooks(folder)}:app/callbacks", *words)

    assert done.exit_code == 0, done.output
    assert heard(folder) == ["10:15:04 CREATED"]


@pytest.mark.parametrize("words", OVER_PORTS.values(), ids=OVER_PORTS)
def test_over_ports_a_receiver_is_served_and_asked_all_the_same(
    folder: Path, stack_on_ports: Stack, words: tuple[str, ...]
) -> None:
    where = [word.format(**stack_on_ports.addresses.running) for word in words]

    done = replay("it.yaml", "--receiver", f"{hooks(folder)}:app/callbacks", *where)

    assert done.exit_code == 0, done.output
    assert [line.split()[1] for line in heard(folder)] == ["CREATED"]


def test_what_a_receiver_refuses_fails_the_scenario_with_what_it_answered(folder: Path, caplog) -> None:
    done = replay("it.yaml", "--receiver", f"{hooks(folder)}:app/fails")

    assert done.exit_code == 1
    assert "missing:    contacts/ada CREATED" in done.output
    assert "closest to contacts/ada CREATED: contacts/ada CREATED at T+00:15:04, answered 500" in done.output
    assert "the database is away" in caplog.text


@pytest.mark.parametrize("transport", ["in-process", "network"])
@pytest.mark.parametrize("receiver", ["app/exits", "app/exits-late", "exiting"])
def test_a_receiver_that_ends_its_process_fails_and_the_replay_goes_on(
    folder: Path, receiver: str, transport: str
) -> None:
    attempts = [None] if (receiver, transport) == ("app/exits-late", "network") else [500]
    steps = ["create: {contacts/ada: {}}", "advance: {to: T+15m}", f"expect: {{attempts: {attempts}}}"]
    lines = ["scenario: it exits", "steps:", *(f"  - {step}" for step in steps)]
    (folder / "it.yaml").write_text("\n".join(lines).replace("None", "null"))

    done = replay("it.yaml", "--receiver", f"{hooks(folder)}:{receiver}", "--transport", transport)

    assert done.exit_code == 0, done.output
    assert "1 passed" in done.output


@pytest.mark.parametrize(
    ("receiver", "reason"),
    [
        ("nowhere:app", "cannot import the receiver's module 'nowhere'"),
        ("http:/x", "expected a receiver such as myapp.hooks:app"),
    ],
)
def test_a_receiver_that_is_none_is_misuse(folder: Path, receiver: str, reason: str) -> None:
    done = replay(folder / "it.yaml", "--receiver", receiver)

    assert done.exit_code == 2
    assert reason in done.output


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A user's project with a receiver that scenarios and fixtures find through the ini option."""
    pytester.makefile(
        ".toml",
        pyproject='[tool.pytest.ini_options]\nfilterwarnings = ["error"]\nelements_receiver = "hooks:app/callbacks"\n',
    )
    pytester.makepyfile(hooks=HOOKS)
    (pytester.mkdir("scenarios") / "it.yaml").write_text(SCENARIO)
    return pytester


def test_scenarios_and_fixtures_go_to_the_receiver_of_the_ini_option(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import time
        from datetime import UTC, datetime

        import pytest
        from elements_local.clients import guide

        @pytest.fixture
        def clocks():
            before = time.time()
            yield
            assert 0 <= time.time() - before < 86_400

        @pytest.mark.elements(start="2025-06-01T00:00:00Z")
        def test_it(
            clocks, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
        ):
            assert datetime.now(UTC).isoformat() == "2025-06-01T00:00:00+00:00"
            elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
            elements_clock.advance("1m")
            elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
            elements_clock.advance("15m")
            assert datetime.now(UTC).isoformat() == "2025-06-01T00:16:00+00:00"
            assert [one["status"] for one in elements_sink.callbacks()] == [204]

        @pytest.mark.elements(clock="real")
        def test_real(elements_workspace): ...
        """
    )

    result = project.runpytest_subprocess("-p", "no:randomly", "--durations=0")

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*test_real: @pytest.mark.elements: clock: a receiver in process needs*"])
    assert sorted(heard(project.path)) == ["00:15:00 CREATED", "10:15:04 CREATED"]


def test_a_receiver_is_a_fixture_of_any_scope_and_of_either_kind(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from elements_local.clients import guide
        from elements_local.stack.receiving import Receiver

        import hooks

        @pytest.fixture(scope="session")
        def elements_receiver():
            return Receiver(app=hooks.asgi, path="/from/a/fixture")

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(turn, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink):
            elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
            elements_clock.advance("1m")
            elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
            elements_clock.advance("15m")
            assert [one["status"] for one in elements_sink.callbacks()] == [202]
        """
    )

    result = project.runpytest_subprocess(
        "-o", "pythonpath=.", "--ignore=scenarios", "-k", "test_it", "--junitxml=it.xml"
    )

    result.assert_outcomes(passed=2)
    assert heard(project.path) == ["10:15:00 /from/a/fixture"] * 2
    assert 'time="-' not in (project.path / "it.xml").read_text()


def test_what_a_receiver_raises_is_in_the_report_of_the_test(project: pytest.Pytester) -> None:
    failing = project.runpytest_subprocess("scenarios", "-o", "elements_receiver=hooks:app/fails")

    failing.assert_outcomes(failed=1)
    failing.stdout.fnmatch_lines(["*it.yaml:10: expect:", "*Captured log call*", "*the database is away"])
