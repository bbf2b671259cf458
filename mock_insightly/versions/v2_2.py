"""Version 2.2, as it was late in its life: record graphs over the columns of v3, full replacement, search by one filter.

Source: field names from the v2.2 OpenAPI document (documented); their order is that of recorded v2.1 records
    (observed), with what v2.2 added where it belongs and what late v2.2 added at the end (assumed).
"""

from mock_insightly.errors import TooManyFiltersError
from mock_insightly.fields import Choice, Record, Text
from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS, USERS, Kind
from mock_insightly.query import Query
from mock_insightly.search import Criterion, Wanted, exactly, wildcard
from mock_insightly.versions.graph import (
    AddressSlot,
    InfoSlot,
    addresses,
    contact_infos,
    custom_fields,
    social,
)
from mock_insightly.versions.graph_links import CONTACT_PEERS, ORGANISATION_PEERS, LinkGraph
from mock_insightly.versions.shape import Key, Shape, constant, flat, shapes_of
from mock_insightly.versions.version import Version
from mock_kit.json_text import Json

_READ_ONLY = frozenset({"OWNER_USER_ID", "PIPELINE_ID", "STAGE_ID", "OPPORTUNITY_VALUE"})
"""Source: read-only in late v2.2 (later v2.2 OpenAPI document, documented)."""

_LATE = (
    social("SOCIAL_LINKEDIN"),
    social("SOCIAL_FACEBOOK"),
    social("SOCIAL_TWITTER"),
    constant("CAN_EDIT", True),
    constant("CAN_DELETE", True),
)


def _flats(kind: Kind, names: str, renamed: dict[str, str] | None = None) -> tuple[Key, ...]:
    """Return the keys of flat fields, written as the wire has them."""
    fields = {field.name: field for field in kind.fields}
    canonical = {name: (renamed or {}).get(name, name) for name in names.split()}
    return tuple(
        constant(name, None)
        if name == "VISIBLE_USER_IDS"
        else flat(fields[kept_as], name, read_only=name in _READ_ONLY)
        for name, kept_as in canonical.items()
    )


def _state() -> Key:
    """Return the key OPPORTUNITY_STATE: one capital here, all of them in v3.1.

    Source: v2.1 shows ``Open`` (observed), the v2.2 OpenAPI document lists ``Open``, ``Won`` and so on (documented).
    """
    (key,) = _flats(OPPORTUNITIES, "OPPORTUNITY_STATE")

    def show(record: Record) -> Json:
        return str(record["OPPORTUNITY_STATE"]).capitalize()

    return Key(name=key.name, show=show, take=key.take)


_CONTACTS = Shape(
    kind=CONTACTS,
    keys=(
        *_flats(
            CONTACTS,
            "CONTACT_ID SALUTATION FIRST_NAME LAST_NAME BACKGROUND IMAGE_URL DEFAULT_LINKED_ORGANISATION "
            "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
            {"DEFAULT_LINKED_ORGANISATION": "ORGANISATION_ID"},
        ),
        custom_fields(),
        addresses(
            CONTACTS,
            AddressSlot(columns="ADDRESS_MAIL", types=("POSTAL", "WORK", "PRIMARY"), prefix=10),
            AddressSlot(columns="ADDRESS_OTHER", types=("OTHER", "HOME"), prefix=20),
        ),
        contact_infos(
            CONTACTS,
            InfoSlot(field="PHONE", type="PHONE", label="WORK", prefix=40),
            InfoSlot(field="PHONE_HOME", type="PHONE", label="HOME", prefix=41),
            InfoSlot(field="PHONE_MOBILE", type="PHONE", label="MOBILE", prefix=42),
            InfoSlot(field="PHONE_OTHER", type="PHONE", label="OTHER", prefix=43),
            InfoSlot(field="PHONE_ASSISTANT", type="PHONE", label="ASSISTANT", prefix=44),
            InfoSlot(field="PHONE_FAX", type="PHONE", label="FAX", prefix=45),
            InfoSlot(field="EMAIL_ADDRESS", type="EMAIL", label="WORK", prefix=50),
        ),
        *_flats(CONTACTS, "DATES TAGS"),
        *LinkGraph(
            kind=CONTACTS, peers=CONTACT_PEERS, employer="DEFAULT_LINKED_ORGANISATION", title="TITLE"
        ).keys(),
        *_LATE,
    ),
)

