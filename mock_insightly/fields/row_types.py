"""The collections a record carries: tags, links, dates, custom fields and so on, and the rows that only v2 shows.

Source: Insightly v3.1 OpenAPI document, the ``API...Dto`` definitions (documented); of v2, recorded v2.1 exchanges
    (observed) and the later v2.2 OpenAPI document (documented).
"""

from collections.abc import Mapping

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from elements_local.kit.values import replace
from mock_insightly.errors import FieldError
from mock_insightly.fields.definitions import custom_field_called
from mock_insightly.fields.fields import (
    AnyScalar,
    Boolean,
    Choice,
    Date,
    Decimal,
    Field,
    FieldType,
    Integer,
    Record,
    Rows,
    Sent,
    Text,
    is_blank,
    rows_of,
    sent_rows,
)

_NAME = Text(longest=255)

TAGS = Rows(fields=(Field(name="TAG_NAME", type=_NAME),), required=("TAG_NAME",))

DATES = Rows(
    id_field="DATE_ID",
    fields=(
        Field(name="DATE_ID", type=Integer()),
        Field(name="OCCASION_NAME", type=_NAME),
        Field(name="OCCASION_DATE", type=Date()),
        Field(name="REPEAT_YEARLY", type=Boolean()),
        Field(name="CREATE_TASK_YEARLY", type=Boolean()),
    ),
    required=("OCCASION_DATE",),
    blank={"REPEAT_YEARLY": False, "CREATE_TASK_YEARLY": False},
)

EMAIL_DOMAINS = Rows(
    id_field="EMAIL_DOMAIN_ID",
    fields=(Field(name="EMAIL_DOMAIN_ID", type=Integer()), Field(name="EMAIL_DOMAIN", type=_NAME)),
    required=("EMAIL_DOMAIN",),
)


class LinkedName(Struct, frozen=True, kw_only=True):
    """The singular name of a kind of record, as links use it; case does not count."""

    known: tuple[str, ...]

    def read(self, value: Json, called: str) -> Json:
        """Keep a known name as the vendor spells it, and any other, such as a custom object's, as it came."""
        if not isinstance(value, str):
            raise FieldError(called, "the name of a kind of record, such as Contact", value)
        return next((name for name in self.known if name.lower() == value.lower()), value)


ENTITIES = ("Contact", "Organisation", "Lead", "Opportunity", "Project", "Task", "Event", "Note", "Email")
"""What can be linked to, as links name it; custom objects come under their own names."""

LINKS = Rows(
    id_field="LINK_ID",
    owner_fields=("OBJECT_NAME", "OBJECT_ID"),
    fields=(
        Field(name="LINK_ID", type=Integer()),
        Field(name="OBJECT_NAME", type=Text()),
        Field(name="OBJECT_ID", type=Integer()),
        Field(name="LINK_OBJECT_NAME", type=LinkedName(known=ENTITIES)),
        Field(name="LINK_OBJECT_ID", type=Integer(lowest=1)),
        Field(name="ROLE", type=_NAME),
        Field(name="DETAILS", type=_NAME),
        Field(name="RELATIONSHIP_ID", type=Integer()),
        Field(name="IS_FORWARD", type=Boolean()),
    ),
    required=("LINK_OBJECT_NAME", "LINK_OBJECT_ID"),
    blank={"IS_FORWARD": True},
)

BLANK_LINK: Record = {**{field.name: None for field in LINKS.fields}, **LINKS.blank}
"""A row of them that says nothing yet."""

TEAM_MEMBERS = Rows(
    id_field="PERMISSION_ID",
    owner_fields=(None, "TEAM_ID"),
    fields=(
        Field(name="PERMISSION_ID", type=Integer()),
        Field(name="TEAM_ID", type=Integer()),
        Field(name="MEMBER_USER_ID", type=Integer(lowest=1)),
    ),
    required=("MEMBER_USER_ID",),
)

