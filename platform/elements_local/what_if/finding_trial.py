"""Runs the scenarios of findings: whether each bites, and whether its cure helps."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from elements_local.failures.reason import EXPLAINED
from elements_local.recording.text import write
from elements_local.scenarios.performing import ScenarioFailure
from elements_local.scenarios.runner import How, Runner
from elements_local.scenarios.scenario import Scenario, load
from elements_local.what_if.finding_scenario import CURED, Linted, NoScenarioError, scenario_of


def tried(linted: Linted, environment: Mapping[str, str]) -> dict[int, str]:
    """Return what came of each finding's scenario, by the finding's place in the list; a finding without one is left out."""
    with (
        TemporaryDirectory() as folder,
        closing(Runner(How(environment=environment, cures=False))) as runner,
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
        failure = runner.run(scenario).failure
        if not scenario.name.endswith(CURED):
            yield f"{'passes' if failure is None else 'fails'} as it is"
        elif failure is None:
            yield "passes with the cure"
        else:
            yield f"fails with the cure: {_why(failure)}"


def _why(failure: ScenarioFailure) -> str:
    """Say what is wrong beside the finding: how the first missing callback is explained, or else what differed."""
    explained = (line.removeprefix(EXPLAINED) for line in failure.lines if line.startswith(EXPLAINED))
    return next(explained, failure.lines[0])
