"""Changes that may have led to a callback: of a block's keys, of the instance, the CRM, the receiver. Pure.

Which links of the chain a change can mend says what is worth trying; nothing is left out because another cure is usual.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from elements_local.cures.candidate import DATES, CureCandidate, changed_block, fault_rules, neutral
from elements_local.scenarios.scenario import Scenario
from mock_platform.configuration.callback_headers import SIGNATURE_KEY
from mock_platform.configuration.instance_configuration import CALLBACK_URL, ENABLED, VENDOR_TYPE
from mock_platform.configuration.poller_configuration import REFRESH_INTERVAL
from mock_platform.core.poll import DateField
from mock_platform.explain.arithmetic import parsed
from mock_platform.explain.case import ExplainedCase, PollOfRecord
from mock_platform.explain.cause import Cause, CauseStage
from mock_platform.explain.cures import CureCase

_AFTER_POLLS = frozenset({CauseStage.DELIVERY, CauseStage.RECEIVER})
_OF_BLOCK = frozenset(CauseStage) - {CauseStage.LOG, CauseStage.POLLER} - _AFTER_POLLS
_OF_CRM = frozenset(CauseStage) - {CauseStage.LOG, CauseStage.KEY, CauseStage.IDENTITY} - _AFTER_POLLS
_OF_DATES = frozenset({CauseStage.FILTER, CauseStage.KEY, CauseStage.NAME, CauseStage.REPEAT})
_OF_RECEIVER = _AFTER_POLLS | {CauseStage.REPEAT}
_Value = tuple[str, object]

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
_ZONED = re.compile(
    r"\$\{(?:dateTimeZone:(?:(?:GMT|UTC)?[+-]?\d{1,2}(?::[0-5]\d)?|[^:}]*)|date|nowTimeZone:[^:}]*):"
)
_PAGES = (200, 500)


def single_keys(stage: CauseStage, sought: CureCase) -> Iterator[CureCandidate]:
    """Yield changes of one key of the resource's block; those that change nothing are left out.

    Args:
        stage: the link of the chain that is to be mended.
    """
    block, case = sought.block, sought.case
    if block is None or stage not in _OF_BLOCK:
        return
    singles: dict[str, CureCandidate] = {}
    for key, value in _values(stage, case, block, sought.own):
        if changed_block(block, {key: value}) != dict(block):
            text = f"set {key} of {case.resource} to {value!r}"
            single = CureCandidate(where="configuration", text=text, block={key: value})
            singles.setdefault(f"{key}={value}", single)
    yield from singles.values()


def others(sought: CureCase, scenario: Scenario) -> Iterator[CureCandidate]:
    """Yield changes of the instance, then of the CRM, then of the receiver.

    Args:
        scenario: what happened, without expectations.
    """
    stage, case = sought.cause.stage, sought.case
    dates = sought.own.get(DATES)
    if stage in _OF_DATES and sought.block is not None and dates:
        text = f"take the dates of {case.resource} as the element's own block has them"
        yield CureCandidate(where="configuration", text=text, block={DATES: dates})
    yield from _of_instance(sought)
    yield from _of_crm(stage, case, scenario)
    if sought.cause is Cause.OTHER_KEY:
        text = f"let the receiver hold signatures against the instance's {SIGNATURE_KEY}"
        yield CureCandidate(where="receiver", text=text, shown={"key": SIGNATURE_KEY})
    elif stage in _OF_RECEIVER:
        text = "let the receiver answer with a success at once"
        yield CureCandidate(where="receiver", text=text, answers=True, shown={"status": 200})


def _of_instance(sought: CureCase) -> Iterator[CureCandidate]:
    """Yield changes of what holds for all of an instance's resources."""
    case, cause = sought.case, sought.cause
    match cause:
        case Cause.EVENTS_OFF:
            keys = {ENABLED: True, VENDOR_TYPE: "polling"}
            yield CureCandidate(where="configuration", text="switch events on, and leave them on", keys=keys)
        case Cause.POLLING_GAP:
            yield CureCandidate(where="configuration", text="leave events on", keys={ENABLED: True})
            if sought.block:
                text = f"leave {case.resource} in the configuration"
                block = _as_keys(sought.block)
                yield CureCandidate(where="configuration", text=text, block=block)
        case Cause.UNPOLLED_RESOURCE if sought.own:
            block = _as_keys(sought.own)
            text = f"add a block for {case.resource}"
            yield CureCandidate(where="configuration", text=text, block=block)
        case Cause.INSTANCE_DISABLED | Cause.POLLER_OFF:
            text = f"enable the instance: PUT /instances/{case.instance.id}/enabled"
            yield CureCandidate(where="configuration", text=text, enables=True, shown={"disabled": False})
        case Cause.NO_RECEIVER:
            keys = {CALLBACK_URL: "{callback_url}"}
            yield CureCandidate(where="configuration", text="give the instance a callback URL", keys=keys)
    if cause.stage in {CauseStage.NAME, CauseStage.LIST, CauseStage.REQUEST, CauseStage.POLLER}:
        for minutes in (1, 5, 60):
            text = f"let polls come every {minutes} min"
            yield CureCandidate(where="configuration", text=text, keys={REFRESH_INTERVAL: str(minutes)})


def _of_crm(stage: CauseStage, case: ExplainedCase, scenario: Scenario) -> Iterator[CureCandidate]:
    """Yield a CRM that does one thing less wrong, and a change that comes a second later."""
    if stage not in _OF_CRM:
        return
    for number, rule in enumerate(fault_rules(scenario)):
        if rule.service != "sink":
            effects = neutral(rule)
            named = ", ".join(effects) or "its answers"
            text = f"let the CRM do right what a fault rule has it do wrong: {named}"
            yield CureCandidate(where="crm", text=text, without=number, shown=effects)
    if stage in {CauseStage.WINDOW, CauseStage.POLLER} and case.change and case.change.kind != "DELETED":
        text = "let the change come a second later"
        yield CureCandidate(where="clock", text=text, later_s=1, shown={"later_s": 1})


