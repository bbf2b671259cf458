"""``/_local/callbacks``: look at what came in, wait for it, forget it; ``.json`` and ``.har`` are for other tools."""

import dataclasses
from datetime import timedelta
from typing import Annotated, TypedDict

from flask import Blueprint, Request, Response
from msgspec import Meta, Struct, field, to_builtins

from callback_sink.call import OneCallbackQuery, SinkCall, WorkspaceQuery
from callback_sink.errors import CameTooFewError, NoTargetError, NotAsExpectedError
from callback_sink.expectation import Expectation, failures
from callback_sink.exports import CallbackExport, Har, as_har, as_json
from callback_sink.inbox import CallbackJson, ForwardedJson
from callback_sink.routes.bins import Url
from callback_sink.search import Filters
from callback_sink.store import Bins, CallbackPage, Callbacks
from callback_sink.stream import Stream
from elements_local.kit.api.operations import Answer, Link, operation, page_json
from elements_local.kit.api.pages import PAGE, Cursor, Limit, PageJson
from elements_local.kit.instants import format_instant
from elements_local.kit.values import replace

LONGEST_WAIT = timedelta(seconds=60)

bp = Blueprint("callbacks", __name__, url_prefix="/_local/callbacks")
streams = Blueprint("streams", __name__, url_prefix="/_local/callbacks")
exports = Blueprint("exports", __name__, url_prefix="/_local")


