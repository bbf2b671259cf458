"""What two observations have in common: the form of an answer without its values, and whether two are alike. Pure."""

from collections.abc import Mapping
from typing import Any

SECONDS = "seconds"
"""Under this key stand durations; they agree within a fifth, or two seconds."""


def form(value: object) -> Any:
    """Return the form of a JSON value: keys and types, no values; of a list that of its first item.

    >>> form({"id": 7, "tags": ["a"], "raw": None})
    {'id': 'number', 'tags': ['text'], 'raw': 'null'}
    """
    if isinstance(value, Mapping):
        return {key: form(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [form(each) for each in value[:1]]
    if isinstance(value, bool):
        return "flag"
    return {int: "number", float: "number", str: "text"}.get(type(value), "null")


def alike(ours: Any, theirs: Any, *, seconds: bool = False) -> bool:
    """Say whether two observations agree.

    >>> alike({"status": 200, "seconds": [4, 16]}, {"status": 200, "seconds": [5, 18]})
    True
    """
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(
            alike(ours[key], theirs[key], seconds=key == SECONDS) for key in ours
        )
    if isinstance(ours, list) and isinstance(theirs, list):
        pairs = zip(ours, theirs, strict=False)
        return len(ours) == len(theirs) and all(alike(*pair, seconds=seconds) for pair in pairs)
    if seconds and isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= max(2.0, ours / 5)
    return bool(ours == theirs)
