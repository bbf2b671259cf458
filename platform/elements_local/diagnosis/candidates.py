"""Changes that may have led to a callback: of a block's keys, of the instance, the CRM, the receiver. Pure.

Which links of the chain a change can mend says what is worth replaying; whether it is a cure, the replay says.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from msgspec import to_builtins

from elements_local.clients.guide import DATES, TOLERANCE, changed_block
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.diagnosis.candidate import CureCandidate, fault_rules, neutral
from elements_local.platform.configuration.callback_headers import SIGNATURE_KEY
from elements_local.platform.configuration.instance_configuration import (
    CALLBACK_URL,
    ENABLED,
    VENDOR_TYPE,
    refresh_interval,
)
from elements_local.platform.configuration.poller_configuration import (
    CONFIGURATION,
    OBJECTS,
    REFRESH_INTERVAL,
    URLS,
)
from elements_local.platform.configuration.poller_keys import POLLER_KEYS
from elements_local.platform.core.objects import Objects
from elements_local.platform.core.poll import DateField
from elements_local.platform.explain.arithmetic import parsed
from elements_local.platform.explain.case import ExplainedCase, PollOfRecord
from elements_local.platform.explain.cause import Cause, CauseStage, CureCase
from elements_local.platform.explain.polled import resource_in
from elements_local.platform.transformations.views import transformation_json
from elements_local.scenarios.scenario import Scenario

_AFTER_POLLS = frozenset({CauseStage.DELIVERY, CauseStage.RECEIVER})
_OF_CRM = (
    frozenset(CauseStage)
    - {CauseStage.LOG, CauseStage.KEY, CauseStage.IDENTITY, CauseStage.EXPECTED}
    - _AFTER_POLLS
)
_OF_BLOCK = (_OF_CRM | {CauseStage.KEY, CauseStage.IDENTITY}) - {CauseStage.POLLER}
_OF_DATES = frozenset({CauseStage.FILTER, CauseStage.KEY, CauseStage.NAME, CauseStage.REPEAT})
_OF_RECEIVER = _AFTER_POLLS | {CauseStage.REPEAT}
_QUEUED = frozenset({Cause.QUEUED, Cause.DEAD_SUBSCRIPTION, Cause.RETRIES_EXHAUSTED})
"""Causes by which the callback waits in the queue for a release."""

_DELAYS = (1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)
_FORMATS = (
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "yyyy-MM-dd'T'HH:mm:ss",
    "MM/dd/yyyy HH:mm:ss",
    "dd.MM.yyyy HH:mm:ss",
    "milliseconds",
)
_DAY_S = 86_400
_Value = tuple[str, object]


def linted(sought: CureCase, findings: Sequence[Mapping[str, Any]]) -> list[CureCandidate]:
    """Return what fixes the findings of lint about the resource, one by one.

    Args:
        findings: of the instance, as the platform answers with them.
    """
    resource = sought.case.resource
    cures = (
        CureCandidate(where="configuration", text=_text(block, keys, resource), block=block, keys=keys)
        for finding in findings
        if finding["resource"] in {None, resource} and finding["cure"]["change"]
        for block, keys in [_split(finding["cure"]["change"], resource, sought.block or {})]
        if block or keys
    )
    return [each for each in cures if not (each.block and sought.cause.stage in _AFTER_POLLS)]


def single_keys(sought: CureCase) -> Iterator[CureCandidate]:
    """Yield changes of one key of the resource's block; those that change nothing are left out."""
    cause, block, case = sought.cause, sought.block, sought.case
    if block is None or cause.stage not in _OF_BLOCK:
        return
    for key, value in _values(cause, case, block, sought.own):
        is_default = value is False and key not in block
        if not is_default and changed_block(block, {key: value}) != dict(block):
            text = _text({key: value}, {}, case.resource)
            yield CureCandidate(where="configuration", text=text, block={key: value})


