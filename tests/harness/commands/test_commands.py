"""Commands as a user types them, against a stack that runs."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from command import call
from deadline import DEADLINE_S, PATIENT
from processes import PROGRAM, started, urls
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.kit.http_message import NoReply, Reply
from elements_local.kit.web.over_network import OverNetwork
from elements_local.stack import stack as stack_module
from elements_local.start import Options, on_ports


@pytest.fixture
def workspace(mine: WorkspaceClients) -> str:
    return mine.credentials.name


def test_the_tour_passes() -> None:
    done, as_json = call("tour"), call("tour", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    assert "UPDATED  contacts" in done.stdout
    assert "beyond the tolerance of 0 s" in done.stdout
    assert len(json.loads(as_json.stdout)["steps"]) > 7


def test_clock_advances_to_what_is_due_and_within_a_limit_and_changes_its_mode(
    at: dict[str, str], workspace: str
) -> None:
    def clock(*words: str) -> subprocess.CompletedProcess[str]:
        return call("clock", *words, "--workspace", workspace, **at)

    assert "callbacks delivered; nothing more is due so soon" in clock("advance", "next").stdout
    assert clock("advance", "15").stderr == 'elements-local: 15 what? Give the unit, such as "15m" or "15s"\n'
    never = clock("advance", "until", "callbacks=2", "objectType=contacts", "--limit", "1h 1m")
    assert (never.returncode, "-> 2026-03-02T11:01:00Z" in never.stdout) == (1, True)
    assert "it came to its limit before that" in never.stderr
    assert json.loads(clock("real", "--json").stdout)["mode"] == "real"
    assert json.loads(clock("virtual", "--json").stdout)["mode"] == "virtual"
    back = clock("advance", "--to", "2020-01-01")
    assert (back.returncode, "time only moves forward" in back.stderr) == (2, True)


def test_seed_fills_in_batches_and_reset_empties(
    at: dict[str, str], mine: WorkspaceClients, workspace: str
) -> None:
    seeded = call("seed", "--records", "1200", "--workspace", workspace, "--json", **at)
    total = mine.crm.send("GET", "/v3.1/Contacts?top=1&count_total=true").headers["X-Total-Count"]
    reset = call("reset", "--workspace", workspace, **at)

    assert json.loads(seeded.stdout) == {"records": 1200, "workspace": workspace}
    assert total == "1200"
    assert (reset.returncode, mine.crm.call("GET", "/v3.1/Contacts")) == (0, [])


def test_an_advance_that_takes_its_time_is_shown(at: dict[str, str], mine: WorkspaceClients) -> None:
    """The receiver answers once the command has told how far it is: at the quarter of an hour of two hours."""
    seen = Event()
    with HTTPServer() as receiver:
        receiver.expect_request("/hooks").respond_with_handler(
            lambda _request: Response(status=204 if seen.wait(DEADLINE_S) else 500)
        )
        body = instance_body(mine.credentials)
        body["configuration"]["event.notification.callback.url"] = receiver.url_for("/hooks")
        mine.platform.create_instance(body)
        mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        with started("clock", "advance", "2h", "--workspace", mine.credentials.name, env=at) as process:
            assert process.stderr
            shown = process.stderr.readline()
            seen.set()
            told, _ = process.communicate(timeout=DEADLINE_S)

    assert shown == (
        "seconds of virtual time: 899 of 7200 (2026-03-02T10:15:00Z: 4 polls, 1 event, 0 of 0 callbacks delivered)\n"
    )
    assert told.startswith("2026-03-02T10:00:01Z -> 2026-03-02T12:00:01Z: ")


def test_an_advance_is_waited_for_as_long_as_it_goes_on(
    at: dict[str, str], workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: dict[str, timedelta] = {}

    class Noting(OverNetwork):
        def send(self, method: str, url: str, **rest: Any) -> Reply | NoReply:
            waits[urlsplit(url).path] = self._timeout
            return super().send(method, url, **rest)

    monkeypatch.setattr(stack_module, "OverNetwork", Noting)

    for words in (["show"], ["advance", "1h"]):
        assert call("clock", *words, "--workspace", workspace, **at).returncode == 0
    assert waits["/_local/clock/advance"] > timedelta(days=1) > waits["/_local/clock"]


def test_a_workspace_is_made_and_deleted_once(at: dict[str, str]) -> None:
    made = call("workspace", "create", "mine", "--start", "2030-01-01", "--records", "1", **at)
    again = call("workspace", "create", "mine", **at)
    deleted, gone = (call("workspace", "delete", "mine", **at) for _ in range(2))

    assert (made.returncode, deleted.returncode, "callback url" in made.stdout) == (0, 0, True)
    assert (again.returncode, "there is a workspace 'mine' already" in again.stderr) == (2, True)
    assert (gone.returncode, "404" in gone.stderr) == (2, True)


def test_settings_come_from_flags_then_environment_then_pyproject(
    tmp_path: Path, at: dict[str, str], workspace: str
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.elements-local]\nworkspace = "nobody"\n')
    other = {"ELEMENTS_LOCAL_WORKSPACE": "nothing"}

    from_project = call("clock", "show", cwd=tmp_path, **at)
    from_environment = call("clock", "show", cwd=tmp_path, **at, **other)
    from_flag = call("clock", "show", "--workspace", workspace, cwd=tmp_path, **at, **other)

    assert "no workspace 'nobody'" in from_project.stderr
    assert "no workspace 'nothing'" in from_environment.stderr
    assert from_flag.returncode == 0


def test_the_command_that_resets_all_resets_none_while_one_is_busy(httpserver: HTTPServer) -> None:
    """The receiver of a callback in one workspace resets all: that one is busy."""
    told = []
    with on_ports(Options(ports=(0, 0, 0), environment=PATIENT)) as stack:
        busy, other = stack.workspace(), stack.new_workspace(name="other")
        env = urls(stack.addresses.running)

        def reset() -> subprocess.CompletedProcess[str]:
            words = [PROGRAM, "reset", "--all", "--json"]
            return subprocess.run(words, capture_output=True, text=True, check=False, env=env)

        def receive(_request: Request) -> Response:
            told.append(reset())
            return Response(status=204)

        httpserver.expect_request("/hooks").respond_with_handler(receive)
        body = instance_body(busy.credentials)
        body["configuration"]["event.notification.callback.url"] = httpserver.url_for("/hooks")
        other.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        busy.platform.create_instance(body)
        busy.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        busy.clock.advance("15m")
        kept = len(other.crm.changes())
        told.append(reset())
        left = len(other.crm.changes())

    refused, done = told
    assert (refused.returncode, refused.stdout, kept) == (2, "", 1)
    assert "default" in refused.stderr
    assert (done.returncode, left) == (0, 0)
    assert json.loads(done.stdout) == {"reset": ["default", "other"]}
