"""``/_local/clock``: what time it is in a workspace, and moving it."""

from datetime import datetime, timedelta

from flask import Blueprint, request
from msgspec import UNSET, UnsetType, field, structs

from elements_local.kit.admin.routes import ParameterError
from elements_local.kit.admin.workspace_requests import (
    AdvanceRequest,
    ClockJson,
    ClockRequest,
    chosen_clock,
    chosen_target,
    shown_clock,
)
from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.api.views import View
from elements_local.kit.instants import format_instant, parse_duration
from elements_local.kit.web.serving import client_gone
from elements_local.platform.call import AdminCall
from elements_local.platform.core.run_control import AdvanceGoal, AdvanceRun, CallbackFilter, StopReason

bp = Blueprint("clock", __name__, url_prefix="/_local/clock")

_LIMIT = "1 day"


class GoalRequest(AdvanceRequest, forbid_unknown_fields=True):
    """How far to move: by a duration, to an instant, to what is due next, or until something holds.

    Attributes:
        next: to what is due next, and no further.
        idle: until nothing is due within such a duration.
        until: until such callbacks have been sent.
        limit: how far ``idle`` and ``until`` go at the most.
    """

    next: bool = False
    idle: str | None = None
    until: CallbackFilter | None = None
    limit: str | None = None


class Advanced(View, kw_only=True):
    """What ran while time was moved; ``stopped`` says why it ended, if not at a given end."""

    workspace: str
    from_: str = field(name="from")
    now: str
    polls: int
    events: int
    deliveries: int
    attempts: int
    stopped: StopReason | UnsetType = UNSET


class UnderWay(View, kw_only=True):
    """An advance, and what has run of it so far."""

    from_: str = field(name="from")
    to: str
    polls: int
    events: int
    deliveries: int
    attempts: int


class PlatformClockJson(ClockJson, kw_only=True):
    """What a workspace's clock shows; while time is moved, how far that is."""

    advance: UnderWay | UnsetType = UNSET


class Stopped(View):
    """The advance that ends after the job that is being run; null if none is under way."""

    advance: UnderWay | None


@bp.get("")
@operation(problems=(401, 403))
def show(call: AdminCall) -> Answer[PlatformClockJson]:
    """Tell the time, and how far an advance is that is under way."""
    run = call.platform.engine.run_of(call.workspace)
    clock = structs.asdict(shown_clock(call.workspace))
    return Answer(PlatformClockJson(**clock, advance=_under_way(run) if run else UNSET))


@bp.put("")
@operation(problems=(401, 403, 409))
def put(call: AdminCall, body: ClockRequest) -> Answer[ClockJson]:
    """Change the mode, or set a virtual clock without running anything in between."""
    mode, now = chosen_clock(body, mode=call.workspace.clock.mode)
    call.platform.engine.set_clock(call.workspace, mode, now)
    return Answer(shown_clock(call.workspace))


@bp.post("/advance")
@operation(problems=(401, 403, 409))
def advance(call: AdminCall, body: GoalRequest) -> Answer[Advanced]:
    """Move time, and return once everything due up to and at the target has run; hanging up ends it after a job."""
    begin = call.now
    abandoned = client_gone(request.environ)
    target, goal = _chosen(body, now=begin)
    run = call.platform.engine.advance(call.workspace, target, goal=goal, abandoned=abandoned)
    return Answer(
        Advanced(
            workspace=call.workspace.name,
            from_=format_instant(begin),
            now=format_instant(call.workspace.clock.now()),
            stopped=run.stopped or UNSET,
            **structs.asdict(run.ran),
        )
    )


@bp.delete("/advance")
@operation(problems=(401, 403))
def stop_advance(call: AdminCall) -> Answer[Stopped]:
    """Let an advance that is under way end after the job that is being run; time stays there."""
    run = call.platform.engine.stop_run(call.workspace)
    return Answer(Stopped(advance=_under_way(run) if run else None))


def _chosen(body: GoalRequest, *, now: datetime) -> tuple[datetime, AdvanceGoal]:
    """Return how far time is moved at the most, and what ends that earlier."""
    ways = (body.duration, body.to, body.next or None, body.idle, body.until)
    if sum(way is not None for way in ways) != 1:
        raise ParameterError(
            'expected one of {"duration": "15m"}, {"to": "2026-03-02T10:15:00Z"}, {"next": true}, {"idle": "1m"} and '
            '{"until": {"callbacks": 1}}'
        )
    is_limited = body.idle is not None or body.until is not None
    if body.limit is not None and not is_limited:
        raise ParameterError("a limit goes with idle and until; leave it out")
    idle = None if body.idle is None else parse_duration(body.idle)
    if idle is not None and idle < timedelta(0):
        raise ParameterError(f"idle must be a duration of nought or more, such as 1m; got {body.idle}")
    if body.until == CallbackFilter():
        raise ParameterError(
            'until must say which callbacks end the advance, such as {"callbacks": 1} or {"objectType": "contacts"}; got {}'
        )
    goal = AdvanceGoal(next=body.next, idle=idle, until=body.until)
    if body.next:
        return now, goal
    return chosen_target(AdvanceRequest(duration=body.limit or _LIMIT) if is_limited else body, now=now), goal


def _under_way(run: AdvanceRun) -> UnderWay:
    return UnderWay(from_=format_instant(run.began), to=format_instant(run.target), **structs.asdict(run.ran))
