"""The bins: every path outside ``/_local``, and every method; and their settings.

That is ``/_local/responses``, ``/_local/forwards`` and ``/_local/signature-keys``. The keys are never shown.
"""

import re
from typing import Annotated, Literal, TypeAlias, TypedDict

from flask import Blueprint, Request, Response
from msgspec import Meta, Struct
from werkzeug.exceptions import RequestEntityTooLarge

from callback_sink.answers import AnswerJson, Script, reply_of
from callback_sink.call import BinQuery, Sink, SinkCall, SinkFacts, WorkspaceQuery, path_of
from callback_sink.errors import BodyTooLargeError, ForwardLoopError
from callback_sink.forwarding import leads_back
from callback_sink.inbox import BinName, Received, keepable, target_of
from callback_sink.search import Filters
from callback_sink.store import Bins, BinSettings, Callbacks, Recorded
from elements_local.kit.admin.routes import check_token, json_answer
from elements_local.kit.api.operations import Answer, WholeResponse, operation
from elements_local.kit.http_message import Reply
from elements_local.kit.masks import mask_url
from elements_local.kit.web.guard import share
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import Workspace

_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADER_NAMES = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z, -]+\Z")


def receive(sink: Sink, asked: Request) -> Response:
    """Answer what is sent to a bin.

    This comes before the routes instead of being one: a route would have to list its methods, would take
    unknown admin paths for bins, and would redirect paths with two slashes in a row.
    """
    facts: SinkFacts = facts_of(asked)
    name, workspace = facts.bin, facts.workspace
    if asked.method == "OPTIONS":
        return _written(Reply(status=204, header_list=[("Allow", _METHODS)]))
    if asked.method in {"GET", "HEAD"} and asked.path == "/favicon.ico":
        return _written(
            Reply(status=204)
        )  # a browser that shows another page of the sink asks for it by itself
    if asked.method == "GET" and _asks_for_queue(asked.query_string):
        return _drained(sink, workspace, name)
    return _recorded(sink, asked, workspace, name)


def let_page_read(asked: Request, response: Response) -> Response:
    """Let the page that asked, one of those that may, read the answers of bins.

    Source: assumed; the vendor's documents do not speak of browsers in front of a receiver.
    """
    preflight = _preflight(asked) if asked.method == "OPTIONS" else {}
    share(response, asked, {"Access-Control-Expose-Headers": "*", **preflight})
    return response


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
    received = _received(sink, asked, workspace, name)
    with sink.store.transaction(workspace.name) as tx:
        recorded = Callbacks(tx).record(received, limits=sink.settings)
    if recorded.relays and recorded.forward is not None:
        reply = _sent_on(sink, workspace, recorded, recorded.forward)
        # only now: a listing shows the status that the target's answer has given the callback
        sink.arrivals.announce(workspace.name)
        facts_of(asked).drops = reply is None
        return _written(reply or Reply(status=502))
    # waiting requests are woken before the callback is sent on: a target may take its time, and the callback is there already
    sink.arrivals.announce(workspace.name)
    if recorded.forward is not None:
        _sent_on(sink, workspace, recorded, recorded.forward)
    facts_of(asked).drops = recorded.answer.hangs_up
    return _written(reply_of(recorded.answer))


def _received(sink: Sink, asked: Request, workspace: Workspace, name: str) -> Received:
    return Received(
        received_at=workspace.clock.now(),
        bin=name,
        method=keepable(asked.method),
        path=target_of(path_of(asked.environ["PATH_INFO"]), asked.query_string),
        headers=[(keepable(header), keepable(value)) for header, value in asked.headers],
        body=_body(asked, largest=sink.settings.largest_body),
    )


