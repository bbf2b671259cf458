"""A failing scenario becomes the shortest one that still fails in the same way, found by Hypothesis' shrinker."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import yaml

from elements_local.scenarios.performing import ScenarioFailure, ScenarioResult
from elements_local.scenarios.scenario import Scenario
from elements_local.stack.output_files import OutputFile

_KEPT = 30
"""Odds to one that a draw keeps a step: high, so that a draw that keeps all of them, and so fails, comes soon."""

_HEAD = "Made from {origin}: the shortest scenario that still fails as that one did."
_OURS = re.compile(rb'(# |""")Made from .*: the shortest scenario that still fails as that one did\.').match

_TEST = '''"""{head}"""

from contextlib import closing
from pathlib import Path

from elements_local.commands.replaying.runner import How, Runner
from elements_local.scenarios.scenario import load


def test_{word}():
    (scenario,) = load(Path(__file__).with_name("{file}"))

    with closing(Runner(How())) as runner:
        failure = runner.run(scenario).failure

    assert failure is None, str(failure)
'''


class NothingToShrinkWithError(Exception):
    """Hypothesis is not installed."""

    def __init__(self) -> None:
        super().__init__("--shrink needs Hypothesis: pip install hypothesis")


def shrink(failed: ScenarioResult, run: Callable[[Scenario], ScenarioResult]) -> Scenario:
    """Return the scenario with only those steps that it needs to fail at the same step.

    Raises:
        NothingToShrinkWithError: Hypothesis is not installed.
    """
    try:
        import hypothesis  # noqa: PLC0415 - heavy, and optional
        from hypothesis import strategies as st  # noqa: PLC0415 - as above
    except ImportError as error:
        raise NothingToShrinkWithError from error
    scenario, original = failed.scenario, failed.failure
    if original is None:
        return scenario
    tried: dict[tuple[bool, ...], bool] = {}

    def fails(mask: tuple[bool, ...]) -> bool:
        if mask not in tried:
            tried[mask] = _is_same(run(_part(scenario, mask)).failure, original) if any(mask) else False
        return tried[mask]

    one = st.sampled_from([False, *[True] * _KEPT])  # the shrinker goes for the first: leave the step out
    mask = hypothesis.find(
        st.tuples(*[one] * len(scenario.steps)),
        fails,
        settings=hypothesis.settings(
            database=None,
            derandomize=True,
            deadline=None,
            max_examples=1000,
            report_multiple_bugs=False,
            phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
    return _part(scenario, mask)


def save(scenario: Scenario, *, force: bool = False) -> tuple[Path, Path]:
    """Write a scenario beside its origin, as YAML and as a test for pytest, and return where they are.

    Args:
        force: write over files that are none of an earlier call.

    Raises:
        OutputFileError: one cannot be written.
    """
    word = re.sub(r"[^a-z0-9]+", "_", scenario.name.lower()).strip("_")[:60]
    document = scenario.path.with_name(f"{scenario.path.stem}.{word}.shrunk.yaml")
    test = scenario.path.with_name(f"test_{word}_shrunk.py")
    head = _HEAD.format(origin=scenario.path.name)
    text = yaml.safe_dump(dict(scenario.document), sort_keys=False, allow_unicode=True, width=110)
    first = OutputFile(path=document, is_ours=_OURS, force=force)
    second = OutputFile(path=test, is_ours=_OURS, force=force)
    second.check()
    first.write(f"# {head}\n{text}")
    second.write(_TEST.format(head=head, word=word, file=document.name))
    return document, test


def _part(scenario: Scenario, mask: tuple[bool, ...]) -> Scenario:
    steps = tuple(step for step, keep in zip(scenario.steps, mask, strict=True) if keep)
    document_steps = scenario.document["steps"]
    assert isinstance(document_steps, list)  # noqa: S101 - the loader has seen to it
    document = {
        **scenario.document,
        "steps": [step for step, keep in zip(document_steps, mask, strict=True) if keep],
    }
    return replace(scenario, steps=steps, document=document)


def _is_same(failure: ScenarioFailure | None, original: ScenarioFailure) -> bool:
    """Say whether a shorter scenario fails where the whole one did, and not because a step of it is missing."""
    return failure is not None and (failure.place, failure.verb, failure.expected) == (
        original.place,
        original.verb,
        original.expected,
    )
