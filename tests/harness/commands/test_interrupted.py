"""Ctrl-C in the midst of work: exit status 130, what was done, what remains, and never a traceback."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from command import call
from deadline import DEADLINE_S
from processes import ended, started, terminal
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.commands.cli import cli

WORKSPACES = ["default", "mine", "other"]
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])


class Stack:
    """A stack of which a test says how it answers; a call of it may be when Ctrl-C comes."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.process: subprocess.Popen[str] | None = None
        self.calls: list[str] = []
        self.gone = Event()
        self._server = server
        self.answers("GET", "/_local/workspaces", {"workspaces": [{"name": name} for name in WORKSPACES]})
        self.answers("GET", "/_local/clock", {"mode": "virtual", "now": "2026-03-02T11:00:00Z"})

    def answers(self, method: str, path: str, answer: object) -> None:
        self._server.expect_request(path, method=method).respond_with_json(answer)

    def interrupts(
        self, path: str, *, number: signal.Signals, call: int = 1, hangs: bool = False, status: int = 200
    ) -> None:
        """Send a signal to whoever calls for the so manieth time, before it has its answer, or instead of one."""

        def handle(_asked: Request) -> Response:
            self.calls.append(path)
            if len(self.calls) == call:
                assert self.process
                if hangs:
                    until_it_waits(self.process.pid)
                self.process.send_signal(number)
                if hangs:
                    self.gone.wait(DEADLINE_S)
            return Response("{}", status, content_type="application/json")

        self._server.expect_request(path, method="POST").respond_with_handler(handle)

    @property
    def urls(self) -> dict[str, str]:
        return {f"ELEMENTS_LOCAL_{name}_URL": self.url for name in ("PLATFORM", "CRM", "SINK")}

    def call(self, *words: str) -> tuple[int, str, str]:
        """Run a command that nothing interrupts, in this process."""
        done = call(*words, **self.urls)
        return done.returncode, done.stdout, done.stderr

    def run(self, *words: str) -> tuple[int, str, str]:
        with started(*words, env=self.urls) as self.process:
            told, errors = self.process.communicate(timeout=DEADLINE_S)
            self.gone.set()
        return self.process.returncode, told, errors


