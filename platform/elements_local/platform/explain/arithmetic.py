"""A record's dates as text and as read, and what each filter makes of them: the sums behind a poll's decision. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.core.poll import Decision, Poll, Resource
from elements_local.platform.dates import zones
from elements_local.platform.dates.java_dates import parse_date
from elements_local.platform.errors import UnreadableDateError


class ReadDate(Struct, frozen=True, kw_only=True):
    """One of a record's dates.

    Attributes:
        field, pattern, zone: as they are configured by now.
        text: as the record had it; None if it had none there.
        read: None if it cannot be read so.
    """

    field: str
    text: str | None
    pattern: str
    zone: str
    read: datetime | None


class FilterVerdict(Struct, frozen=True, kw_only=True):
    """What one rule made of a record: whether it lets it pass, and the sum by which it does."""

    filter: str
    holds: bool
    why: str


def parsed(text: str | None, pattern: str, zone: str, *, now: datetime) -> datetime | None:
    """Return what a text says by a pattern in a zone; None if it does not follow it."""
    try:
        return parse_date(text, pattern, zones.zone(zone), now=now)
    except UnreadableDateError:
        return None


def dates_of(decision: Decision, poll: Poll, resource: Resource | None) -> dict[str, ReadDate]:
    """Return the dates of a record that a poll decided on, by ``updated`` and ``created``; none if none is configured."""
    if resource is None:
        return {}
    fields = {
        "updated": (decision.updated, resource.updated),
        "created": (decision.created, resource.created),
    }
    return {
        name: ReadDate(
            field=written.path,
            text=text,
            pattern=written.pattern,
            zone=written.zone,
            read=parsed(text, written.pattern, written.zone, now=poll.at),
        )
        for name, (text, written) in fields.items()
        if written is not None
    }


def filters_of(
    decision: Decision, poll: Poll, resource: Resource | None, *, default_tolerance: timedelta
) -> Iterator[FilterVerdict]:
    """Yield each rule's verdict on a record, in the order in which they are asked."""
    dates = dates_of(decision, poll, resource)
    if resource is None or not dates:
        return
    which = "updated" if resource.filter_by_updated_date and resource.updated else "created"
    deciding = dates.get(which)
    if deciding is None or deciding.read is None:
        text = "not configured" if deciding is None else f"{deciding.text!r}, not of {deciding.pattern!r}"
        yield FilterVerdict(filter="a date that can be read", holds=False, why=f"{which} is {text}")
        return
    date = deciding.read
    later = date - poll.window_from
    yield FilterVerdict(
        filter="later than the last poll",
        holds=later > timedelta(0),
        why=f"{which} {shown(date)} - {shown(poll.window_from)} = {seconds(later)}",
    )
    if resource.filter_by_current_date:
        ahead = date - poll.at
        yield FilterVerdict(
            filter="filterByCurrentDate",
            holds=ahead <= timedelta(0),
            why=f"{which} {shown(date)} - the poll's start {shown(poll.at)} = {seconds(ahead)}",
        )
    created = dates.get("created")
    if which == "updated" and created and created.read:
        yield _created_check(date, created.read, resource, default_tolerance)


def _created_check(
    updated: datetime, created: datetime, resource: Resource, default_tolerance: timedelta
) -> FilterVerdict:
    tolerance = resource.tolerance(default_tolerance)
    apart = updated - created
    return FilterVerdict(
        filter="createdCheckTolerance",
        holds=apart <= tolerance,
        why=f"{shown(updated)} - {shown(created)} = {seconds(apart)}, tolerance {seconds(tolerance)}",
    )


def seconds(span: timedelta) -> str:
    """Write a span of time in seconds.

    >>> seconds(timedelta(minutes=-1))
    '-60 s'
    """
    return f"{span.total_seconds():.15g} s"
