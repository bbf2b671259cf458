"""Addresses as version 3.1 of Insightly keeps them: two blocks of columns in a contact or an organisation. Pure.

Source: the columns are Insightly's (documented: v3.1 OpenAPI document); that a row of the hub looks as in version 2.2,
its id made of a prefix and the record's id as late 2.2 makes them (observed), and what each block is called, is assumed.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from mock_platform.elements.insightly.resources import InsightlyCollection
from mock_platform.errors import ConflictError

_PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")

Row = dict[str, object]


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


def has_address_columns(place: InsightlyCollection) -> bool:
    """Say whether the records of a list's parent have such columns."""
    return _owner(place) in _BLOCKS


def address_rows(place: InsightlyCollection, parent: Mapping[str, object]) -> list[Row]:
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
