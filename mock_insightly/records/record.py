"""What a record is when it is created, changed or left by another, and which other records it refers to."""

from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from elements_local.kit import seeded
from elements_local.kit.api.json_text import Json, decode
from elements_local.kit.caching import bounded_cache
from mock_insightly.account.account import CrmAccount
from mock_insightly.errors import FieldError
from mock_insightly.fields.fields import Record, Rows, format_date, rows_of
from mock_insightly.fields.row_types import BLANK_LINK
from mock_insightly.kinds.kind import RecordKind

Reserve = Callable[[str, int], int]
"""Takes so many numbers out of a sequence for good, and returns the first of them."""


def created(kind: RecordKind, given: Record, *, record_id: int, account: CrmAccount, now: datetime) -> Record:
    """Return a new record: what was given, what the server assigns, and what fields hold initially.

    Args:
        given: canonical fields, already read.

    Source: both stamps are the server's, in whole seconds, and equal in all recorded v2.1 creations (observed).
    """
    blank = kind.blank
    # Blank first, so that a record has all fields of its kind, in their order, regardless of what was sent.
    record = {**blank, **{name: value for name, value in given.items() if name in blank}}
    record[kind.id_field] = record_id
    record["DATE_CREATED_UTC"] = record["DATE_UPDATED_UTC"] = format_date(now)
    if kind.mailbox:
        record["LINKED_EMAIL_ADDRESS"] = linked_email_address(kind, record_id, account)
    return _complete(kind, record, account)


def changed(kind: RecordKind, before: Record, given: Record, *, account: CrmAccount, now: datetime) -> Record:
    """Return a record after an update, stamped even if nothing differs.

    Source: a record written back as it was read got a new DATE_UPDATED_UTC (recorded v2.1 exchanges, observed).
    """
    return _complete(kind, updated_at(now, {**before, **given}), account)


def updated_at(instant: datetime, record: Record) -> Record:
    """Return a record with another date of its last update."""
    return {**record, "DATE_UPDATED_UTC": format_date(instant)}


def number_rows(kind: RecordKind, record: Record, before: Record, reserve: Reserve) -> Record:
    """Give every new row of a record's collections its number; some also learn where they stand.

    A row is old if the record had one with its number before. Rows end up ordered by number.

    Source: rows posted with numbers of another record get new ones (recorded v2.1 exchanges, observed).
    """
    numbered = dict(record)
    for name, rows, id_field in kind.numbered:
        if record.get(name):  # what was kept before the kind had it lacks it
            old: set[Json] = {row[id_field] for row in rows_of(before, name)}
            # A row that a column shows as has its number from the record, so it is old even when nobody sent it.
            old |= {
                number
                for row in rows_of(record, name)
                if is_synthetic(rows, record[kind.id_field], number := row[id_field])
            }
            numbered[name] = [
                {**row, **_owner(kind, record, rows)}
                for row in _numbered(rows_of(record, name), old, id_field, reserve)
            ]
    return numbered


def synthetic_id(prefix: int, record_id: Json) -> int:
    """Return the number of a row that a column shows as.

    >>> synthetic_id(40, 70653019)
    4070653019
    """
    return int(f"{prefix}{record_id}")


def is_synthetic(rows: Rows, record_id: Json, number: Json) -> bool:
    """Say whether a row of a record has the number of a column's, which is out of no sequence."""
    return rows.column is not None and isinstance(number, int) and str(number)[2:] == str(record_id)


def linked_email_address(kind: RecordKind, record_id: int, account: CrmAccount) -> str:
    """Return the address that files e-mail under a record.

    Source: the form on v3.1 leads, recorded by the Ampersand connector (observed); letters of other kinds are
        assumed.
    """
    token = b32encode(seeded.digest(account.seed, "crm", "mailbox", kind.name, record_id)).decode()[:7]
    return f"{account.mailbox}-{kind.mailbox}{record_id}-{token}@mailbox.insight.ly"


def stamp(record: Record, name: str) -> datetime:
    """Return one of a record's own dates."""
    return _instant(str(record[name]))


@bounded_cache(1024)  # as in format_date
def _instant(date: str) -> datetime:
    return datetime.fromisoformat(f"{date}+00:00")


def record_in(document: str) -> Record:
    """Return the record that a kept document holds."""
    record = decode(document)
    assert isinstance(record, dict)  # noqa: S101 - only records are kept
    return record


