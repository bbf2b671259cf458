"""People and deals as v2.2 shows them, late in its life: record graphs over the columns of v3.

Source: field names from the v2.2 OpenAPI document (documented); their order is that of recorded v2.1 records
    (observed), with what v2.2 added where it belongs and what late v2.2 added at the end (assumed).
"""

from dataclasses import replace

from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.fields import Choice, Record
from mock_insightly.records.row_types import ADDRESSES, CONTACT_INFOS
from mock_insightly.versions.column_rows import NETWORKS, ColumnRows, address, info
from mock_insightly.versions.graph import custom_fields, social
from mock_insightly.versions.graph_links import CONTACT_PEERS, ORGANISATION_PEERS, LinkGraph
from mock_insightly.versions.shape import Key, Shape, constant
from mock_insightly.versions.v2_keys import flats
from mock_kit.api.json_text import Json

_LATE = (
    social("SOCIAL_LINKEDIN"),
    social("SOCIAL_FACEBOOK"),
    social("SOCIAL_TWITTER"),
    constant("CAN_EDIT", True),
    constant("CAN_DELETE", True),
)


_FLAT = frozenset(place.name for place in NETWORKS)
CONTACTS_INFOS = ColumnRows(
    kind=CONTACTS,
    name="CONTACTINFOS",
    rows=CONTACT_INFOS,
    flat=_FLAT,
    places=(
        info("PHONE", "PHONE", "WORK", 40),
        info("PHONE_HOME", "PHONE", "HOME", 41),
        info("PHONE_MOBILE", "PHONE", "MOBILE", 42),
        info("PHONE_OTHER", "PHONE", "OTHER", 43, takes_others=True),
        info("PHONE_ASSISTANT", "PHONE", "ASSISTANT", 44),
        info("PHONE_FAX", "PHONE", "FAX", 45),
        info("EMAIL_ADDRESS", "EMAIL", "WORK", 50, takes_others=True),
        *NETWORKS,
    ),
)
ORGANISATIONS_INFOS = ColumnRows(
    domains=True,
    kind=ORGANISATIONS,
    name="CONTACTINFOS",
    rows=CONTACT_INFOS,
    flat=_FLAT,
    places=(
        info("PHONE", "PHONE", "WORK", 40, takes_others=True),
        info("PHONE_FAX", "PHONE", "FAX", 45),
        info("WEBSITE", "WEBSITE", "WORK", 60, takes_others=True),
        *NETWORKS,
    ),
)
ORGANISATIONS_ADDRESSES = ColumnRows(
    kind=ORGANISATIONS,
    name="ADDRESSES",
    rows=ADDRESSES,
    places=(
        address("ADDRESS_BILLING", 10, "POSTAL", "WORK"),
        address("ADDRESS_SHIP", 20, "PRIMARY", "HOME", "OTHER"),
    ),
)


def _state() -> Key:
    """Return the key OPPORTUNITY_STATE: one capital here, all of them in v3.1.

    Source: v2.1 shows ``Open`` (observed), the v2.2 OpenAPI document lists ``Open``, ``Won`` and so on (documented).
    """
    (key,) = flats(OPPORTUNITIES, "OPPORTUNITY_STATE")
    holds = Choice(options=("Open", "Won", "Lost", "Suspended", "Abandoned"))

    def show(record: Record) -> Json:
        return str(record["OPPORTUNITY_STATE"]).capitalize()

    return Key(name=key.name, holds=holds, show=show, take=key.take)


