"""Wherever a stack is killed between two durable writes, nothing is lost or doubled; two tables here name the places."""

import json
import os
import subprocess
import sys
from pathlib import Path

import crash_points
import pytest
from examples import LONG

FOLDERS = [str(Path(__file__).parents[1] / name) for name in ("crash", "chaos", "support")]
ONE_OF = 24
"""A check kills at so few points; a long run at all."""


def examined(*options):
    """Return what the program finds: it forks, and so wants a process without threads."""
    words = [sys.executable, crash_points.__file__, "--json", *options]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(FOLDERS)}
    return json.loads(subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=False).stdout)


def test_every_write_is_in_the_table_and_a_kill_at_any_loses_and_doubles_nothing():
    came = examined("--share", "1" if LONG else str(ONE_OF))

    known = crash_points.read_table("sqlite")
    assert came["findings"] == []
    assert [row[:4] for row in came["rows"]] == [row[:4] for row in known]
    killed = [row for row in came["rows"] if len(row) > 4]
    assert len(killed) >= 6
    assert [row for row in killed if row not in known] == []


@pytest.mark.skipif(not LONG, reason="takes minutes")
def test_so_it_is_on_a_postgresql(postgresql_server):  # noqa: ARG001 - skips where none can be started
    came = examined("--database", "postgresql")

    assert came["findings"] == []
    assert [row[:3] for row in came["rows"]] == crash_points.read_table("postgresql")
    assert all(len(row) > 4 for row in came["rows"])
