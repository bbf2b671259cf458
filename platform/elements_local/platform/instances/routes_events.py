"""``/instances/events`` and ``/instances/{id}/events``: what was found, whether it was delivered, and how much by time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct, field

from elements_local.kit.api.operations import Answer, Link, operation
from elements_local.kit.instants import earlier, parse_instant
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import check_own_accounts, user_of
from elements_local.platform.call import Call
from elements_local.platform.core import analytics
from elements_local.platform.core.analytics import Bucket, Buckets, Interval, Tally, span
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery, Paging, paging, part_of
from elements_local.platform.errors import NotFoundError
from elements_local.platform.events.event import (
    DispositionJson,
    EventJson,
    StoredEvent,
    disposition,
    to_json,
)
from elements_local.platform.events.store import EventFilter, Events
from elements_local.platform.instances.call import InstanceCall, instance_of_token

bp = Blueprint("events", __name__, url_prefix="/instances")

_LINKS = {
    "event": Link(operation="events.get", parameters={"event_id": "$response.body#/0/id"}),
    "instance": Link(
        operation="instances.get",
        parameters={"instance_id": "$response.body#/0/eventElementInstances/0/elementInstanceId"},
    ),
}


class EventsQuery(PageQuery, rename="camel", kw_only=True):
    """Which events are asked for.

    Attributes:
        instance_id: of whose instance; without it, of all of them, or of the token's.
    """

    instance_id: Annotated[int, Meta(ge=0, le=999_999_999)] | None = None


class DispositionsQuery(PageQuery, rename="camel", kw_only=True):
    """Which events' fates are asked for.

    Attributes:
        from_: an ISO 8601 instant; the oldest event that is kept, unless given.
        to: an ISO 8601 instant; now, unless given.
    """

    from_: str | None = field(default=None, name="from")
    to: str | None = None


@bp.get("/events")
@operation(headers=PAGE_HEADERS, links=_LINKS)
def index(call: Call, query: EventsQuery) -> Answer[list[EventJson]]:
    """List events, newest first (assumed): all of the workspace's, or those of the token's instance."""
    wanted = _wanted(call, _instance_of_token(call))
    if query.instance_id is not None:
        # a filter, which finds nothing of another instance than the token's (assumed)
        own = wanted.instance_ids or (query.instance_id,)
        wanted = replace(wanted, instance_ids=tuple(one for one in own if one == query.instance_id))
    return _list(call, wanted, query)


@bp.get("/events/<event_id>")
@operation(problems=(404,))
def get(call: Call, event_id: str) -> Answer[EventJson]:
    """Show one event."""
    return _get(call, _wanted(call, _instance_of_token(call)), event_id)


@bp.get("/<id:instance_id>/events")
@operation(problems=(404,), headers=PAGE_HEADERS, links=_LINKS)
def index_of_instance(call: InstanceCall, query: PageQuery) -> Answer[list[EventJson]]:
    """List an instance's events."""
    return _list(call, _wanted(call, call.instance), query)


@bp.get("/<id:instance_id>/events/<event_id>")
@operation(problems=(404,))
def get_of_instance(call: InstanceCall, event_id: str) -> Answer[EventJson]:
    """Show one of an instance's events."""
    return _get(call, _wanted(call, call.instance), event_id)


@bp.get("/events/dispositions")
@operation(headers=PAGE_HEADERS)
def dispositions(call: Call, query: DispositionsQuery) -> Answer[list[DispositionJson]]:
    """List what happened to each event, the newest first: every attempt to deliver it."""
    now = call.now
    oldest = earlier(now, call.settings.event_retention)
    since = oldest if query.from_ is None else parse_instant(query.from_)
    since, until = span(since, None if query.to is None else parse_instant(query.to), now=now)
    event_filter = replace(_wanted(call, None), since=max(since, oldest), until=until)
    page = paging(query)
    events, total = _found(call, event_filter, page)
    reasons: dict[int, list[str]] = defaultdict(list)
    numbers = [event.notification_id for event in events]
    with call.read() as tx:
        for notification_id, reason in Events(tx).outcomes(numbers):
            reasons[notification_id].append(reason)
    shown = [disposition(event, reasons[event.notification_id]) for event in events]
    return part_of(shown, page, total=total)


def _instance_of_token(call: Call) -> Instance | None:
    token = call.caller.sent.element
    return None if token is None else instance_of_token(call, token)


def _wanted(call: Call, instance: Instance | None) -> EventFilter:
    """Return which events are meant: of all instances or of one, and not older than they get."""
    return EventFilter(
        instance_ids=None if instance is None else (instance.id,),
        since=earlier(call.now, call.settings.event_retention),
    )


def _list(call: Call, event_filter: EventFilter, query: PageQuery) -> Answer[list[EventJson]]:
    page = paging(query)
    events, total = _found(call, event_filter, page)
    return part_of([to_json(event) for event in events], page, total=total)


def _found(call: Call, event_filter: EventFilter, page: Paging) -> tuple[list[StoredEvent], int]:
    with call.read() as tx:
        rows = Events(tx).list(event_filter, offset=page.offset, limit=page.size)
        return rows, Events(tx).count(event_filter)


def _get(call: Call, event_filter: EventFilter, event_id: str) -> Answer[EventJson]:
    with call.read() as tx:
        event = Events(tx).get(event_filter, event_id)
    if event is None:
        raise NotFoundError("event", event_id)
    return Answer(to_json(event))


event_analytics = Blueprint("event_analytics", __name__, url_prefix="/instances/events/analytics")


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


@event_analytics.get("")
@operation(problems=(403,))
def counts(call: Call, query: AnalyticsQuery) -> Answer[list[CountJson]]:
    """Count events over time."""
    cut, tallies = _counted(call, query)
    return Answer([shown_count(bucket) for bucket in analytics.fold(cut, tallies)])


@event_analytics.get("/instances")
@operation(problems=(403,))
def by_instance(call: Call, query: AnalyticsQuery) -> Answer[list[InstanceCountsJson]]:
    """Count events over time, by instance."""
    cut, tallies = _counted(call, query)
    return Answer([shown_by_instance(bucket) for bucket in analytics.fold(cut, tallies)])


@event_analytics.get("/accounts")
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
    return analytics.buckets(since, until, Interval(query.interval))


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
