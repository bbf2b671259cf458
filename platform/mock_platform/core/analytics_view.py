"""Counts over time as the platform shows them.

Source: entries by instance and by account carry ``total`` (observed), one vendor schema demands ``count`` (observed,
in conflict): both are there, and they are the same.
"""

from typing import TypedDict, TypeVar

from mock_platform.core.analytics import Bucket

K = TypeVar("K")


class CountJson(TypedDict):
    """How many there were in one bucket."""

    timestamp: str
    count: int
    total: int


class InstanceCountJson(TypedDict):
    """How many events one instance had."""

    instanceId: int
    count: int
    success: int
    failed: int


class InstanceCountsJson(CountJson):
    """How many there were in one bucket, and by instance."""

    records: list[InstanceCountJson]


class AccountCountJson(TypedDict):
    """How many events one account had."""

    accountId: int
    count: int
    success: int
    failed: int


class AccountCountsJson(CountJson):
    """How many there were in one bucket, and by account."""

    records: list[AccountCountJson]


class ActivityJson(CountJson):
    """How many calls there were in one bucket, and how they went."""

    success: int
    failed: int


class ElementCountJson(TypedDict):
    """How many calls one element had."""

    elementKey: str
    count: int
    success: int
    failed: int


class ElementCountsJson(CountJson):
    """How many calls there were in one bucket, and by element."""

    records: list[ElementCountJson]


class StatusCountJson(TypedDict):
    """How many calls were answered with one status."""

    status: int
    count: int


class StatusCountsJson(CountJson):
    """How many calls there were in one bucket, and by status."""

    records: list[StatusCountJson]


class TimesJson(CountJson):
    """How long the calls of one bucket took on average, in milliseconds."""

    averageTime: float


def counts(bucket: Bucket[K]) -> CountJson:
    """Return how many there were in a bucket."""
    return {"timestamp": bucket.timestamp, "count": bucket.count, "total": bucket.count}


def by_instance(bucket: Bucket[int]) -> InstanceCountsJson:
    """Return how many there were in a bucket, and by instance."""
    records: list[InstanceCountJson] = [
        {"instanceId": instance_id, "count": tally.count, "success": tally.success, "failed": tally.failed}
        for instance_id, tally in bucket.tallies.items()
    ]
    return {**counts(bucket), "records": records}


def by_account(bucket: Bucket[int]) -> AccountCountsJson:
    """Return how many there were in a bucket, and by account."""
    records: list[AccountCountJson] = [
        {"accountId": account_id, "count": tally.count, "success": tally.success, "failed": tally.failed}
        for account_id, tally in bucket.tallies.items()
    ]
    return {**counts(bucket), "records": records}


def activity(bucket: Bucket[K]) -> ActivityJson:
    """Return how many calls there were in a bucket, and how they went (what is beside the count is assumed)."""
    tallies = bucket.tallies.values()
    success, failed = sum(tally.success for tally in tallies), sum(tally.failed for tally in tallies)
    return {**counts(bucket), "success": success, "failed": failed}


def by_element(bucket: Bucket[str]) -> ElementCountsJson:
    """Return how many calls there were in a bucket, and by element (assumed)."""
    records: list[ElementCountJson] = [
        {"elementKey": key, "count": tally.count, "success": tally.success, "failed": tally.failed}
        for key, tally in bucket.tallies.items()
    ]
    return {**counts(bucket), "records": records}


def by_status(bucket: Bucket[str]) -> StatusCountsJson:
    """Return how many calls there were in a bucket, and by status (assumed)."""
    records: list[StatusCountJson] = [
        {"status": int(status), "count": tally.count} for status, tally in sorted(bucket.tallies.items())
    ]
    return {**counts(bucket), "records": records}


def times(bucket: Bucket[K], took_ms: int) -> TimesJson:
    """Return how long the calls of a bucket took on average (assumed); nothing if there were none."""
    return {**counts(bucket), "averageTime": took_ms / bucket.count if bucket.count else 0.0}
