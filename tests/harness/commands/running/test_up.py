"""What ``up`` tells while it runs, how it ends, and ``up --wait``, all as real processes."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from typing import TextIO

import processes
import pytest
import requests
from command import call
from deadline import DEADLINE_S
from processes import FREE_PORTS, PROGRAM, ended, stack_of
from pytest_httpserver import HTTPServer

from elements_local.clients import guide
from elements_local.clients.workspace_clients import BASE_PATH, Addresses
from elements_local.kit.workspaces.workspace import DOCUMENTED
from elements_local.stack.stack import at

EVERYWHERE = "0.0.0.0"  # noqa: S104 - that is the point
STARTING = "elements-local is starting\n"


def started(*words: str, **env: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """Start ``up``."""
    return processes.started("up", *FREE_PORTS, *words, env=env)


def what_runs(process: subprocess.Popen[str]) -> dict:
    assert process.stdout
    ready: dict = json.loads(process.stdout.readline())
    return ready


def lines_until(stream: TextIO | None, part: str) -> list[str]:
    """Read lines up to the first one with a part, or to the end."""
    assert stream
    lines: list[str] = []
    while part not in "".join(lines[-1:]) and (line := stream.readline()):
        lines.append(line)
    return lines


def test_with_json_it_prints_one_line_and_what_happens_is_told_on_standard_error_a_line_each() -> None:
    with started("--json") as process:
        ready = what_runs(process)
        clients = stack_of(ready).workspace()
        clients.sink.respond({"status": 503, "times": 1})
        clients.platform.create_instance(guide.instance_body(clients.credentials))
        clients.clock.advance("1m")
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        clients.clock.advance("15m")
        lines = lines_until(process.stderr, "clock advanced from 10:01:00")
        done = ended(process, signal.SIGINT)

    assert list(ready) == ["platform", "crm", "sink", "dashboard", "workspace"]
    assert ready["platform"].endswith(BASE_PATH)
    assert list(ready["workspace"]) == [
        "name", "organization_secret", "user_secret", "crm_username", "crm_api_key", "callback_url",
    ]  # fmt: skip
    assert ready["workspace"]["callback_url"] == f"{ready['sink']}/default"
    assert done == (0, "", "")
    assert lines[0] == STARTING
    assert lines[1].startswith("2026-03-02 10:00:00  instance ")
    assert any("poll of contacts: 1 seen, 1 reported" in line for line in lines)
    assert any("callback POST" in line and "-> 503 (contacts CREATED" in line for line in lines)
    assert any(line.startswith("2026-03-02 10:15:00  callback POST") for line in lines)
    assert any("retry at 10:15:04 (1 of 9)" in line for line in lines)
    assert "\x1b" not in "".join(lines)


def test_without_json_a_person_is_told_what_to_use_and_below_it_what_happens_in_which_workspace() -> None:
    with started() as process:
        shown = lines_until(process.stdout, "Ctrl-C stops it.")
        platform = next(line.split()[1] for line in shown if "  platform  " in line)
        stack = at(Addresses(platform=platform.removesuffix(BASE_PATH)))
        stack.workspace(stack.new_workspace(name="mine").credentials.name).clock.advance("1m")
        stack.workspace().clock.advance("2m")
        told = lines_until(process.stdout, "clock advanced from 10:00:00 to 10:02:00")
        done = ended(process, signal.SIGINT)

    text = "".join(shown)
    assert "its clock is virtual, at 2026-03-02T10:00:00Z" in text
    assert DOCUMENTED.user_secret in text
    assert "/_local/" in text
    assert done == (0, "stopped\n", STARTING)
    assert told == [
        "2026-03-02 10:01:00  [mine]  clock advanced from 10:00:00 to 10:01:00: nothing fell due\n",
        "2026-03-02 10:02:00  clock advanced from 10:00:00 to 10:02:00: nothing fell due\n",
    ]


def test_who_never_reads_what_is_told_does_not_hold_the_stack_up() -> None:
    with started("--json") as process:
        clients = stack_of(what_runs(process)).workspace()
        assert process.stderr
        fcntl(process.stderr.fileno(), F_SETPIPE_SZ, 4096)
        for _ in range(150):
            clients.clock.advance("1s")
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=DEADLINE_S)
        told = process.stderr.read()

    assert code == 0
    assert 100 > told.count("clock advanced") > 10
    assert "Fatal" not in told


def test_it_goes_on_when_whoever_reads_has_gone() -> None:
    with started() as process:
        shown = lines_until(process.stdout, "Ctrl-C stops it.")
        assert process.stdout
        process.stdout.close()
        platform = next(line.split()[1] for line in shown if "  platform  " in line)
        clock = at(Addresses(platform=platform.removesuffix(BASE_PATH))).workspace().clock
        times = [clock.advance("1s")["now"] for _ in range(3)]
        process.stdout = None
        process.terminate()
        process.communicate(timeout=DEADLINE_S)

    assert times[-1] == "2026-03-02T10:00:03Z"


@contextmanager
def waiting_at_the_sink(ready: dict) -> Iterator[None]:
    """Have a call under way for longer than anybody waits."""
    asked = {"timeout_s": 600}
    url = f"{ready['sink']}/_local/callbacks/stream"
    with requests.get(url, params=asked, stream=True, timeout=DEADLINE_S):
        yield


def test_a_second_signal_while_it_ends_is_answered_by_a_hint_and_a_third_ends_it_at_once() -> None:
    with started("--json") as process, waiting_at_the_sink(what_runs(process)):
        assert process.stderr
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)  # two of a kind that come at once may count as one
        starting, hint = process.stderr.readline(), process.stderr.readline()
        done = ended(process, signal.SIGINT)

    assert starting == STARTING
    assert hint == "elements-local is ending; once more ends it at once\n"
    assert done == (130, "", "")


def test_a_second_start_continues_and_says_what_the_data_of_the_first_leave_without_effect(
    tmp_path: Path,
) -> None:
    words = ["--json", "--quiet", "--data", str(tmp_path)]
    with started(*words, "--start", "2027-01-01", "--seed", "7") as process:
        clients = stack_of(what_runs(process)).workspace()
        before = clients.credentials.callback_url
        body = guide.instance_body(clients.credentials)
        number = clients.platform.create_instance(body)["id"]
        body["configuration"]["event.notification.callback.url"] = "http://127.0.0.1:9/mine"
        clients.platform.create_instance({**body, "name": "of a receiver of one's own"})
        clients.clock.advance("1d")
        first = ended(process)

    with started(*words, "--seed", "7", "--clock", "real") as process:
        ready = what_runs(process)
        clock = stack_of(ready).workspace().clock.show()
        again = ended(process)

    bin_url = ready["workspace"]["callback_url"]
    assert first == (0, "", "")
    assert clock == {"mode": "virtual", "now": "2027-01-02T00:00:00Z"}
    assert again[2] == (
        f"{tmp_path} keeps a workspace already, which --seed does not change; "
        "`elements-local clock` moves its time, or choose another directory\n"
        "warning: the default workspace is kept with a virtual clock, which --clock real does not change: nothing falls due by "
        "itself; `elements-local clock real` changes it\n"
        f"warning: instance {number} of workspace default sends its callbacks to {before}, and the sink is at {bin_url} now: "
        f"start with the ports of before, or PATCH {ready['platform']}/instances/{number} with "
        f'{{"configuration": {{"event.notification.callback.url": "{bin_url}"}}}}\n'
    )


def test_making_up_many_records_is_said_before_it_is_done() -> None:
    with started("--json", "--records", "2000") as process:
        what_runs(process)

        assert ended(process) == (0, "", f"{STARTING}making up 2000 records of each kind\n")


def test_real_time_may_run_fast_with_everything_that_falls_due_in_it() -> None:
    with started("--json", "--clock", "real", "--speed", "1800") as process:
        clients = stack_of(what_runs(process)).workspace()
        made = clients.platform.create_instance(guide.instance_body(clients.credentials))
        clients.sink.respond({"status": 503, "times": 2})
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        first, second, third = clients.sink.wait(3, timeout_s=60)
        clock = clients.clock.show()

    assert (clock["mode"], clock["speed"]) == ("real", 1800)
    instants = [datetime.fromisoformat(each["received_at"]) for each in (first, second, third)]
    began = datetime.fromisoformat(made["createdDate"])
    assert timedelta(minutes=15) <= instants[0] - began
    assert instants[1] - instants[0] >= timedelta(seconds=4)
    assert instants[2] - instants[0] >= timedelta(seconds=16)


def waiting(*words: str, ready: dict | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    ports = FREE_PORTS if ready is None else ports_of(ready)
    return call("up", "--wait", "--timeout", str(DEADLINE_S), *ports, *words, **env)


def ports_of(ready: dict) -> list[str]:
    origins = {
        name: ready[name].removesuffix(BASE_PATH) for name in ("platform", "crm", "sink") if name in ready
    }
    return [word for name, url in origins.items() for word in (f"--{name}-port", url.rpartition(":")[2])]


def free_ports(count: int) -> list[str]:
    with ExitStack() as closing:
        taken = [closing.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [str(one.getsockname()[1]) for one in taken]


@pytest.fixture(scope="module")
def exposed() -> Iterator[dict]:
    """What a stack has printed that others can reach, with what it said beside."""
    with started("--json", "--host", EVERYWHERE) as process:
        ready = what_runs(process)
        assert process.stderr
        assert process.stderr.readline() == STARTING
        yield ready | {"said": process.stderr.readline()}


def test_a_stack_that_others_can_reach_has_secrets_of_its_own_a_token_and_says_so_beside_its_json(
    exposed: dict,
) -> None:
    where = {"ELEMENTS_LOCAL_PLATFORM_URL": exposed["platform"]}
    without = call("clock", "show", **where)
    with_token = call("clock", "show", "--token", exposed["token"], **where)
    words = ("workspace", "create", "mine", "--records", "1")
    made = call(*words, "--token", exposed["token"], **where)

    assert exposed["workspace"]["user_secret"] != DOCUMENTED.user_secret
    assert exposed["said"].startswith(
        "All who can reach this machine, where the stack listens at 0.0.0.0, can call"
    )
    assert (without.returncode, "403" in without.stderr) == (2, True)
    assert with_token.stdout == "2026-03-02T10:00:00Z (virtual)\n"
    assert made.returncode == 0, made.stderr


def test_wait_returns_when_a_stack_answers_with_the_line_that_it_has_printed(
    exposed: dict, tmp_path: Path
) -> None:
    host, ready = ["--host", EVERYWHERE], {name: exposed[name] for name in exposed if name != "said"}
    token = {"ELEMENTS_LOCAL_TOKEN": exposed["token"]}
    (tmp_path / "pyproject.toml").write_text("[tool.elements-local]\nrecords = 3\n", encoding="utf-8")
    of_starting = {"ELEMENTS_LOCAL_CLOCK": "real", "cwd": tmp_path}

    told = waiting(*host, ready=ready, **of_starting)
    quiet = waiting(*host, "--quiet", ready=ready)
    without = waiting(*host, "--json", ready=ready)
    as_json = waiting(*host, "--json", ready=ready, **token)

    origins = ", ".join(ready[name].removesuffix(BASE_PATH) for name in ("platform", "crm", "sink"))
    assert (told.returncode, told.stdout) == (0, f"elements-local answers at {origins}\n")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert (without.returncode, "send the token that `up` printed" in without.stderr) == (2, True)
    assert json.loads(as_json.stdout) == ready


def test_wait_lasts_until_a_stack_that_is_started_meanwhile_has_its_records() -> None:
    names = [f"ELEMENTS_LOCAL_{name}_PORT" for name in ("PLATFORM", "CRM", "SINK")]
    env = {**os.environ, **dict(zip(names, free_ports(3), strict=True))}
    words = [PROGRAM, "up", "--wait", "--timeout", str(DEADLINE_S), "--json"]
    with (
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=env) as waits,
        subprocess.Popen(
            [PROGRAM, "up", "--quiet", "--records", "300"], stdout=subprocess.DEVNULL, env=env
        ) as up,
    ):
        assert waits.stdout
        ready = json.loads(waits.stdout.readline())
        key = (ready["workspace"]["crm_api_key"], "")
        url = f"{ready['crm']}/v3.1/Contacts?top=1&count_total=true"
        count = requests.get(url, auth=key, timeout=DEADLINE_S).headers["X-Total-Count"]
        up.terminate()

    assert count == "300"
    assert waits.returncode == 0


def test_wait_gives_up_in_time_and_says_what_does_not_answer() -> None:
    (port,) = free_ports(1)
    given_up = waiting("--role", "crm", "--crm-port", port, "--timeout", "0")
    heeded = waiting("--role", "crm", "--crm-port", port, "--timeout", "1.5")

    assert (given_up.returncode, heeded.returncode) == (1, 1)
    reason = f"no crm at http://127.0.0.1:{port} (connection refused)"
    assert given_up.stderr == f"Error: waited 0 s: {reason}\n"
    assert heeded.stderr.removeprefix(f"waiting: {reason}\n") == f"Error: waited 1.5 s: {reason}\n"


def test_wait_takes_nothing_else_for_a_stack(httpserver: HTTPServer, stack_on_ports) -> None:
    httpserver.expect_request("/_local/health").respond_with_data("<html>")
    other = waiting("--role", "crm", "--crm-port", str(httpserver.port), "--timeout", "0")
    sink = stack_on_ports.addresses.sink.rpartition(":")[2]
    mixed_up = waiting("--role", "crm", "--crm-port", sink, "--timeout", "0")

    assert "where something else (200) answers" in other.stderr
    assert "where the sink of a stack answers" in mixed_up.stderr
    assert (other.returncode, mixed_up.returncode) == (1, 1)


def test_wait_that_is_cut_off_says_what_it_was_waiting_for() -> None:
    (port,) = free_ports(1)
    words = [PROGRAM, "up", "--wait", "--role", "crm", "--crm-port", port]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("waiting: no crm at")
        done = ended(process, signal.SIGINT)

    assert done == (
        130,
        "",
        f"interrupted: still waiting: no crm at http://127.0.0.1:{port} (connection refused)\n",
    )
