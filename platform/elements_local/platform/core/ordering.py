"""The order of lists: ``orderBy``, and what records are sorted by.

Values that are ordered by are kept as texts that sort so in any database.
"""

import struct
from collections.abc import Iterable, Mapping
from heapq import nlargest, nsmallest

from msgspec import Struct

from elements_local.platform.ceql.record_path import find_in_any_case
from elements_local.platform.errors import InvalidRequestError, quoted

_DIRECTIONS = {"asc": False, "desc": True}


class SortOrder(Struct, frozen=True, kw_only=True):
    """By one field, upwards unless said otherwise."""

    field: str
    descending: bool = False


def parse_order(text: str) -> SortOrder:
    """Read ``Field``, ``Field asc`` or ``Field desc``.

    Raises:
        InvalidRequestError: there is more than a field and a direction, or the direction is none.

    Source: the two forms with a direction (documented); that a bare field means upwards is assumed.

    >>> parse_order("LAST_NAME desc")
    SortOrder(field='LAST_NAME', descending=True)
    """
    field, _, direction = text.strip().rpartition(" ")
    if not field:
        return SortOrder(field=direction)
    if direction.lower() not in _DIRECTIONS:
        raise InvalidRequestError(
            f"orderBy must be a field and asc or desc, such as LAST_NAME desc; got {quoted(text)}"
        )
    return SortOrder(field=field.strip().strip("`"), descending=_DIRECTIONS[direction.lower()])


def first_in_order(
    records: Iterable[dict[str, object]], order: SortOrder, *, count: int
) -> list[dict[str, object]]:
    """Return the first records in an order, never holding more than that many.

    Numbers come before texts, records without a value last in both directions, equals as they came (assumed).
    """

    def key(record: Mapping[str, object]) -> tuple[bool, int, float, str]:
        rank, number, text = _rank(find_in_any_case(record, order.field))
        # turned round with the direction, as `nlargest` would otherwise put those without a value first
        missing = rank is None
        return missing is not order.descending, rank or 0, number, text

    choose = nlargest if order.descending else nsmallest
    return choose(count, records, key=key)


def _rank(value: object) -> tuple[int | None, float, str]:
    """Return what tells values of a kind apart, and kinds; None for a value that has no order."""
    if isinstance(value, bool | int | float):
        return 0, value, ""
    return (1, 0.0, value.casefold()) if isinstance(value, str) else (None, 0.0, "")


_LETTERS = 120
"""Of a text; what differs only later keeps the order in which it came."""


def key_of(record: Mapping[str, object], field: str) -> str:
    """Return what a record is sorted by: a field of it, its name in any case; "" if it is not to be sorted."""
    return sort_key(find_in_any_case(record, field)) if field else ""


def sort_key(value: object) -> str:
    """Return a text for a value of JSON: nothing first, then flags, numbers, and texts without regard to case.

    Only hexadecimal digits are used: databases agree on their order.

    >>> sort_key(None) < sort_key(-1.5) < sort_key(2) < sort_key("Ada") < sort_key("babbage")
    True
    """
    if isinstance(value, bool):
        return f"1{int(value)}"
    if isinstance(value, int | float):
        return "2" + _number(value)
    if isinstance(value, str):
        return "3" + value.casefold()[:_LETTERS].encode("utf-8", "replace").hex()
    return "0"


def _number(value: float) -> str:
    """Write a number so that texts sort as numbers: the bits of a double, those of negative ones turned over."""
    try:
        bits: int = struct.unpack(">Q", struct.pack(">d", float(value)))[0]
    except OverflowError:
        return "f" * 16 if value > 0 else "0" * 16
    flipped = bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63)
    return f"{flipped:016x}"
