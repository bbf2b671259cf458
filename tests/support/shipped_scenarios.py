"""The scenarios that are shipped, which a process reads once: that takes a second."""

from functools import cache
from pathlib import Path

from elements_local.scenarios.scenario import Scenario, find, load

FOLDER = Path(__file__).parents[2] / "scenarios"


@cache
def by_file() -> dict[Path, list[Scenario]]:
    """Return the scenarios of each file."""
    return {path: load(path) for path in find([FOLDER])}


def all_scenarios() -> list[Scenario]:
    """Return all of them."""
    return [scenario for each in by_file().values() for scenario in each]
