"""What an account has and no client can change: pipelines, currencies, its name and rights.

Source: fields and their order from recorded v2.1 lists (observed) and the v3.1 OpenAPI document (documented); stages come by
    STAGE_ORDER within their pipeline (recorded v2.1 list, observed); times of reminders as the Go client reads them
    (observed); rows are made up, and follow from the account.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount, first_number
from mock_insightly.errors import FieldError
from mock_insightly.fields.fields import Record, format_date
from mock_insightly.fields.words import COUNTRIES, CURRENCIES

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


Rows = Callable[[CrmAccount], list[Record]]

_OBJECTS = ("Contact", "Organisation", "Lead", "Opportunity", "Project", "Task", "Event", "Note")
_DEFINED = format_date(datetime(2020, 1, 1, tzinfo=UTC))


class Lookup(Struct, frozen=True, kw_only=True):
    """A list that only the vendor changes.

    Attributes:
        key: the field that the end of a path names one by; None if there is only the list.
        paged: whether ``top`` and ``skip`` count, and 100 rows are shown without them.
        single: whether it is one object rather than a list.
        collection: the field that ``brief=true`` leaves out; None if the list does not take it.
    """

    name: str
    rows: Rows
    key: str | None = None
    paged: bool = True
    single: bool = False
    collection: str | None = None


def only(rows: Rows, names: str) -> Rows:
    """Return rows with these fields, in this order, which are given as one text."""
    return lambda account: [{name: row[name] for name in names.split()} for row in rows(account)]


def countries(_account: CrmAccount) -> list[Record]:
    """Return all countries."""
    return [{"COUNTRY_NAME": name} for name in COUNTRIES]


def currencies(_account: CrmAccount) -> list[Record]:
    """Return all currencies."""
    return [{"CURRENCY_CODE": code, "CURRENCY_SYMBOL": symbol} for code, symbol in CURRENCIES]


def instance(account: CrmAccount) -> list[Record]:
    """Return the account itself.

    Source: no answer is on record; that the plan is named as on the price list is assumed.
    """
    name = account.email.rpartition("@")[2].partition(".")[0]
    return [
        {
            "INSTANCE_NAME": name.title(),
            "INSTANCE_SUBDOMAIN": name,
            "PLAN_NAME": account.plan,
            "NEW_USER_EXPERIENCE_ENABLED": True,
        }
    ]


def permissions(_account: CrmAccount) -> list[Record]:
    """Return what the caller may do: everything, as there is one key and it is the owner's."""
    rights = dict.fromkeys(("CAN_READ", "CAN_CREATE", "CAN_EDIT", "CAN_DELETE"), True)
    return [
        {
            "PERMISSIONS_STATE": "ENABLED",
            "OBJECT_PERMISSIONS": [
                {"OBJECT_TYPE": name, "PERMISSIONS_STATE": "ENABLED", **rights} for name in _OBJECTS
            ],
        }
    ]


def relationships(account: CrmAccount) -> list[Record]:
    """Return how contacts, or organisations, can be related to one another."""
    rows = (
        ("is the manager of", "Manager", "reports to", "Report", True),
        ("is the partner of", "Partner", "is the partner of", "Partner", True),
        ("is the parent of", "Parent", "is a subsidiary of", "Subsidiary", False),
        ("is a supplier of", "Supplier", "is a customer of", "Customer", False),
    )
    first = first_number(account.seed, "Relationships")
    return [
        {
            "RELATIONSHIP_ID": first + at,
            "FORWARD_TITLE": forward_title,
            "FORWARD": forward,
            "REVERSE_TITLE": reverse_title,
            "REVERSE": reverse,
            "FOR_CONTACTS": people,
            "FOR_ORGANISATIONS": not people,
        }
        for at, (forward, forward_title, reverse, reverse_title, people) in enumerate(rows)
    ]


def state_reasons(account: CrmAccount) -> list[Record]:
    """Return the reasons that an opportunity's state can be given, as v3 shows them."""
    rows = (
        ("WON", "Best price"),
        ("WON", "Best product"),
        ("LOST", "Lost to a competitor"),
        ("LOST", "No budget"),
        ("SUSPENDED", "Decision postponed"),
        ("ABANDONED", "No reply"),
    )
    first = first_number(account.seed, "OpportunityStateReasons")
    return [
        {"STATE_REASON_ID": first + at, "STATE_REASON": reason, "FOR_OPPORTUNITY_STATE": state}
        for at, (state, reason) in enumerate(rows)
    ]


def custom_objects(account: CrmAccount) -> list[Record]:
    """Return the definitions of the account's custom objects."""
    return [
        {
            "OBJECT_NAME": name,
            "SINGULAR_LABEL": label,
            "PLURAL_LABEL": f"{label}s",
            "DESCRIPTION": None,
            "RECORD_NAME_LABEL": f"{label} Name",
            "RECORD_NAME_TYPE": "TEXT",
            "RECORD_NAME_DISPLAY_FORMAT": None,
            "ENABLE_NAVBAR": True,
            "ENABLE_WORKFLOWS": True,
            "CREATED_USER_ID": account.user_id,
            "DATE_CREATED_UTC": _DEFINED,
            "DATE_UPDATED_UTC": _DEFINED,
        }
        for name, label in ((name, name[:-3].replace("_", " ")) for name in account.custom_objects)
    ]


SHARED = (
    Lookup(name="ActivitySets", rows=activity_sets, key="ACTIVITYSET_ID", collection="ACTIVITIES"),
    Lookup(name="Countries", rows=countries, paged=False),
    Lookup(name="Currencies", rows=currencies, paged=False),
    Lookup(name="OpportunityStateReasons", rows=state_reasons),
    Lookup(name="Permissions", rows=permissions, single=True),
    Lookup(name="PipelineStages", rows=stages, key="STAGE_ID"),
    Lookup(name="Pipelines", rows=pipelines, key="PIPELINE_ID"),
    Lookup(name="Relationships", rows=relationships),
)
"""The lists that v2.2 and v3 show alike."""


def by_name(*lookups: Lookup) -> Mapping[str, Lookup]:
    """Return lists by name in lower case, as normalised paths have it."""
    return {lookup.name.lower(): lookup for lookup in sorted(lookups, key=lambda lookup: lookup.name)}
