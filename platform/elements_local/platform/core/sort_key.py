"""Values as texts that sort as the values do, in any database: nothing first, then flags, numbers, texts.

A text compares without regard to case. Only hexadecimal digits are used: databases agree on their order.
"""

import struct
from collections.abc import Mapping

from elements_local.platform.ceql.record_path import find

_LETTERS = 120
"""Of a text; what differs only later keeps the order in which it came."""


def key_of(record: Mapping[str, object], field: str) -> str:
    """Return what a record is sorted by: a field of it, its name in any case; "" if it is not to be sorted."""
    if not field:
        return ""
    found = find(record, field)
    if found is None:
        folded = field.casefold()
        found = next((value for key, value in record.items() if key.casefold() == folded), None)
    return sort_key(found)


def sort_key(value: object) -> str:
    """Return a text for a value of JSON.

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
