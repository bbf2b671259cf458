"""People, companies and deals: contacts, organisations, leads, opportunities, projects and their milestones.

Source: field names, order and lengths from the v3.1 OpenAPI document (documented); Contact and Lead as recorded by
    the Ampersand connector (observed); that organisations, opportunities and projects show VISIBLE_TO and VISIBLE_TEAM_ID, and
    where, is assumed.
"""

from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.fields import Boolean, Choice, Date, Decimal, Field, Integer, Record
from mock_insightly.fields.row_types import EMAIL_DOMAINS
from mock_insightly.kinds import kind as shared
from mock_insightly.kinds.kind import RecordKind

CONTACTS = RecordKind(
    name="Contacts",
    entity="Contact",
    id_field="CONTACT_ID",
    hidden=frozenset({"CONTACTINFOS", "ADDRESSES"}),
    refers=(("ORGANISATION_ID", "Organisation"),),
    fields=(
        shared.identity("CONTACT_ID"),
        *shared.texts("SALUTATION", longest=50),
        *shared.texts("FIRST_NAME", "LAST_NAME", longest=255),
        shared.IMAGE,
        *shared.texts("BACKGROUND", longest=4000),
        shared.VISIBLE_TO,
        shared.OWNER,
        shared.VISIBLE_TEAM,
        *shared.STAMPS,
        *shared.SOCIAL,
        *shared.of(Date(), "DATE_OF_BIRTH"),
        *shared.texts("PHONE", "PHONE_HOME", "PHONE_MOBILE", "PHONE_OTHER", "PHONE_ASSISTANT", "PHONE_FAX"),
        *shared.texts("EMAIL_ADDRESS", "ASSISTANT_NAME"),
        *shared.address("ADDRESS_MAIL", *shared.ADDRESS),
        *shared.address("ADDRESS_OTHER", *shared.ADDRESS),
        *shared.ACTIVITY,
        shared.CREATOR,
        *shared.of(Integer(lowest=1), "ORGANISATION_ID"),
        *shared.texts("TITLE"),
        shared.OPTED_OUT,
        shared.custom_rows("Contact"),
        shared.TAG_ROWS,
        shared.DATE_ROWS,
        shared.LINK_ROWS,
        *shared.GRAPH_ROWS,
    ),
)

ORGANISATIONS = RecordKind(
    name="Organisations",
    entity="Organisation",
    id_field="ORGANISATION_ID",
    hidden=frozenset({"CONTACTINFOS", "ADDRESSES"}),
    fields=(
        shared.identity("ORGANISATION_ID"),
        *shared.texts("ORGANISATION_NAME", longest=255),
        *shared.texts("BACKGROUND", longest=4000),
        shared.IMAGE,
        shared.OWNER,
        *shared.STAMPS,
        *shared.ACTIVITY,
        shared.CREATOR,
        *shared.texts("PHONE", "PHONE_FAX", "WEBSITE"),
        *shared.address("ADDRESS_BILLING", "STREET", "CITY", "STATE", "COUNTRY", "POSTCODE"),
        *shared.address("ADDRESS_SHIP", *shared.ADDRESS),
        *shared.SOCIAL,
        *shared.VISIBILITY,
        shared.custom_rows("Organisation"),
        shared.TAG_ROWS,
        shared.DATE_ROWS,
        Field(name="EMAILDOMAINS", type=EMAIL_DOMAINS, initial=shared.no_rows),
        shared.LINK_ROWS,
        *shared.GRAPH_ROWS,
    ),
)

