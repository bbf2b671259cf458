"""Children that are lists inside their parent's record: addresses, tags, links and their like. Pure.

Source: a client makes, changes and deletes addresses below accounts and contacts (observed: the vendor's test suite);
that all such lists work alike, on every version of Insightly, is ours. Version 3.1 keeps addresses in two blocks of columns
of a contact or an organisation (documented: v3.1 OpenAPI document); that a row of the hub looks as in version 2.2, its id
made of a prefix and the record's id as late 2.2 makes them (observed), and what each block is called, is assumed.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from elements_local.platform.elements.insightly.resources import InsightlyCollection
from elements_local.platform.errors import ConflictError, NotFoundError

Record = Mapping[str, object]
Row = dict[str, object]

_NEEDED: Mapping[str, Mapping[str, object]] = {"ADDRESSES": {"ADDRESS_TYPE": "POSTAL"}}
"""What the hub says of a new row where a client says nothing: version 2.2 of Insightly insists on it (documented: its later
OpenAPI document); which type it is is assumed."""

_PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")


class _Block(Struct, frozen=True, kw_only=True):
    """Columns that hold one address.

    Attributes:
        types: what an address that is kept here may be called; the first is what it is shown as.
    """

    columns: str
    prefix: int
    types: tuple[str, ...]


_BLOCKS = {
    "CONTACT_ID": (
        _Block(columns="ADDRESS_MAIL", prefix=10, types=("POSTAL", "WORK", "PRIMARY")),
        _Block(columns="ADDRESS_OTHER", prefix=20, types=("OTHER", "HOME")),
    ),
    "ORGANISATION_ID": (
        _Block(columns="ADDRESS_BILLING", prefix=10, types=("POSTAL", "WORK")),
        _Block(columns="ADDRESS_SHIP", prefix=20, types=("PRIMARY", "HOME", "OTHER")),
    ),
}


def rows(place: InsightlyCollection, parent: Record) -> list[Row]:
    """Return the list as its parent holds it; version 3.1 keeps addresses in columns.

    Raises:
        NotFoundError: the parent has no such list.
    """
    value = parent.get(place.key or "")
    if isinstance(value, list):
        return [row for row in value if isinstance(row, dict)]
    if _in_columns(place, parent):
        return address_rows(place, parent)
    if place.key in parent:
        return []
    raise NotFoundError("resource", place.resource, named="name")


def row(place: InsightlyCollection, parent: Record, row_id: str) -> Row:
    """Return the row with this id.

    Raises:
        NotFoundError: there is none.
    """
    match = next((row for row in rows(place, parent) if _is(place, row, row_id)), None)
    if match is None:
        raise NotFoundError(place.resource, row_id)
    return match


def with_row(place: InsightlyCollection, parent: Record, fields: Record) -> Row:
    """Return what to change of the parent, so that it holds one row more."""
    row = {**_NEEDED.get(place.key or "", {}), **_in_capitals(fields)}
    return _changed(place, parent, [*rows(place, parent), row])


def with_changed_row(place: InsightlyCollection, parent: Record, row_id: str, fields: Record) -> Row:
    """Return what to change of the parent, so that some fields of a row change.

    Raises:
        NotFoundError: there is no such row.
    """
    present = row(place, parent, row_id)
    # The row keeps its id, whatever the client says of it: the path has named it.
    key = {place.id_field: present.get(place.id_field or "")} if place.id_field else {}
    after = {**present, **_in_capitals(fields), **key}
    return _changed(
        place, parent, [after if _is(place, each, row_id) else each for each in rows(place, parent)]
    )


def without_row(place: InsightlyCollection, parent: Record, row_id: str) -> Row:
    """Return what to change of the parent, so that it loses a row.

    Raises:
        NotFoundError: there is no such row.
    """
    row(place, parent, row_id)
    return _changed(place, parent, [each for each in rows(place, parent) if not _is(place, each, row_id)])


def new_row(place: InsightlyCollection, before: Record, after: Record) -> Row:
    """Return the row that a parent did not hold before.

    Raises:
        ConflictError: there is none: Insightly has no room for it, or had it already.
    """
    ids = {str(row.get(place.id_field or "")) for row in rows(place, before)}
    added = [row for row in rows(place, after) if str(row.get(place.id_field or "")) not in ids]
    if not added:
        raise ConflictError(
            f"Insightly keeps no further {place.resource}: it has this one, or no room for more"
        )
    # New rows get the highest numbers and stand last; a client that writes at the same time may have added others.
    return added[-1]


def _in_columns(place: InsightlyCollection, parent: Record) -> bool:
    return place.key == "ADDRESSES" and place.key not in parent and has_address_columns(place)


def _is(place: InsightlyCollection, row: Record, row_id: str) -> bool:
    return str(row.get(place.id_field or "")).casefold() == row_id.casefold()


def _in_capitals(fields: Record) -> Row:
    """Return fields by Insightly's names, which are all in capitals."""
    return {name.upper(): value for name, value in fields.items()}


def _changed(place: InsightlyCollection, parent: Record, after: Iterable[Row]) -> Row:
    if _in_columns(place, parent):
        return address_columns(place, after)
    return {place.key or "": list(after)}


def has_address_columns(place: InsightlyCollection) -> bool:
    """Say whether the records of a list's parent have such columns."""
    return _owner(place) in _BLOCKS


def address_rows(place: InsightlyCollection, parent: Record) -> list[Row]:
    """Return a record's addresses, those that have anything in them."""
    return [
        {
            "ADDRESS_ID": int(f"{block.prefix}{parent.get(_owner(place))}"),
            "ADDRESS_TYPE": block.types[0],
            **{part: parent.get(f"{block.columns}_{part}") for part in _PARTS},
        }
        for block in _BLOCKS[_owner(place)]
        if any(parent.get(f"{block.columns}_{part}") for part in _PARTS)
    ]


def address_columns(place: InsightlyCollection, rows: Iterable[Row]) -> Row:
    """Return the columns that hold these addresses: each where its type belongs, else where there is room.

    Raises:
        ConflictError: there are more than blocks.
    """
    free = list(_BLOCKS[_owner(place)])
    columns: Row = {f"{block.columns}_{part}": None for block in free for part in _PARTS}
    for row in rows:
        if not free:
            raise ConflictError(f"Insightly has no room for more {place.resource}")
        fitting = [block for block in free if str(row.get("ADDRESS_TYPE")).upper() in block.types]
        block = (fitting or free)[0]
        free.remove(block)
        columns.update({f"{block.columns}_{part}": row.get(part) for part in _PARTS})
    return columns


def _owner(place: InsightlyCollection) -> str:
    return (place.parent[0].id_field or "") if place.parent else ""
