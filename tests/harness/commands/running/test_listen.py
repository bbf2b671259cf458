"""``listen``: what happens in a running stack, as a process of its own sees it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from deadline import DEADLINE_S

from elements_local import guide
from elements_local.clients import BASE_PATH, WorkspaceClients
from elements_local.reports.activity_lines import line
from elements_local.stack.stack import Stack

PROGRAM = Path(sys.executable).parent / "elements-local"


@pytest.fixture
def mine(stack_on_ports: Stack) -> Iterator[WorkspaceClients]:
    made = stack_on_ports.new_workspace()
    yield made
    stack_on_ports.delete_workspace(made.credentials.name)


@contextmanager
def listening(*words: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [PROGRAM, "listen", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stderr
        if "--json" not in words:
            assert process.stderr.readline().startswith("listening at http://127.0.0.1:")
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    process.send_signal(number)
    told, errors = process.communicate(timeout=DEADLINE_S)
    return process.returncode, told, errors


def work(clients: WorkspaceClients) -> dict:
    """Let a contact be reported that is answered 503 first."""
    clients.platform.create_instance(guide.instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.sink.respond({"status": 503, "times": 1})
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    return made


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_tells_of_every_workspace_from_the_present_on_until_it_is_ended(
    mine: WorkspaceClients, at: dict[str, str], number: signal.Signals
) -> None:
    name = mine.credentials.name
    mine.clock.advance("1s")
    with listening(env=at) as process:
        assert process.stdout
        mine.clock.advance("1m")
        told = process.stdout.readline()
        done = ended(process, number)

    assert (
        told == f"2026-03-02 10:01:01  [{name}]  clock advanced from 10:00:01 to 10:01:01: nothing fell due\n"
    )
    assert done == (0, "", "")


def test_since_start_it_begins_with_what_is_still_kept_and_of_one_workspace_tells_nothing_of_others(
    mine: WorkspaceClients, stack_on_ports: Stack, at: dict[str, str]
) -> None:
    stack_on_ports.workspace().clock.advance("1s")
    made = work(mine)
    with listening("--workspace", mine.credentials.name, "--since-start", env=at) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(7)]
        code, rest, errors = ended(process)

    assert (code, rest, errors) == (0, "", "")
    assert all(f"[{mine.credentials.name}]" in each for each in told)
    assert "made: My Insightly" in told[0]
    assert f"-> 503 (contacts CREATED {made['CONTACT_ID']})" in told[4]
    assert "retry at 10:15:04 (1 of 9)" in told[5]


def test_with_json_each_line_is_an_object_with_all_there_is_to_know(
    mine: WorkspaceClients, at: dict[str, str]
) -> None:
    made = work(mine)
    words = ["--workspace", mine.credentials.name, "--since-start", "--json"]
    with listening(*words, env=at) as process:
        assert process.stdout
        told = [json.loads(process.stdout.readline()) for _ in range(7)]
        done = ended(process)

    callback = told[4]
    assert done == (0, "", "")
    assert [each["kind"] for each in told] == [
        "instance", "instance", "clock", "poll", "callback", "retry", "clock",
    ]  # fmt: skip
    assert (callback["workspace"], callback["at"]) == (mine.credentials.name, "2026-03-02T10:15:00Z")
    assert (callback["status"], callback["outcome"]) == (503, "failed")
    assert callback["changes"] == [
        {"resource": "contacts", "change": "CREATED", "recordId": str(made["CONTACT_ID"])}
    ]


def test_when_the_stack_ends_it_says_so_and_ends_too() -> None:
    ports = ["--platform-port", "0", "--crm-port", "0", "--sink-port", "0"]
    with subprocess.Popen([PROGRAM, "up", "--json", *ports], stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout
        ready = json.loads(up.stdout.readline())
        with listening(env={"ELEMENTS_LOCAL_PLATFORM_URL": ready["platform"]}) as process:
            up.terminate()
            told, errors = process.communicate(timeout=DEADLINE_S)
        up.wait(timeout=DEADLINE_S)

    assert (process.returncode, told) == (0, "")
    assert errors.startswith("the stack has ended (")
    assert up.returncode == 0


def test_a_listener_does_not_hold_up_the_end_of_a_stack(at: dict[str, str]) -> None:
    """It waits in the stack for the next line."""
    ports = ["--platform-port", "0", "--crm-port", "0", "--sink-port", "0"]
    with subprocess.Popen(
        [PROGRAM, "up", "--json", "--quiet", *ports], stdout=subprocess.PIPE, text=True
    ) as up:
        assert up.stdout
        url = json.loads(up.stdout.readline())["platform"]
        with listening("--json", env={**at, "ELEMENTS_LOCAL_PLATFORM_URL": url}):
            up.send_signal(signal.SIGINT)
            code = up.wait(timeout=DEADLINE_S)

    assert code == 0


@pytest.mark.parametrize(
    ("words", "env", "reason"),
    [
        ([], {"ELEMENTS_LOCAL_PLATFORM_URL": "http://127.0.0.1:9"}, "`elements-local up` starts one"),
        (["--workspace", "nobody"], {}, "no workspace 'nobody'; there are: "),
    ],
    ids=["no stack", "no workspace"],
)
def test_misuse_says_what_is_wrong(
    at: dict[str, str], words: list[str], env: dict[str, str], reason: str
) -> None:
    nobody = dict.fromkeys(at, "http://127.0.0.1:9")
    refused = subprocess.run(
        [PROGRAM, "listen", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**(nobody if env else at), **env},
    )

    assert (refused.returncode, refused.stdout) == (2, "")
    assert reason in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_crm_alone_has_nothing_to_tell() -> None:
    words = [PROGRAM, "up", "--json", "--role", "crm", "--crm-port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout
        url = json.loads(up.stdout.readline())["crm"]
        env = {"ELEMENTS_LOCAL_PLATFORM_URL": "http://127.0.0.1:9", "ELEMENTS_LOCAL_CRM_URL": url}
        refused = subprocess.run([PROGRAM, "listen"], capture_output=True, text=True, check=False, env=env)
        up.terminate()

    assert refused.returncode == 2
    assert "no platform runs here" in refused.stderr


ONE = {"number": 1, "workspace": "default", "at": "2026-03-02T10:15:00.123Z", "kind": "poll", "text": "it"}


@pytest.mark.parametrize(
    ("differs", "shown"),
    [
        ({}, "2026-03-02 10:15:00  it"),
        ({"workspace": "mine"}, "2026-03-02 10:15:00  [mine]  it"),
        ({"kind": "warning"}, "\x1b[33m2026-03-02 10:15:00  it\x1b[0m"),
        ({"kind": "poll", "error": "503"}, "\x1b[31m2026-03-02 10:15:00  it\x1b[0m"),
        ({"kind": "callback", "outcome": "failed"}, "\x1b[31m2026-03-02 10:15:00  it\x1b[0m"),
        ({"kind": "callback", "outcome": "delivered"}, "2026-03-02 10:15:00  it"),
        ({"kind": "of tomorrow", "more": [1]}, "2026-03-02 10:15:00  it"),
    ],
    ids=[
        "usual",
        "another workspace",
        "a warning",
        "a failed poll",
        "a failed callback",
        "delivered",
        "unknown",
    ],
)
def test_a_line_says_when_whose_and_what_and_failures_are_red(differs: dict, shown: str) -> None:
    assert line({**ONE, **differs}) == shown


def test_base_path_is_no_part_of_where_it_listens(at: dict[str, str]) -> None:
    assert at["ELEMENTS_LOCAL_PLATFORM_URL"].endswith(BASE_PATH)
    with listening(env=at) as process:
        assert ended(process)[0] == 0
