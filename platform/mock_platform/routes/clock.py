"""``/_local/clock``: what time it is in a workspace, and moving it."""

from typing import Literal, TypedDict

from flask import Blueprint
from msgspec import Struct

from mock_kit.admin import asked_workspace
from mock_kit.clock import Mode
from mock_kit.instants import format_instant, parse_duration, parse_instant
from mock_kit.operations import Answer, operation
from mock_kit.workspaces import Workspace
from mock_platform.domain.errors import InvalidRequestError
from mock_platform.routes.parts import parts

bp = Blueprint("clock", __name__, url_prefix="/_local/clock")


class ClockRequest(Struct, forbid_unknown_fields=True):
    """Which mode the clock is to have, and where a virtual one is to stand."""

    mode: Literal["virtual", "real"] | None = None
    now: str | None = None


class AdvanceRequest(Struct, forbid_unknown_fields=True):
    """How far to move: a duration, or an instant."""

    duration: str | int | float | None = None
    to: str | None = None


class ClockJson(TypedDict):
    """What a workspace's clock shows."""

    mode: str
    now: str


Advanced = TypedDict(
    "Advanced",
    {"from": str, "now": str, "polls": int, "events": int, "deliveries": int, "attempts": int},
)
"""What ran while time was moved; ``from`` is a word of Python's."""


@bp.get("")
@operation(problems=(401, 403))
def show() -> Answer[ClockJson]:
    """Tell the time."""
    return Answer(_shown(asked_workspace()))


@bp.put("")
@operation(problems=(401, 403, 409))
def put(body: ClockRequest) -> Answer[ClockJson]:
    """Change the mode, or set a virtual clock without running anything in between."""
    workspace = asked_workspace()
    mode = workspace.clock.mode if body.mode is None else Mode(body.mode)
    if mode is Mode.REAL and body.now is not None:
        raise InvalidRequestError("a real clock follows the machine; leave out now, or choose mode virtual")
    parts().engine.set_clock(workspace, mode, None if body.now is None else parse_instant(body.now))
    return Answer(_shown(workspace))


@bp.post("/advance")
@operation(problems=(401, 403, 409))
def advance(body: AdvanceRequest) -> Answer[Advanced]:
    """Move time, and return once everything due up to and at the target has run."""
    workspace = asked_workspace()
    begin = workspace.clock.now()
    if (body.duration is None) == (body.to is None):
        raise InvalidRequestError(
            'expected {"duration": "15m"} or {"to": "2026-03-02T10:15:00Z"}, one of the two'
        )
    try:
        target = parse_instant(body.to) if body.to is not None else begin + parse_duration(body.duration)
    except OverflowError as error:
        raise InvalidRequestError(f"{body.duration!r} from now lies beyond the calendar") from error
    ran = parts().engine.advance(workspace, target)
    return Answer(
        {
            "from": format_instant(begin),
            "now": format_instant(workspace.clock.now()),
            "polls": ran.polls,
            "events": ran.events,
            "deliveries": ran.deliveries,
            "attempts": ran.attempts,
        }
    )


def _shown(workspace: Workspace) -> ClockJson:
    return {"mode": workspace.clock.mode.value, "now": format_instant(workspace.clock.now())}
