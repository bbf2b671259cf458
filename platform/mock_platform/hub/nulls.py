"""Taking nulls out of records, as ``filter.response.nulls`` asks for."""

from collections.abc import Mapping


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
