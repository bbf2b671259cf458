"""Causes by which a poll passed over a record that was in the answer: its dates, and the filters. Pure."""

from collections.abc import Collection
from datetime import datetime

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.core.objects import Transformation
from elements_local.platform.core.poll import Decision, Resource
from elements_local.platform.dates.java_dates import MILLISECONDS
from elements_local.platform.elements.connector import VendorChange
from elements_local.platform.explain.arithmetic import ReadDate, dates_of, parsed, seconds
from elements_local.platform.explain.case import ExplainedCase, PollOfRecord
from elements_local.platform.explain.cause import Cause, CauseFinding
from elements_local.platform.explain.list_causes import of_window
from elements_local.platform.lint.poll_query import parameter_of
from elements_local.platform.lint.rules import slip

_FILTERS = (
    "updatedDateField",
    "updatedDateFormat",
    "updatedDateTimezone",
    "createdDateField",
    "filterByUpdatedDate",
)
_WITH_ZONE = ("yyyy-MM-dd'T'HH:mm:ssX", "yyyy-MM-dd'T'HH:mm:ss.SSSX", MILLISECONDS)
"""Patterns of texts that mean the same in any zone."""


def of_filter(
    case: ExplainedCase, change: VendorChange, seen: PollOfRecord, decision: Decision
) -> CauseFinding:
    """Say why a poll passed a record over."""
    resource = seen.resource
    passed = f"{seen.named} passed it over: {decision.why}"
    if resource is None:
        return CauseFinding(Cause.PASSED_OVER, passed)
    by_updated = resource.filter_by_updated_date and resource.updated is not None
    deciding = dates_of(decision, seen.poll, resource).get("updated" if by_updated else "created")
    return (
        # A date that is not found comes before one that is misread, and both before the flags that compare it.
        _misclassified(case, resource, deciding, seen)
        or _changed_meanwhile(case, resource, decision, seen)
        or misread(case, case.as_of(seen) or change, deciding, now=seen.poll.at, is_updated=by_updated)
        or _by_flag(resource, change, decision, seen)
        or of_window(case, change, seen)
        or CauseFinding(Cause.PASSED_OVER, passed)
    )


def slip_among(case: ExplainedCase, keys: Collection[str]) -> CauseFinding | None:
    """Say which of some keys is there in another case, misspelt, or in the wrong place."""
    for written, meant in case.state.misspelled_keys:
        if meant in keys:
            cause, how = _slipped(written, meant, in_dates=written in case.state.in_dates)
            why = f"the block of {case.resource} has {written!r}, which is not read: {how}"
            return CauseFinding(cause, why)
    return None


def _slipped(written: str, meant: str, *, in_dates: bool) -> tuple[Cause, str]:
    cause = Cause.named(slip(written, meant).value)
    if cause is Cause.KEY_MISPLACED:
        there, where = ("inside", "in the block itself") if in_dates else ("beside", "inside it")
        return cause, f"it stands {there} datesConfiguration, and belongs {where}"
    return cause, f"{meant} in another case" if cause is Cause.KEY_CASE else f"{meant} misspelt"


def left_out(seen: PollOfRecord, field: str) -> CauseFinding | None:
    """Say that the ``fields`` of a poll's URL leave out a field that the poll looks for, or that the CRM has renamed it."""
    renamed = (effect.get("rename_fields") for effect in seen.effects())
    new = next((names[field] for names in renamed if isinstance(names, dict) and field in names), None)
    if new:
        why = f"the CRM answered {seen.named} with records that have {new} instead of {field}"
        return CauseFinding(Cause.FIELD_RENAMED, why)
    fields = parameter_of(seen.poll.request_url, "fields")
    if not fields or not field or field.casefold() in {name.strip().casefold() for name in fields.split(",")}:
        return None
    why = f"{seen.named} asked for fields={fields}, and so for records without {field}"
    return CauseFinding(Cause.FIELDS_LEFT_OUT, why)


def in_other_case(case: ExplainedCase, field: str) -> str | None:
    """Return the vendor's field whose name differs from a configured one in its case alone."""
    alike = (known for known in case.state.known_fields if known.casefold() == field.casefold())
    return next((known for known in alike if known != field), None)


def misread(
    case: ExplainedCase,
    change: VendorChange,
    read: ReadDate | None,
    *,
    now: datetime,
    is_updated: bool = True,
) -> CauseFinding | None:
    """Say that one of a record's dates was read as another than the CRM meant; None if it was not.

    Args:
        change: the latest that the poll could see.
        read: the updated date, or the created one if it is not ``is_updated``.
    """
    meant = change.dated if is_updated else change.created
    if read is None or read.text is None or meant is None:
        return None
    if read.read is not None and read.read.replace(microsecond=0) == meant.replace(microsecond=0):
        return None
    if is_updated and not _is_updated_date(case, read.field) and not _means(case, read, meant, now=now):
        why = f"{read.field} {read.text!r} is not when the record was updated, which is {shown(meant)}"
        return CauseFinding(Cause.OTHER_DATE, why)
    written = f"the record's {read.field} is {read.text!r}, by which the CRM means {shown(meant)}"
    by = f"by {read.pattern!r} in {read.zone}"
    if read.read is None:
        return CauseFinding(Cause.WRONG_PATTERN, f"{written}; {by} it cannot be read")
    says = f"{written}; {by} it is read as {shown(read.read)}, {seconds(read.read - meant)} off"
    # If the pattern is right and only the zone is not, the CRM's own zone reads the instant that it means.
    zone = case.state.zone
    in_own = parsed(read.text, read.pattern, zone, now=now)
    if in_own is None or in_own == read.read:
        return CauseFinding(Cause.WRONG_PATTERN, says)
    is_zone = in_own.replace(microsecond=0) == meant.replace(microsecond=0)
    cause = Cause.WRONG_ZONE if is_zone else Cause.WRONG_PATTERN
    return CauseFinding(cause, f"{says}; in {zone} it would be {shown(in_own)}")