def others(sought: CureCase, scenario: Scenario, *, platform_url: str) -> Iterator[CureCandidate]:
    """Yield changes of the instance, then of the CRM, then of the receiver.

    Args:
        scenario: what happened, without expectations.
        platform_url: where the platform that is asked can be called.
    """
    cause = sought.cause
    yield from _of_transformation(sought)
    yield from _of_instance(sought)
    yield from _of_crm(cause.stage, scenario)
    if cause is Cause.OTHER_KEY:
        text = f"let the receiver check signatures with the instance's {SIGNATURE_KEY}"
        yield CureCandidate(where="receiver", text=text, shown={"key": SIGNATURE_KEY})
    elif cause.stage in _OF_RECEIVER:
        if cause in _QUEUED:
            yield _release(platform_url)
        text = "let the receiver answer with a success at once"
        yield CureCandidate(where="receiver", text=text, answers=True, shown={"status": 200})


def own_dates(sought: CureCase) -> Iterator[CureCandidate]:
    """Yield all keys of dates as the element has them, which fixes several at once; the tolerance is no date."""
    own, written = sought.own.get(DATES), (sought.block or {}).get(DATES)
    if sought.cause.stage in _OF_DATES and sought.block is not None and isinstance(own, Mapping):
        dates = {key: value for key, value in own.items() if key != TOLERANCE}
        if isinstance(written, Mapping) and TOLERANCE in written:
            dates[TOLERANCE] = written[TOLERANCE]
        text = f"take the dates of {sought.case.resource} as the element's own block has them"
        yield CureCandidate(where="configuration", text=text, block={DATES: dates})


def enabled(instance_id: int) -> CureCandidate:
    """Return the call that lets an instance poll again."""
    return CureCandidate(
        where="configuration",
        text=f"enable the instance: PUT /instances/{instance_id}/enabled",
        puts="/instances/{instance}/enabled",
        shown={"disabled": False},
    )


