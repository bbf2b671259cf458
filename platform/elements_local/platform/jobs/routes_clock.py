"""``/_local/clock``: what time it is in a workspace, and moving it."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from flask import Blueprint, request
from msgspec import UNSET, Meta, Struct, UnsetType, field, structs
from werkzeug.http import parse_set_header

from elements_local.kit.admin.routes import ParameterError
from elements_local.kit.admin.workspace_requests import (
    AdvanceRequest,
    ClockJson,
    ClockRequest,
    chosen_clock,
    chosen_target,
    shown_clock,
)
from elements_local.kit.api.operations import JSON, Answer, operation
from elements_local.kit.api.views import View
from elements_local.kit.instants import format_instant, parse_duration
from elements_local.kit.web.serving import client_gone
from elements_local.platform.call import AdminCall
from elements_local.platform.core.run_control import AdvanceGoal, AdvanceRun, CallbackFilter, StopReason
from elements_local.platform.errors import NotFoundError

bp = Blueprint("clock", __name__, url_prefix="/_local/clock")

_LIMIT = "1 day"
_ASYNC = "respond-async"


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


class Started(UnderWay, kw_only=True):
    """The latest advance that was started and not waited for.

    Attributes:
        now: where time stands after it, once it is over.
        stopped: why it ended, if not at a given end.
        message: what broke it off, if it failed.
    """

    state: Literal["under way", "done", "failed"]
    now: str | UnsetType = UNSET
    stopped: StopReason | UnsetType = UNSET
    message: str | UnsetType = UNSET


class WaitQuery(Struct):
    """How many seconds to wait for the end, at the most."""

    wait: Annotated[int, Meta(ge=0, le=60)] = 0


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
@operation(problems=(401, 403, 409), gives={JSON: Advanced}, others={202: Started})
def advance(call: AdminCall, body: GoalRequest) -> Answer[Advanced] | Answer[Started]:
    """Move time, and return once everything due up to and at the target has run; hanging up ends it after a job.

    With ``Prefer: respond-async`` (RFC 7240) it is answered as soon as it has begun, and goes on by itself.
    """
    begin = call.now
    abandoned = client_gone(request.environ)
    target, goal = _chosen(body, now=begin)
    if _ASYNC in parse_set_header(request.headers.get("Prefer")):
        started = call.platform.engine.start_advance(call.workspace, target, goal=goal)
        begun = AdvanceRun(
            began=started.began, target=started.target
        )  # the same answer, however much has run meanwhile
        place = {"Location": f"{bp.url_prefix}/advance", "Preference-Applied": _ASYNC}
        return Answer(_started(begun), headers=place, status=202)
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


@bp.get("/advance")
@operation(problems=(401, 403, 404))
def show_advance(call: AdminCall, query: WaitQuery) -> Answer[Started]:
    """Tell how far the latest advance is that was started with ``Prefer: respond-async``; ``wait`` waits for its end."""
    run = call.platform.engine.started_advance(call.workspace, patience_s=query.wait)
    if run is None:
        raise NotFoundError(f"advance started by Prefer: {_ASYNC}", call.workspace.name, named="workspace")
    return Answer(_started(run))


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


def _started(run: AdvanceRun) -> Started:
    failed = run.failure or UNSET
    over = run.ended is not None
    return Started(
        **structs.asdict(_under_way(run)),
        state=("failed" if run.failure else "done") if over else "under way",
        now=format_instant(run.ended) if run.ended else UNSET,
        stopped=(run.stopped or UNSET) if over else UNSET,
        message=failed,
    )
