"""Whether a scenario can run at a tenant of the real platform, and what stands in its way. Pure.

A tenant has no admin routes, no faults and no snapshots; it has other people's records, and a clock that nobody moves. What a
scenario expects there is therefore read as being about its own instances and records alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import UNSET, Struct

from elements_local.scenarios import verbs
from elements_local.scenarios.records import NAME_FIELDS, RESOURCES
from elements_local.scenarios.scenario import Scenario, Step
from elements_local.tenant_replay.portable_times import INTERVAL, USUAL_INTERVAL, untimely
from mock_kit.admin.masks import MASK
from mock_kit.api.json_text import encode_text

_ADMIN = "/_local"
_OWN = re.compile(r"\{[\w./-]+\}")
_OF_WORKSPACES = re.compile(r"\{(?:workspace|\w+_secret|crm_\w+)\}")
_NUMBER_IN_PATH = re.compile(r"/\d+(?=[/?]|$)")
_EPOCH = re.compile(r"\b1[5-9]\d{8}(?:\d{3})?\b")
_OURS = re.compile(r'"(?:instanceName|eventsNotificationCallbackUrl)"')
_HUB = ("/hubs/", "/objects", "/ping")
_INSTANCES_OWN = "/instances/{"
_LISTS = frozenset({"/instances", "/instances/events/analytics"})
_MADE = re.compile(rf"/instances|/v\d\.\d/(?:{'|'.join(RESOURCES)})")
_FILTERED = "where=${}"
_CREDENTIALS = ("username", "password")


class Obstacle(Struct, frozen=True, kw_only=True):
    """Something that keeps a scenario from running at a tenant.

    Attributes:
        line: where it stands in its file.
    """

    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class TenantAbilities(Struct, frozen=True, kw_only=True):
    """What a tenant can do, as far as scenarios differ in what they need.

    Attributes:
        profile: which of the platform's two names it has; None for either.
        has_sink: whether a sink of ours receives its callbacks, which shows headers and answers what it is told to.
        shortest_interval: in minutes, how often it polls at most.
    """

    profile: str | None = None
    has_sink: bool = True
    shortest_interval: int = 1


ANY_TENANT = TenantAbilities()


def obstacles(scenario: Scenario, tenant: TenantAbilities = ANY_TENANT) -> list[Obstacle]:
    """Return what keeps a scenario from running at a tenant, in the order of its lines; nothing if it is portable."""
    found = [Obstacle(line=scenario.line, reason=reason) for reason in _of_head(scenario, tenant)]
    for step, written in zip(scenario.steps, _written(scenario), strict=True):
        reasons = (*_of_step(scenario, step, tenant), *_of_text(scenario, step, written))
        found += [
            Obstacle(line=step.line, reason=f"{step.verb}: {reason}") for reason in dict.fromkeys(reasons)
        ]
    found += [Obstacle(line=line, reason=reason) for line, reason in untimely(scenario)]
    if not any(step.verb in _SHOWN for step in scenario.steps):
        found.append(Obstacle(line=scenario.line, reason="it expects nothing that a tenant shows"))
    return sorted(found, key=lambda obstacle: obstacle.line)


def needs_quiet(scenario: Scenario) -> bool:
    """Say whether others at the same tenant would be in its way: their changes share callbacks, and take the receiver's answers."""
    return any(
        step.verb == "respond" or (step.verb == "expect" and _counts_callbacks(step.argument))
        for step in scenario.steps
    )


def _counts_callbacks(argument: verbs.Expect | str) -> bool:
    """Say whether it matters to an expectation which changes share a callback."""
    return any(_whole(each) for each in _by_instance(argument).values()) or (
        not isinstance(argument, str) and argument.attempts is not None
    )


def _whole(callbacks: list[str | verbs.ExpectedCallback] | None) -> list[verbs.ExpectedCallback]:
    """Return the callbacks that are expected one by one, and not as lines."""
    return [each for each in callbacks or () if not isinstance(each, str)]


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
        yield from _of_configuration(scenario, _configuration_of(differs), tenant)


def _of_configuration(
    scenario: Scenario, configuration: Mapping[str, Any], tenant: TenantAbilities
) -> Iterator[str]:
    """Yield what of an instance's configuration a tenant's cannot have."""
    if any(configuration.get(key, MASK) != MASK for key in _CREDENTIALS):
        yield "at a tenant credentials are those of its CRM"
    if any(key.startswith("elements-local.") for key in configuration):
        yield "elements-local.*: keys of our own stack alone"
    url = configuration.get("event.notification.callback.url")
    if url and not str(url).startswith("{callback_url}"):
        yield "at a tenant callbacks go to its receiver"
    interval = str(configuration.get(INTERVAL, ""))
    if interval.isdecimal() and int(interval) < tenant.shortest_interval:
        yield f"it polls every {interval} minutes, the tenant every {tenant.shortest_interval} at most"
    blocks = configuration.get("event.poller.configuration")
    for name, block in blocks.items() if isinstance(blocks, dict) else ():
        block_url = str(block.get("url", _FILTERED)) if isinstance(block, dict) else _FILTERED
        if "where=" not in block_url or "${" not in block_url:
            yield f"{name}: without a where clause since the last poll it reads all that others have"
    yield from _of_names(scenario, encode_text(configuration))


