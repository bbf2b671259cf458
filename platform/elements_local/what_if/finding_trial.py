"""Tries findings: whether each bites and its cure helps, by its scenario, and at which cell of the grid it shows."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from elements_local.errors import HarnessError
from elements_local.failures.reason import EXPLAINED
from elements_local.recording.text import write
from elements_local.scenarios.performing import ScenarioFailure, ScenarioResult
from elements_local.scenarios.scenario import Scenario, load
from elements_local.stack.stack import Stack
from elements_local.what_if.circumstances import CIRCUMSTANCES, Circumstance
from elements_local.what_if.configured import Configured, resource_of
from elements_local.what_if.finding_scenario import (
    AS_IT_IS,
    CURED,
    Linted,
    NoScenarioError,
    cases_of,
    scenario_of,
    subject_of,
)
from elements_local.what_if.grid import Grid, worst_mended
from elements_local.what_if.sweep import sweep

Run = Callable[[Scenario], ScenarioResult]


def tried(linted: Linted, run: Run, stack: Stack) -> list[dict[str, Any]]:
    """Return what came of each finding, in the order of the list.

    Args:
        run: runs a scenario.
        stack: has the settings of sweeps.

    ``tried`` says what came of its scenario, null if it has none; ``cell`` where in the grid it shows, null if nowhere.
    """
    with TemporaryDirectory() as folder:
        outcomes = {
            nth: ", ".join(_outcomes(run, scenarios)) for nth, scenarios in _scenarios(linted, Path(folder))
        }
        return [
            {"tried": outcomes.get(nth), "cell": _cell(stack, linted, finding)}
            for nth, finding in enumerate(linted.findings)
        ]


def _cell(stack: Stack, linted: Linted, finding: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the cell that is worst as it is, of those that the cure mends."""
    cases = cases_of(linted, finding)
    circumstance = CIRCUMSTANCES[0]
    if linted.lag_s:
        lag = {"effect": {"index_lag_s": linted.lag_s}}
        circumstance = Circumstance(name=f"search lags {linted.lag_s} s", faults=(lag,))

    def grid(case: str) -> Grid | None:
        configured = Configured(configuration=cases.get(case, {}), mapped=linted.mapped)
        try:
            resource = resource_of(configured, subject_of(finding))
            return sweep(stack, configured, resource, circumstances=[circumstance])
        # It may be what is found that nothing is polled, or that the instance cannot be made.
        except HarnessError:
            return None

    before, after = grid(AS_IT_IS), grid(CURED)
    key = worst_mended(before, after) if before and after else None
    if not (before and after and key):
        return None
    return {
        "circumstance": circumstance.name,
        "change": key.change,
        "offset": key.label,
        "was": before.cells[key].words,
        "is": after.cells[key].words,
    }


def _scenarios(linted: Linted, folder: Path) -> Iterator[tuple[int, list[Scenario]]]:
    for nth, finding in enumerate(linted.findings):
        path = folder / f"finding-{nth}.yaml"
        try:
            write(path, scenario_of(linted, finding))
        except NoScenarioError:
            continue
        yield nth, load(path)


def _outcomes(run: Run, scenarios: list[Scenario]) -> Iterator[str]:
    for scenario in scenarios:
        failure = run(scenario).failure
        if not scenario.name.endswith(CURED):
            yield f"{'passes' if failure is None else 'fails'} as it is"
        elif failure is None:
            yield "passes with the cure"
        else:
            yield f"fails with the cure: {_why(failure)}"


def _why(failure: ScenarioFailure) -> str:
    """Say what is wrong beside the finding: how the first missing callback is explained, or else what differed."""
    return next((line for line in failure.lines if EXPLAINED in line), failure.lines[0])
