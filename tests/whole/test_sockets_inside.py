"""Services of one process call one another in it or over sockets: whoever asks afterwards finds the same, byte for byte.

One scenario in sixty, its journals and callbacks; ``poe long`` tries all of them.
"""

import json
import re
from itertools import groupby

import pytest
from examples import LONG
from shipped_scenarios import all_scenarios

from elements_local.commands.replaying.runner import How, run
from elements_local.kit.instants import format_instant
from elements_local.start import Options, on_ports

SCENARIOS = sorted(
    all_scenarios()[:: 1 if LONG else 60],
    key=lambda scenario: sorted(scenario.environment.items()),
)


def found(scenarios, *, over_sockets):
    """Run scenarios of the same settings on one stack, and return all that each left, addresses named."""
    options = Options(ports=(0, 0, 0), environment=scenarios[0].environment)
    with on_ports(options, over_sockets=over_sockets) as stack:
        named = {url.removeprefix("http://"): name for name, url in stack.addresses.running.items()}
        addresses = re.compile("|".join(map(re.escape, named)))
        for number, scenario in enumerate(scenarios):
            clients = stack.new_workspace(
                name=f"scenario-{number}",
                start=format_instant(scenario.start),
                seed=scenario.seed,
                records=scenario.records,
            )
            result = run(scenario, clients, How(keep=True))
            left = {
                "failure": str(result.failure),
                "moments": [str(moment) for moment in result.moments],
                "callbacks": clients.sink.callbacks(),
                "deliveries": clients.platform.filtered("deliveries", {}),
                **{
                    name: [
                        {**exchange, "duration_us": "the machine's"}
                        for exchange in client.listed(
                            "/_local/journal?limit=1000", "exchanges", newest_first=True
                        )
                    ]
                    for name, client in (("crm", clients.crm), ("platform", clients.platform))
                },
            }
            yield addresses.sub(lambda match: named[match[0]], json.dumps(left, indent=1))


@pytest.mark.parametrize(
    "scenarios",
    [list(group) for _, group in groupby(SCENARIOS, key=lambda scenario: scenario.environment)],
    ids=lambda scenarios: scenarios[0].name,
)
def test_the_same_is_found_as_over_sockets(scenarios):
    inside = found(scenarios, over_sockets=False)
    outside = found(scenarios, over_sockets=True)

    for scenario, mine, theirs in zip(scenarios, inside, outside, strict=True):
        assert mine == theirs, scenario.name
