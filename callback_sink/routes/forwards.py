"""``/_local/forwards``: send a bin's callbacks on to another URL."""

from typing import Annotated, Literal, TypedDict

from flask import Blueprint, request
from msgspec import Meta, Struct

from callback_sink.dependencies import dependencies
from callback_sink.errors import ForwardLoopError
from callback_sink.forwarding import leads_back
from callback_sink.inbox import BinName
from callback_sink.routes.calls import BinQuery, WorkspaceQuery, asked_workspace, owner_of
from mock_kit.api.operations import Answer, operation

bp = Blueprint("forwards", __name__, url_prefix="/_local/forwards")

Url = Annotated[
    str, Meta(pattern=r"^https?://[^\s\\]+$(?!\n)", max_length=2_000, description="a URL of http or https")
]


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


@bp.put("")
@operation()
def send_on(query: WorkspaceQuery, body: Forward) -> Answer[ForwardJson]:  # noqa: ARG001 - read by owner_of
    """Send each callback that comes to a bin from now on to a URL as well, before it is answered."""
    owner = owner_of(body.bin)
    if leads_back(body.url, body.bin, host=request.host):
        raise ForwardLoopError(body.bin, body.url)
    dependencies().forwarder.check(body.url)
    dependencies().store.send_on(owner.name, body.bin, body.url, relays=body.answers == "target")
    return _shown(owner.name, body.bin)


@bp.get("")
@operation()
def show(query: BinQuery) -> Answer[ForwardJson]:
    """Show where a bin's callbacks go."""
    return _shown(asked_workspace().name, query.bin)


@bp.delete("")
@operation()
def forget(query: BinQuery) -> Answer[ForwardJson]:
    """Send them nowhere any more."""
    workspace = asked_workspace().name
    dependencies().store.send_on(workspace, query.bin, None)
    return _shown(workspace, query.bin)


def _shown(workspace: str, name: str) -> Answer[ForwardJson]:
    settings = dependencies().store.bin_settings(workspace, name)
    return Answer({"bin": name, "url": settings.forward, "answers": "target" if settings.relays else "sink"})