def _split(
    change: Mapping[str, Any], resource: str, present: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return the keys of a resource's block, those of its dates among them, and the instance's own, of a merge patch.

    Args:
        present: the block; in the place of one that is empty, a patch has all of the element's own.
    """
    block, there = (
        _as_keys(each) for each in ((change.get(CONFIGURATION) or {}).get(resource) or {}, present)
    )
    changed = {key: value for key, value in block.items() if key not in there or there[key] != value}
    return changed, {key: value for key, value in change.items() if key != CONFIGURATION}


def _text(block: Mapping[str, object], keys: Mapping[str, object], resource: str) -> str:
    """Return what to do so that a block and an instance have other values."""
    named = [*((f"{key} of {resource}", value) for key, value in block.items()), *keys.items()]
    return ", and ".join(
        f"take out {name}" if value is None else f"set {name} to {value!r}" for name, value in named
    )


def _release(platform_url: str) -> CureCandidate:
    clause = quote("channel='webhook' and status='queued'")
    path = f"/notifications/subscriptions/deliveries?where={clause}"
    text = (
        "release the queue and reactivate the subscription: "
        f"curl -X PUT '{platform_url}{BASE_PATH}{path}' "
        "-H 'Authorization: User <user secret>, Organization <organization secret>'"
    )
    return CureCandidate(where="receiver", text=text, puts=path, shown={"release": f"PUT {path}"})


def _of_transformation(sought: CureCase) -> Iterator[CureCandidate]:
    """Yield the transformation with the fields that the block names, if it leaves some out."""
    case, mapped, block = sought.case, sought.case.state.transformation, _as_keys(sought.block or {})
    if mapped is None:
        return
    named = [str(block[key]) for key in ("idField", "updatedDateField", "createdDateField") if key in block]
    there = {*case.state.known_fields, *(name for each in mapped.fields for name in each.names)}
    hidden = [field for field in named if field in there and mapped.hides(field)]
    if not hidden:
        return
    name = resource_in(str(block.get("url") or "")) or case.resource
    body = to_builtins(transformation_json(name, mapped.showing(hidden), Objects()))
    path = f"/instances/{case.instance.id}/transformations/{quote(name, safe='')}"
    text = f"let the transformation of {name} show {', '.join(hidden)}: PUT {path}"
    yield CureCandidate(
        where="configuration", text=text, transformation=(name, body), shown={"transformation": body}
    )


def _of_instance(sought: CureCase) -> Iterator[CureCandidate]:
    """Yield changes of what holds for all of an instance's resources."""
    case, cause = sought.case, sought.cause
    match cause:
        case Cause.EVENTS_OFF:
            keys = {ENABLED: True, VENDOR_TYPE: "polling"}
            yield CureCandidate(where="configuration", text="switch events on, and leave them on", keys=keys)
        case Cause.POLLING_GAP:
            yield from _of_gap(sought)
        case Cause.UNPOLLED_RESOURCE | Cause.OTHER_COLLECTION if sought.own:
            block = _as_keys(sought.own)
            collection = case.change.collection if case.change else case.resource
            is_new = cause is Cause.UNPOLLED_RESOURCE
            text = f"{'add a' if is_new else 'let the'} block for {case.resource}{'' if is_new else f' ask for {collection}'}"
            yield CureCandidate(where="configuration", text=text, block=block)
        case Cause.INSTANCE_DISABLED | Cause.POLLER_OFF:
            cure = enabled(case.instance.id)
            if case.instance.disabled or case.instance.polling_disabled:
                yield cure
            text = f"leave the {'poller' if cause is Cause.POLLER_OFF else 'instance'} enabled"
            yield CureCandidate(where="configuration", text=text, stays_enabled=True, shown=cure.shown)
        case Cause.NO_RECEIVER:
            keys = {CALLBACK_URL: "{callback_url}"}
            has_url = case.instance.configuration.get(CALLBACK_URL)
            text = "save the instance's callback URL again" if has_url else "give the instance a callback URL"
            yield CureCandidate(where="configuration", text=text, keys=keys)
    now = refresh_interval(case.instance.configuration) // timedelta(minutes=1)
    # Fewer calls keep a limit, and a shorter interval is over earlier; nothing else is mended by another one.
    wanted = {Cause.RATE_LIMIT: range(now + 1, 61), Cause.PUT_OFF: range(now)}.get(cause, ())
    for minutes in (1, 5, 60):
        if minutes in wanted:
            text = f"let polls come every {minutes} min"
            yield CureCandidate(where="configuration", text=text, keys={REFRESH_INTERVAL: str(minutes)})


def _of_gap(sought: CureCase) -> Iterator[CureCandidate]:
    """Yield what leaves a resource polled: events, the choice of blocks, and its block as they are."""
    case = sought.case
    yield CureCandidate(where="configuration", text="leave events on", keys={ENABLED: True})
    for key in (OBJECTS, URLS):
        if value := case.instance.configuration.get(key):
            yield CureCandidate(where="configuration", text=f"leave {key} at {value!r}", keys={key: value})
    if sought.block:
        text = f"leave {case.resource} in the configuration"
        yield CureCandidate(where="configuration", text=text, block=_as_keys(sought.block))


def _of_crm(stage: CauseStage, scenario: Scenario) -> Iterator[CureCandidate]:
    """Yield a CRM that does one thing less wrong."""
    if stage not in _OF_CRM:
        return
    for rule in fault_rules(scenario):
        if rule.service != "sink":
            effects, is_own = neutral(rule), rule.service == "platform"
            named = f"let the {'platform' if is_own else 'CRM'} do right what a fault rule has it do wrong"
            yield CureCandidate(
                where="platform" if is_own else "crm",
                text=f"{named}: {', '.join(effects)}",
                without=rule,
                shown=effects,
            )


def _values(
    cause: Cause, case: ExplainedCase, block: Mapping[str, object], own: Mapping[str, object]
) -> Iterator[_Value]:
    """Yield the values of single keys that could mend a link of the chain, the likelier ones first.

    Args:
        block: of the resource.
        own: the element's own block of it; empty if it has none.
    """
    yield from _spelt(case, block)
    if cause is Cause.FIELD_RENAMED:
        yield from _renamed(case, block)
    for key in POLLER_KEYS:
        for word in (cause.word, cause.stage.value):
            if word in key.fixes:
                yield from ((key.name, value) for value in key.fixes[word])
                yield from _following(key.name, cause.stage, case, own)


def _following(
    name: str, stage: CauseStage, case: ExplainedCase, own: Mapping[str, object]
) -> Iterator[_Value]:
    """Yield the values of a key that follow from what happened."""
    match name:
        case "url" if own.get(name) and stage in {CauseStage.WINDOW, CauseStage.LIST, CauseStage.REQUEST}:
            yield name, own[name]
        case "idField" if own.get(name):
            yield name, own[name]
        case "datesConfiguration":
            yield from _dates(case)
        case "createdCheckTolerance":
            yield from ((name, seconds) for seconds in _tolerances(case))
        case "pollDelay" if stage is not CauseStage.REPEAT:
            yield from ((name, seconds) for seconds in _delays(stage, case))


def _as_keys(block: Mapping[str, object]) -> dict[str, object]:
    """Return a block as the keys that a resource without one could be given."""
    dates = block.get(DATES)
    beside = {key: value for key, value in block.items() if key != DATES}
    return {**beside, **(dict(dates) if isinstance(dates, Mapping) else {})}


def _spelt(case: ExplainedCase, block: Mapping[str, object]) -> Iterator[_Value]:
    """Yield the keys that are misspelt, as they are meant."""
    written = _as_keys(block)
    yield from ((meant, written[name]) for name, meant in case.state.misspelled_keys if name in written)


def _renamed(case: ExplainedCase, block: Mapping[str, object]) -> Iterator[_Value]:
    """Yield the keys that name a field which the CRM shows under another name, with that name."""
    effects = (effect.get("rename_fields") for seen in case.polls for effect in seen.effects())
    names = next((each for each in effects if isinstance(each, Mapping)), {})
    named = ((key, str(value)) for key, value in _as_keys(block).items())
    yield from ((key, names[value]) for key, value in named if value in names)


def _dates(case: ExplainedCase) -> Iterator[_Value]:
    """Yield formats and zones by which the record's dates would be read as the CRM means them."""
    seen = next((each for each in case.polls if each.decision), None)
    if not (seen and seen.decision and case.state.resource and case.change):
        return
    latest = case.as_of(seen) or case.change
    of_dates = (
        ("updated", seen.decision.updated, case.state.resource.updated, latest.dated),
        ("created", seen.decision.created, case.state.resource.created, latest.created),
    )
    for kind, text, field, meant in of_dates:
        if field and text and meant:
            yield from _readings(kind, text, field, meant, seen)


def _readings(
    kind: str, text: str, field: DateField, meant: datetime, seen: PollOfRecord
) -> Iterator[_Value]:
    """Yield formats and zones that read a text as what is meant."""
    now = seen.poll.at
    for pattern in _FORMATS:
        if parsed(text, pattern, field.zone, now=now) == meant:
            yield f"{kind}DateFormat", pattern
    in_gmt = parsed(text, field.pattern, "GMT", now=now)
    off = (meant - in_gmt) // timedelta(minutes=1) if in_gmt else 0
    # Zones differ from GMT by quarters of an hour, up to fourteen hours; anything else is another mistake.
    if in_gmt and off and not off % 15 and abs(off) <= 14 * 60:
        sign, rest = "+" if off < 0 else "-", abs(off)
        yield f"{kind}DateTimezone", f"{sign}{rest // 60}:{rest % 60:02}"


def _tolerances(case: ExplainedCase) -> Iterator[int]:
    """Yield the seconds between the two dates, and none."""
    seen = case.telling or next(iter(case.chances), None)
    latest = case.as_of(seen) if seen else None
    if latest and latest.created:
        yield max(math.ceil((latest.dated - latest.created).total_seconds()), 0)
        yield 0


def _delays(stage: CauseStage, case: ExplainedCase) -> Iterator[int]:
    """Yield delays, the shortest first that could let a poll ask for this change once more."""
    resource, change = case.state.resource, case.change
    now = int(resource.poll_delay.total_seconds()) if resource else 0
    least = now + 1
    if case.chances and change:
        first = (case.due or case.chances[0]).poll
        # A list did not have it at the first poll, or a window began after it; a poll asks for what is later.
        missed_by = (
            first.at - change.dated
            if stage is CauseStage.LIST
            else first.window_from - change.dated + timedelta(seconds=now)
        )
        least = max(least, math.ceil(missed_by.total_seconds()) + 1)
    yield from (seconds for seconds in sorted({least, *_DELAYS}) if least <= seconds <= _DAY_S)
