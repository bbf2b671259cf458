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
