"""The case that somebody means who names an event, or a callback."""

from mock_kit.text import whole_number
from mock_kit.workspaces.registry import Workspace
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import NotFoundError
from mock_platform.events.store import EventFilter, Events
from mock_platform.events.store_notifications import Notifications
from mock_platform.explain.arrivals import SinkArrivals
from mock_platform.explain.case import ExplainedCase
from mock_platform.explain.case_reader import CaseReader
from mock_platform.explain.facts import told
from mock_platform.instances.calling import any_instance


def case_of_event(workspace: Workspace, event: str) -> tuple[CaseReader, ExplainedCase]:
    """Return the case of the first record that an event tells of, by the event's id or its notification's.

    Raises:
        NotFoundError: there is no such event, or it tells of no record.
    """
    number = whole_number(event)
    if number is None or not dependencies().store[Notifications].get(workspace.name, number):
        found = dependencies().store[Events].get(EventFilter(workspace=workspace.name), event)
        number = found.notification_id if found else None
    if number is None:
        raise NotFoundError("event", event)
    return _told_case(workspace, number, named=event)


def case_of_callback(workspace: Workspace, callback: int) -> tuple[CaseReader, ExplainedCase]:
    """Return the case of the first record that a callback of the sink tells of.

    Raises:
        NotFoundError: the sink has no such callback, or it tells of no record.
    """
    number = whole_number(SinkArrivals(dependencies(), workspace).notification_of(callback) or "")
    if number is None:
        raise NotFoundError("callback", str(callback))
    return _told_case(workspace, number, named=str(callback))


def _told_case(workspace: Workspace, notification_id: int, *, named: str) -> tuple[CaseReader, ExplainedCase]:
    kept = dependencies().store[Notifications].get(workspace.name, notification_id)
    message = told(kept.body) if kept else None
    if kept is None or message is None or not message.instance or not message.events:
        raise NotFoundError("event of a record", named)
    reader = CaseReader(workspace, any_instance(workspace, str(message.instance)))
    event = message.events[0]
    return reader, reader.told_case(event.object_type, event.object_id, at=kept.created)
