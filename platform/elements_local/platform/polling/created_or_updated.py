"""What each polled record means: created, updated, or nothing that a poll reports, and why."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.ceql.record_path import find
from elements_local.platform.configuration.instance_configuration import as_text
from elements_local.platform.core.poll import DateField, Decision, EventType, PollVerdict, Resource
from elements_local.platform.dates import zones
from elements_local.platform.dates.java_dates import parse_date
from elements_local.platform.errors import UnreadableDateError
from elements_local.platform.polling.window import Window


def decide(
    record: Mapping[str, object],
    resource: Resource,
    covered: Window,
    *,
    default_tolerance: timedelta,
    undated: EventType = EventType.UPDATED,
) -> Decision:
    """Say what a record means to a poll.

    Args:
        undated: what a record is of whose dates nothing is configured.

    Source: strictly later than the last poll, and the two filters, are documented, blocks without dates and with a created
        date alone, too; that a record without a readable date is passed over, and that the created date is compared where
        there is no other, is assumed; of those without dates the vendor's elements say both (observed).
    """
    deciding = (resource.updated or resource.created) if resource.filter_by_updated_date else resource.created
    if resource.updated is None and resource.created is None:
        return _decision(
            record, resource, PollVerdict(undated.value), "no dates are configured", date=covered.at
        )
    if deciding is None:
        return _decision(
            record, resource, PollVerdict.IGNORED, "the date to compare is not configured", date=covered.at
        )
    try:
        # a record whose date cannot be read is passed over, and does not fail the poll: one bad record would hold up
        # all others (assumed)
        date = _read(record, deciding, now=covered.at)
    except UnreadableDateError as error:
        return _decision(record, resource, PollVerdict.IGNORED, f"{deciding.path}: {error}", date=covered.at)
    verdict, why = _judge(record, resource, covered, date, default_tolerance)
    if verdict is not PollVerdict.IGNORED and covered.until < date <= covered.left_up_to:
        verdict = PollVerdict.IGNORED
        why = f"{shown(date)} came after the poll's start {shown(covered.until)}, so the next poll reports it"
    return _decision(record, resource, verdict, why, date=date)


def classify(created: datetime, updated: datetime, *, tolerance: timedelta) -> EventType:
    """Say whether a polled record counts as created or as updated.

    Args:
        created, updated: aware UTC, already parsed from the record.
        tolerance: the resource's ``createdCheckTolerance``; seconds on the wire.

    Source: the vendor's polling guide, "createdCheckTolerance" (documented); that a created date later than
        the updated one counts as created is assumed.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> classify(noon, noon + timedelta(seconds=2), tolerance=timedelta(seconds=2))
    <EventType.CREATED: 'CREATED'>
    >>> classify(noon, noon + timedelta(seconds=3), tolerance=timedelta(seconds=2))
    <EventType.UPDATED: 'UPDATED'>
    """
    return EventType.CREATED if updated - created <= tolerance else EventType.UPDATED


def _judge(
    record: Mapping[str, object],
    resource: Resource,
    covered: Window,
    date: datetime,
    default_tolerance: timedelta,
) -> tuple[PollVerdict, str]:
    """Hold a date against the window, and if it lies inside, tell created from updated."""
    which = "updated" if resource.filter_by_updated_date and resource.updated else "created"
    dated, after = f"{which} {shown(date)}", shown(covered.after)
    # strictly later (documented): a record dated in the very second of the last poll counts as reported by that one,
    # even if it came after it
    if date <= covered.after:
        return PollVerdict.IGNORED, f"{dated} is not later than {after}"
    if resource.filter_by_current_date and date > covered.until:
        return PollVerdict.IGNORED, f"{dated} is later than the poll's start {shown(covered.until)}"
    inside = f"{dated} is later than {after}"
    if which == "created":
        lack = "no updated date is configured"
        why = lack if resource.filter_by_updated_date else "filterByUpdatedDate is false"
        return PollVerdict.CREATED, f"{inside}; {why}, so it counts as created"
    # without a created date a new record cannot be distinguished from a changed one
    if resource.created is None:
        return PollVerdict.UPDATED, f"{inside}; no created date is configured"
    try:
        created = _read(record, resource.created, now=covered.at)
    except UnreadableDateError as error:
        # an unreadable created date makes no new record of an old one: UPDATED is the safer word (assumed)
        return PollVerdict.UPDATED, f"{inside}; {resource.created.path}: {error}"
    tolerance = resource.tolerance(default_tolerance)
    change = classify(created, date, tolerance=tolerance)
    apart = f"{(date - created).total_seconds():.15g} s after created"
    within = "within" if change.value == "CREATED" else "beyond"
    why = f"{inside}; {apart}, {within} the tolerance of {tolerance.total_seconds():.15g} s"
    return PollVerdict(change.value), why


def _decision(
    record: Mapping[str, object], resource: Resource, verdict: PollVerdict, why: str, *, date: datetime
) -> Decision:
    return Decision(
        record_id=as_text(find(record, resource.id_field)) or "",
        updated=as_text(find(record, resource.updated.path)) if resource.updated else None,
        created=as_text(find(record, resource.created.path)) if resource.created else None,
        date=date,
        verdict=verdict,
        why=why,
    )


def _read(record: Mapping[str, object], field: DateField, *, now: datetime) -> datetime:
    return parse_date(find(record, field.path), field.pattern, zones.zone(field.zone), now=now)