def _owner(kind: RecordKind, record: Record, rows: Rows) -> Record:
    """Return what a row knows of the record it stands in."""
    entity_field, id_field = rows.owner_fields
    known: Record = {entity_field: kind.entity} if entity_field else {}
    return {**known, id_field: record[kind.id_field]} if id_field else known


def _complete(kind: RecordKind, record: Record, account: CrmAccount) -> Record:
    """Put in what fields hold initially, wherever a record has null, and compute what follows from others.

    Source: what is assigned when nothing is sent: recorded v2.1 and v3.1 creations (observed); that null brings a
        field back to it is assumed.
    """
    for name, initial in kind.initials:
        if record[name] is None:
            record[name] = initial(account)
    return kind.derive(record, account)


def _numbered(rows: list[Record], old: set[Json], id_field: str, reserve: Reserve) -> list[Record]:
    kept: dict[object, Record] = {}
    new: list[Record] = []
    for row in rows:
        number = row[id_field]
        # Two rows with one number: the first keeps it, the other is a new row.
        if number in old and number not in kept:
            kept[number] = dict(row)
        else:
            new.append(dict(row))
    # One reservation for all new rows, so that their numbers follow one another.
    first = reserve(id_field, len(new)) if new else 0
    for at, row in enumerate(new):
        row[id_field] = first + at
    return [*(kept[number] for number in sorted(kept, key=_as_int)), *new]


def _as_int(number: object) -> int:
    return number if isinstance(number, int) else 0


class Reference(NamedTuple):
    """What identifies a record from outside its kind: its entity, in upper case, and its id."""

    entity: str
    id: int


def reference(entity: str, record_id: int) -> Reference:
    """Return what a record is referred to by; the case of its entity does not count."""
    return Reference(entity.upper(), record_id)


def references(kind: RecordKind, record: Record) -> set[Reference]:
    """Return everything a record refers to: by its links, by its fields, by what it hangs on."""
    found = [linked(link) for link in rows_of(record, "LINKS")]
    found += [_reference(entity, record[field]) for field, entity in kind.refers]
    if kind.parent:
        found.append(_reference(record[kind.parent[0]], record[kind.parent[1]]))
    return {one for one in found if one is not None}


def without(kind: RecordKind, record: Record, gone: Reference) -> Record:
    """Return a record that no longer refers to another.

    Source: that deleting a contact removes its links on the other side, and keeps notes and tasks, is assumed.
    """
    kept = dict(record)
    for field, entity in kind.refers:
        if _reference(entity, record[field]) == gone:
            kept[field] = None
    if kind.parent and _reference(record[kind.parent[0]], record[kind.parent[1]]) == gone:
        kept |= dict.fromkeys(kind.parent)
    if "LINKS" in record:
        kept["LINKS"] = [link for link in rows_of(record, "LINKS") if linked(link) != gone]
    return kept


def linked(link: Record) -> Reference | None:
    """Return what a row of LINKS points to."""
    return _reference(link["LINK_OBJECT_NAME"], link["LINK_OBJECT_ID"])


def _reference(entity: Json, record_id: Json) -> Reference | None:
    if not isinstance(entity, str) or not isinstance(record_id, int):
        return None
    return reference(entity, record_id)


def child_fields(kind: RecordKind, given: Record, entity: str, record_id: int) -> Record:
    """Return the fields of a new record of a kind that hangs on another one.

    Raises:
        FieldError: they say that it hangs on something else.

    Source: a note's LINK_SUBJECT is what it was made for, and among its links (recorded v2.1 exchanges, observed); the
        refusal is assumed.
    """
    place: Record = {field: record_id for field, of in kind.refers if of == entity}
    if kind.parent:
        place |= {kind.parent[0]: entity.upper(), kind.parent[1]: record_id}
    for field, value in place.items():
        # As texts: an id may come as a number or as a text, an entity in any case.
        if str(given.get(field) or value).upper() != str(value):
            raise FieldError(field, f"{value}, as the path says", given[field])
    placed = {**given, **place}
    if kind.field("LINKS") and not any(
        linked(link) == reference(entity, record_id) for link in rows_of(given, "LINKS")
    ):
        placed["LINKS"] = [*rows_of(given, "LINKS"), link_to(entity, record_id)]
    return placed


def link_to(entity: str, record_id: int) -> Record:
    """Return a new row of LINKS."""
    return {**BLANK_LINK, "LINK_OBJECT_NAME": entity, "LINK_OBJECT_ID": record_id}
