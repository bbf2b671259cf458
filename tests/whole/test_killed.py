"""A stack that is killed while callbacks are in flight owes them still: each arrives at least once, as it was."""

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("kill", Path(__file__).parents[1] / "benchmarks" / "kill.py")
kill = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(kill)

FEW = 40


@pytest.fixture(scope="module")
def killing(tmp_path_factory):
    made = kill.Killing(tmp_path_factory.mktemp("kill"), callbacks=FEW)
    yield made
    made.close()


@pytest.mark.parametrize("answers_first", [False, True])
def test_every_callback_that_was_owed_arrives_and_none_is_altered(killing, answers_first):
    again = killing.duplicates(kill.Point(FEW // 2, answers_first))

    kept_together = 32
    assert 0 <= again <= kept_together * kill.RECEIVERS
    assert again >= 1 or answers_first, "what was not answered is sent again"
