"""The bins: every path outside ``/_local``, and every method."""

import re

from flask import Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from callback_sink.answers import reply_of
from callback_sink.call import Sink
from callback_sink.errors import BodyTooLargeError
from callback_sink.inbox import Received, bin_of, keepable, target_of
from callback_sink.search import Filters
from callback_sink.store import Callbacks, Recorded
from elements_local.kit.admin.routes import check_token, json_answer
from elements_local.kit.web.guard import is_admin, share
from elements_local.kit.web.middleware import DROPPED
from elements_local.kit.wire import Reply
from elements_local.kit.workspaces.registry import Workspace

_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADER_NAMES = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z, -]+\Z")


def receive(sink: Sink) -> Response | None:
    """Answer what is sent to a bin; leave the rest to the admin routes.

    This comes before the routes instead of being one: a route would have to list its methods, would take
    unknown admin paths for bins, and would redirect paths with two slashes in a row.
    """
    if is_admin(request.path):
        return None
    name = bin_of(path_of(request.environ["PATH_INFO"]))
    workspace = sink.owner_of(name)
    if request.method == "OPTIONS":
        return _written(Reply(status=204, header_list=[("Allow", _METHODS)]))
    if request.method in {"GET", "HEAD"} and request.path == "/favicon.ico":
        return _written(
            Reply(status=204)
        )  # a browser that shows another page of the sink asks for it by itself
    if request.method == "GET" and _asks_for_queue(request.query_string):
        return _drained(sink, workspace, name)
    return _recorded(sink, request, workspace, name)


def let_page_read(response: Response) -> Response:
    """Let the page that asked, one of those that may, read the answers of bins.

    Source: assumed; the vendor's documents do not speak of browsers in front of a receiver.
    """
    if not is_admin(request.path):
        preflight = _preflight(request) if request.method == "OPTIONS" else {}
        share(response, request, {"Access-Control-Expose-Headers": "*", **preflight})
    return response


def path_of(path_info: str) -> bytes:
    """Return the bytes of a path from the text that WSGI makes of them."""
    return path_info.encode("latin-1", "replace")


def _asks_for_queue(query: bytes) -> bool:
    """Look for the one word that matters; a stranger's query need not be text, as ``request.args`` wants it."""
    return any(parameter.partition(b"=")[0] == b"returnQueue" for parameter in query.split(b"&"))


def _preflight(asked: Request) -> dict[str, str]:
    """Allow what a browser asks for; ``*`` would leave the Authorization header out."""
    names = asked.headers.get("Access-Control-Request-Headers", "")
    return {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": names if _HEADER_NAMES.match(names) else "*",
        "Access-Control-Max-Age": "600",
    }


def _drained(sink: Sink, workspace: Workspace, name: str) -> Response:
    """Empty a bin into the vendor's collector shape; what came reads only who may read it by the admin routes.

    Source: the vendor's API test suite, which drains its event collector so (documented).
    """
    check_token()
    with sink.store.transaction(workspace.name) as tx:
        drained = Callbacks(tx).remove(Filters(bin=name))
    data = [{"data": callback.text} for callback in drained]
    return json_answer({"count": len(data), "data": data})


def _recorded(sink: Sink, asked: Request, workspace: Workspace, name: str) -> Response:
    received = Received(
        received_at=workspace.clock.now(),
        bin=name,
        method=keepable(asked.method),
        path=target_of(path_of(asked.environ["PATH_INFO"]), asked.query_string),
        headers=[(keepable(header), keepable(value)) for header, value in asked.headers],
        body=_body(asked, largest=sink.settings.largest_body),
    )
    with sink.store.transaction(workspace.name) as tx:
        recorded = Callbacks(tx).record(received, limits=sink.settings)
    if recorded.relays and recorded.forward is not None:
        reply = _sent_on(sink, workspace, recorded, recorded.forward)
        # only now: a listing shows the status that the target's answer has given the callback
        sink.arrivals.announce(workspace.name)
        asked.environ[DROPPED] = reply is None
        return _written(reply or Reply(status=502))
    # who waits is told before the callback is sent on: a target may take its time, and the callback is there already
    sink.arrivals.announce(workspace.name)
    if recorded.forward is not None:
        _sent_on(sink, workspace, recorded, recorded.forward)
    asked.environ[DROPPED] = recorded.answer.hangs_up
    return _written(reply_of(recorded.answer))


def _sent_on(sink: Sink, workspace: Workspace, recorded: Recorded, url: str) -> Reply | None:
    """Send a callback on within the request that brought it, so that an advance of time has settled it too."""
    callback = recorded.callback
    reply, forwarded = sink.forwarder.forward(callback, url, now=workspace.clock.now())
    with sink.store.transaction(workspace.name) as tx:
        Callbacks(tx).note_forward(callback.id, forwarded, relayed=recorded.relays)
    return reply


def _written(reply: Reply) -> Response:
    response = Response(reply.body, status=reply.status, headers=list(reply.header_list))
    if "Content-Type" not in reply.headers:
        del response.headers["Content-Type"]  # Flask's own; an answer without a body has none
    return response


def _body(asked: Request, *, largest: int) -> bytes:
    """Return the exact bytes of the body.

    Raises:
        BodyTooLargeError: there are more than the sink keeps.
    """
    try:
        return asked.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise BodyTooLargeError(asked.content_length, largest=largest) from error
