"""Causes by the stretch of time that a poll asked for: ties, clocks that differ, placeholders in another zone. Pure."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from mock_platform.dates import date_template
from mock_platform.dates.iso_dates import iso_date_exact as shown
from mock_platform.elements.connector import VendorChange
from mock_platform.explain.arithmetic import seconds
from mock_platform.explain.case import ExplainedCase, PollOfRecord
from mock_platform.explain.cause import Cause, CauseFinding

_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")
_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)


def of_window(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding | None:
    """Say why a poll did not ask for the date that the CRM gave the record; None if it did."""
    start = seen.poll.window_from
    asked = f"the poll of {shown(seen.poll.at)} asked for what is later than {shown(start)}"
    if change.updated > start:
        return _of_placeholder(case, change, seen)
    if change.at < case.instance.created:
        why = f"{asked}; the record was changed at {shown(change.at)}, before there was the instance"
        return CauseFinding(Cause.BEFORE_EVENTS, why)
    off = change.dated - change.second
    stamped = f"the CRM dated the change of {shown(change.at)} {shown(change.dated)}, {seconds(off)} off"
    if off and not (case.coarse and change.dated == change.at.replace(second=0, microsecond=0)):
        return CauseFinding(Cause.CLOCK_SKEW, f"{stamped}; {asked}")
    if start - change.at >= _SECOND:
        known = case.state.last if case.state.last <= change.at else case.instance.created
        why = f"{asked}; after {shown(known)}, until then, events were off for a while, or the resource was not configured"
        return CauseFinding(Cause.POLLING_GAP, why)
    what = stamped if off else f"it is dated {shown(change.dated)}"
    return CauseFinding(Cause.TIE, f"{what}, up to which had been polled; {asked}")


def asked_dates(url: str) -> Iterator[datetime]:
    """Yield the dates that a request names, read as GMT.

    >>> [date.isoformat() for date in asked_dates("/contacts?where=updated_after_utc='2026-03-02%2019%3A00%3A00'")]
    ['2026-03-02T19:00:00+00:00']
    """
    for found in _DATE.finditer(unquote(url)):
        try:
            yield datetime.fromisoformat(found[0].replace("T", " ")).replace(tzinfo=UTC)
        except ValueError:
            continue


def _of_placeholder(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding | None:
    """Say that a request names a later date than its window's start, so that the CRM leaves the record out."""
    resource, start = case.state.resource, seen.poll.window_from
    if resource is None or not date_template.has_placeholder(resource.url):
        return None
    late = next((at for at in asked_dates(seen.poll.request_url) if at - start >= _MINUTE), None)
    if late is None or late < change.dated:
        return None
    why = (
        f"the poll of {shown(seen.poll.at)} was about what is later than {shown(start)}, and its url says "
        f"{late:%Y-%m-%d %H:%M:%S}, which the CRM reads as GMT: {seconds(late - start)} later"
    )
    return CauseFinding(Cause.PLACEHOLDER_ZONE, why)