def _sent_on(sink: Sink, workspace: Workspace, recorded: Recorded, url: str) -> Reply | None:
    """Send a callback on within the request that brought it, so that an advance of time has settled it too."""
    callback = recorded.callback
    reply, forwarded = sink.forwarder.forward(callback, url, now=workspace.clock.now())
    with sink.store.transaction(workspace.name) as tx:
        Callbacks(tx).note_forward(callback.id, forwarded, relayed=recorded.relays)
    return reply


def _written(reply: Reply) -> Response:
    response = WholeResponse(reply.body, status=reply.status, headers=list(reply.header_list))
    if reply.header("Content-Type") is None:
        del response.headers["Content-Type"]  # Flask's own; an answer without a body has none
    return response


def _body(asked: Request, *, largest: int) -> bytes:
    """Return the exact bytes of the body.

    Raises:
        BodyTooLargeError: there are more than the sink keeps.
    """
    known: bytes | None = facts_of(asked).body
    if known is not None:
        return known
    try:
        return asked.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise BodyTooLargeError(asked.content_length, largest=largest) from error


responses = Blueprint("responses", __name__, url_prefix="/_local/responses")
forwards = Blueprint("forwards", __name__, url_prefix="/_local/forwards")
signature_keys = Blueprint("signature_keys", __name__, url_prefix="/_local/signature-keys")
reported = Blueprint("reported", __name__, url_prefix="/_local/reported")
REPORTED_BIN = "_local"
"""The bin of what is reported, whose path begins so."""

Url = Annotated[
    str, Meta(pattern=r"^https?://[^\s\\]+$(?!\n)", max_length=2_000, description="a URL of http or https")
]
_Key = Annotated[str, Meta(min_length=1)]


class ResponsesLeftJson(TypedDict):
    """The scripted answers of a bin that are not used up."""

    bin: str
    responses: list[AnswerJson]


