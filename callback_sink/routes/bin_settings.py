"""``/_local/responses``, ``/_local/forwards``, ``/_local/signature-keys``: what a bin is told. The keys are never shown."""

from typing import Annotated, Literal, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from callback_sink.answers import AnswerJson, Script
from callback_sink.bin_settings import Bins, BinSettings
from callback_sink.call import BinQuery, SinkCall, WorkspaceQuery
from callback_sink.errors import ForwardLoopError
from callback_sink.forwarding import leads_back
from callback_sink.inbox import BinName
from callback_sink.store import Callbacks
from elements_local.kit.api.operations import Answer, operation

responses = Blueprint("responses", __name__, url_prefix="/_local/responses")
forwards = Blueprint("forwards", __name__, url_prefix="/_local/forwards")
signature_keys = Blueprint("signature_keys", __name__, url_prefix="/_local/signature-keys")

Url = Annotated[
    str, Meta(pattern=r"^https?://[^\s\\]+$(?!\n)", max_length=2_000, description="a URL of http or https")
]
_Key = Annotated[str, Meta(min_length=1)]


class ResponsesLeftJson(TypedDict):
    """The answers that are left of those a bin was told."""

    bin: str
    responses: list[AnswerJson]


class Forward(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a bin's callbacks go, beside being recorded.

    Attributes:
        answers: whose answer the sender gets. With ``target`` the sink answers only what it is told to, and then
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
        known = Callbacks(tx).know_keys(body.bin, body.keys)
    return _known(body.bin, known)


@signature_keys.post("", endpoint="add")
@operation()
def add_key(call: SinkCall, query: WorkspaceQuery, body: AddedSignatureKey) -> Answer[KnownKeysJson]:  # noqa: ARG001 - read by the call
    """Add a key to those that are known."""
    with call.change(body.bin) as tx:
        known = Callbacks(tx).know_keys(body.bin, [*Bins(tx).settings(body.bin).keys, body.key])
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
    return Answer({"bin": name, "url": settings.forward, "answers": "target" if settings.relays else "sink"})


def _known(name: str, keys: int) -> Answer[KnownKeysJson]:
    return Answer({"bin": name, "keys": keys})
