"""The command line, as a user types it, against stacks that run."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from xml.etree import ElementTree as ET

import pytest
import requests
from command import call
from deadline import DEADLINE_S
from pytest_httpserver import HTTPServer
from werkzeug import Response

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.stack.stack import Stack

PROGRAM = Path(sys.executable).parent / "elements-local"


@pytest.fixture
def workspace(stack_on_ports: Stack, at: dict[str, str]) -> Iterator[str]:
    made = json.loads(call("workspace", "create", "--json", **at).stdout)
    yield made["name"]
    stack_on_ports.delete_workspace(made["name"])


def up(*words: str) -> subprocess.Popen[str]:
    ports = ["--platform-port", "0", "--crm-port", "0", "--sink-port", "0"]
    return subprocess.Popen(
        [PROGRAM, "up", *ports, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_up_prints_one_line_of_json_when_it_answers_and_stops_cleanly(number: signal.Signals) -> None:
    with up("--json", "--records", "2") as process:
        assert process.stdout
        assert process.stderr
        ready = json.loads(process.stdout.readline())
        key = ready["workspace"]["crm_api_key"]
        listed = requests.get(f"{ready['crm']}/v3.1/Contacts", auth=(key, ""), timeout=DEADLINE_S)
        process.send_signal(number)
        rest, errors = process.communicate(timeout=DEADLINE_S)

    assert list(ready) == ["platform", "crm", "sink", "dashboard", "workspace"]
    assert ready["platform"].endswith(BASE_PATH)
    assert list(ready["workspace"]) == [
        "name", "organization_secret", "user_secret", "crm_username", "crm_api_key", "callback_url",
    ]  # fmt: skip
    assert ready["workspace"]["callback_url"] == f"{ready['sink']}/default"
    assert len(listed.json()) == 2
    assert (process.returncode, rest, errors) == (0, "", "")


def test_up_without_json_tells_a_person_what_to_use() -> None:
    with up() as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(13)]
        process.terminate()
        process.wait(timeout=DEADLINE_S)

    text = "".join(lines)
    assert "its clock is virtual, at 2026-03-02T10:00:00Z" in text
    assert "0123456789abcdef0123456789abcdef" in text
    assert "/_local/" in text
    assert "Ctrl-C stops it." in text


def test_up_with_data_continues_where_it_stopped(tmp_path: Path) -> None:
    with up("--json", "--data", str(tmp_path / "kept"), "--start", "2027-01-01") as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        call("clock", "advance", "1d", ELEMENTS_LOCAL_PLATFORM_URL=ready["platform"])
        process.terminate()
        process.wait(timeout=DEADLINE_S)
    with up("--json", "--data", str(tmp_path / "kept")) as process:
        assert process.stdout
        again = json.loads(process.stdout.readline())
        clock = call("clock", "show", ELEMENTS_LOCAL_PLATFORM_URL=again["platform"]).stdout
        process.terminate()
        process.wait(timeout=DEADLINE_S)

    assert clock == "2027-01-02T00:00:00Z (virtual)\n"


def test_up_says_which_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = call("up", "--platform-port", port, "--crm-port", "0", "--sink-port", "0")

    assert refused.returncode == 2
    assert refused.stderr.startswith(f"elements-local: cannot listen on 127.0.0.1:{port} (")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(["up", "--crm-port", "4700"], "a port of its own", id="one port twice"),
        pytest.param(
            ["up", "--crm-port", "70000"],
            "--crm-port must be a whole number from 0 to 65535; got '70000'",
            id="no port",
        ),
        pytest.param(
            ["up", "--start", "soon"],
            "--start must be an instant such as 2026-03-02T10:00:00Z",
            id="no instant",
        ),
        pytest.param(["up", "--clock", "slow"], "--clock must be virtual or real; got 'slow'", id="no clock"),
        pytest.param(["up", "--data", "x", "--database", "y"], "not both", id="two places"),
        pytest.param(["up", "--database", "nonsense"], "nonsense", id="no database"),
        pytest.param(["clok"], "Did you mean 'clock'?", id="no command"),
        pytest.param(["clock", "advance"], "give a duration, or --to INSTANT", id="no duration"),
        pytest.param(["replay"], "say which: elements-local replay scenarios", id="no path"),
        pytest.param(["replay", "nowhere"], "nowhere is not there", id="no such path"),
    ],
)
def test_misuse_exits_2_and_says_what_is_wrong(words: list[str], reason: str) -> None:
    refused = call(*words)

    assert refused.returncode == 2
    assert reason in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_setting_in_the_environment_that_cannot_be_read_is_misuse() -> None:
    refused = call("up", "--platform-port", "0", ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE="ten")

    assert refused.returncode == 2
    assert "ELEMENTS_LOCAL_PLATFORM_BATCH_SIZE must be a whole number from 1" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_a_stack_a_command_says_how_to_start_one() -> None:
    refused = call("clock", "show", "--platform-url", "http://127.0.0.1:9")

    assert refused.returncode == 2
    assert "no answer from http://127.0.0.1:9" in refused.stderr
    assert "`elements-local up` starts one" in refused.stderr


def test_the_tour_passes() -> None:
    done = subprocess.run([PROGRAM, "tour"], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stderr == ""
    assert "UPDATED  contacts" in done.stdout
    assert "beyond the tolerance of 0 s" in done.stdout


def test_clock_shows_sets_advances_and_changes_its_mode(at: dict[str, str], workspace: str) -> None:
    mine = ["--workspace", workspace]

    assert call("clock", "show", *mine, **at).stdout == "2026-03-02T10:00:00Z (virtual)\n"
    assert (
        call("clock", "set", "2026-05-01T00:00:00Z", *mine, **at).stdout == "2026-05-01T00:00:00Z (virtual)\n"
    )
    assert json.loads(call("clock", "advance", "1h", "--json", *mine, **at).stdout) == {
        "from": "2026-05-01T00:00:00Z",
        "now": "2026-05-01T01:00:00Z",
        "polls": 0,
        "events": 0,
        "deliveries": 0,
        "attempts": 0,
    }
    assert "-> 2026-05-02T00:00:00Z" in call("clock", "advance", "--to", "2026-05-02", *mine, **at).stdout
    assert json.loads(call("clock", "real", "--json", *mine, **at).stdout)["mode"] == "real"
    assert json.loads(call("clock", "virtual", "--json", *mine, **at).stdout)["mode"] == "virtual"
    back = call("clock", "advance", "--to", "2020-01-01", *mine, **at)
    assert (back.returncode, "time only moves forward" in back.stderr) == (2, True)


def test_seed_fills_in_batches_and_reset_empties(
    at: dict[str, str], workspace: str, stack_on_ports: Stack
) -> None:
    seeded = call("seed", "--records", "1200", "--workspace", workspace, "--json", **at)
    crm = stack_on_ports.workspace(workspace).crm
    total = crm.send("GET", "/v3.1/Contacts?top=1&count_total=true").headers["X-Total-Count"]
    reset = call("reset", "--workspace", workspace, **at)

    assert json.loads(seeded.stdout) == {"records": 1200, "workspace": workspace}
    assert total == "1200"
    assert (reset.returncode, crm.call("GET", "/v3.1/Contacts")) == (0, [])


def test_an_advance_that_takes_its_time_is_shown(at: dict[str, str], stack_on_ports: Stack) -> None:
    """The receiver answers once the command has told how far it is: at the quarter of an hour of two hours."""
    clients = stack_on_ports.new_workspace()
    seen = Event()
    with HTTPServer() as receiver:
        receiver.expect_request("/hooks").respond_with_handler(
            lambda _request: Response(status=204 if seen.wait(DEADLINE_S) else 500)
        )
        body = instance_body(clients.credentials)
        body["configuration"]["event.notification.callback.url"] = receiver.url_for("/hooks")
        clients.platform.create_instance(body)
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        words = ["clock", "advance", "2h", "--workspace", clients.credentials.name]
        with subprocess.Popen(
            [PROGRAM, *words], env=at, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr
            shown = process.stderr.readline()
            seen.set()
            told, _ = process.communicate(timeout=DEADLINE_S)

    assert shown == (
        "seconds of virtual time: 899 of 7200 (2026-03-02T10:15:00Z: 4 polls, 1 event, 0 of 0 callbacks delivered)\n"
    )
    assert told.startswith("2026-03-02T10:00:01Z -> 2026-03-02T12:00:01Z: ")


@pytest.mark.parametrize("profile", ["small", "edge"])
def test_a_profile_is_always_the_same(
    stack_on_ports: Stack, at: dict[str, str], workspace: str, profile: str
) -> None:
    refused = call("seed", "--profile", profile, "--records", "5", "--workspace", workspace, **at)
    seeded = call("seed", "--profile", profile, "--workspace", workspace, **at)

    assert (refused.returncode, seeded.returncode) == (2, 0)
    assert "is always the same; leave out --records, --first and --seed" in refused.stderr
    assert stack_on_ports.workspace(workspace).crm.call("GET", "/v3.1/Contacts")


def test_the_vendors_limits_are_switched_on_when_the_stack_is_started() -> None:
    with up("--json", "--limits", "vendor") as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        key = ready["workspace"]["crm_api_key"]
        url = f"{ready['crm']}/v3.1/Users/Me"
        statuses = [requests.get(url, auth=(key, ""), timeout=DEADLINE_S).status_code for _ in range(11)]
        process.send_signal(signal.SIGTERM)

    assert statuses == [200] * 10 + [429]


def test_workspaces_are_made_listed_and_deleted(at: dict[str, str]) -> None:
    made = call("workspace", "create", "mine", "--start", "2030-01-01", "--seed", "3", "--records", "1", **at)
    again = call("workspace", "create", "mine", **at)
    listed = json.loads(call("workspace", "list", "--json", **at).stdout)["workspaces"]
    deleted = call("workspace", "delete", "mine", **at)
    gone = call("workspace", "delete", "mine", **at)

    assert (made.returncode, "callback url" in made.stdout) == (0, True)
    assert (again.returncode, "there is a workspace 'mine' already" in again.stderr) == (2, True)
    assert {"default", "mine"} <= {workspace["name"] for workspace in listed}
    assert deleted.returncode == 0
    assert (gone.returncode, "404" in gone.stderr) == (2, True)


SCENARIOS = """
scenario: this holds
steps:
  - advance: 1m
  - expect: {callbacks: []}
