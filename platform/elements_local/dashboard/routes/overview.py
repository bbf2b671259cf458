"""The first page: the timeline of a workspace; and its clock."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request, url_for
from msgspec import Struct

from elements_local.clients.errors import CallError
from elements_local.clients.service_client import SERVICES
from elements_local.dashboard import moments
from elements_local.dashboard.axis import TimeAxis, axis_of
from elements_local.dashboard.context import (
    Answer,
    Notice,
    WayBack,
    back,
    back_with,
    clients,
    dependencies,
    notice_of,
    own_path,
    page,
    read,
    whole_page,
)
from elements_local.dashboard.kinds import names_of
from elements_local.dashboard.moments import Lane, Moment
from elements_local.dashboard.routes import instances
from elements_local.kit.instants import UnreadableTimeError, format_instant, parse_instant

bp = Blueprint("overview", __name__)

_DEPTH = 200
_DEEPEST = 5000
_EVER = 10**10
"""Seconds: all that there is, is one stretch."""

_STRETCHES = 100
_LINES = 1000
"""Of what was done in a workspace, the platform keeps as many lines."""

_NAMED = 100
"""Moments whose records are called by their names: the latest."""

_ROWS = 50
_WARNED = 3
"""Instances whose warnings are shown."""


class Happened(Struct, frozen=True, kw_only=True):
    """What there is to draw.

    Attributes:
        listed: the latest of what is counted.
        counts: how many there are of it in the range.
        others: what is listed without being counted.
        ever: how many there are, in the range or not.
        known: from when on a lane is known, if there is more that is not fetched or no longer kept.
    """

    listed: list[Moment]
    counts: list[Moment]
    others: list[Moment]
    ever: int
    known: dict[Lane, datetime]


@bp.get("/")
def index() -> str:
    """Show what happened on lanes, and as a list."""
    said = read("platform", "warnings")["warnings"] if page().pollers else []
    warned = [one["instanceId"] for one in said if page().poller(one["instanceId"])]
    return whole_page(
        "overview.html",
        **timeline(),
        warned=instances.warned(warned[:_WARNED]),
        more_warned=len(warned) - _WARNED,
    )


def timeline() -> dict[str, Any]:
    """Return what ``axis.html`` shows of the range that the address asks for, and the list of it."""
    depth = min(max(request.args.get("depth", _DEPTH, type=int), 1), _DEEPEST)
    now = parse_instant(page().clock["now"])
    happened, axis = _looked_at(depth, now)
    asked = request.args.getlist("lane")

    def held(given: list[Moment], *lanes: Lane) -> list[Moment]:
        return [
            one
            for one in given
            if one.lane in (lanes or Lane) and axis.holds(one.at) and moments.is_shown(one.lane, asked)
        ]

    drawn: dict[Lane, list[moments.Mark]] = {}
    total = len(held(happened.others))
    thinned = 0
    for lane in moments.lanes(page().runs):
        listed, counts, others = (
            held(each, lane) for each in (happened.listed, happened.counts, happened.others)
        )
        number = sum(one.count for one in counts)
        total += max(number, len(listed))
        if number > len(listed):
            thinned += number
            drawn[lane] = [*moments.bars(counts, axis, _zoomed), *moments.marks(others, axis)]
        else:
            drawn[lane] = moments.marks([*listed, *others], axis)
    rows = sorted(held([*happened.listed, *happened.others]), key=lambda one: one.at, reverse=True)
    shown = moments.condensed(rows)
    more = total - sum(one.count for one in shown[:_ROWS])
    return {
        "axis": axis,
        "now": now,
        "now_place": axis.place(now) if axis.holds(now) else None,
        "lanes": drawn,
        "unknown": {lane: start for lane, start in happened.known.items() if start >= axis.start},
        "asked": asked,
        "rows": shown[:_ROWS],
        "more": more,
        "before": format_instant(shown[: _ROWS + 1][-1].at) if shown and more > 0 else None,
        "hidden": max(happened.ever - total, 0),
        "thinned": thinned,
        "depth": depth,
        "deeper": min(depth * 5, _DEEPEST),
        "spans": _spans(axis),
        "empty": not happened.ever
        or all(one.lane is Lane.CLOCK for one in [*happened.others, *happened.counts]),
    }


@bp.post("/clock")
def move() -> Answer:
    """Move time, stop that, or set the clock."""
    form = request.form
    try:
        return back_with(_moved(form.get("move", ""), to=form.get("to", ""), limit=form.get("limit")))
    except UnreadableTimeError as error:
        return back(str(error), good=False)


def _moved(move: str, *, to: str, limit: str | None) -> Notice:
    """Move time, and return what came of it.

    Args:
        limit: how far time is moved at the most for a callback; None is a day.
    """
    clock = clients().clock
    if move == "stop":
        is_under_way = clock.stop()
        stops = "Time stops after the job that is being run."
        return Notice(text=stops if is_under_way else "No advance is under way.")
    if move in {"real", "virtual"}:
        clock.set(mode=move)
        return Notice(text=f"The clock is {move} now.")
    how_far: dict[str, object] = {"duration": move}
    if move == "until":
        how_far = {"until": {"callbacks": 1}, "limit": limit}
        _keep_way_back()
    elif move == "to":
        how_far = {"to": format_instant(parse_instant(to))}
    text, is_short = dependencies().advances.begin(page().name, clock, how_far)
    return notice_of(text, is_short=is_short)


def _keep_way_back() -> None:
    """Keep what the workspace is like, unless it holds more than a snapshot can, or not all of it is here."""
    dependencies().ways_back.clear()
    if page().runs == set(SERVICES):
        with suppress(CallError):
            before = WayBack(workspace=page().name, at=page().clock["now"], snapshot=clients().snapshot())
            dependencies().ways_back.append(before)


def _looked_at(depth: int, now: datetime) -> tuple[Happened, TimeAxis]:
    """Return what there is in the range that is asked for, and its axis.

    Stretches of the whole range show where it is idle; what is then drawn is counted again, in stretches of what remains.
    """
    start, end = _asked("from"), _asked("to")
    ever = _counted(every=_EVER)
    upto = ever if end is None or end >= now else _counted(until=end, every=_EVER)
    known: dict[Lane, datetime] = {}
    listed = _listed(depth, {one["of"]: one["latest"] for one in upto}, known)
    others = _others(depth, now, known, [one for one in listed if one.poll])
    counts = moments.counted(ever)
    instants = [now, *(one.at for one in [*listed, *others]), *_edges(counts)]
    axis = axis_of(instants, start=start, end=end, whole=True)
    whole = request.args.get("gaps") == "shown"
    for _ in range(2):
        every = max(int(axis.shown.total_seconds()) // _STRETCHES, 1)
        counts = moments.counted(_counted(since=axis.start, until=axis.end, every=every))
        axis = axis_of(
            [*instants, *_edges(counts)],
            start=axis.start,
            end=axis.end,
            whole=whole,
            known=max(known.values(), default=None),
        )
        if not axis.breaks:
            break
    number = sum(one.count for one in moments.counted(ever)) + len(others)
    return Happened(listed=listed, counts=counts, others=others, ever=number, known=known), axis


def _edges(counts: list[Moment]) -> list[datetime]:
    return [edge for one in counts for edge in (one.at, one.last or one.at)]


def _counted(*, every: int, **ends: datetime) -> list[dict[str, Any]]:
    """Return how much there is in a range, in stretches of some seconds; without an end, of all time."""
    query = {name: format_instant(end) for name, end in ends.items()}
    return [
        # each vendor numbers its own changes
        {**stretch, "of": f"{service} changes" if stretch["of"] == "changes" else stretch["of"]}
        for service in (*_vendors(), "platform")
        if service in page().everywhere
        for stretch in read(service, "timeline", every=every, **query)["stretches"]
    ]


def _vendors() -> list[str]:
    """Return the services that keep records of a CRM."""
    return [*({"crm"} & page().runs), *clients().fakes]


def _listed(depth: int, newest: dict[str, int], known: dict[Lane, datetime]) -> list[Moment]:
    """Return the latest of what services count, one by one, up to the numbers that are the newest of each.

    Args:
        known: is called with the time from which on it is kept, if what was before is not.
    """
    found: list[Moment] = []

    def ask(service: str, path: str, *lanes: Lane, **query: object) -> list[dict[str, Any]]:
        answer = read(service, path, limit=depth, **query)
        if answer["pruned"]:
            known.update(dict.fromkeys(lanes, parse_instant(answer["pruned"]["before"])))
        listed: list[dict[str, Any]] = answer[path]
        return listed

    for service in _vendors():
        after = max(newest.get(f"{service} changes", 0) - depth, 0)
        changes = ask(service, "changes", Lane.CRM, after=after)
        found += moments.changes(changes, url_for, element="" if service == "crm" else service)
    if "platform" in page().runs:
        polls = ask("platform", "polls", Lane.POLL, Lane.EVENT, before=newest.get("polls", 0) + 1)
        named = moments.collections(page().pollers)
        before = None if "due" in newest else f"{newest.get('attempts', 0) + 1}/0"
        found += moments.polls(polls, url_for, named)
        sent = ask("platform", "deliveries", Lane.ATTEMPT, before=before)
        found += moments.deliveries(sent, url_for, named)
    latest = sorted((one for one in found if one.record), key=lambda one: one.at, reverse=True)
    return moments.with_names(found, names_of(one.record for one in latest[:_NAMED]))


def _others(depth: int, now: datetime, known: dict[Lane, datetime], polls: list[Moment]) -> list[Moment]:
    """Return what services list without counting it.

    Args:
        polls: those that are listed; what faults struck of one is one moment.
        known: is called with the time from which on all of it is listed, if there are earlier ones.
    """
    found: list[Moment] = []

    def add(more: list[Moment], *, left: int) -> None:
        found.extend(more)
        if left > 0 and more:
            known[more[0].lane] = max(known.get(more[0].lane, more[0].at), min(one.at for one in more))

    if "platform" in page().runs:
        answer = read("platform", "activity", workspace=page().name, limit=_LINES)
        add(moments.activities(answer["activities"], url_for), left=answer["total"] - _LINES + 1)
        found += moments.next_polls(page().pollers, url_for)
    for service in page().everywhere:
        struck = read(service, "journal", struck=True, limit=depth)
        listed = moments.faults(service, struck["exchanges"], url_for)
        add(moments.by_poll(listed, polls), left=struck["total"] - depth)
        if struck["pruned"]:
            # what was struck before the oldest that is kept is not known
            kept = read(service, "journal", before=struck["pruned"] + 2, limit=1)["exchanges"]
            since = parse_instant(kept[0]["at"]) if kept else now
            known[Lane.FAULT] = max(known.get(Lane.FAULT, since), since)
    if page().runs == {"sink"}:
        came = read("sink", "callbacks", before=10**18, limit=depth)
        add(moments.callbacks(came["callbacks"], url_for), left=came["total"] - depth)
    return found


def _zoomed(start: datetime, end: datetime) -> str:
    return own_path(**{"from": format_instant(start), "to": format_instant(end)})


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