def _means(case: ExplainedCase, read: ReadDate, instant: datetime, *, now: datetime) -> bool:
    """Say whether a text is an instant by what it says itself, or in the CRM's zone, whichever field has it."""
    patterns = [*((each, "GMT") for each in _WITH_ZONE), (read.pattern, case.state.zone)]
    readings = (parsed(read.text or "", pattern, zone, now=now) for pattern, zone in patterns)
    return any(one and one.replace(microsecond=0) == instant.replace(microsecond=0) for one in readings)


def _is_updated_date(case: ExplainedCase, field: str) -> bool:
    """Say whether a field is the element's own updated date, under its own name or a mapped one, as far as is known."""
    mapped = case.state.transformation
    vendors = (one.vendor_path for one in (mapped.fields if mapped else ()) if one.path == field)
    own = case.state.own
    return own is None or own.updated is None or own.updated.path == next(vendors, field)


def _misclassified(
    case: ExplainedCase, resource: Resource, deciding: ReadDate | None, seen: PollOfRecord
) -> CauseFinding | None:
    """Say that the date that decides is looked for under a name that nothing has."""
    if deciding is None or deciding.text is None or resource.updated is None:
        slip = slip_among(case, _FILTERS)
        if slip:
            return slip
    if deciding is None:
        kind = "updated" if resource.filter_by_updated_date else "created"
        why = f"{seen.named} has no {kind} date to compare: none is configured"
        return CauseFinding(Cause.DATE_MISSING, why)
    if resource.filter_by_updated_date and resource.updated is None:
        why = "no updated date is configured with field and format, so the created one decides, and an update does not change that"
        return CauseFinding(Cause.DATE_MISSING, why)
    if deciding.text is not None:
        return None
    return left_out(seen, deciding.field) or _absent(case, deciding.field, seen)


def _absent(case: ExplainedCase, field: str, seen: PollOfRecord) -> CauseFinding:
    real = in_other_case(case, field)
    if real:
        why = f"{field!r} is not in the record, whose field is {real!r}: case counts"
        return CauseFinding(Cause.KEY_CASE, why)
    moved = moved_by(case.state.transformation, field)
    return CauseFinding(
        Cause.DATE_MISSING,
        f"{field!r} names nothing in the record that {seen.named} saw{f': {moved}' if moved else ''}",
    )


def moved_by(mapped: Transformation | None, field: str) -> str:
    """Say by what other name a transformation shows a vendor's field, or that it leaves it out; empty if neither."""
    if mapped is None:
        return ""
    if mapped.hides(field):
        return f"the transformation leaves {field} out"
    moved = next((one for one in mapped.fields if one.vendor_path == field != one.path), None)
    return f"a transformation shows {moved.vendor_path} as {moved.path}" if moved else ""


def _changed_meanwhile(
    case: ExplainedCase, resource: Resource, decision: Decision, seen: PollOfRecord
) -> CauseFinding | None:
    came = case.came_during(seen)
    if came is None or decision.date <= seen.poll.at:
        return None
    why = (
        f"the record was changed at {shown(came.at)}, while {seen.named} was under way, which left what is dated later than "
        "its start to the next poll"
    )
    cause = Cause.FILTER_BY_CURRENT_DATE if resource.filter_by_current_date else Cause.POLL_OVERLAP
    return CauseFinding(cause, why)


def _by_flag(
    resource: Resource, change: VendorChange, decision: Decision, seen: PollOfRecord
) -> CauseFinding | None:
    if resource.filter_by_current_date and decision.date > seen.poll.at:
        ahead = seconds(decision.date - seen.poll.at)
        why = f"filterByCurrentDate is true, and the record is dated {shown(decision.date)}, {ahead} later than {seen.named}"
        return CauseFinding(Cause.FILTER_BY_CURRENT_DATE, why)
    if not resource.filter_by_updated_date and change.updated > seen.poll.window_from >= decision.date:
        why = (
            f"filterByUpdatedDate is false, so {seen.named} compared the created date {shown(decision.date)}, which is not later "
            f"than {shown(seen.poll.window_from)}; the updated one, {shown(change.dated)}, is"
        )
        return CauseFinding(Cause.FILTER_BY_CREATED, why)
    return None