---
scenario: this does not
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: []}
"""


@pytest.mark.parametrize("transport", ["in-process", "network"])
def test_replay_reports_and_exits_1_when_a_scenario_fails(tmp_path: Path, transport: str) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(SCENARIOS, encoding="utf-8")

    done = call("replay", path, "--transport", transport, "--junit", tmp_path / "report.xml")

    report = ET.parse(tmp_path / "report.xml").getroot()  # noqa: S314 - written by the program under test
    assert done.returncode == 1
    assert "passed  this holds" in done.stdout
    assert f"{path}:12: expect:\n  callbacks: unexpected: contacts/ada CREATED" in done.stdout
    assert done.stdout.endswith("1 passed, 1 failed\n")
    assert (report.get("tests"), report.get("failures")) == ("2", "1")
    assert [case.get("name") for case in report.iter("testcase")] == ["this holds", "this does not"]
    assert "unexpected: contacts/ada CREATED" in (next(report.iter("failure")).text or "")


def test_replay_runs_nothing_if_one_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SCENARIOS, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("scenario: x\nsteps: [{zap: 1}]\n", encoding="utf-8")

    done = call("replay", tmp_path)

    assert done.returncode == 2
    assert f"{tmp_path}/b.yaml:2:10: unknown verb 'zap'" in done.stderr
    assert "this holds" not in done.stdout


def test_settings_come_from_flags_then_environment_then_pyproject(
    tmp_path: Path, at: dict[str, str], workspace: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.elements-local]\nworkspace = "nobody"\n', encoding="utf-8"
    )

    from_project = call("clock", "show", cwd=tmp_path, **at)
    from_environment = call("clock", "show", cwd=tmp_path, ELEMENTS_LOCAL_WORKSPACE="nothing", **at)
    from_flag = call(
        "clock", "show", "--workspace", workspace, cwd=tmp_path, ELEMENTS_LOCAL_WORKSPACE="nothing", **at
    )

    assert "no workspace 'nobody'" in from_project.stderr
    assert "no workspace 'nothing'" in from_environment.stderr
    assert from_flag.returncode == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [("workspce = 1", "did you mean [tool.elements-local] workspace?"), ("a = ", "pyproject.toml: ")],
    ids=["unknown setting", "no TOML"],
)
def test_a_wrong_pyproject_is_misuse(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.elements-local]\n{text}\n", encoding="utf-8")

    refused = call("clock", "show", cwd=tmp_path)

    assert refused.returncode == 2
    assert reason in refused.stderr


def test_bound_to_another_address_admin_routes_want_the_token_that_up_printed() -> None:
    with up("--json", "--host", "0.0.0.0") as process:  # noqa: S104 - that is the point
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        without = call("clock", "show", ELEMENTS_LOCAL_PLATFORM_URL=ready["platform"])
        with_token = call(
            "clock", "show", "--token", ready["token"], ELEMENTS_LOCAL_PLATFORM_URL=ready["platform"]
        )
        made = call(
            "workspace", "create", "mine", "--records", "1",
            "--token", ready["token"], ELEMENTS_LOCAL_PLATFORM_URL=ready["platform"],
        )  # fmt: skip
        process.terminate()
        process.wait(timeout=DEADLINE_S)

    assert made.returncode == 0, made.stderr
    assert (without.returncode, "403" in without.stderr) == (2, True)
    assert with_token.stdout == "2026-03-02T10:00:00Z (virtual)\n"
