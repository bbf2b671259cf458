"""A stack that is killed while callbacks are in flight owes them still: each arrives at least once, as it was."""

import importlib.util
from pathlib import Path

import pytest
from examples import LONG

from elements_local.kit.clock import Mode

_spec = importlib.util.spec_from_file_location("kill", Path(__file__).parents[1] / "benchmarks" / "kill.py")
kill = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(kill)

FEW = 40
POINTS = [(mode, answers_first) for mode in Mode for answers_first in (False, True)]
"""Of the four, a check takes the two that differ in both; a long run takes all."""


@pytest.fixture(scope="module")
def killing(tmp_path_factory):
    made = kill.Killing(tmp_path_factory.mktemp("kill"), callbacks=FEW)
    yield made
    made.close()


@pytest.mark.parametrize(("mode", "answers_first"), POINTS if LONG else [POINTS[0], POINTS[-1]])
def test_every_callback_that_was_owed_arrives_and_none_is_altered(killing, mode, answers_first):
    again = killing.duplicates(kill.Point(mode, FEW // 2, answers_first))

    kept_together = 32
    lanes = 1 if mode is Mode.VIRTUAL else kill.RECEIVERS
    assert 0 <= again <= kept_together * lanes
    assert again >= 1 or answers_first, "what was not answered is sent again"
