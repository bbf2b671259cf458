"""Scenarios a second, in one process on one core, beside a bare loop of the same run that does as many polls.

Run with ``poe bench-scenarios``. Processor time is counted, so that neighbours of the machine count little. A scenario
makes a workspace with an instance, moves time, polls, delivers, compares, and clears up; the bare loop only polls.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from run import POLLS, bare_pair

from elements_local.commands.replaying.runner import How, Runner
from elements_local.scenarios.performing import ScenarioResult
from elements_local.scenarios.scenario import Scenario, find, load

FOLDER = Path(__file__).parents[2] / "scenarios"
SLOWEST = 5


def main() -> None:
    """Measure and print."""
    scenarios = [scenario for path in find([FOLDER]) for scenario in load(path)]
    polls = polls_in(scenarios)
    bare = bare_pair()
    bare()
    start = time.process_time()
    bare()
    a_poll = (time.process_time() - start) / POLLS
    spent = seconds_of(scenarios)
    whole = sum(spent.values())
    median = sorted(spent.values())[len(spent) // 2]
    print(f"{len(scenarios)} scenarios with {polls} polls, in process, one core")  # noqa: T201
    print(f"  bare loop, as many polls   {a_poll * polls:7.2f} s  {1 / a_poll:7.0f} polls/s")  # noqa: T201
    print(  # noqa: T201
        f"  scenarios                  {whole:7.2f} s  {len(scenarios) / whole:7.0f} scenarios/s"
        f"  {whole / (a_poll * polls):5.1f} x the bare loop"
    )
    print(  # noqa: T201
        f"  the median scenario        {median * 1000:7.1f} ms {1 / median:7.0f} scenarios/s"
        f"  {median / a_poll:5.0f} bare polls"
    )
    for name in sorted(spent, key=spent.__getitem__, reverse=True)[:SLOWEST]:
        print(f"  {spent[name] * 1000:7.0f} ms  {name}")  # noqa: T201


def polls_in(scenarios: Sequence[Scenario]) -> int:
    """Return how many polls there are in all of them; the stacks are warm afterwards."""
    return sum(
        moment.kind.value == "poll"
        for _, result in results(scenarios, How(keep=True))
        for moment in result.moments
    )


def seconds_of(scenarios: Sequence[Scenario]) -> dict[str, float]:
    """Return what each file's scenario takes, by its name."""
    spent: dict[str, float] = defaultdict(float)
    for seconds, result in results(scenarios, How()):
        assert result.failure is None, result.failure
        spent[f"{result.scenario.path.name}: {result.scenario.name}"] += seconds
    return spent


def results(scenarios: Sequence[Scenario], how: How) -> Iterator[tuple[float, ScenarioResult]]:
    """Yield each result with the processor's seconds that it took; settings' own stacks are started with the first."""
    with closing(Runner(how)) as runner, runner.holding():
        runner.run(scenarios[0])
        for scenario in scenarios:
            start = time.process_time()
            result = runner.run(scenario)
            yield time.process_time() - start, result


if __name__ == "__main__":
    main()
