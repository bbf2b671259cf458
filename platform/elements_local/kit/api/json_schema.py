"""JSON Schema of declared shapes; ``object`` stands for any JSON."""

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

import msgspec


def schemas_of(shapes: Sequence[object], *, reference: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a schema for each shape, and those of the named shapes that they refer to.

    Args:
        reference: how a name is referred to, ``{name}`` in its place.
    """
    schemas, named = msgspec.json.schema_components(shapes, schema_hook=_any_json, ref_template=reference)
    return tuple(map(_dedented, schemas)), _dedented(named)


def _dedented(value: Any) -> Any:
    """Take the indentation out of docstrings, as Python does by itself from 3.13 on."""
    if isinstance(value, dict):
        return {
            key: cleandoc(inner) if key == "description" and isinstance(inner, str) else _dedented(inner)
            for key, inner in value.items()
        }
    return [_dedented(inner) for inner in value] if isinstance(value, list) else value


def _any_json(shape: type) -> dict[str, object]:
    if shape is not object:
        raise TypeError(f"{shape!r} has no JSON Schema; declare a msgspec type")
    return {"description": "any JSON value"}
