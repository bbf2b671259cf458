"""Which other records a record refers to, and what becomes of it when one of those is deleted."""

from typing import NamedTuple

from elements_local.kit.api.json_text import Json
from mock_insightly.errors import FieldError
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.row_types import BLANK_LINK


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
