"""``/instances/events`` and ``/instances/{id}/events``: what was found, and whether it was delivered."""

from collections import defaultdict
from typing import Annotated

from flask import Blueprint
from msgspec import Meta, field

from elements_local.kit.api.operations import Answer, Link, operation
from elements_local.kit.values import replace
from elements_local.kit.workspaces.instants import earlier, parse_instant
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.calling import authorization, caller
from elements_local.platform.core.analytics import span
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.listing import part_of
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery, Paging, paging
from elements_local.platform.errors import NotFoundError
from elements_local.platform.events.store import EventFilter, Events
from elements_local.platform.events.stored_event import (
    DispositionJson,
    EventJson,
    StoredEvent,
    disposition,
    to_json,
)
from elements_local.platform.instances.calling import instance_named, instance_of_token

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
@operation(needs=caller, headers=PAGE_HEADERS, links=_LINKS)
def index(workspace: Workspace, query: EventsQuery) -> Answer[list[EventJson]]:
    """List events, newest first (assumed): all of the workspace's, or those of the token's instance."""
    wanted = _wanted(workspace, _instance_of_token(workspace))
    if query.instance_id is not None:
        # a filter, which finds nothing of another instance than the token's (assumed)
        own = wanted.instance_ids or (query.instance_id,)
        wanted = replace(wanted, instance_ids=tuple(one for one in own if one == query.instance_id))
    return _list(workspace, wanted, query)


@bp.get("/events/<event_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, event_id: str) -> Answer[EventJson]:
    """Show one event."""
    return _get(workspace, _wanted(workspace, _instance_of_token(workspace)), event_id)


@bp.get("/<id:instance_id>/events")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS, links=_LINKS)
def index_of_instance(workspace: Workspace, instance_id: str, query: PageQuery) -> Answer[list[EventJson]]:
    """List an instance's events."""
    return _list(workspace, _wanted(workspace, instance_named(workspace, instance_id)), query)


@bp.get("/<id:instance_id>/events/<event_id>")
@operation(needs=caller, problems=(404,))
def get_of_instance(workspace: Workspace, instance_id: str, event_id: str) -> Answer[EventJson]:
    """Show one of an instance's events."""
    return _get(workspace, _wanted(workspace, instance_named(workspace, instance_id)), event_id)


@bp.get("/events/dispositions")
@operation(needs=caller, headers=PAGE_HEADERS)
def dispositions(workspace: Workspace, query: DispositionsQuery) -> Answer[list[DispositionJson]]:
    """List what happened to each event, the newest first: every attempt to deliver it."""
    now = workspace.clock.now()
    oldest = earlier(now, dependencies().settings.event_retention)
    since = oldest if query.from_ is None else parse_instant(query.from_)
    since, until = span(since, None if query.to is None else parse_instant(query.to), now=now)
    event_filter = replace(_wanted(workspace, None), since=max(since, oldest), until=until)
    page = paging(query)
    events, total = _found(workspace, event_filter, page)
    reasons: dict[int, list[str]] = defaultdict(list)
    numbers = [event.notification_id for event in events]
    with dependencies().store.read(workspace.name) as tx:
        for notification_id, reason in Events(tx).outcomes(numbers):
            reasons[notification_id].append(reason)
    shown = [disposition(event, reasons[event.notification_id]) for event in events]
    return part_of(shown, page, total=total)


def _instance_of_token(workspace: Workspace) -> Instance | None:
    token = authorization().element
    return None if token is None else instance_of_token(workspace, token)


def _wanted(workspace: Workspace, instance: Instance | None) -> EventFilter:
    """Return which events are meant: of all instances or of one, and not older than they get."""
    return EventFilter(
        instance_ids=None if instance is None else (instance.id,),
        since=earlier(workspace.clock.now(), dependencies().settings.event_retention),
    )


def _list(workspace: Workspace, event_filter: EventFilter, query: PageQuery) -> Answer[list[EventJson]]:
    page = paging(query)
    events, total = _found(workspace, event_filter, page)
    return part_of([to_json(event) for event in events], page, total=total)


def _found(workspace: Workspace, event_filter: EventFilter, page: Paging) -> tuple[list[StoredEvent], int]:
    with dependencies().store.read(workspace.name) as tx:
        rows = Events(tx).list(event_filter, offset=page.offset, limit=page.size)
        return rows, Events(tx).count(event_filter)


def _get(workspace: Workspace, event_filter: EventFilter, event_id: str) -> Answer[EventJson]:
    with dependencies().store.read(workspace.name) as tx:
        event = Events(tx).get(event_filter, event_id)
    if event is None:
        raise NotFoundError("event", event_id)
    return Answer(to_json(event))
