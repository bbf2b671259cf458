"""``/usage/analytics``: how many calls there were over time, how they went, and how long they took."""

from typing import Literal, TypedDict

from flask import Blueprint
from msgspec import Struct, field

from mock_kit.api.operations import Answer, operation
from mock_kit.workspaces.instants import parse_instant
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import caller
from mock_platform.core import analytics
from mock_platform.core.analytics import Buckets, Interval
from mock_platform.core.choices import EmptyUsage
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import NothingFoundError
from mock_platform.instances.calling import visible_instances
from mock_platform.usage import analytics_view
from mock_platform.usage.analytics_view import CallCountJson, StatusesJson, TimesJson
from mock_platform.usage.routes import UsageFilter, wanted
from mock_platform.usage.store import UsageCriteria, UsageStore

bp = Blueprint("usage_analytics", __name__, url_prefix="/usage/analytics")


class UsageRangeQuery(Struct, kw_only=True):
    """Which stretch of time.

    Attributes:
        from_: an ISO 8601 instant.
        to: the same.
    """

    from_: str = field(name="from")
    to: str


class UsageAnalyticsQuery(UsageRangeQuery, kw_only=True):
    """Which stretch of time, cut up how, and which calls.

    Attributes:
        interval: how wide an entry is; it follows from the length of the range, unless given.
        keys: of the elements that were called.
        account_ids: of accounts that are the caller's.
    """

    interval: Literal["year", "quarter", "month", "week", "day", "hour", "minute", "second"] | None = None
    keys: list[str] = field(default_factory=list, name="keys[]")
    account_ids: list[str] = field(default_factory=list, name="accountIds[]")


class CallCountsJson(TypedDict):
    """When there were calls, and how many."""

    usage: list[CallCountJson]


class CreatedCountJson(TypedDict):
    """How many were made in a stretch of time."""

    instancesCreatedCount: int


@bp.get("/activity")
@operation(needs=caller, problems=(403,))
def activity(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[CallCountJson]]:
    """Count calls over time."""
    cut, calls = _asked(workspace, query)
    tallies = dependencies().store[UsageStore].tally(calls, cut.unit)
    return Answer([analytics_view.counts(bucket) for bucket in analytics.fold(cut, tallies)])


@bp.get("/activity/elements")
@operation(needs=caller, problems=(403,))
def by_element(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[dict[str, str | int]]]:
    """Count calls of elements over time, each under its key; calls of the platform's own are left out."""
    cut, calls = _asked(workspace, query)
    tallies = [tally for tally in dependencies().store[UsageStore].tally(calls, cut.unit) if tally.of]
    return Answer([analytics_view.by_element(bucket) for bucket in analytics.fold(cut, tallies)])


@bp.get("/activity/element-instances")
@operation(needs=caller, problems=(403,))
def of_instances(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[CallCountsJson]:
    """Count calls of element instances over time; where there were none is no entry (assumed)."""
    cut, calls = _asked(workspace, query)
    tallies = [tally for tally in dependencies().store[UsageStore].tally(calls, cut.unit) if tally.of]
    buckets = [bucket for bucket in analytics.fold(cut, tallies) if bucket.count]
    return Answer({"usage": [analytics_view.counts(bucket) for bucket in buckets]})


@bp.get("/activity/formula-instances")
@operation(needs=caller, problems=(403,))
def of_formulas(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[CallCountsJson]:
    """Count runs of formulas over time: there are none."""
    _asked(workspace, query)
    return Answer({"usage": []})


@bp.get("/activity/element-instances/created-count")
@operation(needs=caller)
def instances_created(workspace: Workspace, query: UsageRangeQuery) -> Answer[CreatedCountJson]:
    """Count the instances that were made in a stretch of time and are still there (assumed: the latter)."""
    since, until = analytics.span(
        parse_instant(query.from_), parse_instant(query.to), now=workspace.clock.now()
    )
    created = [instance.created for instance in visible_instances(workspace)]
    return Answer({"instancesCreatedCount": sum(since <= instant <= until for instant in created)})


@bp.get("/activity/formula-instances/created-count")
@operation(needs=caller)
def formulas_created(workspace: Workspace, query: UsageRangeQuery) -> Answer[CreatedCountJson]:
    """Count the instances of formulas that were made in a stretch of time: there are none."""
    analytics.span(parse_instant(query.from_), parse_instant(query.to), now=workspace.clock.now())
    return Answer({"instancesCreatedCount": 0})


@bp.get("/times")
@operation(needs=caller, problems=(403, 404))
def times(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[TimesJson]]:
    """Tell how long calls took, by the workspace's clock: nothing on a virtual one."""
    cut, calls = _asked(workspace, query)
    _check_begun(workspace, cut)
    taken = dependencies().store[UsageStore].durations(calls, cut.unit)
    return Answer(analytics_view.times(cut, taken))


@bp.get("/statuses")
@operation(needs=caller, problems=(403, 404))
def statuses(workspace: Workspace, query: UsageAnalyticsQuery) -> Answer[list[StatusesJson]]:
    """Count calls over time, and how many of them went well."""
    cut, calls = _asked(workspace, query)
    _check_begun(workspace, cut)
    tallies = dependencies().store[UsageStore].tally(calls, cut.unit)
    return Answer([analytics_view.statuses(bucket) for bucket in analytics.fold(cut, tallies)])


def _asked(workspace: Workspace, query: UsageAnalyticsQuery) -> tuple[Buckets, UsageCriteria]:
    """Return the range that is asked for, cut up, and the calls that are meant.

    Raises:
        InvalidRequestError: the range ends before it starts, or would have too many entries.
        ForbiddenError: another's account is named (observed: 403).
    """
    since, until = analytics.span(
        parse_instant(query.from_), parse_instant(query.to), now=workspace.clock.now()
    )
    interval = Interval(query.interval) if query.interval else analytics.usual_interval(until - since)
    cut = analytics.buckets(since, until, interval, limit=dependencies().settings.analytics_limit)
    usage_filter = UsageFilter(keys=query.keys, account_ids=query.account_ids)
    return cut, wanted(workspace, usage_filter, since, until)


def _check_begun(workspace: Workspace, cut: Buckets) -> None:
    """Refuse a range of which nothing has been yet, unless empty lists of usage are lists.

    Raises:
        NothingFoundError: it lies wholly ahead (observed: 404).
    """
    ahead = cut.since > workspace.clock.now()
    if ahead and dependencies().settings.empty_usage is EmptyUsage.NOT_FOUND:
        raise NothingFoundError("usage")
