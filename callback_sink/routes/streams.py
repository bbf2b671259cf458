"""``/_local/callbacks/stream``: callbacks as they come."""

from datetime import timedelta
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta, field

from callback_sink.dependencies import dependencies
from callback_sink.routes.callbacks import CallbackQuery
from callback_sink.routes.calls import asked_workspace
from callback_sink.stream import Stream
from mock_kit.api.operations import operation

bp = Blueprint("streams", __name__, url_prefix="/_local/callbacks")

_HIGHEST = 2**63 - 1


class StreamQuery(CallbackQuery, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which callbacks are followed.

    Attributes:
        after: the id of the last callback that is known already; the header Last-Event-ID goes before it.
        limit: the stream ends after so many.
        timeout_s: it ends when nothing came for so many seconds of real time; clients connect again by themselves.
    """

    after: Annotated[int, Meta(ge=0, le=_HIGHEST)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_000_000
    timeout_s: Annotated[float, Meta(ge=0, le=600)] = field(default=60, name="timeout_s")


@bp.get("/stream")
@operation(problems=(503,), gives={"text/event-stream": None})
def stream(query: StreamQuery) -> Response:
    """Follow the callbacks that the filters mean, as server-sent events; each event's id is that of its callback."""
    workspace, slots = asked_workspace().name, dependencies().stream_slots
    followed = Stream(
        store=dependencies().store,
        arrivals=dependencies().arrivals,
        workspace=workspace,
        wanted=query,
        after=_last_known(query.after),
        limit=query.limit,
        patience=timedelta(seconds=query.timeout_s),
    )
    slots.take()
    answer = Response(iter(followed), content_type="text/event-stream", headers={"Cache-Control": "no-store"})
    answer.call_on_close(slots.leave)
    return answer


def _last_known(after: int) -> int:
    """Read the header with which a client resumes; a stranger's nonsense in it counts as none."""
    text = request.headers.get("Last-Event-ID", "")
    known = text.isascii() and text.isdecimal() and len(text) < 19
    return int(text) if known else after
