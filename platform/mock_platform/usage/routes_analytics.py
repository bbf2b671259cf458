"""``/usage/analytics``: how many calls there were over time, how they went, and how long they took."""

from collections import Counter

from flask import Blueprint
from msgspec import field

from mock_kit.api.operations import Answer, operation
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import caller
from mock_platform.core import analytics, analytics_view
from mock_platform.core.analytics import Buckets, Tally
from mock_platform.core.analytics_view import ActivityJson, ElementCountsJson, StatusCountsJson, TimesJson
from mock_platform.core.dependencies import dependencies
from mock_platform.instances.routes_event_analytics import IntervalQuery, cut_up
from mock_platform.usage.routes import UsageFilter, wanted
from mock_platform.usage.store import UsageStore

bp = Blueprint("usage_analytics", __name__, url_prefix="/usage/analytics")


class UsageAnalyticsQuery(IntervalQuery, kw_only=True):
    """Which stretch of time, cut up how, and which calls.

    Attributes:
        keys: of the elements that were called.
        account_ids: of accounts that are the caller's.
    """

    keys: list[str] = field(default_factory=list, name="keys[]")
    account_ids: list[str] = field(default_factory=list, name="accountIds[]")


@bp.get("/activity")
@operation(needs=caller, problems=(403,))
def activity(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[ActivityJson]]:
    """Count calls over time."""
    cut, counted = _counted(workspace, query, by="status")
    buckets = analytics.fold(cut, [tally for tally, _ in counted])
    return Answer([analytics_view.activity(bucket) for bucket in buckets])


@bp.get("/activity/elements")
@operation(needs=caller, problems=(403,))
def by_element(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[ElementCountsJson]]:
    """Count calls of elements over time, by element; calls of the platform's own are left out."""
    cut, counted = _counted(workspace, query, by="element_key")
    tallies = [tally for tally, _ in counted if tally.of]
    return Answer([analytics_view.by_element(bucket) for bucket in analytics.fold(cut, tallies)])


@bp.get("/times")
@operation(needs=caller, problems=(403,))
def times(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[TimesJson]]:
    """Tell how long calls took on average, by the workspace's clock: nothing on a virtual one."""
    cut, counted = _counted(workspace, query, by="status")
    took = Counter(dict.fromkeys(cut.starts, 0))
    for tally, milliseconds in counted:
        took[cut.place(tally.at)] += milliseconds
    buckets = analytics.fold(cut, [tally for tally, _ in counted])
    return Answer([analytics_view.times(bucket, took[bucket.start]) for bucket in buckets])


@bp.get("/statuses")
@operation(needs=caller, problems=(403,))
def statuses(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[StatusCountsJson]]:
    """Count calls over time, by the status that they were answered with."""
    cut, counted = _counted(workspace, query, by="status")
    buckets = analytics.fold(cut, [tally for tally, _ in counted])
    return Answer([analytics_view.by_status(bucket) for bucket in buckets])


def _counted(
    workspace: Workspace, query: UsageAnalyticsQuery, *, by: str
) -> tuple[Buckets, list[tuple[Tally[str], int]]]:
    cut = cut_up(workspace, query)
    asked = UsageFilter(keys=query.keys, account_ids=query.account_ids)
    calls = wanted(workspace, asked, cut.since, cut.until)
    return cut, dependencies().store[UsageStore].tally(calls, cut.unit, by=by)
