"""Changes of a JSON document as a document: what is in it replaces, null takes away (RFC 7396)."""

from collections.abc import Mapping
from typing import Any


def patched(target: Any, patch: Any) -> Any:
    """Return a value with a patch applied; neither is changed.

    >>> patched({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": None, "e": 4}})
    {'a': 1, 'b': {'d': 3, 'e': 4}}
    """
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = patched(merged.get(key), value)
    return merged
