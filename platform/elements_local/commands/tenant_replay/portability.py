"""Whether a scenario can run at a tenant of the real platform, and what stands in its way. Pure.

A tenant has no admin routes, no faults and no snapshots; it has other people's records, and a clock that nobody moves. What a
scenario expects there is therefore read as being about its own instances and records alone.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from elements_local.clients.records import NAME_FIELDS
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.instants import parse_duration
from elements_local.scenarios.scenario import Scenario, Step
from elements_local.scenarios.verbs import VERBS
from elements_local.scenarios.verbs.clock import WORDS, AdvanceTo
from elements_local.scenarios.verbs.expect import by_instance
from elements_local.scenarios.verbs.instances import (
    INTERVAL,
    USUAL_INTERVAL,
    configuration_obstacles,
    configuration_of,
)
from elements_local.scenarios.verbs.verb import TenantAbilities

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
        yield "records: a tenant has its own records at the start"
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
    for field in sorted({NAME_FIELDS[kind] for kind in kinds & NAME_FIELDS.keys()}):
        if field in text:
            yield f"{field} is chosen by the run at a tenant, to find what it created"


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


CLOSE = timedelta(seconds=30)
LONGEST = timedelta(hours=4)
_CHANGES = frozenset({"create", "update", "delete", "make", "configure"})

_Pollers = dict[str, tuple[timedelta, timedelta]]
"""Instance -> since when it polls, and how often."""


def untimely(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Yield the lines that count on exact instants, and why."""
    pollers: _Pollers = {name: (timedelta(), _interval(each)) for name, each in scenario.instances.items()}
    tolerances = {length for each in scenario.instances.values() for length in _tolerances(each)}
    created: dict[str, timedelta] = {}
    now, changed = timedelta(), False
    for step in scenario.steps:
        if step.verb == "advance":
            later = _later(now, step.argument)
            if later is None:
                yield step.line, "advance: to what only the scenario's own clock knows"
                return
            if changed and timedelta() < later - now < CLOSE:
                yield step.line, "advance: seconds count, and a tenant does not keep to them"
            now = later
        elif _is_change(step) or _counts(step):
            if any(_is_near(now - since, interval) for since, interval in pollers.values()):
                yield step.line, f"{step.verb}: within {CLOSE.seconds} seconds of a poll"
            changed = changed or _is_change(step)
            created.update(dict.fromkeys(step.argument if step.verb == "create" else (), now))
            gaps = [now - created.get(name, now) for name in (step.argument if step.verb == "update" else ())]
            if any(gap <= tolerance < gap + CLOSE for gap in gaps for tolerance in tolerances if tolerance):
                yield step.line, f"update: within {CLOSE.seconds} seconds of the createdCheckTolerance"
            _note_interval(pollers, step, now)
    if now > LONGEST:
        yield scenario.line, f"it takes {now} of real time, which is more than {LONGEST}"


def length(scenario: Scenario) -> timedelta:
    """Return how much of a tenant's time a portable scenario lasts."""
    now = timedelta()
    for step in scenario.steps:
        now = (_later(now, step.argument) or now) if step.verb == "advance" else now
    return now


def longest_interval(scenario: Scenario) -> timedelta:
    """Return how often the slowest of its instances polls."""
    return max(map(_interval, scenario.instances.values()), default=timedelta(minutes=USUAL_INTERVAL))


def _later(now: timedelta, argument: Any) -> timedelta | None:
    """Return the instant that an ``advance`` leads to, since the start; None for one that has a date, or none."""
    if not isinstance(argument, AdvanceTo):
        return None if argument in WORDS else now + parse_duration(argument)
    to = argument.to or ""
    return parse_duration(to[2:]) if to.startswith("T+") else None


def _interval(differs: Mapping[str, Any]) -> timedelta:
    given = str(differs.get("configuration", {}).get(INTERVAL, USUAL_INTERVAL))
    return timedelta(minutes=int(given) if given.isdecimal() and int(given) else USUAL_INTERVAL)


def _tolerances(differs: Mapping[str, Any]) -> Iterator[timedelta]:
    """Yield the tolerances of an instance's blocks, which may stand among the dates, too."""
    blocks = differs.get("configuration", {}).get("event.poller.configuration")
    for block in blocks.values() if isinstance(blocks, dict) else ():
        for part in (block, block.get("datesConfiguration", {})) if isinstance(block, dict) else ():
            given = str(part.get("createdCheckTolerance", ""))
            if given.isdecimal():
                yield timedelta(seconds=int(given))


def _is_change(step: Step) -> bool:
    return step.verb in _CHANGES or (step.verb == "request" and step.argument.method != "GET")


def _counts(step: Step) -> bool:
    """Say whether a step looks at what has come up to now."""
    return step.verb == "expect" and not isinstance(step.argument, str)


def _is_near(since: timedelta, interval: timedelta) -> bool:
    """Say whether an instant lies beside a poll, but not at it: what is due then has run once it is over."""
    phase = since % interval
    return since >= CLOSE and phase > timedelta() and min(phase, interval - phase) < CLOSE


def _note_interval(pollers: _Pollers, step: Step, now: timedelta) -> None:
    if step.verb == "make":
        pollers.update({name: (now, _interval(each)) for name, each in step.argument.items()})
    elif step.verb == "configure" and INTERVAL in step.argument:
        name = str(step.argument.get("instance", next(iter(pollers), "")))
        pollers[name] = (now, _interval({"configuration": step.argument}))
