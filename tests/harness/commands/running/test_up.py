"""What ``up`` tells while it runs, how it ends, and ``up --wait``, all as real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

import pytest
import requests
from deadline import DEADLINE_S
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from elements_local import guide
from elements_local.clients import BASE_PATH, Addresses, WorkspaceClients
from elements_local.stack.stack import Stack, at

PROGRAM = Path(sys.executable).parent / "elements-local"
FREE = ["--platform-port", "0", "--crm-port", "0", "--sink-port", "0"]


@contextmanager
def started(*words: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """Start ``up``; at the end it is sent SIGTERM, if it has not ended before."""
    with subprocess.Popen(
        [PROGRAM, "up", *FREE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=DEADLINE_S)


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


def stack_of(ready: dict) -> Stack:
    platform = ready["platform"].removesuffix(BASE_PATH)
    return at(Addresses(platform=platform, crm=ready["crm"], sink=ready["sink"]))


def clients_of(ready: dict) -> WorkspaceClients:
    return stack_of(ready).workspace()


def report_a_contact(clients: WorkspaceClients) -> None:
    clients.platform.create_instance(guide.instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")


def test_with_json_what_happens_is_told_on_standard_error_a_line_each() -> None:
    with started("--json") as process:
        clients = clients_of(what_runs(process))
        clients.sink.respond({"status": 503, "times": 1})
        report_a_contact(clients)
        lines = lines_until(process.stderr, "clock advanced from 10:01:00")
        process.send_signal(signal.SIGINT)
        rest, told = process.communicate(timeout=DEADLINE_S)

    assert (process.returncode, rest, told) == (0, "", "")
    assert lines[0].startswith("2026-03-02 10:00:00  instance ")
    assert any("poll of contacts: 1 seen, 1 reported" in line for line in lines)
    assert any("callback POST" in line and "-> 503 (contacts CREATED" in line for line in lines)
    assert any(line.startswith("2026-03-02 10:15:00  callback POST") for line in lines)
    assert any("retry at 10:15:04 (1 of 9)" in line for line in lines)
    assert "\x1b" not in "".join(lines)


def test_without_json_it_is_told_below_what_runs_and_in_other_workspaces_with_their_names() -> None:
    with started() as process:
        assert process.stdout
        shown = [process.stdout.readline() for _ in range(12)]
        platform = next(line.split()[1] for line in shown if "  platform  " in line)
        stack = at(Addresses(platform=platform.removesuffix(BASE_PATH)))
        stack.workspace(stack.new_workspace(name="mine").credentials.name).clock.advance("1m")
        stack.workspace().clock.advance("2m")
        told = lines_until(process.stdout, "clock advanced from 10:00:00 to 10:02:00")
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=DEADLINE_S)

    assert (process.returncode, rest, errors) == (0, "stopped\n", "")
    assert told == [
        "Ctrl-C stops it.\n",
        "2026-03-02 10:01:00  [mine]  clock advanced from 10:00:00 to 10:01:00: nothing fell due\n",
        "2026-03-02 10:02:00  clock advanced from 10:00:00 to 10:02:00: nothing fell due\n",
    ]


@pytest.mark.parametrize("words", [["--json", "--quiet"], ["-q"]], ids=["json", "text"])
def test_quiet_tells_nothing_of_it(words: list[str]) -> None:
    with started(*words) as process:
        assert process.stdout
        text = process.stdout.readline() if "-q" not in words else process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=DEADLINE_S)

    assert text
    assert errors == ""
    assert "clock advanced" not in rest


def test_who_never_reads_what_is_told_does_not_hold_the_stack_up() -> None:
    """A pipe holds 64 KiB."""
    with started("--json") as process:
        ready = what_runs(process)
        clients = clients_of(ready)
        for _ in range(1500):
            clients.clock.advance("1s")
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=DEADLINE_S)
        assert process.stderr
        told = process.stderr.read()

    assert code == 0
    assert 1000 > told.count("clock advanced") > 100
    assert "Fatal" not in told


def test_it_goes_on_when_whoever_reads_has_gone() -> None:
    with started() as process:
        assert process.stdout
        shown = [process.stdout.readline() for _ in range(12)]
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
        hint = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=DEADLINE_S)

    assert hint == "elements-local is ending; once more ends it at once\n"
    assert process.returncode == 130
    assert (rest, errors) == ("", "")


def waiting(*words: str, ready: dict | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    ports = FREE if ready is None else ports_of(ready)
    return subprocess.run(
        [PROGRAM, "up", "--wait", "--timeout", str(DEADLINE_S), *ports, *words],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )


def ports_of(ready: dict) -> list[str]:
    origins = {
        name: ready[name].removesuffix(BASE_PATH) for name in ("platform", "crm", "sink") if name in ready
    }
    return [word for name, url in origins.items() for word in (f"--{name}-port", url.rpartition(":")[2])]


@pytest.fixture(scope="module")
def ready() -> Iterator[dict]:
    with started("--json") as process:
        yield what_runs(process)


def test_wait_returns_when_a_stack_answers_with_the_line_that_it_has_printed(ready: dict) -> None:
    told = waiting(ready=ready)
    as_json = waiting("--json", ready=ready)
    quiet = waiting("--quiet", ready=ready)

    assert (told.returncode, as_json.returncode, quiet.returncode) == (0, 0, 0)
    origins = ", ".join(ready[name].removesuffix(BASE_PATH) for name in ("platform", "crm", "sink"))
    assert told.stdout == f"elements-local answers at {origins}\n"
    assert json.loads(as_json.stdout) == ready
    assert quiet.stdout == ""


def free_ports(count: int) -> list[str]:
    with ExitStack() as closing:
        taken = [closing.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [str(one.getsockname()[1]) for one in taken]


def test_wait_lasts_until_a_stack_that_is_started_meanwhile_has_its_records() -> None:
    names = [f"ELEMENTS_LOCAL_{name}_PORT" for name in ("PLATFORM", "CRM", "SINK")]
    ports = dict(zip(names, free_ports(3), strict=True))
    env = {**os.environ, **ports}
    with (
        subprocess.Popen(
            [PROGRAM, "up", "--wait", "--timeout", str(DEADLINE_S), "--json"],
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        ) as waits,
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


def test_a_role_alone_is_waited_for_alone() -> None:
    with started("--json", "--role", "crm") as process:
        alone = what_runs(process)
        found = waiting("--role", "crm", "--json", ready=alone)

    assert json.loads(found.stdout) == alone
    assert list(alone) == ["crm", "dashboard", "workspace"]


def test_wait_gives_up_in_time_and_says_what_does_not_answer() -> None:
    (port,) = free_ports(1)
    given_up = waiting("--role", "crm", "--crm-port", port, "--timeout", "0")
    heeded = waiting("--role", "crm", "--crm-port", port, "--timeout", "1.5")

    assert (given_up.returncode, heeded.returncode) == (1, 1)
    reason = f"no crm at http://127.0.0.1:{port} (connection refused)"
    assert given_up.stderr == f"Error: waited 0 s: {reason}\n"
    assert heeded.stderr.removeprefix(f"waiting: {reason}\n") == f"Error: waited 1.5 s: {reason}\n"


def test_wait_takes_nothing_else_for_a_stack(httpserver: HTTPServer, ready: dict) -> None:
    httpserver.expect_request("/_local/health").respond_with_data("<html>")
    other = waiting("--role", "crm", "--crm-port", str(httpserver.port), "--timeout", "0")
    sink = ready["sink"].rpartition(":")[2]
    mixed_up = waiting("--role", "crm", "--crm-port", sink, "--timeout", "0")

    assert "where something else (200) answers" in other.stderr
    assert "where the sink of a stack answers" in mixed_up.stderr
    assert (other.returncode, mixed_up.returncode) == (1, 1)


def test_wait_that_is_cut_off_says_what_it_was_waiting_for() -> None:
    (port,) = free_ports(1)
    words = [PROGRAM, "up", "--wait", "--role", "crm", "--crm-port", port]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("waiting: no crm at")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 130
    assert errors == f"interrupted: still waiting: no crm at http://127.0.0.1:{port} (connection refused)\n"


def test_a_stack_that_is_not_bound_to_loopback_answers_too_and_its_json_wants_the_token() -> None:
    with started("--json", "--host", "0.0.0.0") as process:  # noqa: S104 - that is the point
        ready = what_runs(process)
        host = ["--host", "0.0.0.0"]  # noqa: S104 - as above
        told = waiting(*host, ready=ready)
        without = waiting(*host, "--json", ready=ready)
        with_token = waiting(*host, "--json", ready=ready, ELEMENTS_LOCAL_TOKEN=ready["token"])

    assert told.returncode == 0
    assert (without.returncode, "send the token that `up` printed" in without.stderr) == (2, True)
    assert json.loads(with_token.stdout) == ready


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--wait", "--records", "3", "--seed", "4"], "--wait starts nothing; leave out --seed, --records"),
        (["--timeout", "3"], "that is for --wait; leave out --timeout"),
        (["--wait", "--crm-port", "0"], "--wait has to know the ports; 0 is any"),
        (["--wait", "--timeout", "-1"], "--timeout"),
    ],
    ids=["starting and waiting", "a time-out of nothing", "any port", "no time-out"],
)
def test_what_would_be_without_effect_is_misuse(words: list[str], reason: str) -> None:
    refused = subprocess.run([PROGRAM, "up", *words], capture_output=True, text=True, check=False)

    assert refused.returncode == 2
    assert reason in refused.stderr


def test_settings_of_starting_that_a_project_or_a_container_has_do_not_hinder_waiting(
    tmp_path: Path, ready: dict
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.elements-local]\nrecords = 3\n", encoding="utf-8")
    done = subprocess.run(
        [PROGRAM, "up", "--wait", "--timeout", str(DEADLINE_S), *ports_of(ready)],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={"ELEMENTS_LOCAL_CLOCK": "real"},
    )

    assert done.returncode == 0


def test_real_time_may_run_fast_with_everything_that_falls_due_in_it() -> None:
    with started("--json", "--clock", "real", "--speed", "1800") as process:
        clients = clients_of(what_runs(process))
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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--speed", "60"], "--speed is of a clock that runs by itself; choose --clock real"),
        (["--speed", "60", "--clock", "real", "--data", "kept"], "nothing of it is kept"),
        (["--speed", "0", "--clock", "real"], "a whole number from 1 to 86400"),
    ],
)
def test_speed_is_refused_where_it_would_do_nothing_or_leave_data_of_the_future(
    words, told, tmp_path
) -> None:
    done = subprocess.run(
        [PROGRAM, "up", *FREE, *words], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert not [*tmp_path.iterdir()]


def test_options_of_making_are_said_to_change_nothing_where_data_are_kept_already(tmp_path: Path) -> None:
    words = ["--json", "--data", str(tmp_path), "--seed", "7"]
    told = []
    for more in ([], ["--clock", "real"]):
        with started(*words, *more) as process:
            what_runs(process)
            process.send_signal(signal.SIGTERM)
            told.append(process.communicate(timeout=DEADLINE_S)[1])

    assert told == [
        "",
        (
            f"{tmp_path} keeps a workspace already, which --clock and --seed do not change; "
            "`elements-local clock` moves its time, or choose another directory\n"
        ),
    ]


def test_instances_that_report_to_the_sink_of_before_are_warned_of(tmp_path: Path) -> None:
    words = ["--json", "--quiet", "--data", str(tmp_path)]
    with started(*words) as process:
        clients = clients_of(what_runs(process))
        before = clients.credentials.callback_url
        body = guide.instance_body(clients.credentials)
        number = clients.platform.create_instance(body)["id"]
        body["configuration"]["event.notification.callback.url"] = "http://127.0.0.1:9/mine"
        clients.platform.create_instance({**body, "name": "of a receiver of one's own"})
        process.send_signal(signal.SIGTERM)
        _, first = process.communicate(timeout=DEADLINE_S)

    with started(*words) as process:
        ready = what_runs(process)
        process.send_signal(signal.SIGTERM)
        _, again = process.communicate(timeout=DEADLINE_S)

    bin_url = ready["workspace"]["callback_url"]
    assert first == ""
    assert again == (
        f"warning: instance {number} of workspace default sends its callbacks to {before}, and the sink is at {bin_url} now: "
        f"start with the ports of before, or PATCH {ready['platform']}/instances/{number} with "
        f'{{"configuration": {{"event.notification.callback.url": "{bin_url}"}}}}\n'
    )


def test_making_up_many_records_is_said_before_it_is_done() -> None:
    with started("--json", "--records", "2000") as process:
        what_runs(process)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=DEADLINE_S)

    assert errors == "making up 2000 records of each kind\n"


def test_the_command_that_resets_all_resets_none_while_one_is_busy(httpserver: HTTPServer) -> None:
    """The receiver of a callback in one workspace resets all: that one is busy."""
    told = []
    with started("--json", "--quiet") as process:
        ready = what_runs(process)
        busy, other = clients_of(ready), stack_of(ready).new_workspace(name="other")

        def reset() -> subprocess.CompletedProcess[str]:
            env = {f"ELEMENTS_LOCAL_{name.upper()}_URL": ready[name] for name in ("platform", "crm", "sink")}
            words = [PROGRAM, "reset", "--all", "--json"]
            return subprocess.run(words, capture_output=True, text=True, check=False, env=env)

        def receive(_request: Request) -> Response:
            told.append(reset())
            return Response(status=204)

        httpserver.expect_request("/hooks").respond_with_handler(receive)
        body = guide.instance_body(busy.credentials)
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
