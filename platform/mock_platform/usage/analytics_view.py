"""Calls over time as the platform shows them.

Source: ``timestamp`` and ``count`` in every entry (observed); ``min``, ``max``, ``avg`` of times, ``success`` and
``failed`` of statuses, a key for each element (documented).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NotRequired, TypedDict, TypeVar

from msgspec import Struct

from mock_platform.core.analytics import Bucket, Buckets
from mock_platform.dates.iso_dates import iso_date_exact

K = TypeVar("K")


class CallDurations(Struct, frozen=True, kw_only=True):
    """How long the calls in one unit of time took.

    Attributes:
        at: the unit's start.
        shortest, longest, total: in milliseconds.
    """

    at: datetime
    count: int
    shortest: int
    longest: int
    total: int


class CallCountJson(TypedDict):
    """How many calls there were in one bucket."""

    timestamp: str
    count: int


class StatusesJson(CallCountJson):
    """How many calls there were in one bucket, and how they went."""

    success: int
    failed: int


class TimesJson(CallCountJson):
    """How long the calls of one bucket took, in milliseconds; where there were none, nothing is said of it."""

    min: NotRequired[int]
    max: NotRequired[int]
    avg: NotRequired[float]


def counts(bucket: Bucket[K]) -> CallCountJson:
    """Return how many calls there were in a bucket."""
    return {"timestamp": bucket.timestamp, "count": bucket.count}


def by_element(bucket: Bucket[str]) -> dict[str, str | int]:
    """Return how many calls there were in a bucket, and how many each element had, under its key."""
    by_key = {key: tally.count for key, tally in bucket.tallies.items()}
    return {**by_key, "timestamp": bucket.timestamp, "count": bucket.count}


def statuses(bucket: Bucket[K]) -> StatusesJson:
    """Return how many calls there were in a bucket, and how they went."""
    tallies = bucket.tallies.values()
    success, failed = sum(tally.success for tally in tallies), sum(tally.failed for tally in tallies)
    return {**counts(bucket), "success": success, "failed": failed}


def times(cut: Buckets, durations: Iterable[CallDurations]) -> list[TimesJson]:
    """Return how long the calls of each bucket took."""
    by_start: dict[datetime, list[CallDurations]] = {start: [] for start in cut.starts}
    for each in durations:
        by_start[cut.place(each.at)].append(each)
    return [_times(start, within) for start, within in by_start.items()]


def _times(start: datetime, within: list[CallDurations]) -> TimesJson:
    count = sum(each.count for each in within)
    entry: TimesJson = {"timestamp": iso_date_exact(start), "count": count}
    if within:
        entry["min"] = min(each.shortest for each in within)
        entry["max"] = max(each.longest for each in within)
        entry["avg"] = sum(each.total for each in within) / count
    return entry
