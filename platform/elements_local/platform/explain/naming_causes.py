"""Causes of an event that names no record, has the wrong name, or comes more than once. Pure."""

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.core.poll import Decision, EventType
from elements_local.platform.elements.connector import VendorChange
from elements_local.platform.explain.arithmetic import dates_of, seconds
from elements_local.platform.explain.case import ExplainedCase, PollOfRecord
from elements_local.platform.explain.cause import Cause, CauseFinding
from elements_local.platform.explain.filter_causes import (
    in_other_case,
    left_out,
    misread,
    moved_by,
    slip_among,
)

_CREATED_KEYS = (
    "createdDateField",
    "createdDateFormat",
    "createdDateTimezone",
    "createdCheckTolerance",
    "filterByUpdatedDate",
)


def of_identity(case: ExplainedCase, seen: PollOfRecord) -> CauseFinding | None:
    """Say why a poll saw the record by another id than the CRM's; None if it did not."""
    if not seen.other_id or seen.decision is None:
        return None
    given, field = seen.decision.record_id, seen.resource.id_field if seen.resource else ""
    named = f"{seen.named} saw it {f'by the id {given!r}' if given else 'without an id'}"
    found = None if given else _looked_for(case, field, seen)
    if found:
        return CauseFinding(found.cause, f"{named}: {found.why}")
    # The transformation has taken the id away from where `idField` looks.
    mapped = case.state.transformation
    moved = moved_by(mapped, field)
    if moved and mapped and mapped.hides(field):
        return CauseFinding(Cause.ID_MISSING, f"{named}: {moved}")
    if moved:
        return CauseFinding(Cause.ID_MAPPED, f"{named}: {moved}, and idField is {field!r}")
    if not given:
        why = f"idField {field!r} names nothing in it" if field else "the block has no idField"
        return CauseFinding(Cause.ID_MISSING, f"{named}: {why}")
    why = f"{named}, which is not the CRM's {case.record_id}: idField is {field!r}"
    return CauseFinding(Cause.ID_OTHER, why)


def _looked_for(case: ExplainedCase, field: str, seen: PollOfRecord) -> CauseFinding | None:
    """Say why a record that has an id has none where the poll looked; None if that is not known."""
    if not field:
        return slip_among(case, ("idField",))
    real = in_other_case(case, field)
    if real:
        return CauseFinding(Cause.KEY_CASE, f"idField is {field!r}, and the record's field is {real!r}")
    return left_out(seen, field)


def of_name(
    case: ExplainedCase, change: VendorChange, seen: PollOfRecord, *, missed: CauseFinding | None
) -> CauseFinding | None:
    """Say why a poll called a change something else than it was; None if it did not.

    Args:
        missed: why an earlier poll did not report the change; counts if what this one saw is a later state of the record.
    """
    decision, resource = seen.decision, seen.resource
    if seen.reported_as is None or seen.reported_as in case.expected or decision is None or resource is None:
        return None
    # Dates that were read wrong come first: a tolerance cannot be judged by them.
    later = missed if case.as_of(seen) != change else None
    found = _by_dates(case, change, seen, decision) or later or _by_tolerance(case, seen)
    called = f"{seen.named} called it {seen.reported_as.value}: {decision.why}"
    return CauseFinding(found.cause, f"{called}; {found.why}" if found.why else called)


def _by_dates(
    case: ExplainedCase, change: VendorChange, seen: PollOfRecord, decision: Decision
) -> CauseFinding | None:
    """Say that the two dates that distinguish created from updated are not what they should be."""
    resource = seen.resource
    slip = slip_among(case, _CREATED_KEYS)
    if slip or resource is None:
        return slip
    if resource.updated is None and resource.created is None:
        return CauseFinding(Cause.UNDATED, "")
    dates = dates_of(decision, seen.poll, resource)
    if not resource.filter_by_updated_date:
        return CauseFinding(Cause.FILTER_BY_CREATED, "")
    if len(dates) < 2 or any(one.read is None for one in dates.values()):
        absent = [one.field for one in dates.values() if one.text is None]
        moved = (moved_by(case.state.transformation, field) for field in absent)
        unread = CauseFinding(Cause.DATES_UNREAD, next(filter(None, moved), ""))
        return next(filter(None, (left_out(seen, field) for field in absent)), unread)
    if dates["created"].field == dates["updated"].field:
        why = f"both dates are read from {dates['updated'].field}"
        return CauseFinding(Cause.CREATED_IS_UPDATED, why)
    latest = case.as_of(seen) or change
    return misread(case, latest, dates["updated"], now=seen.poll.at) or misread(
        case, latest, dates["created"], now=seen.poll.at, is_updated=False
    )


