"""``/instances/events`` and ``/instances/{id}/events``: what was found, and whether it was delivered."""

from flask import Blueprint

from mock_kit.instants import format_instant
from mock_kit.operations import Answer, Link, operation
from mock_kit.workspaces import Workspace
from mock_platform.domain.errors import NotFoundError
from mock_platform.domain.models import Instance, StoredEvent
from mock_platform.routes.parts import (
    PAGE_HEADERS,
    PageQuery,
    authorization,
    caller,
    instance_named,
    instance_of_token,
    page_headers,
    paging,
    parts,
)

bp = Blueprint("events", __name__, url_prefix="/instances")

Json = dict[str, object]

_LINKS = {"event": Link(operation="events.get", parameters={"event_id": "$response.body#/0/id"})}


@bp.get("/events")
@operation(needs=caller, headers=PAGE_HEADERS, links=_LINKS)
def index(workspace: Workspace, query: PageQuery) -> Answer[list[Json]]:
    """List events, newest first (assumed): all of the caller's, or those of the token's instance."""
    return _list(workspace, _instance_of_token(workspace), query)


@bp.get("/events/<event_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, event_id: str) -> Answer[Json]:
    """Show one event."""
    return _get(workspace, _instance_of_token(workspace), event_id)


@bp.get("/<instance_id>/events")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS, links=_LINKS)
def index_of_instance(workspace: Workspace, instance_id: str, query: PageQuery) -> Answer[list[Json]]:
    """List an instance's events."""
    return _list(workspace, instance_named(workspace, instance_id), query)


@bp.get("/<instance_id>/events/<event_id>")
@operation(needs=caller, problems=(404,))
def get_of_instance(workspace: Workspace, instance_id: str, event_id: str) -> Answer[Json]:
    """Show one of an instance's events."""
    return _get(workspace, instance_named(workspace, instance_id), event_id)


def _instance_of_token(workspace: Workspace) -> Instance | None:
    token = authorization().element
    return None if token is None else instance_of_token(workspace, token)


def _id(instance: Instance | None) -> int | None:
    return None if instance is None else instance.id


def _list(workspace: Workspace, instance: Instance | None, query: PageQuery) -> Answer[list[Json]]:
    page = paging(query)
    events = parts().store.events
    found = events.list(workspace.name, instance_id=_id(instance), offset=page.offset, limit=page.size)
    total = events.count(workspace.name, instance_id=_id(instance))
    more = page.offset + len(found) < total
    headers = page_headers(page, returned=len(found), more=bool(found) and more, total=total)
    return Answer([_event(event) for event in found], headers)


def _get(workspace: Workspace, instance: Instance | None, event_id: str) -> Answer[Json]:
    event = parts().store.events.get(workspace.name, event_id, instance_id=_id(instance))
    if event is None:
        raise NotFoundError("event", event_id)
    return Answer(_event(event))


def _event(event: StoredEvent) -> Json:
    """Return an event as the platform shows it.

    Source: the vendor's schemas (observed); ``notifiedData`` as a list here, as text inside the entry (observed).
    """
    return {
        "id": event.id,
        "eventDate": format_instant(event.date),
        "status": event.status.value,
        "providerData": event.provider_data,
        "notifiedData": list(event.notified_data),
        "eventElementInstances": [
            {
                "eventId": event.id,
                "elementInstanceId": event.instance_id,
                "notificationId": event.notification_id,
                "notifiedData": event.notified_data[0] if event.notified_data else None,
                "createdDate": format_instant(event.date),
                "updatedDate": format_instant(event.updated),
            }
        ],
    }
