"""Ctrl-C and SIGTERM end ``replay`` with what is done so far; ``--watch`` ends so normally.

Each is a process of its own, in a session of its own, whose output ends only when its last descendant has: that it can
be read to its end shows that none is left.
"""

import json
import os
import signal
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import processes
import pytest
from examples import LONG

RECEIVER = """
import os

def app(environ, start_response):
    with open(os.environ["REACHED"], "w") as reached:
        reached.write("here")
    with open(os.environ["RELEASED"]) as released:
        released.read(1)
    start_response("200 OK", [])
    return [b""]
"""
QUIET = "scenario: it is quiet\nsteps:\n  - advance: 1m\n"
HANGS = "scenario: its receiver hangs\nsteps:\n  - advance: 1m\n  - create: {contacts/ada: {}}\n  - advance: 15m\n"
LAST = "scenario: it is never reached\nsteps:\n  - advance: 1m\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three scenarios, whose second one does not come to an end by itself."""
    (tmp_path / "it.yaml").write_text(f"{QUIET}---\n{HANGS}---\n{LAST}")
    (tmp_path / "hook.py").write_text(RECEIVER)
    for name in ("reached", "released"):
        os.mkfifo(tmp_path / name)
    return tmp_path


def started(folder: Path, *words: str) -> AbstractContextManager[subprocess.Popen[str]]:
    variables = {"REACHED": str(folder / "reached"), "RELEASED": str(folder / "released")}
    env = {**os.environ, **variables, "PYTHONUNBUFFERED": "1"}
    return processes.started("replay", *words, cwd=folder, env=env, start_new_session=True)


@contextmanager
def release(folder: Path) -> Iterator[None]:
    """Let the receiver answer, if it still hangs: served on a port it does, and its server waits for that."""
    held = os.open(folder / "released", os.O_RDWR | os.O_NONBLOCK)
    os.write(held, b"go")
    try:
        yield
    finally:
        os.close(held)


WAYS = {
    "Ctrl-C, side by side": (["--jobs", "2"], signal.SIGINT),
    "SIGTERM, over ports": (["--transport", "network"], signal.SIGTERM),
}
if LONG:
    WAYS["Ctrl-C, one by one"] = ([], signal.SIGINT)
    WAYS["SIGTERM, side by side over ports"] = (["--jobs", "2", "--transport", "network"], signal.SIGTERM)


@pytest.mark.parametrize(("words", "number"), WAYS.values(), ids=WAYS.keys())
def test_it_ends_with_130_what_was_done_what_remains_and_reports(
    folder: Path, words: list[str], number: signal.Signals
) -> None:
    reports = ["--junit", "it.xml", "--html", "it.html", "--json"]
    with started(folder, "it.yaml", "--receiver", "hook:app", *words, *reports) as process:
        (folder / "reached").read_text()  # waits until the receiver hangs
        if number is signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        assert process.stdout
        told = json.loads(process.stdout.readline())
        with release(folder):
            stdout, stderr = process.communicate()

    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    assert [each["outcome"] for each in told["scenarios"]] == ["passed", "skipped", "skipped"]
    assert (told["interrupted"], told["counts"]["skipped"]) == (True, 2)
    assert "interrupted; what was done is reported, and not run were:" in stderr
    assert "  it.yaml:5: its receiver hangs\n  it.yaml:11: it is never reached\n" in stderr
    assert "1 passed, 0 failed, 2 not run" in stderr
    document = ET.parse(folder / "it.xml").getroot()  # noqa: S314 - our own
    assert [document.get(kind) for kind in ("tests", "skipped")] == ["3", "2"]
    assert "its receiver hangs" in (folder / "it.html").read_text()


def test_processes_do_not_outlive_the_one_that_started_them(folder: Path) -> None:
    with started(folder, "it.yaml", "--receiver", "hook:app", "--jobs", "2") as process:
        (folder / "reached").read_text()
        process.kill()
        process.communicate()

    assert process.returncode == -signal.SIGKILL


