"""One change that may have led to a callback, and the scenario of what happened with that change in it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from msgspec import structs

from elements_local.clients.guide import changed_block
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.poller_configuration import CONFIGURATION
from elements_local.platform.explain.cause import Place
from elements_local.scenarios.recording.instances import readable
from elements_local.scenarios.scenario import Scenario, Step
from elements_local.scenarios.verbs.faults import Fault
from elements_local.scenarios.verbs.request import RequestStep

_EXPECTING = frozenset({"expect", "never"})


@dataclass(frozen=True, kw_only=True)
class CureCandidate:
    """A change to try.

    Attributes:
        block: keys of the resource's block; None takes a key away. Those of dates belong into ``datesConfiguration``.
        keys: of the instance's configuration.
        without: the fault rule that is left out.
        answers: whether the sink answers 200, instead of what is scripted.
        puts: the path of a PUT to the platform at the end; ``{instance}`` is the instance.
        transformation: what a transformation of the object named becomes, whenever it is set.
        stays_enabled: whether calls that disable the instance are left out.
        shown: what is changed, where it is neither ``block`` nor ``keys``.
    """

    where: Place
    text: str
    block: Mapping[str, object] = field(default_factory=dict)
    keys: Mapping[str, object] = field(default_factory=dict)
    without: Fault | None = None
    answers: bool = False
    puts: str = ""
    transformation: tuple[str, Mapping[str, object]] | None = None
    stays_enabled: bool = False
    shown: Mapping[str, object] = field(default_factory=dict)

    @property
    def change(self) -> Mapping[str, object]:
        """What is changed."""
        return {**self.block, **self.keys, **self.shown}

    @property
    def identity(self) -> tuple[object, ...]:
        """What no other candidate has: of two fault rules that are alike, leaving out one is not leaving out the other."""
        return self.change, id(self.without), self.stays_enabled

    @property
    def is_configured(self) -> bool:
        """Whether it is a change of the configuration, which may be worse for other records."""
        return bool(self.block or self.keys)

    def with_(self, other: "CureCandidate") -> "CureCandidate":
        """Return two changes of the configuration as one."""
        return replace(
            self,
            block={**self.block, **other.block},
            keys={**self.keys, **other.keys},
            text=f"{self.text}, and {other.text}",
        )


@dataclass(frozen=True, kw_only=True)
class ScenarioPlace:
    """Where in a scenario the change stands that was not reported.

    Attributes:
        instance: its name.
        record: its name; None if it has none, so that its changes cannot be distinguished from others.
        nth: which of the record's changes it is, counted from 0.
        block: of the resource, before any change.
        usual: the blocks of an instance whose own are not named.
    """

    instance: str
    resource: str
    record: str | None
    nth: int
    block: Mapping[str, object] | None
    usual: Mapping[str, object]


def without_expectations(scenario: Scenario) -> Scenario:
    """Return what a scenario does, without what it expects."""
    return replace(scenario, steps=tuple(step for step in scenario.steps if step.verb not in _EXPECTING))


def polled_alone(scenario: Scenario, place: ScenarioPlace) -> Scenario:
    """Return a scenario in which an instance polls one resource, and none beside it."""

    def alone(values: Mapping[str, Any]) -> dict[str, Any]:
        blocks = readable(CONFIGURATION, values.get(CONFIGURATION, place.usual))
        own = blocks.get(place.resource) if isinstance(blocks, Mapping) else None
        return {**values, **({} if own is None else {CONFIGURATION: {place.resource: own}})}

    if place.instance not in scenario.instances:
        return scenario
    differs = scenario.instances[place.instance]
    configured = {**differs, "configuration": alone(dict(_mapping(differs.get("configuration"))))}
    steps = [
        replace(step, argument=alone(step.argument))
        if step.verb == "configure"
        and CONFIGURATION in step.argument
        and _is_of(step.argument, place, scenario)
        else step
        for step in scenario.steps
    ]
    return replace(scenario, instances={**scenario.instances, place.instance: configured}, steps=tuple(steps))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def fault_rules(scenario: Scenario) -> list[Fault]:
    """Return all fault rules that a scenario sets, in order."""
    return [rule for step in scenario.steps if step.verb == "fault" for rule in _rules(step)]


def merge_patch(
    candidate: CureCandidate, configuration: Mapping[str, Any], place: ScenarioPlace
) -> dict[str, Any] | None:
    """Return a change as the whole merge patch of an instance, each key as it is to be; None if it is none of the configuration.

    Args:
        configuration: of the instance, ``event.poller.configuration`` as an object.
    """
    if not candidate.is_configured:
        return None
    changed = _with_changes(configuration, candidate, place)
    return {
        "configuration": {key: value for key, value in changed.items() if value != configuration.get(key)}
    }


def applied(candidate: CureCandidate, scenario: Scenario, place: ScenarioPlace) -> Scenario:
    """Return a scenario with a change in it, wherever that has to stand."""
    changes = dict(candidate.keys)
    instances = dict(scenario.instances)
    if place.instance in instances and (changes or candidate.block):
        instances[place.instance] = _configured(instances[place.instance], candidate, place)
    steps = list(_steps(candidate, scenario, place))
    if candidate.puts:
        path = candidate.puts.replace("{instance}", f"{{{place.instance}}}")
        steps.append(Step(verb="request", argument=RequestStep(method="PUT", path=path), line=0))
    return replace(scenario, instances=instances, steps=tuple(steps))


def _configured(
    differs: Mapping[str, object], candidate: CureCandidate, place: ScenarioPlace
) -> Mapping[str, object]:
    values = _mapping(differs.get("configuration"))
    return {**differs, "configuration": _with_changes(values, candidate, place)}


def _with_changes(
    values: Mapping[str, Any], candidate: CureCandidate, place: ScenarioPlace
) -> dict[str, Any]:
    """Return keys of a configuration with a change; the poller's blocks are the usual ones where they are not named."""
    if candidate.block and poller_configuration.has_lines(values):
        own = {place.resource: place.block or {}}
        values = poller_configuration.lines_as_blocks(values, defaults=own)
    changed = {**values, **candidate.keys}
    if not candidate.block:
        return changed
    blocks = readable(CONFIGURATION, values.get(CONFIGURATION, place.usual))
    if isinstance(blocks, Mapping):
        written = blocks.get(place.resource) or place.block or {}
        changed[CONFIGURATION] = {**blocks, place.resource: changed_block(written, candidate.block)}
    return changed


