"""Causes by the stretch of time that a poll asked for, and by which the CRM's answer did not hold a record within it. Pure."""

from collections.abc import Mapping
from datetime import timedelta

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.dates import date_template, zones
from elements_local.platform.elements.connector import VendorChange
from elements_local.platform.explain.arithmetic import seconds
from elements_local.platform.explain.case import ExplainedCase, PollOfRecord, noted
from elements_local.platform.explain.cause import Cause, CauseFinding
from elements_local.platform.lint.poll_query import parameter_of

_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)


def of_window(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding | None:
    """Say why a poll did not ask for the date that the CRM gave the record; None if it did."""
    start = seen.poll.window_from
    asked = f"{seen.named} asked for changes after {shown(start)}"
    if change.updated > start:
        return _of_placeholder(case, change, seen)
    if change.at < case.instance.created:
        why = f"{asked}; the record was changed at {shown(change.at)}, before there was the instance"
        return CauseFinding(Cause.BEFORE_EVENTS, why)
    off = change.dated - change.second
    stamped = f"the CRM dated the change of {shown(change.at)} {shown(change.dated)}, {seconds(off)} off"
    if off and not (_SECOND <= -off < case.step):
        return CauseFinding(Cause.CLOCK_SKEW, f"{stamped}; {asked}")
    if start - change.at >= _SECOND:
        known = case.state.last if case.state.last <= change.at else case.instance.created
        why = f"{asked}; after {shown(known)}, until then, events were off for a while, or the resource was not configured"
        return CauseFinding(Cause.POLLING_GAP, why)
    what = stamped if off else f"it is dated {shown(change.dated)}"
    made = case.instance.created.replace(microsecond=0) == change.dated
    until = "the very second in which the instance was made" if made else "up to which had been polled"
    return CauseFinding(Cause.TIE, f"{what}, {until}; {asked}, so make the change {case.next_date} later")


def of_list(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding:
    """Say why a poll that asked for a record did not get it."""
    age = seen.poll.at - (case.as_of(seen) or change).at
    nowhere = f"{seen.named} found it in none of the {seen.poll.seen} records of the answer{_struck(seen)}"
    # Faults that were scripted are asked before everything else: they explain what looks like another cause.
    found = (
        (Cause.INDEX_LAG, _lagging(seen, age)),
        (Cause.PLATFORM_FAULT, _replaced(seen)),
        (Cause.INDEX_LAG, _hidden(case, seen, age)),
        (Cause.LIST_CUT, _cut(case, seen)),
        (Cause.PAGE_SHIFT, _shifted(case, seen)),
        (Cause.LIST_ENDED, _ended(change, seen)),
        (Cause.WHERE_EXCLUDES, _excluded(change, seen)),
        (Cause.ONE_PAGE, _of_one_page(seen)),
        (Cause.NOT_IN_ANSWER, f"{nowhere}; it asked GET {seen.poll.request_url}"),
    )
    return next(CauseFinding(cause, why) for cause, why in found if why)


def _lagging(seen: PollOfRecord, age: timedelta) -> str | None:
    """Say that the list did not know of the record's latest write yet, where each write has the same delay."""
    lag = _most(seen, "index_lag_s")
    if lag and age < timedelta(seconds=lag):
        return (
            f"{seen.named} came {seconds(age)} after the record was written, and the CRM's list knows of a write "
            f"only {lag:g} s later; the next poll asks for changes after {_next_start(seen)}"
        )
    return None


def _replaced(seen: PollOfRecord) -> str | None:
    """Say that a fault rule at the platform put something else in the place of the hub's answer."""
    effects = sorted({name for effect in seen.effects("platform") for name in effect})
    if not {"status", "body", "truncate"} & {*effects}:
        return None
    return f"a fault rule at the platform struck the call of {seen.named} to the hub ({', '.join(effects)}), so it saw {seen.poll.seen} records"


def _hidden(case: ExplainedCase, seen: PollOfRecord, age: timedelta) -> str | None:
    """Say that the list did not know of the record's latest write yet, where each write has a delay of its own."""
    if case.record_id not in noted(seen.effects(), "hidden"):
        return None
    within = _most(seen, "index_lag_s") + _most(seen, "index_lag_within_s")
    return (
        f"{seen.named} came {seconds(age)} after the record was written, and the CRM's list did not have it yet: it knows "
        f"of each write after a delay of its own, {within:g} s at the most; the next poll asks for changes after "
        f"{_next_start(seen)}"
    )


def _next_start(seen: PollOfRecord) -> str:
    """Return the date after which the next poll asks for records."""
    return shown(seen.poll.at - seen.delay)


def _cut(case: ExplainedCase, seen: PollOfRecord) -> str | None:
    """Say that the CRM ended the list before the record."""
    if case.record_id not in noted(seen.effects(), "cut"):
        return None
    most = _most(seen, "list_cap")
    return f"the CRM ended the list that {seen.named} read after {most:g} records, and this one stood behind them"


def _shifted(case: ExplainedCase, seen: PollOfRecord) -> str | None:
    """Say that a record moved to a page that had been read, since one before it was deleted."""
    second = seen.poll.at.replace(microsecond=0)
    gone = [one for one in case.beside if one.kind == "DELETED" and one.second == second]
    # The log says what was deleted by others in that second; the fault, what it deleted itself.
    deleted, moved = gone or _most(seen, "delete_listed"), noted(seen.effects(), "moved")
    if not (deleted or moved) or len(seen.calls or ()) < 2:
        return None
    which = gone[0].record_id if gone else "a record"
    what = f"{which} was deleted" if deleted else f"{min(moved)} was updated, and so moved to the list's end"
    return f"while {seen.named} read the list page by page, {what}, and all behind it moved up"


def _ended(change: VendorChange, seen: PollOfRecord) -> str | None:
    """Say that a list without a date condition was not read to where the record stood."""
    resource, poll = seen.resource, seen.poll
    # A url that names a date, or a condition, asks for the right records, however old what comes first is.
    if resource is None or date_template.has_placeholder(resource.url) or seen.conditions:
        return None
    oldest = [decision for decision in poll.decisions if decision.date <= poll.window_from]
    if not oldest:
        return None
    return (
        f"the url names no date, so {seen.named} read the list until a whole page was older than "
        f"{shown(poll.window_from)}: after {poll.seen} records, and this one, dated {shown(change.dated)}, stood behind them"
    )


def _excluded(change: VendorChange, seen: PollOfRecord) -> str | None:
    """Say which condition leaves the record out, as far as its dates show that; otherwise which may."""
    for one in seen.conditions:
        date = one.date and one.date.date_of(change)
        if one.date and date and not one.date.holds(date):
            return f"{seen.named} asked for {one.text}, and the record was {one.date.of} at {shown(date)}"
    # Conditions on other fields cannot be judged from the log, which knows dates alone: they may be the cause.
    others = [one.text for one in seen.conditions if one.date is None]
    if not others:
        return None
    beside = ", beside the date" if len(others) < len(seen.conditions) else ""
    return f"{seen.named} asked for records for which {' and '.join(others)} holds{beside}, and the answer left it out"


def _of_one_page(seen: PollOfRecord) -> str | None:
    """Say that a poll asked for a later page than the first."""
    page = parameter_of(seen.poll.request_url, "page")
    if page in {"", "1"}:
        return None
    return f"its url asks for page {page}, and so {seen.named} saw {seen.poll.seen} records, none of those on the pages before"


def _most(seen: PollOfRecord, effect: str) -> float:
    """Return the highest number that a poll's calls had for an effect, by scripted faults or as ever; 0 if there was none."""
    struck = seen.effects()
    as_ever = (each.get("noted") for each in struck)
    numbers = [each.get(effect) for each in (*struck, *as_ever) if isinstance(each, Mapping)]
    return max((number for number in numbers if isinstance(number, int | float)), default=0)


def _struck(seen: PollOfRecord) -> str:
    """Say what scripted faults made of the answer."""
    if seen.poll.calls is None:
        return ", of which it is no longer known what scripted faults had made of them"
    effects = sorted({name for effect in seen.effects() for name in effect if name != "noted"})
    return f", of which a scripted fault had made something else ({', '.join(effects)})" if effects else ""


def _of_placeholder(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding | None:
    """Say that a request names a later date than its window's start, so that the CRM leaves the record out."""
    resource, start = seen.resource, seen.poll.window_from
    if resource is None or not date_template.has_placeholder(resource.url):
        return None
    since = (one.date for one in seen.conditions if one.date and one.date.operator in {">", ">="})
    late = next((one for one in since if one.of == "updated" and one.at - start >= _MINUTE), None)
    if late is None or late.holds(change.updated):
        return None
    what = f"{seen.named} was about changes after {shown(start)}, and its url says {shown(late.at)}"
    placeholders = date_template.placeholders(resource.url)
    keyword, zone = next((each.keyword, each.zone) for each in placeholders if each.is_known)
    if keyword == "nowTimeZone":
        return CauseFinding(Cause.PLACEHOLDER_NOW, f"{what}: {keyword} writes when the poll began")
    why, causes = (
        f"{what}, {seconds(late.at - start)} later",
        (Cause.PLACEHOLDER_ZONE, Cause.PLACEHOLDER_PATTERN),
    )
    if zone is None and keyword == "date" and resource.updated:
        zone, causes = resource.updated.zone, (Cause.WRONG_ZONE, Cause.WRONG_PATTERN)
        why = f"{why}: ${{date}} is written by {resource.updated.pattern!r} in {zone}"
    is_zone = zone is not None and zones.zone(zone) != zones.zone(case.state.zone)
    return CauseFinding(causes[not is_zone], why)
