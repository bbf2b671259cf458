"""The kinds of record there are, each in its canonical shape: what v3.1 shows, in its order, and what it hides.

To add a kind, add a table here and its shape to each version.

Source: field names, order and lengths from the v3.1 OpenAPI document (documented); Contact and Lead as recorded by
    the Ampersand connector (observed); that Organisation and Opportunity show VISIBLE_TO and VISIBLE_TEAM_ID, and
    where, is assumed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mock_insightly.account import Account
from mock_insightly.fields import Choice, Date, Decimal, Field, FieldType, Flag, Record, Text, Whole
from mock_insightly.row_types import DATES, EMAIL_DOMAINS, LINKS, TAGS, CustomFields
from mock_kit.json_text import Json


def _as_it_is(record: Record) -> Record:
    return record


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of record.

    Attributes:
        name: as paths spell it.
        entity: as links and messages name one of them.
        derive: computes fields from others, whenever a record is written.
        mailbox: the letter that marks the kind in LINKED_EMAIL_ADDRESS; None where there is none.
        writable: whether clients may create, update and delete.
    """

    name: str
    entity: str
    id_field: str
    fields: tuple[Field, ...]
    derive: Callable[[Record], Record] = _as_it_is
    mailbox: str | None = None
    writable: bool = True

    def field(self, name: str) -> Field | None:
        """Return the field of this canonical name; case does not count."""
        return next((field for field in self.fields if field.name == name.upper()), None)


def _texts(*names: str, longest: int | None = None) -> tuple[Field, ...]:
    return tuple(Field(name=name, type=Text(longest=longest)) for name in names)


def _of(type_: FieldType, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name=name, type=type_) for name in names)


def _assigned(*names: str, type_: FieldType = Text()) -> tuple[Field, ...]:  # noqa: B008 - a frozen value
    return tuple(Field(name=name, type=type_, assigned=True) for name in names)


def _always(value: Json) -> Callable[[Account], Json]:
    return lambda _account: value


def _no_rows(_account: Account) -> Json:
    return []


def _address(prefix: str, *parts: str) -> tuple[Field, ...]:
    return tuple(
        Field(name=f"{prefix}_{part}", type=Text(longest=128 if part == "POSTCODE" else None))
        for part in parts
    )


_ADDRESS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
_STAMPS = _assigned("DATE_CREATED_UTC", "DATE_UPDATED_UTC", type_=Date())
_ACTIVITY = _assigned("LAST_ACTIVITY_DATE_UTC", "NEXT_ACTIVITY_DATE_UTC", type_=Date())
_SOCIAL = _texts("SOCIAL_LINKEDIN", "SOCIAL_FACEBOOK", "SOCIAL_TWITTER")
_CREATOR = Field(name="CREATED_USER_ID", type=Whole(), initial=lambda account: account.user_id, assigned=True)
_OWNER = Field(name="OWNER_USER_ID", type=Whole(), initial=lambda account: account.user_id)
_IMAGE = Field(name="IMAGE_URL", type=Text(longest=500), assigned=True)
_VISIBLE_TO = Field(
    name="VISIBLE_TO",
    type=Choice(options=("EVERYONE", "OWNER", "TEAM", "INDIVIDUALS")),
    initial=_always("EVERYONE"),
)
_VISIBLE_TEAM = Field(name="VISIBLE_TEAM_ID", type=Whole())
_OPTED_OUT = Field(name="EMAIL_OPTED_OUT", type=Flag(), initial=_always(False))
_CUSTOM = Field(name="CUSTOMFIELDS", type=CustomFields(), initial=_no_rows)
_TAGS = Field(name="TAGS", type=TAGS, initial=_no_rows)
_DATES = Field(name="DATES", type=DATES, initial=_no_rows)
_LINKS = Field(name="LINKS", type=LINKS, initial=_no_rows)


def _id(name: str) -> Field:
    return Field(name=name, type=Whole(lowest=1), assigned=True)


CONTACTS = Kind(
    name="Contacts",
    entity="Contact",
    id_field="CONTACT_ID",
    fields=(
        _id("CONTACT_ID"),
        *_texts("SALUTATION", longest=50),
        *_texts("FIRST_NAME", "LAST_NAME", longest=255),
        _IMAGE,
        *_texts("BACKGROUND", longest=4000),
        _VISIBLE_TO,
        _OWNER,
        _VISIBLE_TEAM,
        *_STAMPS,
        *_SOCIAL,
        *_of(Date(), "DATE_OF_BIRTH"),
        *_texts("PHONE", "PHONE_HOME", "PHONE_MOBILE", "PHONE_OTHER", "PHONE_ASSISTANT", "PHONE_FAX"),
        *_texts("EMAIL_ADDRESS", "ASSISTANT_NAME"),
        *_address("ADDRESS_MAIL", *_ADDRESS),
        *_address("ADDRESS_OTHER", *_ADDRESS),
        *_ACTIVITY,
        _CREATOR,
        *_of(Whole(lowest=1), "ORGANISATION_ID"),
        *_texts("TITLE"),
        _OPTED_OUT,
        _CUSTOM,
        _TAGS,
        _DATES,
        _LINKS,
    ),
)

