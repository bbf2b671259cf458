"""The keys of v2: flat ones, and those that its record graphs show otherwise than v3 does.

Source: Insightly v2.2 OpenAPI document (documented).
"""

from math import isfinite

from elements_local.kit.api.json_text import Json
from elements_local.kit.values import replace
from mock_insightly.account.definitions import custom_fields_of
from mock_insightly.errors import FieldError
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import (
    Decimal,
    Field,
    Loose,
    Record,
    Rows,
    Sent,
    Text,
    Whole,
    rows_of,
    sent_rows,
)
from mock_insightly.records.row_types import BLANK_LINK, CustomFields, custom_field
from mock_insightly.versions.shape import Key, constant, flat

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
        return {name: None if value is None else Whole().read(value, name)}

    return replace(key, holds=Whole(), show=show, take=key.take and take, canonical=None)


_SHORT = Text(longest=255)
_CUSTOM_FIELDS = Rows(
    fields=(Field(name="CUSTOM_FIELD_ID", type=_SHORT), Field(name="FIELD_VALUE", type=Loose())),
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
}
_ID = Whole(lowest=1)


def child_links(kind: RecordKind, name: str, id_field: str) -> Key:
    """Return the key of a child's links: rows with one key for each kind that they can point to.

    Source: recorded v2.1 exchanges (observed). What such rows cannot show (links to leads and custom objects, roles) an
        update leaves as it is (assumed).
    """
    rows = Rows(
        id_field=id_field,
        owner_fields=(None, kind.id_field),
        fields=(
            Field(name=id_field, type=Whole()),
            Field(name=kind.id_field, type=Loose()),
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
