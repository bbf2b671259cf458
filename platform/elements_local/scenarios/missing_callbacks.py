"""Why callbacks that a scenario expects have not come, by the names that it has for records."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from msgspec import Struct

from elements_local.failures.observed import Observed, observe
from elements_local.failures.reason import Explainer
from elements_local.failures.timeline import clock_text
from elements_local.failures.unreported import Unreported
from elements_local.kit.workspaces.instants import parse_instant
from elements_local.records import COLLECTIONS
from elements_local.scenarios.scenario_context import ScenarioContext


class _ScenarioWording(Struct, frozen=True):
    """A scenario's own names, and time since its start."""

    context: ScenarioContext

    def record(self, resource: str, record_id: str) -> str:
        return self.context.names.shown(resource, record_id)

    def instant(self, at: str) -> str:
        return clock_text(parse_instant(at) - self.context.start)

    def instance(self, instance_id: int) -> str:
        names = [name for name, instance in self.context.instances.items() if instance.id == instance_id]
        several = len(self.context.instances) > 1
        return f"the instance {names[0]}" if names and several else "the instance"


def reasons(context: ScenarioContext, missing: Iterable[str]) -> list[str]:
    """Return why the latest change of each record that is missing has not come; nothing of one that has.

    Args:
        missing: ``contacts/ada CREATED``.
    """
    names = [name for name in dict.fromkeys(line.partition(" ")[0] for line in missing) if _is_name(name)]
    if not names:
        return []
    observed = observe(context.clients)
    return [line for name in names for line in _about(context, observed, name)]


def _about(context: ScenarioContext, observed: Observed, name: str) -> Iterator[str]:
    created_as = _own_name(context, observed, name)
    if created_as is None:
        near = get_close_matches(name, context.names.ids, n=1, cutoff=0.8)
        yield f"no record is called {name}" + (f"; is {near[0]} meant?" if near else "")
        return
    collection, number = COLLECTIONS[created_as.partition("/")[0]], str(context.names.ids[created_as])
    words = _ScenarioWording(context)
    explain = context.clients.platform.explain
    explainer = Explainer(explain=explain, observed=observed, words=words, cures=context.cures)
    yield from explainer.lines(Unreported(observed).of(name.partition("/")[0], collection, number))


def _is_name(text: str) -> bool:
    """Say whether it is a record's name, and no id of one that a scenario has no name for."""
    word = text.partition("/")[2]
    return bool(word) and not word.isdecimal()


def _own_name(context: ScenarioContext, observed: Observed, name: str) -> str | None:
    """Return the name that a record was created by: a resource that copies another has names of its own."""
    resource, _, word = name.partition("/")
    polled = {each["resource"] for poller in observed.pollers for each in poller["resources"]}
    if name in context.names.ids or resource not in polled:
        return name if name in context.names.ids else None
    return next((each for each in context.names.ids if each.endswith(f"/{word}")), None)
