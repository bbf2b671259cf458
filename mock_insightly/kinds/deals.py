"""Deals and what follows from them: opportunities, projects, the milestones of projects.

Source: field names, order and lengths from the v3.1 OpenAPI document (documented); that VISIBLE_TO and
    VISIBLE_TEAM_ID are shown, and where, is assumed.
"""

from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.shared_fields import (
    ACTIVITY,
    CREATOR,
    IMAGE,
    LINK_ROWS,
    OWNER,
    STAMPS,
    TAG_ROWS,
    VISIBLE_TEAM,
    VISIBLE_TO,
    always,
    assigned,
    custom_rows,
    identity,
    of,
    starting,
    texts,
)
from mock_insightly.records.fields import Choice, Date, Decimal, Field, Flag, Record, Whole

PER_UNIT = ("Per Hour", "Per Day", "Per Week", "Per Month", "Per Year")


def opportunity_value(record: Record) -> Record:
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
        identity("OPPORTUNITY_ID"),
        *texts("OPPORTUNITY_NAME", longest=255),
        *texts("OPPORTUNITY_DETAILS", longest=4000),
        Field(
            name="OPPORTUNITY_STATE",
            type=Choice(options=("OPEN", "WON", "LOST", "SUSPENDED", "ABANDONED")),
            initial=always("OPEN"),
        ),
        *of(Whole(lowest=1), "RESPONSIBLE_USER_ID", "CATEGORY_ID"),
        IMAGE,
        Field(name="BID_CURRENCY", initial=lambda account: account.currency),
        *of(Decimal(), "BID_AMOUNT"),
        *of(Choice(options=("Fixed Bid", *PER_UNIT)), "BID_TYPE"),
        *of(Whole(), "BID_DURATION"),
        *of(Date(), "ACTUAL_CLOSE_DATE"),
        *STAMPS,
        *assigned("OPPORTUNITY_VALUE", type_=Decimal()),
        *of(Whole(), "PROBABILITY"),
        *of(Date(), "FORECAST_CLOSE_DATE"),
        OWNER,
        *ACTIVITY,
        *assigned("PIPELINE_ID", "STAGE_ID", type_=Whole()),
        CREATOR,
        *of(Whole(lowest=1), "ORGANISATION_ID"),
        *assigned("PRICEBOOK_ID", type_=Whole()),
        VISIBLE_TO,
        VISIBLE_TEAM,
        custom_rows("Opportunity"),
        TAG_ROWS,
        LINK_ROWS,
        *assigned("LINKED_EMAIL_ADDRESS"),
        *of(Whole(lowest=1), "OPPORTUNITY_STATE_REASON_ID"),
    ),
)

PROJECTS = RecordKind(
    name="Projects",
    entity="Project",
    id_field="PROJECT_ID",
    mailbox="P",
    refers=(("OPPORTUNITY_ID", "Opportunity"),),
    fields=(
        identity("PROJECT_ID"),
        *texts("PROJECT_NAME", longest=255),
        *of(
            Choice(options=("NOT STARTED", "IN PROGRESS", "DEFERRED", "CANCELLED", "ABANDONED", "COMPLETED")),
            "STATUS",
        ),
        *texts("PROJECT_DETAILS", longest=4000),
        *of(Whole(lowest=1), "OPPORTUNITY_ID"),
        *of(Date(), "STARTED_DATE", "COMPLETED_DATE"),
        IMAGE,
        *of(Whole(lowest=1), "RESPONSIBLE_USER_ID"),
        OWNER,
        *STAMPS,
        *ACTIVITY,
        *of(Whole(lowest=1), "CATEGORY_ID"),
        *assigned("PIPELINE_ID", "STAGE_ID", type_=Whole()),
        CREATOR,
        VISIBLE_TO,
        VISIBLE_TEAM,
        custom_rows("Project"),
        TAG_ROWS,
        LINK_ROWS,
        *assigned("LINKED_EMAIL_ADDRESS"),
    ),
)

MILESTONES = RecordKind(
    name="Milestones",
    entity="Milestone",
    id_field="MILESTONE_ID",
    refers=(("PROJECT_ID", "Project"),),
    fields=(
        identity("MILESTONE_ID"),
        *texts("TITLE"),
        starting("COMPLETED", Flag(), False),
        *of(Date(), "DUE_DATE"),
        OWNER,
        *STAMPS,
        *of(Date(), "COMPLETED_DATE_UTC"),
        *of(Whole(lowest=1), "PROJECT_ID", "RESPONSIBLE_USER"),
    ),
)
