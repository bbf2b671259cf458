"""``/_local/polls``: every poll with every decision it took, and polling at once."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

from mock_kit.admin import asked_workspace, json_answer, whole_number
from mock_kit.instants import format_instant
from mock_platform.domain.models import Decision, Poll, Ran
from mock_platform.routes.parts import instance_named, parts, sent_body

bp = Blueprint("polls", __name__, url_prefix="/_local/polls")

_LARGEST_ID = 10**18


class PollRequest(Struct, forbid_unknown_fields=True, rename="camel"):
    """Which instance to poll; None polls all of them."""

    instance_id: int | str | None = None


@bp.get("")
def index() -> ResponseReturnValue:
    """List polls, oldest first; the latest ``limit`` of them."""
    workspace = asked_workspace()
    instance_id = whole_number("instanceId", 0, high=_LARGEST_ID)
    found = parts().store.polls.list(
        workspace.name,
        instance_id=instance_id or None,
        resource=request.args.get("resource"),
        limit=whole_number("limit", 1000, low=1),
    )
    return json_answer({"polls": [_shown(poll) for poll in found]})


@bp.post("")
def poll_now() -> ResponseReturnValue:
    """Poll at once, whatever the schedule."""
    workspace = asked_workspace()
    sent = sent_body(PollRequest)
    chosen = sent.instance_id
    store = parts().store.instances
    instances = store.all(workspace.name) if chosen is None else [instance_named(workspace, str(chosen))]
    ran = Ran()
    for instance in instances:
        ran += parts().engine.poll_now(workspace, instance)
    return json_answer(
        {"polls": ran.polls, "events": ran.events, "deliveries": ran.deliveries, "attempts": ran.attempts}
    )


def _shown(poll: Poll) -> dict[str, object]:
    return {
        "id": poll.id,
        "instanceId": poll.instance_id,
        "resource": poll.resource,
        "from": format_instant(poll.window_from),
        "at": format_instant(poll.at),
        "request": {"url": poll.request_url, "status": poll.request_status},
        "seen": poll.seen,
        "events": poll.events,
        "records": [_decision(decision) for decision in poll.decisions],
        "error": poll.error,
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "id": decision.record_id,
        "updated": decision.updated,
        "created": decision.created,
        "date": format_instant(decision.date),
        "verdict": decision.verdict.value,
        "why": decision.why,
    }
