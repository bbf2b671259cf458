"""Failing scenarios become short: with planted failures, each of which needs some of many steps in their order."""

from dataclasses import replace
from pathlib import Path
from random import Random

import yaml
from each_row import each_row
from examples import examples

from elements_local.replay.shrinking import save, shrink
from elements_local.scenarios.performing import ScenarioFailure, ScenarioResult
from elements_local.scenarios.scenario import load

SEEDS = range(examples(3))


def made(folder: Path, count: int):
    """Return a scenario of steps that are told apart by how far they advance."""
    path = folder / "long.yaml"
    steps = "".join(f"  - advance: {number}m\n" for number in range(count))
    path.write_text(f"scenario: a long one\nrecords: 3\nsteps:\n{steps}")
    (scenario,) = load(path)
    return scenario


def planted(needed):
    """Return what runs scenarios: one fails if it has the needed steps in their order, wrongly if it lacks the first."""

    def run(scenario):
        steps = [int(step.argument.rstrip("m")) for step in scenario.steps]
        at = f"{scenario.path}:{needed[-1]}"
        failure = None
        if needed[-1] in steps and needed[0] not in steps:
            failure = ScenarioFailure(place=at, verb="advance", lines=("no such record",))
        elif [step for step in steps if step in needed] == needed:
            failure = ScenarioFailure(place=at, verb="advance", lines=(f"{len(steps)} steps",), expected=True)
        return ScenarioResult(scenario=scenario, failure=failure)

    return run


@each_row("seed", SEEDS)
def test_a_planted_failure_is_found_with_only_the_steps_that_it_needs(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    scenario = made(tmp_path, random.randint(6, 16))
    needed = sorted(random.sample(range(len(scenario.steps)), random.randint(2, 5)))
    run = planted(needed)

    shrunk = shrink(run(scenario), run)

    assert [step.argument for step in shrunk.steps] == [f"{number}m" for number in needed]
    assert run(shrunk).failure.expected


def test_one_that_does_not_fail_stays(tmp_path: Path) -> None:
    scenario = made(tmp_path, 3)

    assert shrink(ScenarioResult(scenario=scenario, failure=None), planted([0])) is scenario


def test_what_is_saved_reads_back_as_the_same_steps(tmp_path: Path) -> None:
    scenario = made(tmp_path, 4)
    short = replace(
        scenario, steps=scenario.steps[:1], document={**scenario.document, "steps": [{"advance": "0m"}]}
    )

    document, test = save(short)

    (again,) = load(document)
    assert (again.name, again.records, len(again.steps)) == ("a long one", 3, 1)
    assert yaml.safe_load(document.read_text())["steps"] == [{"advance": "0m"}]
    compile(test.read_text(), str(test), "exec")
    assert document.name in test.read_text()