ADDRESS_PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
ADDRESSES = Rows(
    id_field="ADDRESS_ID",
    fields=(
        Field(name="ADDRESS_ID", type=Integer()),
        Field(name="ADDRESS_TYPE", type=Choice(options=("WORK", "HOME", "POSTAL", "PRIMARY", "OTHER"))),
        *(Field(name=part, type=Text(longest=128 if part == "POSTCODE" else None)) for part in ADDRESS_PARTS),
    ),
    required=("ADDRESS_TYPE",),
)
"""Source: the later v2.2 OpenAPI document requires ADDRESS_TYPE (documented)."""

CONTACT_INFOS = Rows(
    id_field="CONTACT_INFO_ID",
    fields=(
        Field(name="CONTACT_INFO_ID", type=Integer()),
        Field(name="TYPE", type=Choice(options=("EMAIL", "PHONE", "WEBSITE", "SOCIAL", "EMAILDOMAIN"))),
        Field(name="SUBTYPE", type=AnyScalar()),
        Field(name="LABEL", type=AnyScalar()),
        Field(name="DETAIL", type=_NAME),
    ),
    required=("TYPE", "DETAIL"),
)


def kept_beside_columns(rows: Rows) -> Rows:
    """Return rows as they are kept: those that columns of the record hold say which, and not what stands there."""
    column = Field(name="COLUMN")
    return replace(rows, fields=(*rows.fields, column), required=(), column=column.name)


_ANY = AnyScalar()
_VALUES: Mapping[str, FieldType] = {
    "BIT": Boolean(),
    "DATE": Date(),
    "DATETIME": Date(),
    "NUMERIC": Decimal(),
    "PERCENT": Decimal(),
}
"""What fits the custom fields of a type; others take any single value."""


class CustomFields(Struct, frozen=True, kw_only=True):
    """Values of custom fields, each under its name.

    Attributes:
        of: the kind of record, by its entity, whose definitions say what fits a field.
        named_by: the key in which rows name their field, for what is refused.
    """

    of: str
    named_by: str = "FIELD_NAME"

    def read(self, value: Json, called: str) -> Json:
        """Keep those that have a value.

        Source: FIELD_NAME with FIELD_VALUE suffices (Insightly v3.1 OpenAPI document, documented); replies show
            only fields with a value, and the name as CUSTOM_FIELD_ID too (recorded by the Ampersand connector,
            observed); that CUSTOM_FIELD_ID alone will do as well is assumed. Values come as truth values, numbers
            and dates with a time (the same recordings, observed); that others are refused is assumed.
        """
        rows: list[Json] = []
        for sent, place in sent_rows(value, called):
            name = sent.get("FIELD_NAME") or sent.get("CUSTOM_FIELD_ID")
            if is_blank(name):
                raise FieldError(place, f"an object with a value for {self.named_by}", dict(sent))
            field = _NAME.read(name, f"{place}.{self.named_by}")
            row = custom_field(field, self.value(field, sent.get("FIELD_VALUE"), f"{place}.FIELD_VALUE"))
            if row["FIELD_VALUE"] is not None:
                rows.append(row)
        return rows

    def value(self, name: Json, sent: Json, called: str) -> Json:
        """Return what is kept of a value; null stays null.

        Raises:
            FieldError: it does not fit the field's definition.
        """
        definition = custom_field_called(self.of, str(name))
        type_ = _VALUES.get(definition.type, _ANY) if definition else _ANY
        return None if sent is None else type_.read(sent, called)


def custom_field(name: Json, value: Json) -> Record:
    """Return a row of CUSTOMFIELDS."""
    return {"FIELD_NAME": name, "FIELD_VALUE": value, "CUSTOM_FIELD_ID": name}


def with_unlisted(sent: Sent, before: Record, given: Record) -> Record:
    """Return the fields of an update with the custom fields that a body does not list as they were."""
    listed = {
        str(row.get("FIELD_NAME") or row.get("CUSTOM_FIELD_ID")).casefold()
        for row, _ in sent_rows(sent.get("CUSTOMFIELDS"), "CUSTOMFIELDS")
    }
    if "CUSTOMFIELDS" not in given:
        return given
    kept = [row for row in rows_of(before, "CUSTOMFIELDS") if str(row["FIELD_NAME"]).casefold() not in listed]
    rows: list[Json] = [*kept, *rows_of(given, "CUSTOMFIELDS")]
    return {**given, "CUSTOMFIELDS": rows}
