"""``/instances/events/analytics``: how many events there were, by time, by instance and by account.

Source: entries by instance and by account carry ``total`` (observed), one vendor schema demands ``count`` (observed,
in conflict): both are there, and they are the same.
"""

from collections.abc import Sequence
from typing import Literal, TypedDict

from flask import Blueprint
from msgspec import Struct, field

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.values import replace
from elements_local.kit.workspaces.instants import earlier, parse_instant
from elements_local.platform.accounts.directory import check_own_accounts, user_of
from elements_local.platform.call import Call
from elements_local.platform.core import analytics
from elements_local.platform.core.analytics import Bucket, Buckets, Interval, Tally
from elements_local.platform.events.store import EventFilter, Events

bp = Blueprint("event_analytics", __name__, url_prefix="/instances/events/analytics")


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


class IntervalQuery(Struct, kw_only=True):
    """Which stretch of time, and cut up how.

    Attributes:
        from_: an ISO 8601 instant; 24 hours before ``to``, unless given.
        to: an ISO 8601 instant; now, unless given.
        interval: how wide an entry is.
    """

    from_: str | None = field(default=None, name="from")
    to: str | None = None
    interval: Literal["year", "quarter", "month", "week", "day", "hour", "minute", "second"] = "hour"


class AnalyticsQuery(IntervalQuery, kw_only=True):
    """Which stretch of time, cut up how, and whose.

    Attributes:
        account_ids: of accounts that are the caller's.
    """

    account_ids: list[str] = field(default_factory=list, name="accountIds[]")


@bp.get("")
@operation(problems=(403,))
def counts(call: Call, query: AnalyticsQuery) -> Answer[list[CountJson]]:
    """Count events over time."""
    cut, tallies = _counted(call, query)
    return Answer([shown_count(bucket) for bucket in analytics.fold(cut, tallies)])


@bp.get("/instances")
@operation(problems=(403,))
def by_instance(call: Call, query: AnalyticsQuery) -> Answer[list[InstanceCountsJson]]:
    """Count events over time, by instance."""
    cut, tallies = _counted(call, query)
    return Answer([shown_by_instance(bucket) for bucket in analytics.fold(cut, tallies)])


@bp.get("/accounts")
@operation(problems=(403,))
def by_account(call: Call, query: AnalyticsQuery) -> Answer[list[AccountCountsJson]]:
    """Count events over time, by account: all of them are the workspace's own account's."""
    cut, tallies = _counted(call, query)
    account_id = user_of(call.workspace).account_id
    of_account = [replace(tally, of=account_id) for tally in tallies]
    return Answer([shown_by_account(bucket) for bucket in analytics.fold(cut, of_account)])


def cut_up(call: Call, query: IntervalQuery) -> Buckets:
    """Return the range that a query asks for, cut up as it asks.

    Raises:
        InvalidRequestError: the range ends before it starts, or would have too many entries (observed: 400).
    """
    since, until = analytics.span(
        None if query.from_ is None else parse_instant(query.from_),
        None if query.to is None else parse_instant(query.to),
        now=call.now,
    )
    return analytics.buckets(since, until, Interval(query.interval), limit=call.settings.analytics_limit)


def _counted(call: Call, query: AnalyticsQuery) -> tuple[Buckets, Sequence[Tally[int]]]:
    """Return the range that is asked for, and what was counted in it.

    Raises:
        ForbiddenError: another's account is named (observed: 403).
    """
    check_own_accounts(call.workspace, query.account_ids)
    cut = cut_up(call, query)
    oldest = earlier(call.now, call.settings.event_retention)
    event_filter = EventFilter(
        since=max(oldest, cut.since),
        until=cut.until,
    )
    with call.read() as tx:
        return cut, Events(tx).counted(event_filter, cut.unit)


def shown_count(bucket: Bucket[int]) -> CountJson:
    """Return how many there were in a bucket."""
    return {"timestamp": bucket.timestamp, "count": bucket.count, "total": bucket.count}


def shown_by_instance(bucket: Bucket[int]) -> InstanceCountsJson:
    """Return how many there were in a bucket, and by instance."""
    records: list[InstanceCountJson] = [
        {"instanceId": instance_id, "count": tally.count, "success": tally.success, "failed": tally.failed}
        for instance_id, tally in bucket.tallies.items()
    ]
    return {**shown_count(bucket), "records": records}


def shown_by_account(bucket: Bucket[int]) -> AccountCountsJson:
    """Return how many there were in a bucket, and by account."""
    records: list[AccountCountJson] = [
        {"accountId": account_id, "count": tally.count, "success": tally.success, "failed": tally.failed}
        for account_id, tally in bucket.tallies.items()
    ]
    return {**shown_count(bucket), "records": records}