class CallbackQuery(Filters, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which callbacks are meant, and whose.

    Attributes:
        workspace: by name; without one, the bin's, or else the default one.
    """

    workspace: str | None = None


class CallbackPageQuery(CallbackQuery, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which callbacks are meant, and how many of them.

    Attributes:
        after: only those with a higher id, as ``next`` says it.
        limit: the oldest of them.
    """

    after: Cursor = 0
    limit: Limit = PAGE


class CallbackListQuery(
    CallbackPageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """Which callbacks are listed.

    Attributes:
        before: the latest of those with a lower id, instead of the oldest; ``next`` leads to the ones before them.
        bodies: without them ``body`` is empty and ``json`` null: much faster where they are large.
    """

    before: Cursor | None = None
    bodies: bool = True


class Wait(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is waited for, and for how long.

    Attributes:
        timeout_s: seconds of real time; more than ``LONGEST_WAIT`` counts as that.
    """

    count: Annotated[int, Meta(ge=0)] = 1
    match: Filters = Filters()
    timeout_s: Annotated[float, Meta(ge=0)] = 10

    @property
    def timeout(self) -> timedelta:
        """How long it may take."""
        return timedelta(seconds=min(self.timeout_s, LONGEST_WAIT.total_seconds()))


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a callback is sent once more; without a URL, to where its bin is forwarded."""

    url: Url | None = None


class CallbackListJson(PageJson):
    """Callbacks, oldest first; ``pruned`` older ones made room since the last reset, the last of them at ``pruned_at``."""

    count: int
    pruned: int
    pruned_at: str | None
    callbacks: list[CallbackJson]


class Removed(TypedDict):
    """How many callbacks were forgotten."""

    removed: int


class Verified(TypedDict):
    """That everything is as expected, and how many callbacks there are."""

    verified: bool
    count: int


_FIRST = {"callback_id": "$response.body#/callbacks/0/id"}
_LINKS = {
    "first": Link(operation="callbacks.show", parameters=_FIRST),
    "again": Link(operation="callbacks.replay", parameters=_FIRST),
}
_DISPOSITION = {"Content-Disposition": "the file's name"}


@bp.get("")
@operation(links=_LINKS)
def search(call: SinkCall, query: CallbackListQuery) -> Answer[CallbackListJson]:
    """List the callbacks that the filters mean, oldest first."""
    found = _asked(call, query, before=query.before, bodies=query.bodies)
    if not query.bodies:
        found = replace(found, items=[dataclasses.replace(one, body=b"") for one in found.items])
    return _listing(found, latest=query.before is not None)


@exports.get("/callbacks.json")
@operation(headers=_DISPOSITION)
def whole(call: SinkCall, query: CallbackPageQuery) -> Answer[CallbackExport]:
    """Export the callbacks that the filters mean, with their exact bytes."""
    found = _asked(call, query)
    return Answer(as_json(found.items, page_json(found, "after")), _named("callbacks.json"))


@exports.get("/callbacks.har")
@operation(headers=_DISPOSITION)
def archive(call: SinkCall, query: CallbackPageQuery) -> Answer[Har]:
    """Export the callbacks that the filters mean as an HTTP archive (HAR 1.2)."""
    found = _asked(call, query)
    return Answer(
        as_har(found.items, page_json(found, "after"), origin=call.request.host_url), _named("callbacks.har")
    )


@bp.delete("")
@operation()
def forget(call: SinkCall, query: CallbackQuery) -> Answer[Removed]:
    """Forget the callbacks that the filters mean, and say how many they were."""
    with call.transaction() as tx:
        return Answer({"removed": len(Callbacks(tx).remove(query))})


@bp.get("/<int:callback_id>")
@operation(problems=(404,))
def show(callback_id: int, call: SinkCall, query: OneCallbackQuery) -> Answer[CallbackJson]:
    """Show one callback."""
    workspace = call.workspace()
    query.refuse_both()
    with call.sink.store.read(workspace.name) as tx:
        return Answer(Callbacks(tx).get(callback_id).to_json())


@bp.post("/wait")
@operation(problems=(408,), links=_LINKS)
def wait(call: SinkCall, query: WorkspaceQuery, body: Wait) -> Answer[CallbackListJson]:  # noqa: ARG001 - read by the call
    """Answer as soon as enough callbacks are there; else, when the time is over, tell what came closest."""
    name = call.workspace(body.match.bin).name
    found: list[CallbackPage] = []

    def are_there() -> bool:
        with call.sink.store.read(name) as tx:
            found[:] = [Callbacks(tx).page(body.match, limit=PAGE)]
        return found[0].total >= body.count

    if call.sink.arrivals.wait_until(name, are_there, timeout=body.timeout):
        return _listing(found[0], body.match)
    with call.sink.store.read(name) as tx:
        closest = Callbacks(tx).near_misses(body.match)
    raise CameTooFewError(
        expected=body.count, waited_s=body.timeout.total_seconds(), count=found[0].total, closest=closest
    )


@bp.post("/verify")
@operation(problems=(409,))
def verify(call: SinkCall, query: WorkspaceQuery, body: Expectation) -> Answer[Verified]:  # noqa: ARG001 - as in wait
    """Hold what is expected against what is there; 409 says what does not hold, and what came closest."""
    name = call.workspace(body.match.bin).name
    with call.sink.store.read(name) as tx:
        callbacks = Callbacks(tx)
        came = callbacks.search(body.match)
        callbacks.refuse_other_form(body.match, found=bool(came))
        wrong = failures(body, came, near=lambda: callbacks.near_misses(body.match))
    if wrong:
        raise NotAsExpectedError(wrong, count=len(came))
    return Answer({"verified": True, "count": len(came)})


@bp.post("/<int:callback_id>/replay")
@operation(problems=(404, 409))
def replay(
    callback_id: int, call: SinkCall, query: OneCallbackQuery, body: Replay | None
) -> Answer[ForwardedJson]:
    """Send a callback once more, the same bytes and headers, to a URL or to where its bin is forwarded."""
    workspace, store, forwarder = call.workspace(), call.sink.store, call.sink.forwarder
    query.refuse_both()
    with store.read(workspace.name) as tx:
        callback = Callbacks(tx).get(callback_id)
        url = (body.url if body else None) or Bins(tx).settings(callback.bin).forward
    if url is None:
        raise NoTargetError(callback_id, name=callback.bin)
    forwarder.check(url)
    forwarded = forwarder.replay(callback, url, now=workspace.clock.now())
    with store.transaction(workspace.name) as tx:
        Callbacks(tx).note_forward(callback_id, forwarded)
    return Answer(forwarded)


def _asked(
    call: SinkCall, query: CallbackPageQuery, *, before: int | None = None, bodies: bool = True
) -> CallbackPage:
    """Return the page that a query asks for.

    Raises:
        OtherObjectTypeError: it names a type of object that callbacks have in another form.
    """
    with call.read() as tx:
        found = Callbacks(tx).page(query, after=query.after, before=before, limit=query.limit, bodies=bodies)
        Callbacks(tx).refuse_other_form(query, found=bool(found.total))
    return found


def _named(file: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file}"'}


def _listing(
    found: CallbackPage, match: Filters | None = None, *, latest: bool = False
) -> Answer[CallbackListJson]:
    """Answer with a page.

    Args:
        match: what was searched for, if it is not in the query.
        latest: the next page has those before this one.
    """
    cursor, search = "before" if latest else "after", to_builtins(match or Filters())
    return Answer(
        {
            "count": len(found.items),
            "pruned": found.used.pruned,
            "pruned_at": format_instant(found.used.pruned_at) if found.used.pruned_at else None,
            "callbacks": [each.to_json() for each in found.items],
            **page_json(found, cursor, path=bp.url_prefix, search=search),
        }
    )


class StreamQuery(CallbackQuery, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which callbacks are followed.

    Attributes:
        after: the id of the last callback that is known already; the header Last-Event-ID goes before it.
        limit: the stream ends after so many.
        timeout_s: it ends when nothing came for so many seconds of real time; clients connect again by themselves.
    """

    after: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_000_000
    timeout_s: Annotated[float, Meta(ge=0, le=600)] = field(default=60, name="timeout_s")


@streams.get("/stream")
@operation(problems=(503,), gives={"text/event-stream": None})
def stream(call: SinkCall, query: StreamQuery) -> Response:
    """Follow the callbacks that the filters mean, as server-sent events; each event's id is that of its callback."""
    workspace, slots = call.workspace().name, call.sink.stream_slots
    followed = Stream(
        store=call.sink.store,
        arrivals=call.sink.arrivals,
        workspace=workspace,
        wanted=query,
        after=_last_known(call.request, query.after),
        limit=query.limit,
        patience=timedelta(seconds=query.timeout_s),
    )
    slots.take()
    answer = Response(iter(followed), content_type="text/event-stream", headers={"Cache-Control": "no-store"})
    answer.call_on_close(slots.leave)
    return answer


def _last_known(asked: Request, after: int) -> int:
    """Read the header with which a client resumes; a stranger's nonsense in it counts as none."""
    text = asked.headers.get("Last-Event-ID", "")
    known = text.isascii() and text.isdecimal() and len(text) < 19
    return int(text) if known else after
