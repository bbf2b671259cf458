"""Whether a scenario can run at a tenant of the real platform, and what stands in its way. Pure.

A tenant has no admin routes, no faults and no snapshots; it has other people's records, and a clock that nobody moves. What a
scenario expects there is therefore read as being about its own instances and records alone.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from elements_local.kit.api.json_text import encode_text
from elements_local.records import NAME_FIELDS
from elements_local.scenarios.scenario import Scenario, Step
from elements_local.scenarios.verbs import VERBS
from elements_local.scenarios.verbs.expect import by_instance
from elements_local.scenarios.verbs.instances import configuration_obstacles, configuration_of
from elements_local.scenarios.verbs.verb import TenantAbilities
from elements_local.tenant_replay.portable_times import untimely

_OF_WORKSPACES = re.compile(r"\{(?:workspace|\w+_secret|crm_\w+)\}")
_EPOCH = re.compile(r"\b1[5-9]\d{8}(?:\d{3})?\b")
_OURS = re.compile(r'"(?:instanceName|eventsNotificationCallbackUrl)"')


class Obstacle(Struct, frozen=True, kw_only=True):
    """Something that keeps a scenario from running at a tenant.

    Attributes:
        line: where it stands in its file.
    """

    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


ANY_TENANT = TenantAbilities()


def obstacles(scenario: Scenario, tenant: TenantAbilities = ANY_TENANT) -> list[Obstacle]:
    """Return what keeps a scenario from running at a tenant, in the order of its lines; nothing if it is portable."""
    found = [Obstacle(line=scenario.line, reason=reason) for reason in _of_head(scenario, tenant)]
    for step, written in zip(scenario.steps, _written(scenario), strict=True):
        reasons = (*VERBS[step.verb].obstacles(step.argument, tenant), *_of_text(scenario, step, written))
        found += [
            Obstacle(line=step.line, reason=f"{step.verb}: {reason}") for reason in dict.fromkeys(reasons)
        ]
    found += [Obstacle(line=line, reason=reason) for line, reason in untimely(scenario)]
    if not any(VERBS[step.verb].shown for step in scenario.steps):
        found.append(Obstacle(line=scenario.line, reason="it expects nothing that a tenant shows"))
    return sorted(found, key=lambda obstacle: obstacle.line)


def needs_quiet(scenario: Scenario) -> bool:
    """Say whether others at the same tenant would be in its way: their changes share callbacks, and take the receiver's answers."""
    return any(VERBS[step.verb].needs_quiet(step.argument) for step in scenario.steps)


def _written(scenario: Scenario) -> list[str]:
    """Return each step's argument as JSON text."""
    steps: Any = scenario.document["steps"]
    return [encode_text(next(iter(step.values()))) for step in steps]


def _of_head(scenario: Scenario, tenant: TenantAbilities) -> Iterator[str]:
    if scenario.settings:
        yield f"settings are of our own stack alone: {', '.join(scenario.settings)}"
    if scenario.profile and tenant.profile not in {None, scenario.profile}:
        yield f"it is of {scenario.profile}, the tenant is one of {tenant.profile}"
    if "start" in scenario.document:
        yield "start: a tenant's clock cannot be set"
    if scenario.records:
        yield "records: a tenant begins with records of its own"
    for differs in scenario.instances.values():
        configuration = configuration_of(differs)
        yield from configuration_obstacles(configuration, tenant)
        yield from _of_names(scenario, encode_text(configuration))


def _of_text(scenario: Scenario, step: Step, written: str) -> Iterator[str]:
    """Yield what a step says that is true of our own stack's data and clock alone."""
    if _OF_WORKSPACES.search(written):
        yield "a tenant has no workspace, and its secrets are not for scenarios"
    if step.verb == "create":
        return
    if step.verb == "expect":
        yield from _of_events(scenario, step)
    if step.verb == "inspect":
        return
    yield from _of_names(scenario, written)
    names = [str(each["name"]) for each in scenario.instances.values() if "name" in each]
    if VERBS[step.verb].shown:
        if _OURS.search(written) or any(encode_text(name) in written for name in names):
            yield "at a tenant instances have names and a receiver of ours"
        if str(scenario.start.year) in written or _EPOCH.search(written):
            yield "an instant of the scenario's own clock"


def _of_names(scenario: Scenario, text: str) -> Iterator[str]:
    """Yield the fields by whose values a tenant's records are known as ours, if something hangs on them."""
    kinds = {
        name.partition("/")[0] for each in scenario.steps if each.verb == "create" for name in each.argument
    }
    for field in sorted({NAME_FIELDS[kind] for kind in kinds}):
        if field in text:
            yield f"{field} is ours at a tenant, so that what was made is found again"


def _of_events(scenario: Scenario, step: Step) -> Iterator[str]:
    """Yield the events by whose names nobody could tell that they are about records of the scenario's own."""
    own = {
        name.partition("/")[2]
        for each in scenario.steps
        if each.verb in {"create", "request"}
        for name in (each.argument if each.verb == "create" else each.argument.keep)
    }
    for callbacks in by_instance(step.argument).values():
        for each in callbacks or ():
            for event in [each] if isinstance(each, str) else each.events:
                if event.partition("/")[2].rpartition(" ")[0] not in own:
                    yield f"{event}: at a tenant an event is known as ours by its record's number"
