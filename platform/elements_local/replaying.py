"""Runs many scenarios: one after the other, or in several processes at once; the results come as they are there."""

import random
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from multiprocessing import get_context

from elements_local.runner import How, Result, Runner
from elements_local.scenario import Scenario

_HANDFUL = 4
"""Scenarios that a process takes at a time: few, so that none is left with the slow ones."""

_runner: Runner | None = None


def chosen(scenarios: Sequence[Scenario], *, names: Sequence[str], tags: Sequence[str]) -> list[Scenario]:
    """Return the scenarios whose name contains one of the words and that have one of the tags; none means any."""
    return [
        scenario
        for scenario in scenarios
        if (not names or any(word.lower() in scenario.name.lower() for word in names))
        and (not tags or set(tags) & set(scenario.tags))
    ]


def shuffled(scenarios: Sequence[Scenario], seed: int) -> list[Scenario]:
    """Return the scenarios in an order that follows from a seed."""
    mixed = list(scenarios)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - an order, no secret
    return mixed


def replay(
    scenarios: Sequence[Scenario], how: How, *, jobs: int, fail_fast: bool
) -> Generator[Result, None, None]:
    """Yield the result of each scenario as soon as it is there.

    Args:
        jobs: processes, each with stacks of its own.
        fail_fast: none is begun after the first that fails.
    """
    found = _one_by_one(scenarios, how) if jobs == 1 else _at_once(scenarios, how, jobs)
    with closing(found):
        for result in found:
            yield result
            if fail_fast and result.failure:
                return


def _one_by_one(scenarios: Sequence[Scenario], how: How) -> Generator[Result, None, None]:
    with closing(Runner(how)) as runner, runner.holding():
        for scenario in scenarios:
            yield runner.run(scenario)


def _at_once(scenarios: Sequence[Scenario], how: How, jobs: int) -> Generator[Result, None, None]:
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(how,))
    try:
        starts = range(0, len(scenarios), _HANDFUL)
        waiting = [pool.submit(_run, scenarios[start : start + _HANDFUL]) for start in starts]
        for done in as_completed(waiting):
            yield from done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _start(how: How) -> None:
    """Give a process its runner; its stacks end with the process."""
    global _runner  # noqa: PLW0603 - what a pool's initializer is for
    _runner = Runner(how)


def _run(handful: Sequence[Scenario]) -> list[Result]:
    if _runner is None:
        raise RuntimeError("a process of the pool was not started by its initializer")
    with _runner.holding():
        return [_runner.run(scenario) for scenario in handful]
