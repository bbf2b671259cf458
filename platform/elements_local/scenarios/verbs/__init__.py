"""The verbs of scenarios: one list, which the reader, the schema, the runner and tenants go by."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from elements_local.scenarios.scenario_context import ScenarioContext
from elements_local.scenarios.verbs.clock import ADVANCE, POLL, RESTORE, SNAPSHOT
from elements_local.scenarios.verbs.expect import EXPECT
from elements_local.scenarios.verbs.faults import FAULT, RESPOND
from elements_local.scenarios.verbs.inspect_stack import INSPECT
from elements_local.scenarios.verbs.instances import CONFIGURE, MAKE
from elements_local.scenarios.verbs.never import NEVER
from elements_local.scenarios.verbs.records import CREATE, DELETE, UPDATE
from elements_local.scenarios.verbs.request import REQUEST
from elements_local.scenarios.verbs.verb import Objection, StateSoFar

VERBS = {
    verb.name: verb
    for verb in (
        CREATE,
        UPDATE,
        DELETE,
        MAKE,
        ADVANCE,
        POLL,
        FAULT,
        RESPOND,
        CONFIGURE,
        REQUEST,
        SNAPSHOT,
        RESTORE,
        EXPECT,
        INSPECT,
        NEVER,
    )
}
"""By their names, in the order in which the schema has them."""


def take(context: ScenarioContext, verb: str, argument: Any) -> None:
    """Do what a step says.

    Raises:
        ExpectationError: it was an expectation, and it does not hold.
        HarnessError: a service refused, or did not answer.
    """
    context.go_on()
    VERBS[verb].take(context, argument)


def objections(
    instances: Mapping[str, Mapping[str, object]], steps: Iterable[tuple[str, Any]]
) -> Iterator[Objection]:
    """Yield what can be seen to be wrong with steps, each a verb and what follows it, before any of them runs.

    They are checked in their order, since each may use what those before it have made.

    Args:
        instances: what differs from the guide's of those that are there from the start, by their names.
    """
    state = StateSoFar([])
    for name, differs in instances.items():
        state.add_instance(name, differs)
    for place, (verb, argument) in enumerate(steps):
        for path, reason in VERBS[verb].objections(state, argument):
            yield ("steps", place, verb, *path), reason
