"""JSON Schema of declared shapes; ``object`` stands for any JSON."""

from collections.abc import Sequence
from typing import Any

import msgspec


def schemas_of(shapes: Sequence[object], *, reference: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a schema for each shape, and those of the named shapes that they refer to.

    Args:
        reference: how a name is referred to, ``{name}`` in its place.
    """
    return msgspec.json.schema_components(shapes, schema_hook=_any_json, ref_template=reference)


def _any_json(shape: type) -> dict[str, object]:
    if shape is not object:
        raise TypeError(f"{shape!r} has no JSON Schema; declare a msgspec type")
    return {"description": "any JSON value"}