CONTACT = Shape(
    kind=CONTACTS,
    keys=(
        *flats(
            CONTACTS,
            "CONTACT_ID SALUTATION FIRST_NAME LAST_NAME BACKGROUND IMAGE_URL DEFAULT_LINKED_ORGANISATION "
            "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
            {"DEFAULT_LINKED_ORGANISATION": "ORGANISATION_ID"},
        ),
        custom_fields(CONTACTS),
        ColumnRows(
            kind=CONTACTS,
            name="ADDRESSES",
            rows=ADDRESSES,
            places=(
                address("ADDRESS_MAIL", 10, "POSTAL", "WORK", "PRIMARY"),
                address("ADDRESS_OTHER", 20, "OTHER", "HOME"),
            ),
        ).key(),
        CONTACTS_INFOS.key(),
        *flats(CONTACTS, "DATES TAGS"),
        *LinkGraph(
            kind=CONTACTS, peers=CONTACT_PEERS, employer="DEFAULT_LINKED_ORGANISATION", title="TITLE"
        ).keys(),
        *_LATE,
    ),
)

ORGANISATION = Shape(
    kind=ORGANISATIONS,
    required=("ORGANISATION_NAME",),
    keys=(
        *flats(
            ORGANISATIONS,
            "ORGANISATION_ID ORGANISATION_NAME BACKGROUND IMAGE_URL OWNER_USER_ID DATE_CREATED_UTC "
            "DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        custom_fields(ORGANISATIONS),
        replace(ORGANISATIONS_ADDRESSES, null=True).key(),
        ORGANISATIONS_INFOS.key(),
        *flats(ORGANISATIONS, "DATES TAGS"),
        *LinkGraph(kind=ORGANISATIONS, peers=ORGANISATION_PEERS, employs=False).keys(),
        *_LATE,
    ),
)

LEAD = Shape(
    kind=LEADS,
    hides=("include_converted", "CONVERTED"),
    required=("LAST_NAME",),
    keys=(
        *flats(
            LEADS,
            "LEAD_ID SALUTATION TITLE FIRST_NAME LAST_NAME ORGANIZATION_NAME PHONE_NUMBER MOBILE_PHONE_NUMBER "
            "FAX_NUMBER EMAIL_ADDRESS WEBSITE_URL OWNER_USER_ID RESPONSIBLE_USER_ID DATE_CREATED_UTC "
            "DATE_UPDATED_UTC CONVERTED CONVERTED_DATE_UTC CONVERTED_CONTACT_ID CONVERTED_ORGANIZATION_ID "
            "CONVERTED_OPPORTUNITY_ID LEAD_STATUS_ID LEAD_SOURCE_ID INDUSTRY EMPLOYEE_COUNT LEAD_RATING "
            "LEAD_DESCRIPTION VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS ADDRESS_STREET ADDRESS_CITY "
            "ADDRESS_STATE ADDRESS_POSTCODE ADDRESS_COUNTRY",
            {
                "ORGANIZATION_NAME": "ORGANISATION_NAME",
                "CONVERTED_ORGANIZATION_ID": "CONVERTED_ORGANISATION_ID",
                "PHONE_NUMBER": "PHONE",
                "MOBILE_PHONE_NUMBER": "MOBILE",
                "FAX_NUMBER": "FAX",
                "EMAIL_ADDRESS": "EMAIL",
                "WEBSITE_URL": "WEBSITE",
            },
        ),
        custom_fields(LEADS),
        *flats(LEADS, "TAGS IMAGE_URL"),
    ),
)

OPPORTUNITY = Shape(
    kind=OPPORTUNITIES,
    required=("OPPORTUNITY_NAME", "OPPORTUNITY_STATE"),
    keys=(
        *flats(OPPORTUNITIES, "OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_DETAILS"),
        _state(),
        *flats(
            OPPORTUNITIES,
            "OPPORTUNITY_STATE_REASON_ID RESPONSIBLE_USER_ID OWNER_USER_ID BID_CURRENCY BID_AMOUNT BID_TYPE "
            "BID_DURATION OPPORTUNITY_VALUE PROBABILITY FORECAST_CLOSE_DATE ACTUAL_CLOSE_DATE CATEGORY_ID "
            "PIPELINE_ID STAGE_ID IMAGE_URL DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID "
            "VISIBLE_USER_IDS",
        ),
        custom_fields(OPPORTUNITIES),
        *flats(OPPORTUNITIES, "TAGS"),
        *LinkGraph(kind=OPPORTUNITIES).keys(),
    ),
)
