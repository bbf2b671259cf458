"""Which change is asked about: a record's, one of the CRM's log, an event's, or a callback's."""

from datetime import datetime

from msgspec import Struct

from mock_kit.text import whole_number
from mock_kit.workspaces.registry import Workspace
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import NotFoundError
from mock_platform.events.store import EventFilter, Events
from mock_platform.events.store_notifications import Notifications
from mock_platform.explain.arrivals import SinkArrivals
from mock_platform.explain.facts import told


class ExplainSubject(Struct, frozen=True, kw_only=True):
    """A record that a notification tells of.

    Attributes:
        told_at: of the poll that told.
    """

    instance_id: int
    resource: str
    record_id: str
    told_at: datetime


def subject_of_event(workspace: Workspace, event: str) -> ExplainSubject:
    """Return the first record that an event tells of, by the event's id or its notification's.

    Raises:
        NotFoundError: there is no such event, or it tells of no record.
    """
    number = whole_number(event)
    if number is None or not dependencies().store[Notifications].get(workspace.name, number):
        found = dependencies().store[Events].get(EventFilter(workspace=workspace.name), event)
        number = found.notification_id if found else None
    if number is None:
        raise NotFoundError("event", event)
    return _subject(workspace, number, named=event)


def subject_of_callback(workspace: Workspace, callback: int) -> ExplainSubject:
    """Return the first record that a callback of the sink tells of.

    Raises:
        NotFoundError: the sink has no such callback, or it tells of no record.
    """
    number = whole_number(SinkArrivals(dependencies(), workspace).notification_of(callback) or "")
    if number is None:
        raise NotFoundError("callback", str(callback))
    return _subject(workspace, number, named=str(callback))


def _subject(workspace: Workspace, notification_id: int, *, named: str) -> ExplainSubject:
    kept = dependencies().store[Notifications].get(workspace.name, notification_id)
    message = told(kept.body) if kept else None
    if kept is None or message is None or not message.instance or not message.events:
        raise NotFoundError("event of a record", named)
    event = message.events[0]
    return ExplainSubject(
        instance_id=message.instance,
        resource=event.object_type,
        record_id=event.object_id,
        told_at=kept.created,
    )
