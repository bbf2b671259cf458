"""``/_local/clock``: what time it is in a workspace, and moving it."""

from typing import Literal

from flask import Blueprint
from flask.typing import ResponseReturnValue
from msgspec import Struct

from mock_kit.admin import asked_workspace, json_answer
from mock_kit.clock import Mode
from mock_kit.instants import format_instant, parse_duration, parse_instant
from mock_kit.json_text import Json
from mock_kit.workspaces import Workspace
from mock_platform.domain.errors import InvalidRequestError
from mock_platform.routes.parts import parts, sent_body

bp = Blueprint("clock", __name__, url_prefix="/_local/clock")


class ClockRequest(Struct, forbid_unknown_fields=True):
    """Which mode the clock is to have, and where a virtual one is to stand."""

    mode: Literal["virtual", "real"] | None = None
    now: str | None = None


class AdvanceRequest(Struct, forbid_unknown_fields=True):
    """How far to move: a duration, or an instant."""

    duration: str | int | float | None = None
    to: str | None = None


@bp.get("")
def show() -> ResponseReturnValue:
    """Tell the time."""
    return json_answer(_shown(asked_workspace()))


@bp.put("")
def put() -> ResponseReturnValue:
    """Change the mode, or set a virtual clock without running anything in between."""
    workspace = asked_workspace()
    sent = sent_body(ClockRequest)
    mode = workspace.clock.mode if sent.mode is None else Mode(sent.mode)
    if mode is Mode.REAL and sent.now is not None:
        raise InvalidRequestError("a real clock follows the machine; leave out now, or choose mode virtual")
    parts().engine.set_clock(workspace, mode, None if sent.now is None else parse_instant(sent.now))
    return json_answer(_shown(workspace))


@bp.post("/advance")
def advance() -> ResponseReturnValue:
    """Move time, and return once everything due up to and at the target has run."""
    workspace = asked_workspace()
    sent = sent_body(AdvanceRequest)
    begin = workspace.clock.now()
    if (sent.duration is None) == (sent.to is None):
        raise InvalidRequestError(
            'expected {"duration": "15m"} or {"to": "2026-03-02T10:15:00Z"}, one of the two'
        )
    try:
        target = parse_instant(sent.to) if sent.to is not None else begin + parse_duration(sent.duration)
    except OverflowError as error:
        raise InvalidRequestError(f"{sent.duration!r} from now lies beyond the calendar") from error
    ran = parts().engine.advance(workspace, target)
    return json_answer(
        {
            "from": format_instant(begin),
            "now": format_instant(workspace.clock.now()),
            "polls": ran.polls,
            "events": ran.events,
            "deliveries": ran.deliveries,
            "attempts": ran.attempts,
        }
    )


def _shown(workspace: Workspace) -> dict[str, Json]:
    return {"mode": workspace.clock.mode.value, "now": format_instant(workspace.clock.now())}
