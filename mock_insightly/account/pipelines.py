"""Pipelines, their stages, and the sets of activities that a stage can bring.

Source: fields from recorded v2.1 lists (observed) and the v3.1 OpenAPI document (documented); stages come by
    STAGE_ORDER within their pipeline (recorded v2.1 list, observed); times of reminders as the Go client reads them
    (observed); the rows are made up.
"""

from mock_insightly.account.account import CrmAccount, first_number
from mock_insightly.errors import FieldError
from mock_insightly.records.fields import Record
from mock_kit.api.json_text import Json

_PIPELINES = (
    ("Sales", True, ("Qualification", "Needs Analysis", "Proposal", "Negotiation")),
    ("Delivery", False, ("Planning", "Implementation", "Acceptance")),
)
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def pipelines(account: CrmAccount) -> list[Record]:
    """Return the pipelines."""
    first = first_number(account.seed, "Pipelines")
    return [
        {
            "PIPELINE_ID": first + at,
            "PIPELINE_NAME": name,
            "FOR_OPPORTUNITIES": deals,
            "FOR_PROJECTS": not deals,
            "OWNER_USER_ID": account.user_id,
        }
        for at, (name, deals, _) in enumerate(_PIPELINES)
    ]


def stages(account: CrmAccount) -> list[Record]:
    """Return the stages of all pipelines."""
    pipeline, stage = first_number(account.seed, "Pipelines"), first_number(account.seed, "PipelineStages")
    placed = [
        (at, order, name)
        for at, (_, _, names) in enumerate(_PIPELINES)
        for order, name in enumerate(names, start=1)
    ]
    return [
        {
            "PIPELINE_ID": pipeline + at,
            "STAGE_ID": stage + number,
            "STAGE_NAME": name,
            "STAGE_ORDER": order,
            "ACTIVITYSET_ID": None,
            "OWNER_USER_ID": account.user_id,
        }
        for number, (at, order, name) in enumerate(placed)
    ]


def activity_sets(account: CrmAccount) -> list[Record]:
    """Return the sets of activities."""
    number = first_number(account.seed, "ActivitySets")
    activities = [_activity(account, number, at, name) for at, name in enumerate(("Call", "Send a proposal"))]
    return [
        {
            "ACTIVITYSET_ID": number,
            "NAME": "First contact",
            "FOR_CONTACTS": True,
            "FOR_ORGANISATIONS": True,
            "FOR_OPPORTUNITIES": True,
            "FOR_PROJECTS": False,
            "FOR_LEADS": True,
            "OWNER_USER_ID": account.user_id,
            "ACTIVITIES": [*activities],
        }
    ]


def _activity(account: CrmAccount, number: int, at: int, name: str) -> Record:
    return {
        "ACTIVITY_ID": first_number(account.seed, "Activities") + at,
        "ACTIVITYSET_ID": number,
        "ACTIVITY_NAME": name,
        "ACTIVITY_DETAILS": None,
        "ACTIVITY_TYPE": "TASK",
        "CATEGORY_ID": None,
        "REMINDER": at == 0,
        "REMINDER_DAYS_BEFORE_DUE": 1 if at == 0 else None,
        "REMINDER_TIME": "3:04 PM" if at == 0 else None,
        "PUBLICLY_VISIBLE": True,
        "OWNER_VISIBLE": True,
        "OWNER_USER_ID": account.user_id,
        "RESPONSIBLE_USER_ID": None,
        "ASSIGNED_TEAM_ID": None,
        **{f"SKIP_{day}": day in {"SUN", "SAT"} for day in _DAYS},
        "DUE_DAYS_AFTER_START": 2 * at + 1,
        "DUE_DAYS_BEFORE_END": None,
        "EVENT_DAYS_AFTER_START": None,
        "EVENT_DAYS_BEFORE_END": None,
        "EVENT_TIME": None,
        "ALL_DAY": False,
        "DURATION": None,
    }


def entered(account: CrmAccount, entity: str, pipeline: Json, stage: Json) -> Record:
    """Return the fields of a record that enters a pipeline at a stage; without one, at the first.

    Raises:
        FieldError: there is no such pipeline for this kind of record, or no such stage in it.

    Source: bodies from the v3.1 OpenAPI document (documented); the refusals, and the stage that is taken without one,
        are assumed.
    """
    # Leads have no pipelines of their own, so any is good enough for them.
    flag = {"Opportunity": "FOR_OPPORTUNITIES", "Project": "FOR_PROJECTS"}.get(entity)
    fitting = [one["PIPELINE_ID"] for one in pipelines(account) if flag is None or one[flag]]
    if pipeline not in fitting:
        raise FieldError("PIPELINE_ID", f"one of {', '.join(map(str, fitting))}", pipeline)
    known = [one["STAGE_ID"] for one in stages(account) if one["PIPELINE_ID"] == pipeline]
    if stage is not None and stage not in known:
        raise FieldError("STAGE_ID", f"one of {', '.join(map(str, known))}", stage)
    return {"PIPELINE_ID": pipeline, "STAGE_ID": known[0] if stage is None else stage}