ORGANISATIONS = Kind(
    name="Organisations",
    entity="Organisation",
    id_field="ORGANISATION_ID",
    fields=(
        _id("ORGANISATION_ID"),
        *_texts("ORGANISATION_NAME", longest=255),
        *_texts("BACKGROUND", longest=4000),
        _IMAGE,
        _OWNER,
        *_STAMPS,
        *_ACTIVITY,
        _CREATOR,
        *_texts("PHONE", "PHONE_FAX", "WEBSITE"),
        *_address("ADDRESS_BILLING", "STREET", "CITY", "STATE", "COUNTRY", "POSTCODE"),
        *_address("ADDRESS_SHIP", *_ADDRESS),
        *_SOCIAL,
        _VISIBLE_TO,
        _VISIBLE_TEAM,
        _CUSTOM,
        _TAGS,
        _DATES,
        Field(name="EMAILDOMAINS", type=EMAIL_DOMAINS, initial=_no_rows),
        _LINKS,
    ),
)

LEADS = Kind(
    name="Leads",
    entity="Lead",
    id_field="LEAD_ID",
    mailbox="L",
    fields=(
        _id("LEAD_ID"),
        *_texts("SALUTATION", longest=50),
        *_texts("FIRST_NAME", "LAST_NAME", longest=255),
        Field(name="LEAD_SOURCE_ID", type=Whole(lowest=1), initial=lambda account: account.lead_source_id),
        Field(name="LEAD_STATUS_ID", type=Whole(lowest=1), initial=lambda account: account.lead_status_id),
        *_texts("TITLE"),
        Field(name="CONVERTED", type=Flag(), initial=_always(False), assigned=True),
        *_assigned("CONVERTED_CONTACT_ID", type_=Whole()),
        *_assigned("CONVERTED_DATE_UTC", type_=Date()),
        *_assigned("CONVERTED_OPPORTUNITY_ID", "CONVERTED_ORGANISATION_ID", type_=Whole()),
        *_STAMPS,
        Field(name="EMAIL", initial=_always("")),
        Field(name="EMPLOYEE_COUNT", type=Whole(), initial=_always(0)),
        *_texts("FAX"),
        *_texts("INDUSTRY", longest=128),
        *_texts("LEAD_DESCRIPTION", longest=4000),
        *_of(Whole(), "LEAD_RATING"),
        *_texts("MOBILE"),
        _OWNER,
        *_texts("PHONE"),
        Field(name="RESPONSIBLE_USER_ID", type=Whole(lowest=1), initial=lambda account: account.user_id),
        *_texts("WEBSITE"),
        *_address("ADDRESS", "STREET", "CITY", "STATE", "POSTCODE"),
        Field(name="ADDRESS_COUNTRY", initial=lambda account: account.country),
        *_ACTIVITY,
        _VISIBLE_TO,
        _VISIBLE_TEAM,
        *_texts("ORGANISATION_NAME", longest=255),
        _CREATOR,
        _IMAGE,
        _OPTED_OUT,
        _CUSTOM,
        _TAGS,
        _LINKS,
        *_assigned("LINKED_EMAIL_ADDRESS"),
    ),
)

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


OPPORTUNITIES = Kind(
    name="Opportunities",
    entity="Opportunity",
    id_field="OPPORTUNITY_ID",
    mailbox="O",
    derive=opportunity_value,
    fields=(
        _id("OPPORTUNITY_ID"),
        *_texts("OPPORTUNITY_NAME", longest=255),
        *_texts("OPPORTUNITY_DETAILS", longest=4000),
        Field(
            name="OPPORTUNITY_STATE",
            type=Choice(options=("OPEN", "WON", "LOST", "SUSPENDED", "ABANDONED")),
            initial=_always("OPEN"),
        ),
        *_of(Whole(lowest=1), "RESPONSIBLE_USER_ID", "CATEGORY_ID"),
        _IMAGE,
        Field(name="BID_CURRENCY", initial=lambda account: account.currency),
        *_of(Decimal(), "BID_AMOUNT"),
        *_of(Choice(options=("Fixed Bid", *PER_UNIT)), "BID_TYPE"),
        *_of(Whole(), "BID_DURATION"),
        *_of(Date(), "ACTUAL_CLOSE_DATE"),
        *_STAMPS,
        *_assigned("OPPORTUNITY_VALUE", type_=Decimal()),
        *_of(Whole(), "PROBABILITY"),
        *_of(Date(), "FORECAST_CLOSE_DATE"),
        _OWNER,
        *_ACTIVITY,
        *_assigned("PIPELINE_ID", "STAGE_ID", type_=Whole()),
        _CREATOR,
        *_of(Whole(lowest=1), "ORGANISATION_ID"),
        *_assigned("PRICEBOOK_ID", type_=Whole()),
        _VISIBLE_TO,
        _VISIBLE_TEAM,
        _CUSTOM,
        _TAGS,
        _LINKS,
        *_assigned("LINKED_EMAIL_ADDRESS"),
        *_of(Whole(lowest=1), "OPPORTUNITY_STATE_REASON_ID"),  # v3.1 does not show it
    ),
)

USERS = Kind(
    name="Users",
    entity="User",
    id_field="USER_ID",
    writable=False,
    fields=(
        *_assigned("USER_ID", "CONTACT_ID", type_=Whole()),
        *_assigned("FIRST_NAME", "LAST_NAME", "TIMEZONE_ID", "EMAIL_ADDRESS"),
        *_assigned("EMAIL_DROPBOX_IDENTIFIER", "EMAIL_DROPBOX_ADDRESS"),
        *_assigned("ADMINISTRATOR", "ACCOUNT_OWNER", "ACTIVE", type_=Flag()),
        *_STAMPS,
        *_assigned("USER_CURRENCY", "CONTACT_DISPLAY", "CONTACT_ORDER"),
        *_assigned("TASK_WEEK_START", "INSTANCE_ID", "PROFILE_ID", "ROLE_ID", type_=Whole()),
    ),
)

KINDS = (CONTACTS, ORGANISATIONS, LEADS, OPPORTUNITIES, USERS)
