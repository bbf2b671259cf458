"""``/_local/activity``: what happens, a line each, as it happens."""

from datetime import timedelta
from typing import Annotated

from flask import Blueprint, request
from msgspec import Meta

from elements_local.kit.admin.routes import asked_workspace
from elements_local.kit.api.operations import Answer, operation, page_json
from elements_local.kit.api.pages import Cursor, LogQuery
from elements_local.platform.call import OpenCall
from elements_local.platform.errors import InvalidRequestError, NotFoundError, quoted

bp = Blueprint("activity", __name__, url_prefix="/_local/activity")


class ActivityQuery(LogQuery):
    """Which activities are asked for.

    Attributes:
        after: only those with a higher number: the ``last`` of the answer before. Without it, the latest.
        limit: the first so many after that number, or the latest so many.
        wait_s: seconds of real time to wait for one, if there is none after that number.
        workspace: by name. Without it, that of the credentials; without those too, all.
    """

    after: Cursor | None = None  # type: ignore[assignment]  # without it, the latest
    wait_s: Annotated[float, Meta(ge=0, le=30)] = 0
    workspace: str | None = None


@bp.get("")
@operation(problems=(401, 403, 404))
def index(call: OpenCall, query: ActivityQuery) -> Answer[dict[str, object]]:
    """Show what happened, oldest first: in all workspaces, as the owner of the stack sees it, or in one.

    ``last`` is what to send as ``after`` next. ``dropped`` says how many older ones than those shown had to make room
    before they were asked for; of one workspace, it may be more than were. Numbers begin anew with a restart: a call
    with a higher one gets all there is. Where several processes serve one environment, ``process`` says whose
    memory this is.
    """
    activities, workspace = call.platform.activities, _asked(call, query)
    page = (
        activities.latest(workspace, limit=query.limit)
        if query.after is None
        else activities.after(
            query.after, workspace, limit=query.limit, patience=timedelta(seconds=query.wait_s)
        )
    )
    return Answer(
        {
            "last": page.last,
            "dropped": page.dropped,
            **page_json(page, "after"),
            **call.platform.workspaces.remembered_by,
            "activities": [entry.to_json() for entry in page.items],
        }
    )


def _asked(call: OpenCall, query: ActivityQuery) -> str | None:
    """Return the name of the workspace that is asked for; None if all are.

    Raises:
        InvalidRequestError: the credentials are of another than the one that is named.
        NotFoundError: there is none by that name.
    """
    by_credentials = asked_workspace().name if "Authorization" in request.headers else None
    named = query.workspace
    if named is None:
        return by_credentials
    if by_credentials not in {None, named}:
        raise InvalidRequestError(
            f"workspace is {quoted(named)}, but the credentials are those of {quoted(by_credentials)}; leave out one of the two"
        )
    if call.platform.workspaces.named(named) is None:
        raise NotFoundError("workspace", quoted(named), named="name")
    return named
