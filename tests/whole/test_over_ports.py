"""The thirty scenarios that a check runs over real ports, `over_ports.txt`, are enough: every verb is in them, and hazards are.

``poe network-all`` runs all of them there.
"""

from pathlib import Path

from elements_local.scenarios.scenario import find, load
from elements_local.scenarios.verbs import VERBS

ROOT = Path(__file__).parents[2]
CHOSEN = (ROOT / "tests/whole/over_ports.txt").read_text("utf-8").splitlines()


def test_the_scenarios_over_ports_have_every_verb_and_ten_hazards():
    scenarios = {
        f"{path.relative_to(ROOT)}::{each.name}": each
        for path in find([ROOT / "scenarios"])
        for each in load(path)
    }

    assert len({*CHOSEN} & scenarios.keys()) == 30, {*CHOSEN} - scenarios.keys()
    assert {step.verb for name in CHOSEN for step in scenarios[name].steps} == VERBS.keys()
    assert sum(name.startswith("scenarios/hazards/") for name in CHOSEN) >= 10