_ORGANISATIONS = Shape(
    kind=ORGANISATIONS,
    required=("ORGANISATION_NAME",),
    keys=(
        *_flats(
            ORGANISATIONS,
            "ORGANISATION_ID ORGANISATION_NAME BACKGROUND IMAGE_URL OWNER_USER_ID DATE_CREATED_UTC "
            "DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        custom_fields(),
        addresses(
            ORGANISATIONS,
            AddressSlot(columns="ADDRESS_BILLING", types=("POSTAL", "WORK"), prefix=10),
            AddressSlot(columns="ADDRESS_SHIP", types=("PRIMARY", "HOME", "OTHER"), prefix=20),
        ),
        contact_infos(
            ORGANISATIONS,
            InfoSlot(field="PHONE", type="PHONE", label="WORK", prefix=40),
            InfoSlot(field="PHONE_FAX", type="PHONE", label="FAX", prefix=45),
            InfoSlot(field="WEBSITE", type="WEBSITE", label="WORK", prefix=60),
            domains=True,
        ),
        *_flats(ORGANISATIONS, "DATES TAGS"),
        *LinkGraph(kind=ORGANISATIONS, peers=ORGANISATION_PEERS, employs=False).keys(),
        *_LATE,
    ),
)

_LEADS = Shape(
    kind=LEADS,
    required=("LAST_NAME",),
    keys=(
        *_flats(
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
        custom_fields(),
        *_flats(LEADS, "TAGS IMAGE_URL"),
    ),
)

_OPPORTUNITIES = Shape(
    kind=OPPORTUNITIES,
    required=("OPPORTUNITY_NAME", "OPPORTUNITY_STATE"),
    keys=(
        *_flats(OPPORTUNITIES, "OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_DETAILS"),
        _state(),
        *_flats(
            OPPORTUNITIES,
            "OPPORTUNITY_STATE_REASON_ID RESPONSIBLE_USER_ID OWNER_USER_ID BID_CURRENCY BID_AMOUNT BID_TYPE "
            "BID_DURATION OPPORTUNITY_VALUE PROBABILITY FORECAST_CLOSE_DATE ACTUAL_CLOSE_DATE CATEGORY_ID "
            "PIPELINE_ID STAGE_ID IMAGE_URL DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID "
            "VISIBLE_USER_IDS",
        ),
        custom_fields(),
        *_flats(OPPORTUNITIES, "TAGS"),
        *LinkGraph(kind=OPPORTUNITIES).keys(),
    ),
)

_USERS = Shape(
    kind=USERS,
    keys=_flats(
        USERS,
        "USER_ID CONTACT_ID FIRST_NAME LAST_NAME TIMEZONE_ID EMAIL_ADDRESS EMAIL_DROPBOX_IDENTIFIER "
        "ADMINISTRATOR ACCOUNT_OWNER ACTIVE DATE_CREATED_UTC DATE_UPDATED_UTC USER_CURRENCY CONTACT_DISPLAY "
        "CONTACT_ORDER TASK_WEEK_START INSTANCE_ID",
    ),
)


def _place(prefixes: str) -> dict[str, tuple[str, ...]]:
    return {
        part.lower(): tuple(f"{prefix}_{part}" for prefix in prefixes.split())
        for part in ("CITY", "STATE", "POSTCODE", "COUNTRY")
    }


def _same(names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name.upper(),) for name in names.split()}


_TAG = {"tag": ("TAGS.TAG_NAME",)}
_NAMES = _same("first_name last_name")

FILTERS: dict[str, dict[str, tuple[str, ...]]] = {
    CONTACTS.name: {
        "email": ("EMAIL_ADDRESS",),
        "phone_number": tuple(field.name for field in CONTACTS.fields if field.name.startswith("PHONE")),
        "organisation": ("ORGANISATION_ID",),
        **_NAMES,
        **_TAG,
        **_place("ADDRESS_MAIL ADDRESS_OTHER"),
    },
    ORGANISATIONS.name: {
        "email": (),
        "email_domain": ("EMAILDOMAINS.EMAIL_DOMAIN",),
        "phone_number": ("PHONE", "PHONE_FAX"),
        **_same("organisation_name"),
        **_TAG,
        **_place("ADDRESS_BILLING ADDRESS_SHIP"),
    },
    LEADS.name: {
        "email": ("EMAIL",),
        "phone_number": ("PHONE", "MOBILE", "FAX"),
        "organisation": ("ORGANISATION_NAME",),
        **_NAMES,
        **_TAG,
        **_place("ADDRESS"),
    },
    OPPORTUNITIES.name: {
        **_same(
            "opportunity_name opportunity_state category_id pipeline_id stage_id responsible_user_id "
            "owner_user_id forecast_close_date actual_close_date"
        ),
        **_TAG,
    },
    USERS.name: {"email": ("EMAIL_ADDRESS",), **_NAMES},
}
"""The filters of each resource, and where their values stand.

Source: Insightly v2.2 OpenAPI document (documented); that `organisation` is a name is assumed, and so is that an
    organisation has no e-mail address in the late shim, since v3 has no column for one.
"""

_VIA = {(CONTACTS.name, "organisation"): (ORGANISATIONS.name, "ORGANISATION_NAME")}


def wanted(shape: Shape, query: Query) -> Wanted:
    """Read the one filter of a search; none is fine.

    Raises:
        TooManyFiltersError: more than one has a value, ``updated_after_utc`` counted.
        FieldError: a value does not fit its field.
    """
    filters = FILTERS[shape.kind.name]
    came = [name for name in (*filters, "updated_after_utc") if query.get(name, "").strip()]
    if len(came) > 1:
        raise TooManyFiltersError(came)
    if not came or came[0] == "updated_after_utc":
        return Wanted()
    return Wanted(criterion=_criterion(shape.kind, came[0], query[came[0]]))


def _criterion(kind: Kind, name: str, value: str) -> Criterion:
    places = FILTERS[kind.name][name]
    via = _VIA.get((kind.name, name))
    field = kind.field(places[0]) if len(places) == 1 else None
    if via or field is None or isinstance(field.type, Text | Choice):
        return wildcard(places, value, via=via)
    return exactly(field, value, called=name)


VERSION = Version(
    name="v2.2",
    shapes=shapes_of(_CONTACTS, _ORGANISATIONS, _LEADS, _OPPORTUNITIES, _USERS),
    wanted=wanted,
    replaces=True,
    tagged=False,
)