def _steps(candidate: CureCandidate, scenario: Scenario, place: ScenarioPlace) -> Iterator[Step]:
    for step in scenario.steps:
        if step.verb == "fault":
            # The very rule: another one may say the same at another time.
            kept = [rule for rule in _rules(step) if rule is not candidate.without]
            if candidate.answers:
                kept = [rule for rule in kept if rule.service != "sink"]
            if kept:
                yield replace(step, argument=kept)
            # Its rules took the place of those before it, too.
            for service in sorted({rule.service for rule in _rules(step)} - {rule.service for rule in kept}):
                whose = "?workspace={workspace}" if service == "sink" else ""
                none = RequestStep(service=service, method="DELETE", path=f"/_local/faults{whose}")
                yield Step(verb="request", argument=none, line=step.line)
        elif _is_left_out(candidate, step, place):
            continue
        elif step.verb == "configure" and _is_of(step.argument, place, scenario):
            yield replace(step, argument=_reconfigured(step.argument, candidate, place))
        elif step.verb == "make" and place.instance in step.argument:
            made = {**step.argument}
            made[place.instance] = _configured(made[place.instance], candidate, place)
            yield replace(step, argument=made)
        else:
            yield step
        if candidate.transformation and _transforms(step, candidate.transformation[0]):
            again = structs.replace(step.argument, method="PUT", json=candidate.transformation[1], keep={})
            yield replace(step, argument=again)


def _transforms(step: Step, name: str) -> bool:
    return (
        step.verb == "request"
        and step.argument.method in {"POST", "PUT"}
        and bool(step.argument.path.endswith(f"/transformations/{quote(name, safe='')}"))
    )


def _reconfigured(
    argument: Mapping[str, Any], candidate: CureCandidate, place: ScenarioPlace
) -> dict[str, Any]:
    """Return a change of a configuration in which a cure's keys keep the value that cures."""
    changed = {key: candidate.keys.get(key, value) for key, value in argument.items()}
    return (
        _with_changes(changed, replace(candidate, keys={}), place) if CONFIGURATION in argument else changed
    )


def _is_of(argument: Mapping[str, Any], place: ScenarioPlace, scenario: Scenario) -> bool:
    first = next(iter(scenario.instances), None)
    return bool(argument.get("instance", first) == place.instance)


def _is_left_out(candidate: CureCandidate, step: Step, place: ScenarioPlace) -> bool:
    if step.verb == "request" and candidate.stays_enabled:
        disabling = "DELETE", f"/instances/{{{place.instance}}}/enabled"
        return bool((step.argument.method, step.argument.path) == disabling)
    return step.verb == "respond" and candidate.answers


def _rules(step: Step) -> Sequence[Fault]:
    return step.argument if isinstance(step.argument, list) else [step.argument]


def neutral(rule: Fault) -> dict[str, object]:
    """Return the effects of a rule, each as it would be without it."""
    without = structs.asdict(type(rule.effect)())
    return {name: each for name, each in without.items() if getattr(rule.effect, name) != each}
