"""``/_local/clock``: what time it is in a workspace, and moving it."""

from typing import NotRequired, TypedDict, cast

from flask import Blueprint, request
from msgspec import structs

from elements_local.kit.admin.workspace_requests import (
    AdvanceRequest,
    ClockJson,
    ClockRequest,
    chosen_clock,
    chosen_target,
    shown_clock,
)
from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.instants import format_instant
from elements_local.kit.web.serving import client_gone
from elements_local.platform.call import AdminCall
from elements_local.platform.core.run_control import AdvanceRun

bp = Blueprint("clock", __name__, url_prefix="/_local/clock")


Advanced = TypedDict(
    "Advanced",
    {
        "from": str,
        "now": str,
        "polls": int,
        "events": int,
        "deliveries": int,
        "attempts": int,
        "stopped": NotRequired[bool],
    },
)
"""What ran while time was moved; ``from`` is a word of Python's. ``stopped`` says that it was ended before its target."""

UnderWay = TypedDict(
    "UnderWay",
    {"from": str, "to": str, "polls": int, "events": int, "deliveries": int, "attempts": int},
)
"""An advance, and what has run of it so far."""


class PlatformClockJson(ClockJson):
    """What a workspace's clock shows; while time is moved, how far that is."""

    advance: NotRequired[UnderWay]


class Stopped(TypedDict):
    """The advance that ends after the job that is being run; null if none is under way."""

    advance: UnderWay | None


@bp.get("")
@operation(problems=(401, 403))
def show(call: AdminCall) -> Answer[PlatformClockJson]:
    """Tell the time, and how far an advance is that is under way."""
    answer = cast("PlatformClockJson", shown_clock(call.workspace))
    run = call.platform.engine.run_of(call.workspace)
    if run is not None:
        answer["advance"] = _under_way(run)
    return Answer(answer)


@bp.put("")
@operation(problems=(401, 403, 409))
def put(call: AdminCall, body: ClockRequest) -> Answer[ClockJson]:
    """Change the mode, or set a virtual clock without running anything in between."""
    mode, now = chosen_clock(body, mode=call.workspace.clock.mode)
    call.platform.engine.set_clock(call.workspace, mode, now)
    return Answer(shown_clock(call.workspace))


@bp.post("/advance")
@operation(problems=(401, 403, 409))
def advance(call: AdminCall, body: AdvanceRequest) -> Answer[Advanced]:
    """Move time, and return once everything due up to and at the target has run; hanging up ends it after a job."""
    begin = call.now
    abandoned = client_gone(request.environ)
    run = call.platform.engine.advance(call.workspace, chosen_target(body, now=begin), abandoned=abandoned)
    answer = {
        "from": format_instant(begin),
        "now": format_instant(call.workspace.clock.now()),
        **structs.asdict(run.ran),
    }
    if run.stopped:
        answer["stopped"] = True
    return Answer(cast("Advanced", answer))


@bp.delete("/advance")
@operation(problems=(401, 403))
def stop_advance(call: AdminCall) -> Answer[Stopped]:
    """Let an advance that is under way end after the job that is being run; time stays there."""
    run = call.platform.engine.stop_run(call.workspace)
    return Answer({"advance": _under_way(run) if run else None})


def _under_way(run: AdvanceRun) -> UnderWay:
    span = {"from": format_instant(run.began), "to": format_instant(run.target)}
    return cast("UnderWay", span | structs.asdict(run.ran))
