"""Live updates, and the audit's verdict, which pages fetch when they are there already."""

from functools import partial

from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable

from elements_local.dashboard.context import dependencies, page
from elements_local.dashboard.streams import change_events, state_of
from mock_kit.web.serving import client_gone

bp = Blueprint("live", __name__)


@bp.get("/stream")
def stream() -> Response:
    """Follow the workspace: an event when something has changed.

    Raises:
        ServiceUnavailable: too many do; pages are reloaded by hand then.
    """
    slots = dependencies().streams
    state = partial(state_of, page().clients, page().runs)
    if not slots.acquire(blocking=False):
        raise ServiceUnavailable(
            "Too many pages are open that follow the stack; reload this one to see what is new."
        )
    events = change_events(
        state,
        known=request.headers.get("Last-Event-ID") or request.args.get("known", ""),
        closing=dependencies().closing,
        gone=client_gone(request.environ),
    )
    response = Response(events, content_type="text/event-stream", headers={"Cache-Control": "no-store"})
    response.call_on_close(slots.release)
    return response
