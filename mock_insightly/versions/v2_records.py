"""People and deals as v2.2 shows them, late in its life: record graphs over the columns of v3.

Source: keys, in the order in which the later v2.2 OpenAPI document declares them (documented); that a lead shows no
    address and no number of employees as null, as v2.1 does (observed), and a 0 with them, is assumed.
"""

from elements_local.kit.api.json_text import Json
from elements_local.kit.values import replace
from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.fields import Choice, Record
from mock_insightly.records.row_types import ADDRESSES, CONTACT_INFOS
from mock_insightly.versions.column_rows import NETWORKS, ColumnRows, address, info
from mock_insightly.versions.graph_links import CONTACT_PEERS, ORGANISATION_PEERS, LinkGraph
from mock_insightly.versions.shape import Key, Shape
from mock_insightly.versions.v2_keys import RIGHTS, custom_fields, flats, social, whole_amount

_LATE = (*RIGHTS, social("SOCIAL_LINKEDIN"), social("SOCIAL_FACEBOOK"), social("SOCIAL_TWITTER"))


_FLAT = frozenset(place.name for place in NETWORKS)
_CONTACTS_INFOS = ColumnRows(
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
_ORGANISATIONS_INFOS = ColumnRows(
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
_CONTACTS_ADDRESSES = ColumnRows(
    kind=CONTACTS,
    name="ADDRESSES",
    rows=ADDRESSES,
    places=(
        address("ADDRESS_MAIL", 10, "POSTAL", "WORK", "PRIMARY"),
        address("ADDRESS_OTHER", 20, "OTHER", "HOME"),
    ),
)
_ORGANISATIONS_ADDRESSES = ColumnRows(
    kind=ORGANISATIONS,
    name="ADDRESSES",
    rows=ADDRESSES,
    null=True,
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


_LEAD_NAMES = {
    "ORGANIZATION_NAME": "ORGANISATION_NAME",
    "CONVERTED_ORGANIZATION_ID": "CONVERTED_ORGANISATION_ID",
    "PHONE_NUMBER": "PHONE",
    "MOBILE_PHONE_NUMBER": "MOBILE",
    "FAX_NUMBER": "FAX",
    "EMAIL_ADDRESS": "EMAIL",
    "WEBSITE_URL": "WEBSITE",
}


def _or_null(name: str) -> Key:
    """Return the key of a lead that shows null where v3 shows an empty text or 0."""
    (key,) = flats(LEADS, name, _LEAD_NAMES)
    return replace(key, show=lambda record: key.show(record) or None, canonical=None)


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
        _CONTACTS_ADDRESSES.key(),
        _CONTACTS_INFOS.key(),
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
        _ORGANISATIONS_ADDRESSES.key(),
        _ORGANISATIONS_INFOS.key(),
        *flats(ORGANISATIONS, "DATES TAGS"),
        *LinkGraph(kind=ORGANISATIONS, peers=ORGANISATION_PEERS, employs=False).keys(),
        *_LATE,
    ),
)

LEAD = Shape(
    kind=LEADS,
    hides="CONVERTED",
    required=("LAST_NAME",),
    keys=(
        *flats(
            LEADS,
            "LEAD_ID SALUTATION TITLE FIRST_NAME LAST_NAME ORGANIZATION_NAME PHONE_NUMBER MOBILE_PHONE_NUMBER FAX_NUMBER",
            _LEAD_NAMES,
        ),
        _or_null("EMAIL_ADDRESS"),
        *flats(
            LEADS,
            "WEBSITE_URL OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC CONVERTED CONVERTED_DATE_UTC "
            "CONVERTED_CONTACT_ID CONVERTED_ORGANIZATION_ID CONVERTED_OPPORTUNITY_ID VISIBLE_TO RESPONSIBLE_USER_ID "
            "INDUSTRY LEAD_STATUS_ID LEAD_SOURCE_ID VISIBLE_TEAM_ID",
            _LEAD_NAMES,
        ),
        _or_null("EMPLOYEE_COUNT"),
        *flats(LEADS, "LEAD_RATING LEAD_DESCRIPTION VISIBLE_USER_IDS"),
        custom_fields(LEADS),
        *flats(
            LEADS,
            "ADDRESS_STREET ADDRESS_CITY ADDRESS_STATE ADDRESS_POSTCODE ADDRESS_COUNTRY TAGS IMAGE_URL",
        ),
        *RIGHTS,
    ),
)

OPPORTUNITY = Shape(
    kind=OPPORTUNITIES,
    required=("OPPORTUNITY_NAME", "OPPORTUNITY_STATE"),
    keys=(
        *flats(OPPORTUNITIES, "OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_DETAILS PROBABILITY BID_CURRENCY"),
        whole_amount(OPPORTUNITIES, "BID_AMOUNT"),
        *flats(OPPORTUNITIES, "BID_TYPE BID_DURATION"),
        whole_amount(OPPORTUNITIES, "OPPORTUNITY_VALUE"),
        *flats(OPPORTUNITIES, "FORECAST_CLOSE_DATE ACTUAL_CLOSE_DATE CATEGORY_ID PIPELINE_ID STAGE_ID"),
        _state(),
        *flats(
            OPPORTUNITIES,
            "OPPORTUNITY_STATE_REASON_ID IMAGE_URL RESPONSIBLE_USER_ID OWNER_USER_ID DATE_CREATED_UTC "
            "DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        custom_fields(OPPORTUNITIES),
        *flats(OPPORTUNITIES, "TAGS"),
        *LinkGraph(kind=OPPORTUNITIES).keys(),
        *RIGHTS,
    ),
)
