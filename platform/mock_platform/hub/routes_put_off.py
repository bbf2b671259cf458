"""Hub calls that are answered at once and done later, or by the calendar, their results sent on.

``Elements-Async-Request`` asks for the one, ``Elements-Schedule-Request`` for the other.
"""

from typing import Any
from urllib.parse import quote

from flask import Request, Response

from mock_kit.admin.routes import json_answer
from mock_kit.web.compatible_flask import present_request
from mock_platform.core import identities
from mock_platform.core.dependencies import dependencies
from mock_platform.dates import cron
from mock_platform.hub import async_call, scheduled_call
from mock_platform.hub.async_call import AsyncCall
from mock_platform.hub.scheduled_call import REQUEST, ScheduledCall, ScheduledJob
from mock_platform.hub.store import AsyncCalls
from mock_platform.hub.store_scheduled import ScheduledCalls
from mock_platform.instances.calling import HubCaller, enabled_caller

_KEPT = ("Authorization", "Content-Type", "Elements-Version")


def put_off_if_asked() -> Response | None:
    """Put a call off if it asks for that; None lets it be done now. One with both headers is scheduled (assumed).

    Raises:
        InvalidCredentialsError: it is a stranger's, or its token is nobody's.
        InstanceDisabledError: its instance is switched off.
        InvalidRequestError: nobody could be told of its result (documented: 400), or it says no time to come (assumed:
            400).
    """
    asked = present_request()
    if REQUEST in asked.headers:
        return _scheduled(asked, enabled_caller())
    if async_call.is_async(asked.headers.get(async_call.REQUEST)):
        return _dispatched(asked, enabled_caller())
    return None


def _dispatched(asked: Request, caller: HubCaller) -> Response:
    """Let a call wait for due work to be run."""
    workspace, call = caller.workspace, _kept(asked, caller)
    # the result will be a notification, so it has its number from the start: the answer's event id follows from that
    first_id = identities.first_notification_id(workspace)
    kept = (
        dependencies()
        .store[AsyncCalls]
        .add(
            workspace.name,
            lambda number: AsyncCall(number=number, **call),
            first_id=first_id,
            now=workspace.clock.now(),
        )
    )
    # once it is kept: real time would look at the agenda, find nothing, and go to sleep
    dependencies().engine.wake()
    event_id = identities.async_event_id(workspace, kept.number)
    return json_answer({"eventId": event_id, "eventStatus": "dispatched"}, 200)


def _scheduled(asked: Request, caller: HubCaller) -> Response:
    """Make a job of a call, and let it wait for its time."""
    workspace = caller.workspace
    now = workspace.clock.now()
    expression = cron.read(asked.headers[REQUEST], named=REQUEST)
    due = cron.first(expression, now, named=REQUEST)
    call = _kept(asked, caller)
    kept = (
        dependencies()
        .store[ScheduledCalls]
        .add(
            workspace.name,
            lambda number: ScheduledCall(number=number, cron=expression.text, created=now, **call),
            due=due,
        )
    )
    dependencies().engine.wake()
    job_id = identities.scheduled_job_id(workspace, kept.number)
    job = ScheduledJob(id=job_id, call=kept, instance=caller.instance, due=due)
    return json_answer(scheduled_call.to_json(job), 200)


def _kept(asked: Request, caller: HubCaller) -> dict[str, Any]:
    """Return what makes a difference to a call when it is done later.

    Raises:
        InvalidRequestError: nobody could be told of its result.
    """
    query = asked.environ.get("QUERY_STRING")
    return {
        "instance_id": caller.instance.id,
        "url": async_call.receiver(asked.headers.get(async_call.URL), caller.instance.configuration),
        "method": asked.method,
        # WSGI has decoded the path; the query is still as it was sent
        "target": quote(asked.path) + (f"?{query}" if query else ""),
        "headers": {name: asked.headers[name] for name in _KEPT if name in asked.headers},
        "body": asked.get_data(),
    }
