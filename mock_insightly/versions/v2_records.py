"""People and deals as v2.2 shows them, late in its life: record graphs over the columns of v3.

Source: keys, in the order in which the later v2.2 OpenAPI document declares them (documented); a contact's ASSISTANT_NAME (a
    client of 2018, observed; that it is the last is assumed); that a lead shows no address and no number of employees as
    null, as v2.1 does (observed), and a 0 with them, is assumed.
"""

from math import isfinite

from elements_local.kit.api.json_text import Json
from elements_local.kit.values import replace
from mock_insightly.errors import FieldError
from mock_insightly.fields.definitions import custom_fields_of
from mock_insightly.fields.fields import (
    AnyScalar,
    Choice,
    Decimal,
    Field,
    Integer,
    Record,
    Rows,
    Sent,
    Text,
    rows_of,
    sent_rows,
)
from mock_insightly.fields.row_types import ADDRESSES, BLANK_LINK, CONTACT_INFOS, CustomFields, custom_field
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.versions.column_rows import NETWORKS, ColumnRows, address, info
from mock_insightly.versions.graph_links import CONTACT_PEERS, ORGANISATION_PEERS, LinkGraph
from mock_insightly.versions.shape import Key, Shape, constant, flat

_READ_ONLY = frozenset({"OWNER_USER_ID"})
"""Source: read-only in late v2.2 (later v2.2 OpenAPI document, documented)."""

RIGHTS = (constant("CAN_EDIT", True), constant("CAN_DELETE", True))
"""What the caller may do with a record: anything, as an account has one caller.

Source: read-only truth values of the later v2.2 OpenAPI document (documented).
"""


def flats(kind: RecordKind, names: str, renamed: dict[str, str] | None = None) -> tuple[Key, ...]:
    """Return the keys of flat fields, written as the wire has them."""
    fields = {field.name: field for field in kind.fields}
    canonical = {name: (renamed or {}).get(name, name) for name in names.split()}
    return tuple(
        constant(name, None)
        if name == "VISIBLE_USER_IDS"
        else flat(fields[kept_as], name, read_only=name in _READ_ONLY)
        for name, kept_as in canonical.items()
    )


def whole_amount(kind: RecordKind, name: str) -> Key:
    """Return the key of an amount, which v2 shows without the fraction that v3 may have given it.

    Source: integers in the later v2.2 OpenAPI document (documented); that a fraction is rounded off, and kept where the
        rounded amount is written back, is assumed.
    """
    (key,) = flats(kind, name)

    def show(record: Record) -> Json:
        amount = record[name]
        return round(amount) if isinstance(amount, float) and isfinite(amount) else amount

    def take(sent: Sent, before: Record) -> Record:
        value = sent[name]
        if value is not None and before and Decimal().read(value, name) == show(before):
            return {}
        return {name: None if value is None else Integer().read(value, name)}

    return replace(key, holds=Integer(), show=show, take=key.take and take, canonical=None)


_SHORT = Text(longest=255)
_CUSTOM_FIELDS = Rows(
    fields=(Field(name="CUSTOM_FIELD_ID", type=_SHORT), Field(name="FIELD_VALUE", type=AnyScalar())),
    required=("CUSTOM_FIELD_ID",),
)


def social(column: str) -> Key:
    """Return the key of a social network, which late v2.2 shows flat; where it says nothing, contact infos may.

    Source: SOCIAL_* are late additions to the v2.2 OpenAPI document, and an empty text clears one (documented).
    """

    def take(sent: Sent, _before: Record) -> Record:
        value = sent[column]
        if value is None and "CONTACTINFOS" in sent:
            return {}
        return {column: None if value in (None, "") else Text().read(value, column)}

    return Key(name=column, holds=Text(), show=lambda record: record[column], take=take)


