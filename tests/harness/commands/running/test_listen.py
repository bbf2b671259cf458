"""``listen``: what happens in a running stack, as a process of its own sees it."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from deadline import DEADLINE_S
from processes import FREE_PORTS, ended, started
from pytest_httpserver import HTTPServer

from elements_local.clients import guide
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.stack.reports.activity_lines import line
from elements_local.stack.stack import Stack


@contextmanager
def listening(*words: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with started("listen", *words, env=env) as process:
        assert process.stderr
        if "--json" not in words:
            assert process.stderr.readline().startswith("listening at http://127.0.0.1:")
        yield process


def work(clients: WorkspaceClients) -> dict:
    """Let a contact be reported that is answered 503 first."""
    clients.platform.create_instance(guide.instance_body(clients.credentials))
    clients.clock.advance("1m")
    clients.sink.respond({"status": 503, "times": 1})
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    return made


def test_it_tells_of_every_workspace_from_the_present_on_until_it_is_ended(
    mine: WorkspaceClients, at: dict[str, str]
) -> None:
    name = mine.credentials.name
    mine.clock.advance("1s")
    with listening(env=at) as process:
        assert process.stdout
        mine.clock.advance("1m")
        told = process.stdout.readline()
        done = ended(process, signal.SIGTERM)

    assert at["ELEMENTS_LOCAL_PLATFORM_URL"].endswith(BASE_PATH)
    assert (
        told == f"2026-03-02 10:01:01  [{name}]  clock advanced from 10:00:01 to 10:01:01: nothing fell due\n"
    )
    assert done == (0, "", "")


def test_since_start_it_begins_with_what_is_still_kept_and_of_one_workspace_tells_nothing_of_others(
    mine: WorkspaceClients, stack_on_ports: Stack, at: dict[str, str], httpserver: HTTPServer
) -> None:
    """With ``--json`` each line is an object with all there is to know."""
    stack_on_ports.workspace().clock.advance("1s")
    made = work(mine)
    name, receiver = mine.credentials.name, httpserver.url_for("/callbacks")
    whose = ("--workspace", name, "--since-start")
    with listening(*whose, "--json", env=at) as process:
        assert process.stdout
        as_json = [json.loads(process.stdout.readline()) for _ in range(7)]
        done = ended(process, signal.SIGINT)
    with listening(*whose, "--forward-to", receiver, env=at) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(7)]
        httpserver.expect_oneshot_request("/callbacks", method="POST").respond_with_data(status=202)
        mine.clock.advance("4s")
        answered = process.stdout.readline()
        code, _, errors = ended(process, signal.SIGINT)

    assert (code, errors) == (0, f"callbacks of workspace {name} are sent on to {receiver}\n")
    assert f"-> 202 (contacts CREATED {made['CONTACT_ID']})" in answered
    assert mine.sink.call("GET", f"/_local/forwards?bin={name}")["url"] is None
    assert all(f"[{name}]" in each for each in told)
    assert "made: My Insightly" in told[0]
    assert f"-> 503 (contacts CREATED {made['CONTACT_ID']})" in told[4]
    assert "retry at 10:15:04 (1 of 9)" in told[5]
    assert done == (0, "", "")
    assert [each["kind"] for each in as_json] == [
        "instance", "instance", "clock", "poll", "callback", "retry", "clock",
    ]  # fmt: skip
    assert (
        as_json[4].items()
        >= {
            "workspace": name,
            "at": "2026-03-02T10:15:00Z",
            "status": 503,
            "outcome": "failed",
            "changes": [{"resource": "contacts", "change": "CREATED", "recordId": str(made["CONTACT_ID"])}],
        }.items()
    )


def test_listeners_do_not_hold_up_the_end_of_a_stack_and_end_with_it_and_say_so() -> None:
    """They wait in the stack for the next line."""
    with started("up", "--json", "--quiet", *FREE_PORTS, stderr=None) as up:
        assert up.stdout
        env = {"ELEMENTS_LOCAL_PLATFORM_URL": json.loads(up.stdout.readline())["platform"]}
        with listening(env=env) as process:
            up.send_signal(signal.SIGINT)
            told, errors = process.communicate(timeout=DEADLINE_S)
        code = up.wait(timeout=DEADLINE_S)

    assert code == 0
    assert (process.returncode, told) == (0, "")
    assert errors.startswith("the stack has ended (")


ONE = {"number": 1, "workspace": "default", "at": "2026-03-02T10:15:00.123Z", "kind": "poll", "text": "it"}


def test_a_line_says_when_whose_and_what_and_failures_are_red() -> None:
    lines = {
        "usual": line(ONE),
        "another workspace": line(ONE | {"workspace": "mine"}),
        "a warning": line(ONE | {"kind": "warning"}),
        "a failed poll": line(ONE | {"error": "503"}),
        "a failed callback": line(ONE | {"kind": "callback", "outcome": "failed"}),
        "delivered": line(ONE | {"kind": "callback", "outcome": "delivered"}),
        "unknown": line(ONE | {"kind": "of tomorrow", "more": [1]}),
    }

    assert lines == {
        "usual": "2026-03-02 10:15:00  it",
        "another workspace": "2026-03-02 10:15:00  [mine]  it",
        "a warning": "\x1b[33m2026-03-02 10:15:00  it\x1b[0m",
        "a failed poll": "\x1b[31m2026-03-02 10:15:00  it\x1b[0m",
        "a failed callback": "\x1b[31m2026-03-02 10:15:00  it\x1b[0m",
        "delivered": "2026-03-02 10:15:00  it",
        "unknown": "2026-03-02 10:15:00  it",
    }
