"""``clock --follow``: other programs, by libfaketime, go by a workspace's clock."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import NamedTuple

import pytest
from command import call
from deadline import DEADLINE_S
from processes import ended, started
from programs import find_program, skip

from elements_local.clients.workspace_clients import ClockClient, WorkspaceClients
from elements_local.stack import faketime

TELLERS = {
    "python3": ["-c", "import time\nwhile input(): print(int(time.time()), flush=True)"],
    "node": [
        "-e",
        "require('readline').createInterface(process.stdin).on('line', () => console.log(Math.floor(Date.now() / 1000)))",
    ],
}
"""Programs that tell the time, in whole seconds since 1970, for each line that they get."""


class Followed(NamedTuple):
    clock: ClockClient
    file: Path
    variables: dict[str, str]

    def at(self, text: str) -> int:
        """Wait until the file has an instant, and return it."""
        seconds, pause = int(datetime.fromisoformat(text).timestamp()), Event()
        for _ in range(DEADLINE_S * 100):
            if self.file.read_text() == f"{seconds}.000000\n":
                return seconds
            pause.wait(0.01)
        pytest.fail(f"{text} did not come: {self.file.read_text()}")


@pytest.fixture
def followed(mine: WorkspaceClients, at: dict[str, str], tmp_path: Path) -> Iterator[Followed]:
    file = tmp_path / "now.txt"
    words = ["clock", "--follow", file, "--workspace", mine.credentials.name, "--json"]
    with started(*words, env={**os.environ, **at}) as process:
        assert process.stdout
        yield Followed(mine.clock, file, json.loads(process.stdout.readline()))
        done = ended(process, signal.SIGINT)
    unfound = "" if faketime.library() else f"libfaketime was not found: {faketime.INSTALL}\n"
    assert done == (0, "", unfound)
    assert list(tmp_path.iterdir()) == [file]


def test_programs_in_other_languages_go_by_the_clock_that_is_followed(followed: Followed) -> None:
    starts = followed.at("2026-03-02T10:00:00Z")
    if not faketime.library():
        followed.clock.advance("1h")
        followed.at("2026-03-02T11:00:00Z")
        skip("faketime", f"libfaketime is not installed: {faketime.INSTALL}")
    tellers = [
        subprocess.Popen(
            [find_program(name), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **followed.variables, "TZ": "America/New_York"},
        )
        for name, words in TELLERS.items()
    ]
    try:
        before = [told(each) for each in tellers]
        followed.clock.advance("1h")
        ends = followed.at("2026-03-02T11:00:00Z")
        after = [told(each) for each in tellers]
    finally:
        for each in tellers:
            each.communicate()

    assert before == [starts] * len(TELLERS)
    assert after == [ends] * len(TELLERS)


def told(teller: subprocess.Popen[str]) -> int:
    assert teller.stdin
    assert teller.stdout
    teller.stdin.write("now\n")
    teller.stdin.flush()
    return int(teller.stdout.readline())


def test_a_file_that_cannot_be_written_is_said_in_a_sentence(at: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = call("clock", "follow", tmp_path / "file" / "now", **at)

    assert done.returncode == 2
    assert f"cannot write {tmp_path / 'file'}" in done.stderr
