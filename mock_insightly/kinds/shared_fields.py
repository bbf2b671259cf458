"""The fields that several kinds of record have in common, and short ways to write the others."""

from collections.abc import Callable

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.fields import Choice, Date, Field, FieldType, Flag, Text, Whole
from mock_insightly.fields.row_types import (
    ADDRESS_PARTS,
    ADDRESSES,
    CONTACT_INFOS,
    DATES,
    LINKS,
    TAGS,
    CustomFields,
    kept_beside_columns,
)


def texts(*names: str, longest: int | None = None) -> tuple[Field, ...]:
    """Return fields that hold text."""
    return tuple(Field(name=name, type=Text(longest=longest)) for name in names)


def of(type_: FieldType, *names: str) -> tuple[Field, ...]:
    """Return fields of one type."""
    return tuple(Field(name=name, type=type_) for name in names)


def assigned(*names: str, type_: FieldType = Text()) -> tuple[Field, ...]:  # noqa: B008 - a frozen value
    """Return fields that only the server writes."""
    return tuple(Field(name=name, type=type_, assigned=True) for name in names)


def starting(name: str, type_: FieldType, value: Json) -> Field:
    """Return a field that holds this when nothing was sent."""
    return Field(name=name, type=type_, initial=always(value))


def identity(name: str) -> Field:
    """Return the field of a record's id."""
    return Field(name=name, type=Whole(lowest=1), assigned=True)


def address(prefix: str, *parts: str) -> tuple[Field, ...]:
    """Return the fields of an address.

    Source: the length of a postcode is that of the v3.1 OpenAPI document (documented).
    """
    return tuple(
        Field(name=f"{prefix}_{part}", type=Text(longest=128 if part == "POSTCODE" else None))
        for part in parts
    )


def custom_rows(entity: str) -> Field:
    """Return the field of a kind's custom fields."""
    return Field(name="CUSTOMFIELDS", type=CustomFields(of=entity), initial=no_rows)


def always(value: Json) -> Callable[[CrmAccount], Json]:
    """Return what gives the same for every account."""
    return lambda _account: value


def no_rows(_account: CrmAccount) -> Json:
    """Return an empty collection."""
    return []


def the_caller(account: CrmAccount) -> Json:
    """Return who calls."""
    return account.user_id


ADDRESS = ADDRESS_PARTS
STAMPS = assigned("DATE_CREATED_UTC", "DATE_UPDATED_UTC", type_=Date())
ACTIVITY = assigned("LAST_ACTIVITY_DATE_UTC", "NEXT_ACTIVITY_DATE_UTC", type_=Date())
SOCIAL = texts("SOCIAL_LINKEDIN", "SOCIAL_FACEBOOK", "SOCIAL_TWITTER")
CREATOR = Field(name="CREATED_USER_ID", type=Whole(), initial=the_caller, assigned=True)
OWNER = Field(name="OWNER_USER_ID", type=Whole(), initial=the_caller)
IMAGE = Field(name="IMAGE_URL", type=Text(longest=500), assigned=True)
VISIBLE_TO = starting("VISIBLE_TO", Choice(options=("EVERYONE", "OWNER", "TEAM", "INDIVIDUALS")), "EVERYONE")
VISIBLE_TEAM = Field(name="VISIBLE_TEAM_ID", type=Whole())
VISIBILITY = (VISIBLE_TO, VISIBLE_TEAM)
OPTED_OUT = starting("EMAIL_OPTED_OUT", Flag(), False)
TAG_ROWS = Field(name="TAGS", type=TAGS, initial=no_rows)
DATE_ROWS = Field(name="DATES", type=DATES, initial=no_rows)
LINK_ROWS = Field(name="LINKS", type=LINKS, initial=no_rows)
GRAPH_ROWS = (
    Field(name="CONTACTINFOS", type=kept_beside_columns(CONTACT_INFOS)),
    Field(name="ADDRESSES", type=kept_beside_columns(ADDRESSES)),
)
"""What v2 has written as rows; of it, v3 shows what its columns hold."""
