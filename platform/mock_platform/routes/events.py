"""``/instances/events`` and ``/instances/{id}/events``: what was found, and whether it was delivered."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from mock_kit.instants import format_instant
from mock_kit.workspaces import Workspace
from mock_platform.domain.errors import NotFoundError
from mock_platform.domain.models import Instance, StoredEvent
from mock_platform.routes.parts import (
    answer,
    authorization,
    caller,
    instance_named,
    instance_of_token,
    page_headers,
    paging,
    parts,
)

bp = Blueprint("events", __name__, url_prefix="/instances")


@bp.get("/events")
def index() -> ResponseReturnValue:
    """List events, newest first (assumed): all of the caller's, or those of the token's instance."""
    workspace = caller()
    return _list(workspace, _instance_of_token(workspace))


@bp.get("/events/<event_id>")
def get(event_id: str) -> ResponseReturnValue:
    """Show one event."""
    workspace = caller()
    return _get(workspace, _instance_of_token(workspace), event_id)


@bp.get("/<instance_id>/events")
def index_of_instance(instance_id: str) -> ResponseReturnValue:
    """List an instance's events."""
    workspace = caller()
    return _list(workspace, instance_named(workspace, instance_id))


@bp.get("/<instance_id>/events/<event_id>")
def get_of_instance(instance_id: str, event_id: str) -> ResponseReturnValue:
    """Show one of an instance's events."""
    workspace = caller()
    return _get(workspace, instance_named(workspace, instance_id), event_id)


def _instance_of_token(workspace: Workspace) -> Instance | None:
    token = authorization().element
    return None if token is None else instance_of_token(workspace, token)


def _id(instance: Instance | None) -> int | None:
    return None if instance is None else instance.id


def _list(workspace: Workspace, instance: Instance | None) -> ResponseReturnValue:
    page = paging()
    events = parts().store.events
    found = events.list(workspace.name, instance_id=_id(instance), offset=page.offset, limit=page.size)
    total = events.count(workspace.name, instance_id=_id(instance))
    more = page.offset + len(found) < total
    headers = page_headers(page, returned=len(found), more=bool(found) and more, total=total)
    return answer([_event(event) for event in found], headers)


def _get(workspace: Workspace, instance: Instance | None, event_id: str) -> ResponseReturnValue:
    event = parts().store.events.get(workspace.name, event_id, instance_id=_id(instance))
    if event is None:
        raise NotFoundError("event", event_id)
    return answer(_event(event))


def _event(event: StoredEvent) -> dict[str, object]:
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
