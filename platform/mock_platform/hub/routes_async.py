"""Hub calls with ``Elements-Async-Request``: answered at once, done when due work runs, their results sent on."""

from urllib.parse import quote

from flask import Response, request

from mock_kit.admin.routes import json_answer
from mock_kit.web.compatible_flask import present_request
from mock_platform.core import identities
from mock_platform.core.dependencies import dependencies
from mock_platform.hub import async_call
from mock_platform.hub.async_call import AsyncCall
from mock_platform.hub.store import AsyncCalls
from mock_platform.instances.calling import enabled_caller

_KEPT = ("Authorization", "Content-Type", "Elements-Version")


def dispatch_if_async() -> Response | None:
    """Put a call off if it asks for that; None lets it be done now.

    Raises:
        InvalidCredentialsError: it is a stranger's, or its token is nobody's.
        InstanceDisabledError: its instance is switched off.
        InvalidRequestError: nobody could be told of its result (documented: 400).
    """
    if not async_call.is_async(present_request().headers.get(async_call.REQUEST)):
        return None
    caller = enabled_caller()
    workspace, instance = caller.workspace, caller.instance
    url = async_call.receiver(request.headers.get(async_call.URL), instance.configuration)

    def make(number: int) -> AsyncCall:
        return AsyncCall(
            number=number,
            instance_id=instance.id,
            method=request.method,
            target=target(),
            headers=kept_headers(),
            body=request.get_data(),
            url=url,
        )

    # the result will be a notification, so it has its number from the start: the answer's event id follows from that
    first_id = identities.first_notification_id(workspace)
    call = (
        dependencies()
        .store[AsyncCalls]
        .add(workspace.name, make, first_id=first_id, now=workspace.clock.now())
    )
    # once it is kept: real time would look at the agenda, find nothing, and go to sleep
    dependencies().engine.wake()
    return json_answer(async_call.dispatched(identities.async_event_id(workspace, call.number)), 200)


def kept_headers() -> dict[str, str]:
    """Return those headers of the present request that make a difference when it is done later."""
    return {name: request.headers[name] for name in _KEPT if name in request.headers}


def target() -> str:
    """Return path and query of the present request."""
    query = request.environ.get("QUERY_STRING")
    # WSGI has decoded the path; the query is still as it was sent
    return quote(request.path) + (f"?{query}" if query else "")