def _by_tolerance(case: ExplainedCase, seen: PollOfRecord) -> CauseFinding:
    """Say that the two dates, rightly read, are nearer or further apart than createdCheckTolerance takes them for."""
    if seen.reported_as is EventType.CREATED:
        return CauseFinding(Cause.TOLERANCE_LONG, "")
    if len(case.together) > 1:
        why = f"it was created and changed between two polls, {len(case.together)} changes in all"
        return CauseFinding(Cause.CHANGED_AT_ONCE, why)
    resource = seen.resource
    tolerance = resource.tolerance(case.default_tolerance) if resource else case.default_tolerance
    why = f"the CRM itself wrote the two dates apart, and the tolerance is {seconds(tolerance)}"
    return CauseFinding(Cause.TOLERANCE_SHORT, why)


def of_date(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding | None:
    """Say why an event that came in time and by its name bears another date than the change; None if it does not."""
    if seen.decision is None or seen.resource is None:
        return None
    if seen.decision.date.replace(microsecond=0) in {one.dated for one in case.history}:
        return None
    by_updated = seen.resource.filter_by_updated_date and seen.resource.updated is not None
    read = dates_of(seen.decision, seen.poll, seen.resource).get("updated" if by_updated else "created")
    wrong = misread(case, case.as_of(seen) or change, read, now=seen.poll.at, is_updated=by_updated)
    if wrong is None:
        return None
    why = f"{seen.named} reported it, and dated the event {shown(seen.decision.date)}: {wrong.why}"
    return CauseFinding(wrong.cause, why)


def of_pages(seen: PollOfRecord) -> CauseFinding | None:
    """Say that one poll reported one state of the record more than once; None if it did not."""
    date = seen.decision.date if seen.decision else None
    twice = sum(one.change is not None and one.date == date for one in seen.decisions)
    why = f"{seen.named} had it on {twice} of its pages, and reported it each time"
    return CauseFinding(Cause.PAGE_OVERLAP, why) if twice > 1 else None


def of_repeats(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding | None:
    """Say why a later poll reported the record once more, though nothing had changed; None if none did."""
    if not case.repeats or seen.decision is None or seen.resource is None:
        return None
    again, resource = case.repeats[0], seen.resource
    said = f"{again.named} reported it again, though nothing had changed"
    if resource.updated is None and resource.created is None:
        return CauseFinding(Cause.UNDATED, f"{said}: {seen.decision.why}")
    dates = dates_of(seen.decision, seen.poll, resource)
    wrong = misread(case, case.as_of(seen) or change, dates.get("updated"), now=seen.poll.at)
    if wrong:
        return CauseFinding(wrong.cause, f"{said}: {wrong.why}")
    if seen.poll.at < change.at:
        why = (
            f"{said}: the change of {shown(change.at)} came while {seen.named} was under way, and is dated "
            f"{shown(change.dated)}, which is later than that poll's start, after which the next one asks; "
            "filterByCurrentDate leaves such a change to the next poll, and so does platform.poll_overlap=leave"
        )
        return CauseFinding(Cause.POLL_OVERLAP, why)
    if seen.decision.date > seen.poll.at:
        why = f"{said}: it is dated {shown(seen.decision.date)}, later than {seen.named}"
        return CauseFinding(Cause.CLOCK_SKEW, why)
    why = f"{said}: it asked for changes after {shown(again.poll.window_from)}, pollDelay {seconds(resource.poll_delay)} before the last poll"
    return CauseFinding(Cause.POLL_DELAY_REPEATS, why)