def until_it_waits(pid: int) -> None:
    """Return once a process waits for its answer: a signal just before a system call begins would not end that call."""
    state = Path(f"/proc/{pid}/stat")
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "S":
        pass


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """Let programs heed Ctrl-C, though the tests may run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def httpserver() -> Iterator[HTTPServer]:
    """A server that answers while it lets another caller wait."""
    with HTTPServer(threaded=True) as server:
        yield server


@pytest.fixture
def stack(httpserver: HTTPServer) -> Iterator[Stack]:
    stack = Stack(httpserver)
    yield stack
    stack.gone.set()


@BOTH
def test_a_seed_ends_with_its_batch_and_says_how_to_go_on(stack: Stack, number: signal.Signals) -> None:
    stack.interrupts("/_local/seed", call=2, number=number)

    code, told, errors = stack.run("seed", "--records", "4500")

    assert (code, told) == (130, "")
    assert errors == (
        "interrupted: 2000 of 4500 records of each kind are in, 2500 are left; "
        "the same command with --records 4500 --first 2000 goes on\n"
    )
    assert len(stack.calls) == 2


def test_a_seed_that_goes_on_makes_what_is_left(stack: Stack, httpserver: HTTPServer) -> None:
    stack.answers("POST", "/_local/seed", {})

    done = stack.call("seed", "--records", "4500", "--first", "2000", "--seed", "7", "--json")

    sent = [request.json for request, _ in httpserver.log if request.path == "/_local/seed"]
    assert done == (0, '{"records":2500,"workspace":"default"}\n', "")
    assert [(one["first"], one["records"], one["seed"]) for one in sent] == [
        (2000, 1000, 7), (3000, 1000, 7), (4000, 500, 7),
    ]  # fmt: skip


def test_a_seed_of_nothing_or_of_more_than_a_profile_has_is_misuse(stack: Stack) -> None:
    nothing = stack.call("seed", "--records", "10", "--first", "10")
    more = stack.call("seed", "--profile", "small", "--records", "5")

    assert (nothing[0], "--first 10 leaves nothing of 10 records to make up" in nothing[2]) == (2, True)
    assert (more[0], "is always the same; leave out --records, --first and --seed" in more[2]) == (2, True)


def test_a_seed_that_was_cut_off_in_its_last_batch_is_done(stack: Stack) -> None:
    stack.interrupts("/_local/seed", call=2, number=signal.SIGINT)

    assert stack.run("seed", "--records", "2000")[:2] == (
        0,
        "2000 records of each kind in workspace 'default'\n",
    )


def test_a_reset_that_is_cut_off_says_what_may_be_half_done(stack: Stack) -> None:
    stack.interrupts("/_local/reset", call=1, number=signal.SIGINT, hangs=True)

    code, told, errors = stack.run("reset", "--all")

    assert (code, told) == (130, "")
    assert errors == (
        "interrupted: every workspace may be reset in part; the same command once more brings it to its end\n"
    )


def test_an_advance_that_is_waited_for_no_longer_is_stopped_and_says_how_to_go_on(stack: Stack) -> None:
    run = {"from": "2026-03-02T10:00:00Z", "to": "2026-05-31T10:00:00Z", "polls": 4}
    stack.answers("DELETE", "/_local/clock/advance", {"advance": run})
    stack.interrupts("/_local/clock/advance", call=1, number=signal.SIGTERM, hangs=True)

    code, told, errors = stack.run("clock", "advance", "90d", "--json")

    assert (code, told) == (130, "")
    assert errors == (
        "interrupted: the clock has come from 2026-03-02T10:00:00Z to 2026-03-02T11:00:00Z, and not to "
        "2026-05-31T10:00:00Z; `elements-local clock advance --to 2026-05-31T10:00:00Z` goes on\n"
    )


def test_an_advance_that_ended_as_its_client_hung_up_says_how_to_go_on_all_the_same(stack: Stack) -> None:
    stack.answers("DELETE", "/_local/clock/advance", {"advance": None})
    stack.interrupts("/_local/clock/advance", call=1, number=signal.SIGINT, hangs=True)

    assert stack.run("clock", "advance", "--to", "2026-05-31T10:00:00Z")[2] == (
        "interrupted: the clock has come to 2026-03-02T11:00:00Z, and not to "
        "2026-05-31T10:00:00Z; `elements-local clock advance --to 2026-05-31T10:00:00Z` goes on\n"
    )


def test_a_stack_that_dies_meanwhile_is_part_of_the_summary(stack: Stack) -> None:
    stack.interrupts("/_local/clock/advance", call=1, number=signal.SIGINT, hangs=True)

    code, _, errors = stack.run("clock", "advance", "90d")

    assert code == 130
    assert errors.startswith(
        "interrupted: time was being advanced, and how far it has come is not known: DELETE "
    )


def test_an_advance_that_somebody_else_has_stopped_fails(stack: Stack) -> None:
    ran = {"from": "2026-03-02T10:00:00Z", "now": "2026-03-02T11:00:00Z", "polls": 1, "events": 0}
    stack.answers(
        "POST", "/_local/clock/advance", {**ran, "deliveries": 0, "attempts": 0, "stopped": "asked"}
    )

    code, told, errors = stack.call("clock", "advance", "90d")

    assert (code, errors) == (1, "somebody has stopped it before its end\n")
    assert told.startswith("2026-03-02T10:00:00Z -> 2026-03-02T11:00:00Z: 1 poll, 0 events")


def test_a_command_that_leaves_nothing_behind_is_just_cut_off(stack: Stack, httpserver: HTTPServer) -> None:
    httpserver.clear()
    stack.interrupts("/_local/workspaces", call=1, number=signal.SIGINT, hangs=True)

    code, told, errors = stack.run("workspace", "create")

    assert (code, told, errors) == (130, "", "interrupted: elements-local workspace was cut off\n")


def test_a_command_that_is_not_yet_imported_is_cut_off_by_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Importing(type(cli)):
        def get_command(self, *_):
            raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        Importing("elements-local").main(["certify", "poller"], prog_name="elements-local")

    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted: elements-local certify was cut off\n"


def test_a_certification_says_which_checks_were_made_and_which_were_not(httpserver: HTTPServer) -> None:
    stack = Stack(httpserver)
    # the first call looks whether anybody is there; those of a pool are waited for, so each is answered
    stack.interrupts("/hooks", call=3, number=signal.SIGINT)

    code, told, errors = stack.run(
        "certify", f"{stack.url}/hooks", "--only", "valid-signature", "--only", "late", "--only", "large"
    )

    assert (code, told) == (130, "")
    said = "interrupted: of the checks, made: valid-signature answered; not made: late, large"
    assert errors.splitlines()[-1] == said  # where a check takes a second, progress stands before it


def test_a_certification_that_is_cut_off_says_what_is_wrong_so_far(httpserver: HTTPServer) -> None:
    stack = Stack(httpserver)
    stack.interrupts("/hooks", call=3, number=signal.SIGINT, status=500)

    code, told, errors = stack.run(
        "certify", f"{stack.url}/hooks", "--only", "valid-signature", "--only", "late", "--only", "large"
    )

    assert (code, told) == (130, "")
    made, *failed = errors[errors.index("interrupted:") :].splitlines()
    assert made == "interrupted: of the checks, made: valid-signature failed; not made: late, large"
    assert failed[0].startswith("  failed   ")
    assert "500" in failed[1]


def test_a_burst_that_is_cut_off_is_not_sent_to_its_end(httpserver: HTTPServer) -> None:
    stack = Stack(httpserver)
    stack.interrupts("/hooks", call=20, number=signal.SIGINT)

    code, _, errors = stack.run("certify", f"{stack.url}/hooks", "--only", "burst", "--burst", "5000")

    assert code == 130
    assert errors.splitlines()[-1] == "interrupted: of the checks, made: none; not made: burst"
    assert len(stack.calls) < 2000


CUT_OFF_TOUR = """
import signal, sys
from elements_local.commands.cli import main
from elements_local.commands import tour
tour._explain = lambda *_: signal.raise_signal(signal.SIGINT)
sys.argv = ["elements-local", "tour"]
main()
"""


def test_a_tour_says_how_far_it_came() -> None:
    done = subprocess.run([sys.executable, "-c", CUT_OFF_TOUR], capture_output=True, text=True, check=False)

    said = "interrupted: 7 steps were shown; nothing is kept: each tour begins from the start\n"
    assert (done.returncode, done.stderr, "7. " in done.stdout) == (130, said, True)


def test_on_a_terminal_progress_is_a_bar_and_the_summary_a_line_of_its_own(stack: Stack) -> None:
    stack.interrupts("/_local/seed", call=2, number=signal.SIGINT)
    env = {"TERM": "xterm", "COLUMNS": "60", "NO_COLOR": "1", **stack.urls}
    with (
        terminal() as (writer, read),
        started(
            "seed", "--records", "4500", stdout=subprocess.DEVNULL, stderr=writer, env=env
        ) as stack.process,
    ):
        shown = read()
        code = stack.process.wait(timeout=DEADLINE_S)

    assert code == 130
    assert "1000/4500" in shown
    assert "2000/4500" in shown
    assert "\ninterrupted: 2000 of 4500 records" in shown.replace("\r", "")


def test_a_command_whose_reader_has_gone_ends_without_a_traceback() -> None:
    with started("fidelity") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(timeout=DEADLINE_S)

    assert errors == ""


def test_what_is_recorded_is_written_though_ctrl_c_comes_twice(
    mine: WorkspaceClients, at: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "new" / "folder" / "it.yaml"
    words = ["record", "--output", output, "--workspace", mine.credentials.name, "--json"]
    with started(*words, env=at) as process:
        assert process.stderr
        process.stderr.readline()
        mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        process.send_signal(signal.SIGINT)
        code, told, errors = ended(process)

    assert (code, json.loads(told)["steps"]) == (0, 1)
    assert "Traceback" not in errors
    assert output.is_file()