LEADS = RecordKind(
    name="Leads",
    entity="Lead",
    id_field="LEAD_ID",
    mailbox="L",
    hidden=frozenset({"PIPELINE_ID", "STAGE_ID"}),
    fields=(
        shared.identity("LEAD_ID"),
        *shared.texts("SALUTATION", longest=50),
        *shared.texts("FIRST_NAME", "LAST_NAME", longest=255),
        Field(name="LEAD_SOURCE_ID", type=Integer(lowest=1), initial=lambda account: account.lead_source_id),
        Field(name="LEAD_STATUS_ID", type=Integer(lowest=1), initial=lambda account: account.lead_status_id),
        *shared.texts("TITLE"),
        Field(name="CONVERTED", type=Boolean(), initial=shared.always(False), assigned=True),
        *shared.assigned("CONVERTED_CONTACT_ID", type_=Integer()),
        *shared.assigned("CONVERTED_DATE_UTC", type_=Date()),
        *shared.assigned("CONVERTED_OPPORTUNITY_ID", "CONVERTED_ORGANISATION_ID", type_=Integer()),
        *shared.STAMPS,
        Field(name="EMAIL", initial=shared.always("")),
        Field(name="EMPLOYEE_COUNT", type=Integer(), initial=shared.always(0)),
        *shared.texts("FAX"),
        *shared.texts("INDUSTRY", longest=128),
        *shared.texts("LEAD_DESCRIPTION", longest=4000),
        *shared.of(Integer(), "LEAD_RATING"),
        *shared.texts("MOBILE"),
        shared.OWNER,
        *shared.texts("PHONE"),
        Field(name="RESPONSIBLE_USER_ID", type=Integer(lowest=1), initial=shared.the_caller),
        *shared.texts("WEBSITE"),
        *shared.address("ADDRESS", "STREET", "CITY", "STATE", "POSTCODE"),
        Field(name="ADDRESS_COUNTRY", initial=lambda account: account.country),
        *shared.ACTIVITY,
        *shared.VISIBILITY,
        *shared.texts("ORGANISATION_NAME", longest=255),
        shared.CREATOR,
        shared.IMAGE,
        shared.OPTED_OUT,
        shared.custom_rows("Lead"),
        shared.TAG_ROWS,
        shared.LINK_ROWS,
        *shared.assigned("LINKED_EMAIL_ADDRESS"),
        *shared.assigned("PIPELINE_ID", "STAGE_ID", type_=Integer()),
    ),
)


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
        *shared.of(Integer(lowest=1), "RESPONSIBLE_USER_ID", "CATEGORY_ID"),
        shared.IMAGE,
        Field(name="BID_CURRENCY", initial=lambda account: account.currency),
        *shared.of(Decimal(), "BID_AMOUNT"),
        *shared.of(Choice(options=("Fixed Bid", *PER_UNIT)), "BID_TYPE"),
        *shared.of(Integer(), "BID_DURATION"),
        *shared.of(Date(), "ACTUAL_CLOSE_DATE"),
        *shared.STAMPS,
        *shared.assigned("OPPORTUNITY_VALUE", type_=Decimal()),
        *shared.of(Integer(), "PROBABILITY"),
        *shared.of(Date(), "FORECAST_CLOSE_DATE"),
        shared.OWNER,
        *shared.ACTIVITY,
        *shared.assigned("PIPELINE_ID", "STAGE_ID", type_=Integer()),
        shared.CREATOR,
        *shared.of(Integer(lowest=1), "ORGANISATION_ID"),
        *shared.assigned("PRICEBOOK_ID", type_=Integer()),
        *shared.VISIBILITY,
        shared.custom_rows("Opportunity"),
        shared.TAG_ROWS,
        shared.LINK_ROWS,
        *shared.assigned("LINKED_EMAIL_ADDRESS"),
        *shared.of(Integer(lowest=1), "OPPORTUNITY_STATE_REASON_ID"),
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
        *shared.of(Integer(lowest=1), "OPPORTUNITY_ID"),
        *shared.of(Date(), "STARTED_DATE", "COMPLETED_DATE"),
        shared.IMAGE,
        *shared.of(Integer(lowest=1), "RESPONSIBLE_USER_ID"),
        shared.OWNER,
        *shared.STAMPS,
        *shared.ACTIVITY,
        *shared.of(Integer(lowest=1), "CATEGORY_ID"),
        *shared.assigned("PIPELINE_ID", "STAGE_ID", type_=Integer()),
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
        shared.starting("COMPLETED", Boolean(), False),
        *shared.of(Date(), "DUE_DATE"),
        shared.OWNER,
        *shared.STAMPS,
        *shared.of(Date(), "COMPLETED_DATE_UTC"),
        *shared.of(Integer(lowest=1), "PROJECT_ID", "RESPONSIBLE_USER"),
    ),
)
