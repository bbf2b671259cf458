"""``/_local/polls``: every poll with every decision it took, and polling at once."""

from typing import Annotated

from flask import Blueprint
from msgspec import Meta, Struct, field, structs

from elements_local.kit.api.operations import Answer, operation, page_json
from elements_local.kit.api.pages import ListQuery
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_target
from elements_local.kit.text import other_form
from elements_local.platform.call import AdminCall
from elements_local.platform.core.poll import Decision, Poll
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.instances.call import instances_asked_for
from elements_local.platform.polling.store import Polls, PollSearch

bp = Blueprint("polls", __name__, url_prefix="/_local/polls")

Json = dict[str, object]


class PollsQuery(ListQuery, rename="camel"):
    """Which polls are asked for.

    Attributes:
        not_: a resource that they are not of.
        idle: false leaves out those that saw no record and did not fail.
    """

    instance_id: Annotated[int, Meta(ge=0, le=10**18)] | None = None
    resource: str | None = None
    not_: str | None = field(default=None, name="not")
    idle: bool = True


class PollRequest(Struct, forbid_unknown_fields=True, rename="camel"):
    """Which instance to poll; None polls all of them."""

    instance_id: int | str | None = None


@bp.get("")
@operation(problems=(401, 403))
def index(call: AdminCall, query: PollsQuery) -> Answer[Json]:
    """List polls, oldest first; the latest ``limit`` of them. ``pruned`` says which are no longer kept.

    A resource without polls whose name is another's in the singular, or differs in case, is refused.
    """
    search = PollSearch(
        instance_id=query.instance_id or None,
        resource=query.resource,
        unwanted=query.not_,
        idle=query.idle,
        before=query.before,
    )
    with call.read() as tx:
        page = Polls(tx).page(search, limit=query.limit)
        resources = Polls(tx).resources()
        pruned = call.platform.history.pruned(tx)
    if query.resource is not None and not page.total:
        near = other_form(query.resource, sorted(resources))
        if near is not None:
            raise InvalidRequestError(f"no resource {query.resource!r} is polled (did you mean {near!r}?)")
    return Answer(
        {
            "polls": [_shown(poll) for poll in reversed(page.items)],
            "pruned": pruned,
            **page_json(page, "before"),
        }
    )


@bp.post("")
@operation(problems=(401, 403, 404, 409))
def poll_now(call: AdminCall, body: PollRequest) -> Answer[Json]:
    """Poll at once, regardless of the schedule; on a real clock, once the present second is over."""
    ran = RunSummary()
    call.platform.engine.end_second(call.workspace)
    for instance in instances_asked_for(call, body.instance_id):
        ran += call.platform.engine.poll_now(call.workspace, instance)
    return Answer(structs.asdict(ran))


def _shown(poll: Poll) -> Json:
    return {
        "id": poll.id,
        "instanceId": poll.instance_id,
        "resource": poll.resource,
        "from": format_instant(poll.window_from),
        "at": format_instant(poll.at),
        "request": {"url": poll.request_url and mask_target(poll.request_url), "status": poll.request_status},
        "seen": poll.seen,
        "events": poll.events,
        "records": [_decision(decision) for decision in poll.decisions],
        "error": poll.error,
    }


def _decision(decision: Decision) -> Json:
    return {
        "id": decision.record_id,
        "updated": decision.updated,
        "created": decision.created,
        "date": format_instant(decision.date),
        "verdict": decision.verdict.value,
        "why": decision.why,
    }
