"""``/_local/callbacks``: look at what came in, wait for it, forget it."""

from datetime import timedelta
from typing import Annotated

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from msgspec import Meta, Struct

from callback_sink.inbox import Callback, Filters
from callback_sink.parts import parts
from callback_sink.routes.calls import asked_filters, asked_workspace, body_as
from mock_kit.admin import json_answer, whole_number

LONGEST_WAIT = timedelta(seconds=60)
_MOST = 1_000_000

bp = Blueprint("callbacks", __name__, url_prefix="/_local/callbacks")


class Wait(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is waited for, and for how long.

    Attributes:
        timeout_s: seconds of real time; more than ``LONGEST_WAIT`` counts as that.
    """

    count: Annotated[int, Meta(ge=0)] = 1
    match: Filters = Filters()
    timeout_s: Annotated[float, Meta(ge=0)] = 10

    @property
    def timeout(self) -> timedelta:
        """How long it may take."""
        return timedelta(seconds=min(self.timeout_s, LONGEST_WAIT.total_seconds()))


@bp.get("")
def search() -> ResponseReturnValue:
    """List the callbacks that the filters mean, oldest first."""
    wanted = asked_filters("workspace", "limit")
    limit = whole_number("limit", _MOST, low=1, high=_MOST)
    return _listing(parts().store.callbacks(asked_workspace().name, wanted, at_most=limit))


@bp.delete("")
def forget() -> ResponseReturnValue:
    """Forget the callbacks that the filters mean, and say how many they were."""
    wanted = asked_filters("workspace")
    return json_answer({"removed": len(parts().store.remove(asked_workspace().name, wanted))})


@bp.get("/<callback_id>")
def show(callback_id: str) -> ResponseReturnValue:
    """Show one callback."""
    return json_answer(parts().store.callback(asked_workspace().name, callback_id).to_json())


@bp.post("/wait")
def wait() -> ResponseReturnValue:
    """Answer as soon as enough callbacks are there; else, when the time is over, tell what came closest."""
    asked = body_as(
        Wait, expected='{"count"?: n, "match"?: {filters}, "timeout_s"?: seconds}, nothing below 0'
    )
    name = asked_workspace(asked.match.bin).name
    found: list[Callback] = []

    def are_there() -> bool:
        found[:] = parts().store.callbacks(name, asked.match)
        return len(found) >= asked.count

    if parts().arrivals.wait_until(name, are_there, timeout=asked.timeout):
        return _listing(found)
    return _came_too_few(asked, name, len(found))


def _came_too_few(asked: Wait, workspace: str, count: int) -> Response:
    misses = parts().store.near_misses(workspace, asked.match)
    waited = f"{asked.timeout.total_seconds():g} s"
    return json_answer(
        {
            "message": f"expected {asked.count} callbacks within {waited}, {count} came; "
            "`closest` lists those that nearly match, and what differs",
            "count": count,
            "expected": asked.count,
            "closest": [miss.to_json() for miss in misses],
        },
        408,
    )


def _listing(callbacks: list[Callback]) -> Response:
    return json_answer({"count": len(callbacks), "callbacks": [each.to_json() for each in callbacks]})