def custom_fields(kind: RecordKind) -> Key:
    """Return the key CUSTOMFIELDS, whose rows have an id such as CONTACT_FIELD_1 and a value only.

    Source: Insightly v2.2 OpenAPI document (documented); that v3.1's names pass as ids too, as those of fields that the
        account has not defined, is assumed.
    """
    ids: dict[Json, str] = {field.name.casefold(): field.id for field in custom_fields_of(kind.entity)}
    names: dict[Json, str] = {field.id: field.name for field in custom_fields_of(kind.entity)}

    def show(record: Record) -> Json:
        return [
            {
                "CUSTOM_FIELD_ID": ids.get(str(row["FIELD_NAME"]).casefold(), row["CUSTOM_FIELD_ID"]),
                "FIELD_VALUE": row["FIELD_VALUE"],
            }
            for row in rows_of(record, "CUSTOMFIELDS")
        ]

    def take(sent: Sent, _before: Record) -> Record:
        rows = (row for row, _ in sent_rows(sent["CUSTOMFIELDS"], "CUSTOMFIELDS"))
        named: list[Json] = [
            custom_field(names.get(str(called).upper(), called), row.get("FIELD_VALUE"))
            for row in rows
            for called in (row.get("CUSTOM_FIELD_ID") or row.get("FIELD_NAME"),)
        ]
        read = CustomFields(of=kind.entity, named_by="CUSTOM_FIELD_ID").read
        return {"CUSTOMFIELDS": read(named, "CUSTOMFIELDS")}

    return Key(name="CUSTOMFIELDS", holds=_CUSTOM_FIELDS, show=show, take=take, collection=True)


_TARGETS = {
    "CONTACT_ID": "Contact",
    "ORGANISATION_ID": "Organisation",
    "OPPORTUNITY_ID": "Opportunity",
    "PROJECT_ID": "Project",
    "LEAD_ID": "Lead",
}
_ID = Integer(lowest=1)


def child_links(kind: RecordKind, name: str, id_field: str) -> Key:
    """Return the key of a child's links: rows with one key for each kind that they can point to.

    Source: recorded v2.1 exchanges (observed); that a row says LEAD_ID too, clients generated from the v2.2 OpenAPI document
        (documented; where in it is assumed). What such rows cannot show (links to custom objects, roles) an update leaves
        as it is (assumed).
    """
    rows = Rows(
        id_field=id_field,
        owner_fields=(None, kind.id_field),
        fields=(
            Field(name=id_field, type=Integer()),
            Field(name=kind.id_field, type=AnyScalar()),
            *(Field(name=column, type=_ID) for column in _TARGETS),
        ),
    )

    def show(record: Record) -> Json:
        return [
            {
                id_field: link["LINK_ID"],
                kind.id_field: record[kind.id_field],
                **{
                    column: link["LINK_OBJECT_ID"] if link["LINK_OBJECT_NAME"] == entity else None
                    for column, entity in _TARGETS.items()
                },
            }
            for link in rows_of(record, "LINKS")
            if link["LINK_OBJECT_NAME"] in _TARGETS.values()
        ]

    def take(sent: Sent, before: Record) -> Record:
        old = {link["LINK_ID"]: link for link in rows_of(before, "LINKS")}
        unseen = [link for link in old.values() if link["LINK_OBJECT_NAME"] not in _TARGETS.values()]
        seen = [
            {**BLANK_LINK, **old.get(link["LINK_ID"], {}), **link}
            for at, row in enumerate(rows.rows(sent.get(name), name))
            for link in _links(row, f"{name}[{at}]", id_field)
        ]
        return {"LINKS": [*unseen, *seen]}

    return Key(name=name, holds=rows, show=show, take=take, collection=True)


def _links(row: Record, called: str, id_field: str) -> list[Record]:
    """Return the links that a row speaks of; it may fill in several ids."""
    filled = [column for column in _TARGETS if row[column] is not None]
    if not filled:
        raise FieldError(called, f"an object with one of {', '.join(_TARGETS)}", row)
    return [
        {
            "LINK_ID": row[id_field],
            "LINK_OBJECT_NAME": _TARGETS[column],
            "LINK_OBJECT_ID": row[column],
        }
        for column in filled
    ]


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
        *flats(CONTACTS, "ASSISTANT_NAME"),
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
