"""Answers about sets of activities that are assigned to records.

Source: path and body from the v3.1 OpenAPI document (documented); that each activity becomes a task that is linked to
    the record, when it is due, and that the answer repeats what came, is assumed.
"""

from datetime import datetime, timedelta

from flask.typing import ResponseReturnValue

from mock_insightly.account.pipelines import activity_sets
from mock_insightly.errors import FieldError
from mock_insightly.kinds import TASKS
from mock_insightly.records.dates import format_date, whole_second
from mock_insightly.records.fields import Date, Record, Sent, rows_of
from mock_insightly.records.references import hung
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.writes import create_in
from mock_insightly.versions.sub_resources import Assignment


def create(parent: Parent, _assignment: Assignment) -> ResponseReturnValue:
    """Assign a set of activities."""
    sent = parent.call.body()
    chosen = _set(parent, sent)
    given, kind = _given_start(sent), parent.shape.kind
    with parent.call.writing() as writing:
        writing.get(kind, parent.id)
        start = whole_second(parent.call.now) if given is None else given
        for activity in rows_of(chosen, "ACTIVITIES"):
            create_in(
                writing, parent.call, TASKS, hung(TASKS, _task(activity, start), kind.entity, parent.id)
            )
    return parent.answer(dict(sent), 201)


def _set(parent: Parent, sent: Sent) -> Record:
    known = {str(one["ACTIVITYSET_ID"]): one for one in activity_sets(parent.call.account)}
    chosen = known.get(str(sent.get("ACTIVITYSET_ID")))
    if chosen is None:
        raise FieldError("ACTIVITYSET_ID", f"one of {', '.join(known)}", sent.get("ACTIVITYSET_ID"))
    return chosen


def _given_start(sent: Sent) -> datetime | None:
    text = sent.get("START_DATE")
    kept = None if text is None else Date().read(text, "START_DATE")
    return None if kept is None else datetime.fromisoformat(f"{kept}+00:00")


def _task(activity: Record, start: datetime) -> Record:
    days = activity["DUE_DAYS_AFTER_START"]
    try:
        due = start + timedelta(days=days if isinstance(days, int) else 0)
    except OverflowError as error:
        what = "a date after which the calendar has room for every activity"
        raise FieldError("START_DATE", what, format_date(start)) from error
    return {
        "TITLE": activity["ACTIVITY_NAME"],
        "DETAILS": activity["ACTIVITY_DETAILS"],
        "DUE_DATE": format_date(due.replace(hour=0, minute=0, second=0)),
    }
