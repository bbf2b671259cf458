"""The record graphs of v2.2, made of flat columns and read back into them.

Late v2.2 was a shim over the storage of v3: each address and contact info is one column or five, has a number made of
a prefix and the record's id, and there is room for one of each sort. Which prefix means what beyond the four that were
seen, what becomes of an entry there is no room for (it is dropped), and how v3.1's two addresses are called is assumed.

Source: prefixes 10 and 20 of addresses, 40 and 60 of contact infos, in v2.2 organisations of 2017 (observed
    second-hand); shapes: Insightly v2.2 OpenAPI document (documented) and recorded v2.1 exchanges (observed).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mock_insightly.account.definitions import custom_fields_of
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import (
    Choice,
    Field,
    Loose,
    Record,
    Rows,
    Sent,
    Text,
    Whole,
    is_blank,
    rows_of,
    sent_rows,
)
from mock_insightly.records.row_types import CustomFields, custom_field
from mock_insightly.versions.shape import Key
from mock_kit.api.json_text import Json

_PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
_SHORT = Text(longest=255)
_ADDRESSES = Rows(
    id_field="ADDRESS_ID",
    fields=(
        Field(name="ADDRESS_ID", type=Whole(), assigned=True),
        Field(name="ADDRESS_TYPE", type=Choice(options=("WORK", "HOME", "POSTAL", "PRIMARY", "OTHER"))),
        *(Field(name=part, type=Text(longest=128 if part == "POSTCODE" else None)) for part in _PARTS),
    ),
)
_INFOS = Rows(
    id_field="CONTACT_INFO_ID",
    fields=(
        Field(name="CONTACT_INFO_ID", type=Whole()),
        Field(name="TYPE", type=Choice(options=("EMAIL", "PHONE", "WEBSITE", "SOCIAL", "EMAILDOMAIN"))),
        Field(name="SUBTYPE", type=Loose()),
        Field(name="LABEL", type=Loose()),
        Field(name="DETAIL", type=_SHORT),
    ),
    required=("TYPE", "DETAIL"),
)
_CUSTOM_FIELDS = Rows(
    fields=(Field(name="CUSTOM_FIELD_ID", type=_SHORT), Field(name="FIELD_VALUE", type=Loose())),
    required=("CUSTOM_FIELD_ID",),
)
_NETWORKS = {
    "linkedin": "SOCIAL_LINKEDIN",
    "facebook": "SOCIAL_FACEBOOK",
    "twitter": "SOCIAL_TWITTER",
}


@dataclass(frozen=True, kw_only=True)
class AddressSlot:
    """Where one address of a kind is kept.

    Attributes:
        types: what it is called when read; the first is what it is called when shown.
    """

    columns: str
    types: tuple[str, ...]
    prefix: int


@dataclass(frozen=True, kw_only=True)
class InfoSlot:
    """Where one contact info of a kind is kept.

    Attributes:
        subtype: what it says beside its label.
    """

    field: str
    type: str
    label: str
    prefix: int
    subtype: str | None = None


SOCIAL_SLOTS = tuple(
    InfoSlot(field=field, type="SOCIAL", label=label, subtype=label, prefix=prefix)
    for field, label, prefix in (
        ("SOCIAL_LINKEDIN", "LinkedInPublicProfileUrl", 70),
        ("SOCIAL_FACEBOOK", "FacebookPublicProfileUrl", 71),
        ("SOCIAL_TWITTER", "TwitterPublicProfileUrl", 72),
    )
)
"""Source: the first label, which is the subtype too, stands in recorded v2.1 exchanges (observed); the rest is assumed."""


def with_subtypes(shown: Record) -> Record:
    """Return a record as a PUT answers it: contact infos without a subtype have their label for one.

    Source: recorded v2.1 updates (observed), v2.2 likewise (assumed); that a GET shows null again is assumed, as late
        v2.2 has no place for a subtype.
    """
    infos: list[Json] = [
        {**row, "SUBTYPE": row["SUBTYPE"] or row["LABEL"]} for row in rows_of(shown, "CONTACTINFOS")
    ]
    return {**shown, "CONTACTINFOS": infos}


def synthetic_id(prefix: int, record_id: Json) -> int:
    """Return the number that the shim gives to a part of a record.

    >>> synthetic_id(40, 70653019)
    4070653019
    """
    return int(f"{prefix}{record_id}")


def addresses(kind: RecordKind, *slots: AddressSlot) -> Key:
    """Return the key ADDRESSES of a kind."""

    def show(record: Record) -> Json:
        return [
            {
                "ADDRESS_ID": synthetic_id(slot.prefix, record[kind.id_field]),
                "ADDRESS_TYPE": slot.types[0],
                **{part: record[f"{slot.columns}_{part}"] for part in _PARTS},
            }
            for slot in slots
            if any(record[f"{slot.columns}_{part}"] for part in _PARTS)
        ]

    def take(sent: Sent, _before: Record) -> Record:
        given: Record = {f"{slot.columns}_{part}": None for slot in slots for part in _PARTS}
        free = list(slots)
        for row in _ADDRESSES.rows(sent["ADDRESSES"], "ADDRESSES"):
            type_ = row["ADDRESS_TYPE"] or slots[0].types[0]
            slot = next((slot for slot in free if type_ in slot.types), free[0] if free else None)
            if slot is not None:
                free.remove(slot)
                given.update(_columns(kind, slot, row))
        return given

    return Key(name="ADDRESSES", holds=_ADDRESSES, show=show, take=take, collection=True)


def contact_infos(kind: RecordKind, *slots: InfoSlot, domains: bool = False) -> Key:
    """Return the key CONTACTINFOS of a kind.

    Args:
        domains: whether the kind's EMAILDOMAINS are among them.

    Source: rows of type EMAILDOMAIN keep a number of their own (v2.2 organisations of 2017, observed second-hand).
    """

    def show(record: Record) -> Json:
        infos: list[Json] = [
            _info(synthetic_id(slot.prefix, record[kind.id_field]), slot, record[slot.field])
            for slot in slots
            if record[slot.field]
        ]
        return infos + [
            _info(row["EMAIL_DOMAIN_ID"], _DOMAIN, row["EMAIL_DOMAIN"])
            for row in (rows_of(record, "EMAILDOMAINS") if domains else ())
        ]

    def take(sent: Sent, _before: Record) -> Record:
        given: Record = {slot.field: None for slot in slots}
        found: list[Json] = []
        for row in _INFOS.rows(sent["CONTACTINFOS"], "CONTACTINFOS"):
            slot = _slot_for(row, [slot for slot in slots if given[slot.field] is None])
            if row["TYPE"] == "EMAILDOMAIN":
                found.append({"EMAIL_DOMAIN_ID": row["CONTACT_INFO_ID"], "EMAIL_DOMAIN": row["DETAIL"]})
            elif slot:
                given[slot.field] = row["DETAIL"]
        return {**given, "EMAILDOMAINS": found} if domains else given

    return Key(name="CONTACTINFOS", holds=_INFOS, show=show, take=take, collection=True)


def social(column: str) -> Key:
    """Return the key of a social network, which late v2.2 shows flat.

    A contact info of type SOCIAL is read too, where the flat key says nothing.

    Source: SOCIAL_* are late additions to the v2.2 OpenAPI document (documented); the label
        ``LinkedInPublicProfileUrl`` stands in recorded v2.1 exchanges (observed), those of others are assumed.
    """

    def take(sent: Sent, _before: Record) -> Record:
        value = sent[column]
        if is_blank(value):
            infos = sent_rows(sent.get("CONTACTINFOS"), "CONTACTINFOS")
            value = next((row.get("DETAIL") for row, _ in infos if _network(row) == column), value)
        return {column: None if value is None else Text().read(value, column)}

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
        return {"CUSTOMFIELDS": CustomFields(of=kind.entity).read(named, "CUSTOMFIELDS")}

    return Key(name="CUSTOMFIELDS", holds=_CUSTOM_FIELDS, show=show, take=take, collection=True)


def _columns(kind: RecordKind, slot: AddressSlot, row: Record) -> Record:
    columns = {part: f"{slot.columns}_{part}" for part in _PARTS}
    return {column: row[part] for part, column in columns.items() if kind.field(column)}


_DOMAIN = InfoSlot(field="EMAILDOMAINS", type="EMAILDOMAIN", label="WORK", prefix=0)


def _info(number: Json, slot: InfoSlot, detail: Json) -> Record:
    return {
        "CONTACT_INFO_ID": number,
        "TYPE": slot.type,
        "SUBTYPE": slot.subtype,
        "LABEL": slot.label,
        "DETAIL": detail,
    }


def _slot_for(row: Record, free: Iterable[InfoSlot]) -> InfoSlot | None:
    """Return the free slot of a type that has the entry's label, or else that for others, or else any.

    One for a network takes nothing of another.
    """
    if row["TYPE"] == "SOCIAL":
        return next((slot for slot in free if slot.field == _network(row)), None)
    fitting = {slot.label: slot for slot in free if slot.type == row["TYPE"]}
    label = str(row.get("LABEL") or "WORK").upper()
    return fitting.get(label) or fitting.get("OTHER") or next(iter(fitting.values()), None)


def _network(row: Sent) -> str | None:
    if str(row.get("TYPE")).upper() != "SOCIAL":
        return None
    words = f"{row.get('LABEL')} {row.get('SUBTYPE')}".lower()
    return next((column for word, column in _NETWORKS.items() if word in words), None)