def test_a_process_that_is_lost_ends_it_with_a_reason(folder: Path) -> None:
    (folder / "hook.py").write_text("import os\n\ndef app(environ, start_response):\n    os._exit(1)\n")

    with started(folder, "it.yaml", "--receiver", "hook:app", "--jobs", "2") as process:
        stdout, stderr = process.communicate()

    assert process.returncode == 2
    assert "a process ended in the midst of its scenarios" in stderr
    assert "Traceback" not in stderr
    assert "0 passed, 0 failed, 3 not run" in stdout


def read_until(process: subprocess.Popen[str], start: str) -> list[str]:
    """Return the lines of a process up to one that starts so."""
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(start):
            return lines
    raise AssertionError(lines)


def test_watching_runs_what_changes_comes_and_goes_and_ends_normally(tmp_path: Path) -> None:
    watched = tmp_path / "scenarios"
    watched.mkdir()
    (watched / "a.yaml").write_text(QUIET)
    (watched / "b.yaml").write_text("scenario: b\nsteps:\n  - advnce: 1m\n")

    with started(tmp_path, "scenarios", "--watch", "--junit", "it.xml") as process:
        first = read_until(process, "waiting")
        (watched / "b.yaml").write_text("scenario: b\nsteps:\n  - advance: 1m\n  - expect: stream\n")
        mended = read_until(process, "waiting")
        (watched / "c.yaml").write_text(LAST)
        come = read_until(process, "waiting")
        (watched / "b").mkdir()
        (watched / "b" / "b.stream").write_text("")
        streamed = read_until(process, "waiting")
        (watched / "c.yaml").unlink()
        gone = read_until(process, "waiting")
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate()

    assert "passed  it is quiet" in first
    assert first[-2:] == ["1 passed, 0 failed", "waiting for changes in scenarios (2 files); Ctrl-C ends it"]
    assert "scenarios/b.yaml:3:5: unknown verb 'advnce'" in stderr
    assert "changed: scenarios/b.yaml" in mended
    assert "FAILED  b" in mended
    assert "passed  it is quiet" not in mended
    assert mended[-2] == "1 passed, 1 failed"
    assert "passed  it is never reached" in come
    assert "as before, b fails: scenarios/b.yaml:4" in come
    assert come[-2:] == ["2 passed, 1 failed", "waiting for changes in scenarios (3 files); Ctrl-C ends it"]
    assert "passed  b" in streamed
    assert streamed[-2] == "3 passed, 0 failed"
    assert "gone: scenarios/c.yaml" in gone
    assert gone[-2] == "2 passed, 0 failed"
    assert (process.returncode, stdout.strip()) == (0, "")
    assert "Traceback" not in stderr
    cases = [
        case.get("name")
        for case in ET.parse(tmp_path / "it.xml").getroot().iter("testcase")  # noqa: S314 - our own
    ]
    assert sorted(cases) == ["b", "it is quiet"]


def test_watching_tells_scripts_of_all_that_is_watched_in_a_line_of_json_each_time(folder: Path) -> None:
    (folder / "it.yaml").write_text(QUIET)

    with started(folder, "it.yaml", "--watch", "--json", "--quiet") as process:
        assert process.stdout
        first = json.loads(process.stdout.readline())
        (folder / "it.yaml").write_text(QUIET + "---\n" + LAST)
        second = json.loads(process.stdout.readline())
        process.terminate()
        process.communicate()

    assert (first["counts"]["passed"], second["counts"]["passed"]) == (1, 2)
    assert process.returncode == 0


def test_watching_may_be_interrupted_in_the_midst_of_a_scenario(folder: Path) -> None:
    with started(folder, "it.yaml", "--watch", "--receiver", "hook:app") as process:
        (folder / "reached").read_text()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()

    assert (process.returncode, stderr) == (0, "")
    assert stdout.splitlines()[-1] == "1 passed, 0 failed, 2 not run"
