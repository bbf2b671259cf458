"""Runs the scenarios of findings: whether each bites, and whether its cure helps."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from elements_local.linting.finding_scenario import CURED, Linted, NoScenarioError, scenario_of
from elements_local.recording.text import write
from elements_local.scenarios.runner import How, Runner
from elements_local.scenarios.scenario import Scenario, load


def tried(linted: Linted, environment: Mapping[str, str]) -> dict[int, str]:
    """Return what came of each finding's scenario, by the finding's place in the list; a finding without one is left out."""
    with (
        TemporaryDirectory() as folder,
        closing(Runner(How(environment=environment))) as runner,
        runner.holding(),
    ):
        return {
            nth: ", ".join(_outcomes(runner, scenarios))
            for nth, scenarios in _scenarios(linted, Path(folder))
        }


def _scenarios(linted: Linted, folder: Path) -> Iterator[tuple[int, list[Scenario]]]:
    for nth, finding in enumerate(linted.findings):
        path = folder / f"finding-{nth}.yaml"
        try:
            write(path, scenario_of(linted, finding))
        except NoScenarioError:
            continue
        yield nth, load(path)


def _outcomes(runner: Runner, scenarios: list[Scenario]) -> Iterator[str]:
    for scenario in scenarios:
        when = "with the cure" if scenario.name.endswith(CURED) else "as it is"
        yield f"{'passes' if runner.run(scenario).failure is None else 'fails'} {when}"
