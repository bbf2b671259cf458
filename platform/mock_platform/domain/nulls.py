"""Taking nulls out of records, as ``filter.response.nulls`` asks for."""

from collections.abc import Mapping


def without_nulls(value: object) -> object:
    """Return a value whose objects have no keys that hold null, at any depth.

    Source: keys whose value is null are removed (observed); at any depth (assumed).

    >>> without_nulls({"a": None, "b": {"c": None}, "d": [None, {"e": None}]})
    {'b': {}, 'd': [None, {}]}
    """
    if isinstance(value, Mapping):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value
