"""``/_local/timeline``: how many polls, events and attempts there were, stretch by stretch, and how many are to come."""

from flask import Blueprint
from sqlalchemy import Integer, literal_column

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.storage.timeline import TimelineJson, TimelineQuery, per_stretch, stretches
from elements_local.platform.call import AdminCall
from elements_local.platform.core.tables import attempts, jobs, polls
from elements_local.platform.jobs.store import JobKind

bp = Blueprint("timeline", __name__, url_prefix="/_local/timeline")

_polls = per_stretch(
    polls.c.at,
    polls.c.id,
    idle=polls.c.error.is_(None) & (polls.c.seen == 0),
    polls=polls.c.error.is_(None) & (polls.c.seen > 0),
    failedPolls=polls.c.error.is_not(None),
    events=polls.c.events,
)
_attempts = per_stretch(
    attempts.c.at,
    attempts.c.notification_id,
    delivered=attempts.c.reason == "",
    refused=attempts.c.reason != "",
)
_due = per_stretch(
    jobs.c.due,
    literal_column("0", Integer),
    jobs.c.kind == JobKind.DELIVER.value,
    due=jobs.c.number.is_not(None),
)


@bp.get("")
@operation(problems=(401, 403))
def index(call: AdminCall, query: TimelineQuery) -> Answer[TimelineJson]:
    """Count polls, the events that came of them, attempts to deliver, and those that are due."""
    with call.read() as tx:
        return Answer(stretches(tx, query, polls=_polls, attempts=_attempts, due=_due))
