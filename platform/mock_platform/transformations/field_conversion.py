"""What a mapped field's value becomes on its way: another type, or a date in another form.

Source: types convert, text to number, text to boolean and dates by a mask (documented); a value that does not convert
stays as it is (observed). Assumed, as no source settles it: types convert only where a field names both and they
differ; a mask describes the provider's text in UTC, and a caller has ISO 8601 in UTC.
"""

import re
from datetime import UTC, datetime

from mock_platform.core.objects import Direction, MappedField
from mock_platform.dates.iso_dates import iso_date_exact
from mock_platform.dates.java_dates import format_date, parse_date
from mock_platform.errors import UnreadableDateError

_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?", re.ASCII)


def converted(value: object, field: MappedField, direction: Direction, *, now: datetime) -> object:
    """Return a value as it is on the other side.

    Args:
        now: for dates that write two digits of a year.

    >>> number = MappedField(path="id", vendor_path="ID", type="string", vendor_type="number")
    >>> now = datetime(2026, 3, 2, tzinfo=UTC)
    >>> converted(7, number, Direction.FROM_VENDOR, now=now), converted("7", number, Direction.TO_VENDOR, now=now)
    ('7', 7)
    """
    if field.date_mask is not None:
        read = _unmasked if direction is Direction.FROM_VENDOR else _masked
        return read(value, field.date_mask, now)
    # Without both types there is nothing to convert between.
    if not (field.type and field.vendor_type) or field.type == field.vendor_type:
        return value
    return _typed(value, field.type if direction is Direction.FROM_VENDOR else field.vendor_type)


def _typed(value: object, wanted: str) -> object:
    match wanted, value:
        # Before numbers: to Python a truth value is one.
        case "string", bool():
            return "true" if value else "false"
        case "string", int() | float():
            return str(value)
        case "number", str() if found := _NUMBER.fullmatch(value):
            return float(value) if found[1] else int(value)
        case "int", str() if (found := _NUMBER.fullmatch(value)) and not found[1]:
            return int(value)
        case "boolean", str() if value.lower() in {"true", "false"}:
            return value.lower() == "true"
        case _:
            return value


def _unmasked(value: object, mask: str, now: datetime) -> object:
    try:
        return iso_date_exact(parse_date(value, mask, now=now))
    except UnreadableDateError:
        return value


def _masked(value: object, mask: str, _now: datetime) -> object:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        if instant is None:
            return value
        return format_date(instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC), mask)
    except (ValueError, OverflowError):
        return value
