"""Which keys of a record are shown: those that ``fields`` names, and none that holds null."""

from collections.abc import Iterable, Mapping, Sequence

from elements_local.platform.ceql.record_path import find_in_any_case, steps_of


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


def without_nulls(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record whose objects have no keys that hold null, at any depth.

    Source: keys whose value is null are removed (observed); at any depth (assumed).

    >>> without_nulls({"a": None, "b": {"c": None}, "d": [None, {"e": None}]})
    {'b': {}, 'd': [None, {}]}
    """
    return {
        # most lists of a record are empty, which is seen sooner than that they are lists
        key: _within(inner) if inner and isinstance(inner, (dict, list)) else inner
        for key, inner in record.items()
        if inner is not None
    }


def _within(value: object) -> object:
    if isinstance(value, list):
        return [_within(inner) for inner in value]
    return without_nulls(value) if isinstance(value, dict) else value
