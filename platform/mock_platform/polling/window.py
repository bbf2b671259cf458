"""What to ask in a poll, and what each record of the answer means."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from msgspec import Struct

from mock_kit.workspaces.instants import earlier
from mock_platform.ceql.record_path import find
from mock_platform.configuration.instance_configuration import as_text
from mock_platform.core.poll import DateField, Decision, EventType, PollVerdict, Resource
from mock_platform.dates import date_template, zones
from mock_platform.dates.iso_dates import iso_date_exact as shown
from mock_platform.dates.java_dates import parse_date
from mock_platform.errors import UnreadableDateError

UNFILTERED_PAGE = 20
"""Records that are read at a time where the provider filters nothing by date (documented)."""


class Window(Struct, frozen=True, kw_only=True):
    """The stretch of time that one poll of one resource is about.

    Attributes:
        after: records count when they are dated strictly later.
        at: the start of the poll.
    """

    after: datetime
    at: datetime


def window(resource: Resource, *, last_poll: datetime, at: datetime) -> Window:
    """Return what a poll that starts now has to cover.

    Source: ``pollDelay`` is taken off the last poll's time, which may repeat records (documented).
    """
    return Window(after=earlier(last_poll, resource.poll_delay), at=at)


def request_url(resource: Resource, covered: Window, *, page_token: str | None = None) -> str:
    """Return the platform-relative URL of a page, placeholders filled and percent-encoded.

    Args:
        page_token: from the page before; None for the first one.
    """
    written = resource.updated
    # what ${date} without a pattern means depends on the block's own format (documented)
    bare = date_template.DateForm(written.pattern, written.zone) if written else date_template.EPOCH
    url = date_template.expand(resource.url, last_poll=covered.after, now=covered.at, bare=bare)
    # with a condition on the date the usual page will do; without, a small one ends the reading soon after the first
    # old record
    size = resource.page_size or (None if _filters(resource.url) else UNFILTERED_PAGE)
    extra = [f"pageSize={size}"] if size else []
    if page_token:
        extra.append(f"nextPage={quote(page_token, safe='')}")
    return url + ("&" if "?" in url else "?") + "&".join(extra) if extra else url


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
    return _decision(record, resource, verdict, why, date=date)


def reads_on(decisions: list[Decision], resource: Resource, covered: Window) -> bool:
    """Say whether the page after this one is worth asking for.

    Source: a resource whose URL filters nothing is read until records are older than the last poll
        (documented); that a whole page has to be older is assumed.
    """
    return _filters(resource.url) or any(decision.date > covered.after for decision in decisions)


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


def _filters(url: str) -> bool:
    return date_template.has_placeholder(url)


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
    if resource.filter_by_current_date and date > covered.at:
        return PollVerdict.IGNORED, f"{dated} is later than the poll's start {shown(covered.at)}"
    inside = f"{dated} is later than {after}"
    if which == "created":
        lack = "no updated date is configured"
        why = lack if resource.filter_by_updated_date else "filterByUpdatedDate is false"
        return PollVerdict.CREATED, f"{inside}; {why}, so it counts as created"
    # without a created date a new record cannot be told from a changed one
    if resource.created is None:
        return PollVerdict.UPDATED, f"{inside}; no created date is configured"
    try:
        created = _read(record, resource.created, now=covered.at)
    except UnreadableDateError as error:
        # an unreadable created date makes no new record of an old one: UPDATED is the safer word (assumed)
        return PollVerdict.UPDATED, f"{inside}; {resource.created.path}: {error}"
    tolerance = (
        default_tolerance if resource.created_check_tolerance is None else resource.created_check_tolerance
    )
    change = classify(created, date, tolerance=tolerance)
    apart = f"{(date - created).total_seconds():g} s after created"
    within = "within" if change.value == "CREATED" else "beyond"
    why = f"{inside}; {apart}, {within} the tolerance of {tolerance.total_seconds():g} s"
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