class Forward(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a bin's callbacks go, beside being recorded.

    Attributes:
        answers: whose answer the sender gets. With ``target`` the sink gives only scripted answers, and then
            in the target's place: such a callback is not sent on.
    """

    bin: BinName
    url: Url
    answers: Literal["sink", "target"] = "sink"


class ForwardJson(TypedDict):
    """Where a bin's callbacks go; null is nowhere."""

    bin: str
    url: str | None
    answers: Literal["sink", "target"]


class SignatureKeys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All keys of a bin; none makes it forget those it has."""

    bin: BinName
    keys: list[_Key]


class AddedSignatureKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further key of a bin."""

    bin: BinName
    key: _Key


class KnownKeysJson(TypedDict):
    """How many keys of a bin are known."""

    bin: str
    keys: int


class ReportedChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a poller of one's own says of a record.

    Attributes:
        id: the record's.
        change: what happened to it, if the poller says so.
        updated: the record's date, as the poller read it.
    """

    resource: Annotated[str, Meta(min_length=1)]
    id: int | str
    change: Literal["created", "updated", "deleted"] | None = None
    updated: str | None = None


_Reported: TypeAlias = ReportedChange | list[ReportedChange]


class ReportedJson(TypedDict):
    """Under which id a report is kept."""

    id: int


@reported.post("", endpoint="keep")
@operation()
def keep_report(call: SinkCall, query: WorkspaceQuery, body: _Reported) -> Answer[ReportedJson]:  # noqa: ARG001 - read by the call, and kept as it came
    """Keep what a poller of one's own reports, among the callbacks; `certify poller` judges it."""
    workspace = call.workspace()
    received = _received(call.sink, call.request, workspace, REPORTED_BIN)
    with call.sink.store.transaction(workspace.name) as tx:
        kept = Callbacks(tx).record(received, limits=call.sink.settings)
    call.sink.arrivals.announce(workspace.name)
    return Answer({"id": kept.callback.id})


@responses.put("", endpoint="tell")
@operation()
def tell_responses(call: SinkCall, query: WorkspaceQuery, body: Script) -> Answer[ResponsesLeftJson]:  # noqa: ARG001 - read by the call
    """Put answers in the place of those that are left."""
    with call.change(body.bin) as tx:
        Bins(tx).change(body.bin, answers=body.responses)
    return _responses_left(call, body.bin)


@responses.get("", endpoint="show")
@operation()
def show_responses(call: SinkCall, query: BinQuery) -> Answer[ResponsesLeftJson]:
    """Show the answers that are left."""
    return _responses_left(call, query.bin)


@responses.delete("", endpoint="forget")
@operation()
def forget_responses(call: SinkCall, query: BinQuery) -> Answer[ResponsesLeftJson]:
    """Go back to 200."""
    with call.transaction() as tx:
        Bins(tx).change(query.bin, answers=[])
    return _responses_left(call, query.bin)


@forwards.put("")
@operation()
def send_on(call: SinkCall, query: WorkspaceQuery, body: Forward) -> Answer[ForwardJson]:  # noqa: ARG001 - read by the call
    """Send each callback that comes to a bin from now on to a URL as well, before it is answered."""
    owner = call.owner_of(body.bin)
    if leads_back(body.url, body.bin, host=call.request.host):
        raise ForwardLoopError(body.bin, body.url)
    call.sink.forwarder.check(body.url)
    with call.sink.store.transaction(owner.name) as tx:
        Bins(tx).change(body.bin, forward=body.url, relays=body.answers == "target")
    return _forward(call, body.bin)


@forwards.get("", endpoint="show")
@operation()
def show_forward(call: SinkCall, query: BinQuery) -> Answer[ForwardJson]:
    """Show where a bin's callbacks go."""
    return _forward(call, query.bin)


@forwards.delete("", endpoint="forget")
@operation()
def forget_forward(call: SinkCall, query: BinQuery) -> Answer[ForwardJson]:
    """Send them nowhere any more."""
    with call.transaction() as tx:
        Bins(tx).change(query.bin, forward=None, relays=False)
    return _forward(call, query.bin)


@signature_keys.put("", endpoint="replace")
@operation()
def replace_keys(call: SinkCall, query: WorkspaceQuery, body: SignatureKeys) -> Answer[KnownKeysJson]:  # noqa: ARG001 - read by the call
    """Put keys in the place of those that are known."""
    with call.change(body.bin) as tx:
        known = Callbacks(tx).know_keys(body.bin, body.keys, before=Bins(tx).settings(body.bin))
    return _known(body.bin, known)


@signature_keys.post("", endpoint="add")
@operation()
def add_key(call: SinkCall, query: WorkspaceQuery, body: AddedSignatureKey) -> Answer[KnownKeysJson]:  # noqa: ARG001 - read by the call
    """Add a key to those that are known."""
    with call.change(body.bin) as tx:
        before = Bins(tx).settings(body.bin)
        known = Callbacks(tx).know_keys(body.bin, [*before.keys, body.key], before=before)
    return _known(body.bin, known)


@signature_keys.get("", endpoint="count")
@operation()
def count_keys(call: SinkCall, query: BinQuery) -> Answer[KnownKeysJson]:
    """Say how many keys are known."""
    return _known(query.bin, len(_settings(call, query.bin).keys))


def _settings(call: SinkCall, name: str) -> BinSettings:
    """Return the settings of the bin that the call is about."""
    with call.read(name) as tx:
        return Bins(tx).settings(name)


def _responses_left(call: SinkCall, name: str) -> Answer[ResponsesLeftJson]:
    return Answer({"bin": name, "responses": [answer.to_json() for answer in _settings(call, name).answers]})


def _forward(call: SinkCall, name: str) -> Answer[ForwardJson]:
    settings = _settings(call, name)
    url = settings.forward and mask_url(settings.forward)
    return Answer({"bin": name, "url": url, "answers": "target" if settings.relays else "sink"})


def _known(name: str, keys: int) -> Answer[KnownKeysJson]:
    return Answer({"bin": name, "keys": keys})
