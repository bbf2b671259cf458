"""Deals and what follows from them: opportunities, projects, the milestones of projects.

Source: field names, order and lengths from the v3.1 OpenAPI document (documented); that VISIBLE_TO and
    VISIBLE_TEAM_ID are shown, and where, is assumed.
"""

from mock_insightly.account.account import CrmAccount
from mock_insightly.kinds import shared_fields as shared
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.fields import Choice, Date, Decimal, Field, Flag, Record, Whole

PER_UNIT = ("Per Hour", "Per Day", "Per Week", "Per Month", "Per Year")


def opportunity_value(record: Record, _account: CrmAccount) -> Record:
    """Compute OPPORTUNITY_VALUE: what is bid, times the duration if it is bid per hour, day, and so on.

    Source: "computed from BID_AMOUNT, BID_TYPE, BID_DURATION" (Insightly v2.2 OpenAPI document, documented); how,
        and that no amount counts as 0, is assumed.
    """
    amount, duration = record["BID_AMOUNT"], record["BID_DURATION"]
    value = amount if isinstance(amount, int | float) else 0
    if record["BID_TYPE"] in PER_UNIT and isinstance(duration, int):
        value *= duration
    return {**record, "OPPORTUNITY_VALUE": value}


OPPORTUNITIES = RecordKind(
    name="Opportunities",
    entity="Opportunity",
    id_field="OPPORTUNITY_ID",
    mailbox="O",
    hidden=frozenset({"OPPORTUNITY_STATE_REASON_ID"}),
    refers=(("ORGANISATION_ID", "Organisation"),),
    derive=opportunity_value,
    fields=(
        shared.identity("OPPORTUNITY_ID"),
        *shared.texts("OPPORTUNITY_NAME", longest=255),
        *shared.texts("OPPORTUNITY_DETAILS", longest=4000),
        Field(
            name="OPPORTUNITY_STATE",
            type=Choice(options=("OPEN", "WON", "LOST", "SUSPENDED", "ABANDONED")),
            initial=shared.always("OPEN"),
        ),
        *shared.of(Whole(lowest=1), "RESPONSIBLE_USER_ID", "CATEGORY_ID"),
        shared.IMAGE,
        Field(name="BID_CURRENCY", initial=lambda account: account.currency),
        *shared.of(Decimal(), "BID_AMOUNT"),
        *shared.of(Choice(options=("Fixed Bid", *PER_UNIT)), "BID_TYPE"),
        *shared.of(Whole(), "BID_DURATION"),
        *shared.of(Date(), "ACTUAL_CLOSE_DATE"),
        *shared.STAMPS,
        *shared.assigned("OPPORTUNITY_VALUE", type_=Decimal()),
        *shared.of(Whole(), "PROBABILITY"),
        *shared.of(Date(), "FORECAST_CLOSE_DATE"),
        shared.OWNER,
        *shared.ACTIVITY,
        *shared.assigned("PIPELINE_ID", "STAGE_ID", type_=Whole()),
        shared.CREATOR,
        *shared.of(Whole(lowest=1), "ORGANISATION_ID"),
        *shared.assigned("PRICEBOOK_ID", type_=Whole()),
        *shared.VISIBILITY,
        shared.custom_rows("Opportunity"),
        shared.TAG_ROWS,
        shared.LINK_ROWS,
        *shared.assigned("LINKED_EMAIL_ADDRESS"),
        *shared.of(Whole(lowest=1), "OPPORTUNITY_STATE_REASON_ID"),
    ),
)

PROJECTS = RecordKind(
    name="Projects",
    entity="Project",
    id_field="PROJECT_ID",
    mailbox="P",
    refers=(("OPPORTUNITY_ID", "Opportunity"),),
    fields=(
        shared.identity("PROJECT_ID"),
        *shared.texts("PROJECT_NAME", longest=255),
        *shared.of(
            Choice(options=("NOT STARTED", "IN PROGRESS", "DEFERRED", "CANCELLED", "ABANDONED", "COMPLETED")),
            "STATUS",
        ),
        *shared.texts("PROJECT_DETAILS", longest=4000),
        *shared.of(Whole(lowest=1), "OPPORTUNITY_ID"),
        *shared.of(Date(), "STARTED_DATE", "COMPLETED_DATE"),
        shared.IMAGE,
        *shared.of(Whole(lowest=1), "RESPONSIBLE_USER_ID"),
        shared.OWNER,
        *shared.STAMPS,
        *shared.ACTIVITY,
        *shared.of(Whole(lowest=1), "CATEGORY_ID"),
        *shared.assigned("PIPELINE_ID", "STAGE_ID", type_=Whole()),
        shared.CREATOR,
        *shared.VISIBILITY,
        shared.custom_rows("Project"),
        shared.TAG_ROWS,
        shared.LINK_ROWS,
        *shared.assigned("LINKED_EMAIL_ADDRESS"),
    ),
)

MILESTONES = RecordKind(
    name="Milestones",
    entity="Milestone",
    id_field="MILESTONE_ID",
    refers=(("PROJECT_ID", "Project"),),
    fields=(
        shared.identity("MILESTONE_ID"),
        *shared.texts("TITLE"),
        shared.starting("COMPLETED", Flag(), False),
        *shared.of(Date(), "DUE_DATE"),
        shared.OWNER,
        *shared.STAMPS,
        *shared.of(Date(), "COMPLETED_DATE_UTC"),
        *shared.of(Whole(lowest=1), "PROJECT_ID", "RESPONSIBLE_USER"),
    ),
)
