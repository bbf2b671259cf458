"""The pollers of the page about them fail and pass as it says."""

import io
import runpy
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from command import call
from deadline import DEADLINE_S
from doc_pages import ROOT
from programs import find_program, skip

from elements_local.certify.poller.certification import certify_poller
from elements_local.certify.poller.command import CommandRunner, Ended
from elements_local.certify.poller.kills import Kill
from elements_local.certify.poller.trial import PollerTerms
from elements_local.stack import faketime
from elements_local.stack.stack import Stack
from elements_local.start import Options, on_ports

PAGE = ROOT / "docs" / "certify-a-poller.md"
EXAMPLES = ROOT / "docs" / "examples" / "poller"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with on_ports(Options(environment={"ELEMENTS_LOCAL_KEEP_TIES": "true"})) as stack:
        yield stack


def failed(stack: Stack, runner, *only: str) -> set[str]:
    terms = PollerTerms(runner=runner, page=100)
    return set(certify_poller(stack, terms, title="it", only=only).failed)


def command(*words: str | Path) -> CommandRunner:
    return CommandRunner(command=[str(word) for word in words], timeout=timedelta(seconds=DEADLINE_S))


def script(name: str):
    """Run a script within this process, as a program costs a second of it for every eight runs, unless it is to be killed."""
    program = command(sys.executable, EXAMPLES / name)

    def run(environment: Mapping[str, str], now: datetime, kill: Kill | None = None) -> Ended:
        if kill:
            return program(environment, now, kill)
        with redirect_stdout(io.StringIO()) as out, pytest.MonkeyPatch.context() as patch:
            for variable, value in environment.items():
                patch.setenv(variable, value)
            try:
                runpy.run_path(str(EXAMPLES / name), run_name="__main__")
            except Exception:  # noqa: BLE001 - what ends a program with status 1
                return Ended(output=out.getvalue().encode(), failure="ended", errors=traceback.format_exc())
        return Ended(output=out.getvalue().encode())

    return run


def test_the_mended_poller_passes_every_check(stack):
    assert failed(stack, script("mended.py")) == set()


def test_the_naive_poller_fails_as_the_page_shows():
    words = ["certify", "poller", "--page-size", "100", "--only", "two-in-one-second", "--"]

    done = call(*words, sys.executable, "naive.py", cwd=EXAMPLES)

    shown = PAGE.read_text("utf-8").partition(f"$ elements-local {' '.join(words)} python naive.py\n")[2]
    assert done.returncode == 1
    assert done.stdout.replace(f"{sys.executable} ", "python ", 1) == shown.partition("```")[0]


@pytest.mark.parametrize("name", ["tap.py", "poller.mjs"])
def test_the_mended_poller_passes_as_a_tap_and_in_node(stack, name):
    interpreter = find_program("node") if name.endswith(".mjs") else sys.executable

    assert failed(stack, command(interpreter, EXAMPLES / name), "updated-again") == set()


def test_a_poller_that_reads_the_machines_clock_gets_the_virtual_time():
    checked = (
        "import os, runpy, time; from datetime import datetime;"
        "assert int(time.time()) == datetime.fromisoformat(os.environ['ELEMENTS_LOCAL_NOW']).timestamp();"
        "runpy.run_path('mended.py', run_name='__main__')"
    )
    words = [
        "--faketime",
        "--page-size",
        "100",
        "--only",
        "two-in-one-second",
        "--",
        sys.executable,
        "-c",
        checked,
    ]

    done = call("certify", "poller", *words, cwd=EXAMPLES)

    if not faketime.library():
        assert (done.returncode, faketime.INSTALL in done.stderr) == (2, True)
        skip("faketime", f"libfaketime is not installed: {faketime.INSTALL}")
    assert done.returncode == 0, done.stdout
