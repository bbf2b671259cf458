"""``/_local/forwards``: send a bin's callbacks on to another URL."""

from typing import Annotated, TypedDict

from flask import Blueprint, request
from msgspec import Meta, Struct

from callback_sink.errors import ForwardLoopError
from callback_sink.forwarding import leads_back
from callback_sink.inbox import BinName
from callback_sink.parts import parts
from callback_sink.routes.calls import OneBin, Whose, asked_workspace, owner_of
from mock_kit.operations import Answer, operation

bp = Blueprint("forwards", __name__, url_prefix="/_local/forwards")

Url = Annotated[
    str, Meta(pattern=r"^https?://[^\s\\]+$(?!\n)", max_length=2_000, description="a URL of http or https")
]


class Forward(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a bin's callbacks go, beside being recorded."""

    bin: BinName
    url: Url


class ForwardJson(TypedDict):
    """Where a bin's callbacks go; null is nowhere."""

    bin: str
    url: str | None


@bp.put("")
@operation()
def send_on(query: Whose, body: Forward) -> Answer[ForwardJson]:  # noqa: ARG001 - read by owner_of
    """Send each callback that comes to a bin from now on to a URL as well, before it is answered."""
    owner = owner_of(body.bin)
    if leads_back(body.url, body.bin, host=request.host):
        raise ForwardLoopError(body.bin, body.url)
    parts().forwarder.check(body.url)
    parts().store.send_on(owner.name, body.bin, body.url)
    return Answer({"bin": body.bin, "url": body.url})


@bp.get("")
@operation()
def show(query: OneBin) -> Answer[ForwardJson]:
    """Show where a bin's callbacks go."""
    return Answer({"bin": query.bin, "url": parts().store.forward(asked_workspace().name, query.bin)})


@bp.delete("")
@operation()
def forget(query: OneBin) -> Answer[ForwardJson]:
    """Send them nowhere any more."""
    parts().store.send_on(asked_workspace().name, query.bin, None)
    return Answer({"bin": query.bin, "url": None})
