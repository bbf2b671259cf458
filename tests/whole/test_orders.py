"""Scenarios know nothing of one another: in any order, and side by side, everything in them happens as it does in theirs.

It takes minutes, so it runs only where ``ELEMENTS_LOCAL_TEST_ORDERS`` says how many orders to try: ``poe orders``.
"""

import os
import re
from pathlib import Path

import pytest

from elements_local.commands.replaying.processes import replaying, shuffled
from elements_local.commands.replaying.runner import How
from elements_local.kit.values import replace
from elements_local.scenarios.scenario import find, load
from elements_local.stack.interruption import Interruption

FOLDER = Path(__file__).parents[2] / "scenarios"
ORDERS = int(os.environ.get("ELEMENTS_LOCAL_TEST_ORDERS", "0"))
pytestmark = pytest.mark.skipif(not ORDERS, reason="takes minutes; poe orders")
SCENARIOS = [scenario for path in find([FOLDER]) for scenario in load(path)] if ORDERS else []
REQUEST_ID = re.compile(r'"requestId":"[0-9a-f]{24}"')
"""The platform's answers are numbered as they come, whoever asks."""


def outcomes(scenarios, *, jobs):
    """Return what came of each scenario, and all that happened in it, by file, line and name."""
    with replaying(scenarios, How(keep=True), jobs=jobs, stop=Interruption()) as results:
        return {
            (result.scenario.path, result.scenario.line, result.scenario.name): (
                result.failure,
                [replace(moment, text=REQUEST_ID.sub("", moment.text)) for moment in result.moments],
            )
            for result in results
        }


@pytest.fixture(scope="module")
def in_their_own_order():
    return outcomes(SCENARIOS, jobs=1)


def test_every_scenario_has_a_name_of_its_own_and_something_happens_in_most(in_their_own_order):
    assert len(in_their_own_order) == len(SCENARIOS)
    assert sum(bool(moments) for _, moments in in_their_own_order.values()) > len(SCENARIOS) / 2


@pytest.mark.parametrize("seed", range(ORDERS or 1))
def test_shuffled_and_side_by_side_the_same_happens(seed, in_their_own_order):
    mixed = outcomes(shuffled(SCENARIOS, seed), jobs=2)

    assert mixed.keys() == in_their_own_order.keys()
    assert [name for name, outcome in mixed.items() if outcome != in_their_own_order[name]] == []
