"""People and deals as v2.2 shows them, late in its life: record graphs over the columns of v3.

Source: field names from the v2.2 OpenAPI document (documented); their order is that of recorded v2.1 records
    (observed), with what v2.2 added where it belongs and what late v2.2 added at the end (assumed).
"""

from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.fields import Choice, Record
from mock_insightly.versions.graph import (
    AddressSlot,
    InfoSlot,
    addresses,
    contact_infos,
    custom_fields,
    social,
    with_subtypes,
)
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


CONTACT_INFOS = (
    InfoSlot(field="PHONE", type="PHONE", label="WORK", prefix=40),
    InfoSlot(field="PHONE_HOME", type="PHONE", label="HOME", prefix=41),
    InfoSlot(field="PHONE_MOBILE", type="PHONE", label="MOBILE", prefix=42),
    InfoSlot(field="PHONE_OTHER", type="PHONE", label="OTHER", prefix=43),
    InfoSlot(field="PHONE_ASSISTANT", type="PHONE", label="ASSISTANT", prefix=44),
    InfoSlot(field="PHONE_FAX", type="PHONE", label="FAX", prefix=45),
    InfoSlot(field="EMAIL_ADDRESS", type="EMAIL", label="WORK", prefix=50),
)
ORGANISATION_INFOS = (
    InfoSlot(field="PHONE", type="PHONE", label="WORK", prefix=40),
    InfoSlot(field="PHONE_FAX", type="PHONE", label="FAX", prefix=45),
    InfoSlot(field="WEBSITE", type="WEBSITE", label="WORK", prefix=60),
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
    after_put=with_subtypes,
    keys=(
        *flats(
            CONTACTS,
            "CONTACT_ID SALUTATION FIRST_NAME LAST_NAME BACKGROUND IMAGE_URL DEFAULT_LINKED_ORGANISATION "
            "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
            {"DEFAULT_LINKED_ORGANISATION": "ORGANISATION_ID"},
        ),
        custom_fields(CONTACTS),
        addresses(
            CONTACTS,
            AddressSlot(columns="ADDRESS_MAIL", types=("POSTAL", "WORK", "PRIMARY"), prefix=10),
            AddressSlot(columns="ADDRESS_OTHER", types=("OTHER", "HOME"), prefix=20),
        ),
        contact_infos(CONTACTS, *CONTACT_INFOS),
        *flats(CONTACTS, "DATES TAGS"),
        *LinkGraph(
            kind=CONTACTS, peers=CONTACT_PEERS, employer="DEFAULT_LINKED_ORGANISATION", title="TITLE"
        ).keys(),
        *_LATE,
    ),
)

ORGANISATION = Shape(
    kind=ORGANISATIONS,
    after_put=with_subtypes,
    required=("ORGANISATION_NAME",),
    keys=(
        *flats(
            ORGANISATIONS,
            "ORGANISATION_ID ORGANISATION_NAME BACKGROUND IMAGE_URL OWNER_USER_ID DATE_CREATED_UTC "
            "DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        custom_fields(ORGANISATIONS),
        addresses(
            ORGANISATIONS,
            AddressSlot(columns="ADDRESS_BILLING", types=("POSTAL", "WORK"), prefix=10),
            AddressSlot(columns="ADDRESS_SHIP", types=("PRIMARY", "HOME", "OTHER"), prefix=20),
        ),
        contact_infos(ORGANISATIONS, *ORGANISATION_INFOS, domains=True),
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
