"""``fields``: which keys of a record are wanted."""

from collections.abc import Iterable, Mapping, Sequence

from mock_platform.ceql.record_path import find_in_any_case, steps_of


def parse_fields(text: str) -> tuple[str, ...]:
    """Read a list with commas; nothing means all fields.

    >>> parse_fields("FIRST_NAME, user.id,")
    ('FIRST_NAME', 'user.id')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())


def project(record: Mapping[str, object], fields: Iterable[str]) -> dict[str, object]:
    """Return a record with those of the fields that it has, under its own spelling; a dotted one stays nested.

    Source: ``fields`` is a list with commas (documented); what a record lacks is left out, and case does not count
        (assumed).

    >>> project({"A": 1, "user": {"id": 5, "name": "Ada"}}, ["a", "user.id", "B"])
    {'A': 1, 'user': {'id': 5}}
    """
    spelled = {key.lower(): key for key in record}
    projected: dict[str, object] = {}
    for field in fields:
        key = field if field in record else spelled.get(field.lower())
        if key is not None:
            projected[key] = record[key]
        elif (value := find_in_any_case(record, field)) is not None:
            _put(projected, steps_of(field), value)
    return projected


def _put(record: dict[str, object], steps: Sequence[str], value: object) -> None:
    if len(steps) == 1:
        record[steps[0]] = value
        return
    inner = record.setdefault(steps[0], {})
    if isinstance(inner, dict):
        _put(inner, steps[1:], value)
