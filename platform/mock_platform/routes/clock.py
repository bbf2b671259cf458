"""``/_local/clock``: what time it is in a workspace, and moving it."""

from typing import TypedDict

from flask import Blueprint

from mock_kit.admin import asked_workspace
from mock_kit.instants import format_instant
from mock_kit.operations import Answer, operation
from mock_kit.world_requests import (
    AdvanceRequest,
    ClockJson,
    ClockRequest,
    chosen_clock,
    chosen_target,
    shown_clock,
)
from mock_platform.routes.parts import parts

bp = Blueprint("clock", __name__, url_prefix="/_local/clock")


Advanced = TypedDict(
    "Advanced",
    {"from": str, "now": str, "polls": int, "events": int, "deliveries": int, "attempts": int},
)
"""What ran while time was moved; ``from`` is a word of Python's."""


@bp.get("")
@operation(problems=(401, 403))
def show() -> Answer[ClockJson]:
    """Tell the time."""
    return Answer(shown_clock(asked_workspace()))


@bp.put("")
@operation(problems=(401, 403, 409))
def put(body: ClockRequest) -> Answer[ClockJson]:
    """Change the mode, or set a virtual clock without running anything in between."""
    workspace = asked_workspace()
    mode, now = chosen_clock(body, mode=workspace.clock.mode)
    parts().engine.set_clock(workspace, mode, now)
    return Answer(shown_clock(workspace))


@bp.post("/advance")
@operation(problems=(401, 403, 409))
def advance(body: AdvanceRequest) -> Answer[Advanced]:
    """Move time, and return once everything due up to and at the target has run."""
    workspace = asked_workspace()
    begin = workspace.clock.now()
    ran = parts().engine.advance(workspace, chosen_target(body, now=begin))
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