def _configuration_of(differs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {INTERVAL: USUAL_INTERVAL, **differs.get("configuration", {})}


def _of_step(scenario: Scenario, step: Step, tenant: TenantAbilities) -> Iterator[str]:
    if step.verb in _UNPORTABLE:
        yield _UNPORTABLE[step.verb]
    elif step.verb in _CHECKS:
        yield from _CHECKS[step.verb](step.argument, tenant)
    elif step.verb == "configure":
        if "event.notification.signature.key" in step.argument:
            yield "at a tenant the signature key is ours"
        yield from _of_configuration(scenario, step.argument, tenant)
    elif step.verb == "make":
        for differs in step.argument.values():
            yield from _of_configuration(scenario, _configuration_of(differs), tenant)


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
    if step.verb in {"expect", "never", "request"}:
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


def _respond(argument: verbs.Response | list[verbs.Response], tenant: TenantAbilities) -> Iterator[str]:
    if not tenant.has_sink:
        yield "a collector cannot be told what to answer"
    if any(each.delay_s for each in (argument if isinstance(argument, list) else [argument])):
        yield "a delay is virtual, and only our own platform heeds it"


def _request(argument: verbs.RequestStep, _tenant: TenantAbilities) -> Iterator[str]:
    path = argument.path
    if argument.service == "sink" or path.startswith(_ADMIN):
        yield "a tenant has no such route"
    elif _NUMBER_IN_PATH.search(path.partition("?")[0]):
        yield "an id that only our own stack has"
    elif argument.method == "GET":
        yield from _read(argument)
    elif not (_OWN.search(path) or _is_refused(argument)):
        yield "it makes or changes what is not known to be ours"


def _is_refused(argument: verbs.RequestStep) -> bool:
    """Say whether it should make nothing; an instance or a record that it makes all the same is noted, and taken away."""
    return argument.method == "POST" and argument.status >= 400 and bool(_MADE.fullmatch(argument.path))


def _read(argument: verbs.RequestStep) -> Iterator[str]:
    """Yield what is wrong with reading: what others have is in lists, too, and decides about more than ours."""
    is_own = bool(_OWN.search(argument.path)) and "/events" not in argument.path
    known = argument.service == "crm" or argument.path.startswith((_INSTANCES_OWN, *_HUB))
    shown = known or argument.path.partition("?")[0] in _LISTS
    looks = argument.expect is not UNSET or argument.expect_headers
    if argument.status < 400 and not (is_own or (shown and not looks)):
        yield "it reads what is others', too"
    if argument.status == 404 and not is_own and not known:
        yield "it counts on there being nothing of others"


def _of_events(scenario: Scenario, step: Step) -> Iterator[str]:
    """Yield the events by whose names nobody could tell that they are about records of the scenario's own."""
    own = {
        name.partition("/")[2]
        for each in scenario.steps
        if each.verb in {"create", "request"}
        for name in (each.argument if each.verb == "create" else each.argument.keep)
    }
    for callbacks in _by_instance(step.argument).values():
        for each in callbacks or ():
            for event in [each] if isinstance(each, str) else each.events:
                if event.partition("/")[2].rpartition(" ")[0] not in own:
                    yield f"{event}: at a tenant an event is known as ours by its record's number"


def _by_instance(expected: verbs.Expect | str) -> Mapping[str, list[str | verbs.ExpectedCallback] | None]:
    """Return the callbacks that are expected, by the instance's name, which is empty for the first."""
    if isinstance(expected, str):
        return {}
    return expected.callbacks if isinstance(expected.callbacks, dict) else {"": expected.callbacks}


def _expect(argument: verbs.Expect | str, tenant: TenantAbilities) -> Iterator[str]:
    if isinstance(argument, str):
        yield "a stream has the instants of everything that came"
        return
    for key, reason in _UNSEEN.items():
        if getattr(argument, key) is not None:
            yield f"{key}: {reason}"
    if argument.attempts is not None and not tenant.has_sink:
        yield "attempts: a collector does not show what it answered"
    elif argument.attempts and argument.attempts[-1] not in _TAKEN:
        yield "attempts: another may come before a tenant's are counted"
    for callbacks in _by_instance(argument).values():
        yield from _callbacks(callbacks, tenant)


def _callbacks(
    callbacks: list[str | verbs.ExpectedCallback] | None, tenant: TenantAbilities
) -> Iterator[str]:
    whole = _whole(callbacks)
    kinds = Counter(each.events[0].partition("/")[0] for each in whole if each.events)
    if any(count > 1 for count in kinds.values()):
        yield "callbacks: which changes share one depends on what else changes there"
    if not tenant.has_sink and any(each.headers or each.signature for each in whole):
        yield "callbacks: a collector shows no headers"


def _never(argument: verbs.Never, _tenant: TenantAbilities) -> Iterator[str]:
    for key, reason in _UNSEEN.items():
        if getattr(argument, key, None):
            yield f"{key}: {reason}"


_TAKEN = range(200, 300)
_SHOWN = frozenset({"expect", "never", "request"})
_UNPORTABLE = {
    "fault": "a tenant does nothing wrong on demand",
    "snapshot": "a tenant cannot be remembered",
    "restore": "a tenant cannot go back",
    "poll": "a tenant polls when it is due",
}
_UNSEEN = {
    "polls": "a tenant does not show its polls",
    "requests": "a tenant does not show what it was sent",
    "audit": "an audit needs the polls, and every change of the CRM",
    "events": "an instance's events are of all that changes at a tenant",
}
_CHECKS: dict[str, Callable[[Any, TenantAbilities], Iterator[str]]] = {
    "respond": _respond,
    "request": _request,
    "expect": _expect,
    "never": _never,
}