def _values(
    stage: CauseStage, case: ExplainedCase, block: Mapping[str, object], own: Mapping[str, object]
) -> Iterator[_Value]:
    """Yield the values of single keys that could mend a link of the chain, the likelier ones first.

    Args:
        block: of the resource.
        own: the element's own block of it; empty if it has none.
    """
    yield from _spelt(case, block)
    if stage in {CauseStage.IDENTITY, CauseStage.KEY}:
        yield from _ids(case, own)
    if stage in {CauseStage.FILTER, CauseStage.KEY, CauseStage.NAME, CauseStage.REPEAT, CauseStage.WINDOW}:
        yield from _dates(case, own)
    if stage in {CauseStage.FILTER, CauseStage.KEY, CauseStage.NAME}:
        yield from (("filterByUpdatedDate", True), ("filterByCurrentDate", False))
    if stage in {CauseStage.KEY, CauseStage.NAME}:
        yield from (("createdCheckTolerance", seconds) for seconds in _tolerances(case))
    if stage is CauseStage.REPEAT:
        yield from (("pollDelay", 0), ("filterByCurrentDate", True))
    if stage in {CauseStage.WINDOW, CauseStage.LIST, CauseStage.REQUEST}:
        yield from _urls(block, own)
    if stage in {CauseStage.LIST, CauseStage.REPEAT, CauseStage.REQUEST}:
        yield from (("pageSize", size) for size in _PAGES)
    if stage in {CauseStage.WINDOW, CauseStage.LIST, CauseStage.FILTER}:
        yield from (("pollDelay", seconds) for seconds in _delays(case))


def _as_keys(block: Mapping[str, object]) -> dict[str, object]:
    """Return a block as the keys that a resource without one could be given."""
    dates = block.get("datesConfiguration")
    beside = {key: value for key, value in block.items() if key != "datesConfiguration"}
    return {**beside, **(dict(dates) if isinstance(dates, Mapping) else {})}


def _spelt(case: ExplainedCase, block: Mapping[str, object]) -> Iterator[_Value]:
    """Yield the keys that are misspelt, as they are meant."""
    dates = block.get("datesConfiguration")
    written = {**block, **(dates if isinstance(dates, Mapping) else {})}
    for name, meant in case.state.slips:
        if name in written:
            yield meant, written[name]


def _ids(case: ExplainedCase, own: Mapping[str, object]) -> Iterator[_Value]:
    mapped, real = case.state.transformation, own.get("idField")
    if mapped:
        yield from (("idField", one.path) for one in mapped.fields if one.vendor_path == real)
    if real:
        yield "idField", real
    yield from (("idField", name) for name in case.state.known_fields if name.endswith("_ID"))


def _dates(case: ExplainedCase, own: Mapping[str, object]) -> Iterator[_Value]:
    """Yield fields, formats and zones by which the record's dates would be read as the CRM means them."""
    inside = own.get("datesConfiguration")
    dates = inside if isinstance(inside, Mapping) else {}
    seen = next((each for each in case.polls if each.decision), None)
    for kind in ("updated", "created"):
        for key in (f"{kind}DateField", f"{kind}DateFormat", f"{kind}DateTimezone"):
            if key in dates:
                yield key, dates[key]
        yield from _mapped(case, kind, dates)
        if seen and case.state.resource and case.change:
            field = case.state.resource.updated if kind == "updated" else case.state.resource.created
            text = seen.decision.updated if kind == "updated" and seen.decision else None
            text = seen.decision.created if kind == "created" and seen.decision else text
            latest = case.as_of(seen) or case.change
            meant = latest.dated if kind == "updated" else latest.created
            if field and text and meant:
                yield from _readings(kind, text, field, meant, seen)


def _mapped(case: ExplainedCase, kind: str, dates: Mapping[str, object]) -> Iterator[_Value]:
    mapped = case.state.transformation
    for one in mapped.fields if mapped else ():
        if one.vendor_path == dates.get(f"{kind}DateField"):
            yield f"{kind}DateField", one.path


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
    """Yield the seconds between the two dates, and a moment less."""
    seen = case.telling or next(iter(case.chances), None)
    latest = case.as_of(seen) if seen else None
    if latest is None or latest.created is None:
        return
    apart = math.ceil((latest.dated - latest.created).total_seconds())
    yield from (seconds for seconds in (max(apart, 0), max(apart - 1, 0), 0) if seconds >= 0)


def _urls(block: Mapping[str, object], own: Mapping[str, object]) -> Iterator[_Value]:
    """Yield URLs that ask for more: the placeholder in GMT, the element's own."""
    url = block.get("url")
    if isinstance(url, str):
        in_gmt = _ZONED.sub("${gmtDate:", url)
        if in_gmt != url:
            yield "url", in_gmt
    if own.get("url"):
        yield "url", own["url"]


def _delays(case: ExplainedCase) -> Iterator[int]:
    """Yield delays, shortest first, that are longer than the present one, the one that is just needed among them."""
    resource, change = case.state.resource, case.change
    now = resource.poll_delay.total_seconds() if resource else 0
    first = case.chances[0].poll if case.chances else None
    needed: set[int] = set()
    if first and change:
        # One second more than is missing, as a poll asks for what is later.
        needed.add(math.ceil((first.window_from - change.dated).total_seconds() + now) + 1)
        needed.add(math.ceil((first.at - change.dated).total_seconds()) + 1)
    yield from sorted(seconds for seconds in {*_DELAYS, *needed} if now < seconds <= 86_400)
