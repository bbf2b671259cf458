"""The first page: the timeline of a workspace; and its clock."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from elements_local.dashboard import moments
from elements_local.dashboard.axis import TimeAxis, axis_of
from elements_local.dashboard.context import Answer, back, clients, dependencies, page, read, whole_page
from elements_local.dashboard.moments import Lane, Moment
from elements_local.kit.instants import UnreadableTimeError, format_instant, parse_instant

bp = Blueprint("overview", __name__)

_DEPTH = 200
_DEEPEST = 5000
_ROWS = 50


@bp.get("/")
def index() -> str:
    """Show what happened on lanes, and as a list."""
    depth = min(max(request.args.get("depth", _DEPTH, type=int), 1), _DEEPEST)
    found, undrawn = _moments(depth)
    now = parse_instant(page().clock["now"])
    axis = axis_of(
        [*(one.at for one in found), now],
        start=_asked("from"),
        end=_asked("to"),
        whole=request.args.get("gaps") == "shown",
    )
    asked = request.args.getlist("lane")
    held = [one for one in found if axis.holds(one.at) and moments.is_shown(one.lane, asked)]
    shown = moments.condensed(held)
    return whole_page(
        "overview.html",
        axis=axis,
        now=now,
        now_place=axis.place(now) if axis.holds(now) else None,
        lanes=[
            (each, moments.marks([one for one in held if one.lane is each], axis))
            for each in moments.lanes(page().runs)
        ],
        asked=asked,
        rows=shown[:_ROWS],
        more=len(shown) - _ROWS,
        before=format_instant(shown[_ROWS].at) if len(shown) > _ROWS else None,
        hidden=len(found) - len(held),
        undrawn=undrawn,
        depth=depth,
        deeper=min(depth * 5, _DEEPEST),
        spans=_spans(axis),
        empty=not any(one.lane is not Lane.CLOCK for one in found),
    )


@bp.post("/clock")
def move() -> Answer:
    """Move time, stop that, or set the clock."""
    try:
        return back(_moved(request.form.get("move", ""), to=request.form.get("to", "")))
    except UnreadableTimeError as error:
        return back(str(error), good=False)


def _moved(move: str, *, to: str) -> str:
    clock = clients().clock
    if move == "stop":
        is_under_way = clock.stop()
        return "Time stops after the job that is being run." if is_under_way else "No advance is under way."
    if move in {"real", "virtual"}:
        clock.set(mode=move)
        return f"The clock is {move} now."
    how_far: dict[str, object] = {"duration": move}
    if move == "until":
        how_far = {"until": {"callbacks": 1}}
    elif move == "to":
        how_far = {"to": format_instant(parse_instant(to))}
    return dependencies().advances.begin(clock, how_far)


def _moments(depth: int) -> tuple[list[Moment], int]:
    """Return what happened and what is to come, the latest first, and how much more there is that is not drawn."""
    found: list[Moment] = []
    undrawn = 0
    if "crm" in page().runs:
        listed, more = latest_changes(depth)
        found += moments.changes(listed, url_for)
        undrawn += more
    if "platform" in page().runs:
        polls = read("platform", "polls", limit=depth)
        sent = read("platform", "deliveries", limit=depth)
        told = read("platform", "activity", workspace=page().name, limit=depth)
        found += moments.polls(polls["polls"], url_for)
        found += moments.deliveries(sent["deliveries"], url_for)
        found += moments.activities(told["activities"], url_for)
        found += moments.next_polls(page().pollers, url_for)
        undrawn += polls["total"] - len(polls["polls"]) + sent["total"] - len(sent["deliveries"])
    for service in page().runs:
        struck = read(service, "journal", struck=True, limit=_ROWS)
        found += moments.faults(service, struck["exchanges"], url_for)
        undrawn += struck["total"] - len(struck["exchanges"])
    if page().runs == {"sink"}:
        came = read("sink", "callbacks", before=10**18, limit=depth)
        found += moments.callbacks(came["callbacks"], url_for)
        undrawn += came["total"] - len(came["callbacks"])
    return sorted(found, key=lambda one: one.at, reverse=True), undrawn


def latest_changes(depth: int) -> tuple[list[dict[str, Any]], int]:
    """Return the CRM's latest changes, oldest first, and how many there are before them."""
    first = read("crm", "changes", limit=1)
    if not first["changes"]:
        return [], 0
    before = max(first["total"] - depth, 0)
    after = first["changes"][0]["seq"] - 1 + before
    return read("crm", "changes", after=after, limit=depth)["changes"], before


def _asked(name: str) -> datetime | None:
    """Read an end of the range from the query; what is no instant counts as none."""
    text = request.args.get(name, "")
    try:
        return parse_instant(text) if text else None
    except UnreadableTimeError:
        return None


def _spans(axis: TimeAxis) -> dict[str, dict[str, str | None]]:
    """Return the parameters of the links by which the axis is moved and narrowed."""
    length = axis.end - axis.start
    middle = axis.start + length / 2

    def span(start: datetime, end: datetime) -> dict[str, str | None]:
        return {
            "from": format_instant(start.replace(microsecond=0)),
            "to": format_instant(end.replace(microsecond=0)),
        }

    wide, narrow = length, max(length / 4, timedelta(seconds=30))
    return {
        "Earlier": span(axis.start - length / 2, axis.end - length / 2),
        "Later": span(axis.start + length / 2, axis.end + length / 2),
        "Zoom in": span(middle - narrow, middle + narrow),
        "Zoom out": span(middle - wide, middle + wide),
        "All": {"from": None, "to": None},
    }
