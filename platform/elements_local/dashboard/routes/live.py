"""Live updates: that something has changed, as server-sent events; what it is, the page asks for like any reader."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from threading import Event

from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable

from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.dashboard.context import dependencies, page
from elements_local.kit.web.serving import client_gone

bp = Blueprint("live", __name__)

_BETWEEN_LOOKS_S = 0.7
_PULSE_AFTER = 20
"""Looks without news after which something is said all the same: only who writes notices that nobody reads any more."""


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


def state_of(clients: WorkspaceClients, runs: Collection[str]) -> str:
    """Say in a few letters what pages of a workspace depend on.

    Args:
        runs: the services that there are.
    """
    parts: list[object] = [clients.clock.show()["now"]]
    if "platform" in runs:
        whose = f"workspace={clients.credentials.name}"
        parts.append(clients.platform.call("GET", f"/_local/activity?limit=1&{whose}")["last"])
    if "crm" in runs:
        parts.append(clients.crm.call("GET", "/_local/changes?limit=1")["total"])
    if "sink" in runs:
        health = clients.sink.call("GET", "/_local/health")
        parts += [health["callbacks"], health["bytes"]]
    return "-".join(map(str, parts)).replace(" ", "")


def change_events(
    state: Callable[[], str], *, known: str, closing: Event, gone: Callable[[], bool]
) -> Iterator[bytes]:
    """Write an event when something has changed since the last look; however much it was, one.

    Args:
        state: returns what a page depends on, in a few letters.
        known: the state that the reader has seen already; empty if that is the present one.
        closing: set when the stack ends.
        gone: says whether the reader has hung up.
    """
    known, silent = known or _look(state), 0
    yield f"retry: 1000\nid: {known}\n\n".encode()
    while not closing.wait(_BETWEEN_LOOKS_S) and not gone():
        seen = _look(state)
        silent += 1
        if seen != known:
            known, silent = seen, 0
            yield f"id: {seen}\nevent: changed\ndata: {seen}\n\n".encode()
        elif silent >= _PULSE_AFTER:
            silent = 0
            yield b": nothing yet\n\n"


def _look(state: Callable[[], str]) -> str:
    try:
        return state()
    except HarnessError:  # the workspace is being reset, or is gone; the page says what is there
        return "none"
