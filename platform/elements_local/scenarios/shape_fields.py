"""Which keys and choices a shape has at a place inside it, for messages that name the nearest one."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import inspect

from elements_local.scenarios.yaml_text import Path


def fields_at(shape: object, path: Path) -> list[str]:
    """Return the keys that a mapping may have, none if that cannot be told.

    Args:
        path: from the shape to the mapping.
    """
    return [field.encode_name for each in _shapes_at(shape, path) for field in _fields(each)]


def choices_at(shape: object, path: Path) -> list[object]:
    """Return the values that may stand at a place where only some may, none if that cannot be told."""
    return [
        value
        for each in _shapes_at(shape, path)
        for alternative in _alternatives(each)
        if isinstance(alternative, inspect.LiteralType)
        for value in alternative.values
    ]


def _shapes_at(shape: object, path: Path) -> list[Any]:
    try:
        shapes = [inspect.type_info(shape)]
    except (TypeError, msgspec.ValidationError):
        return []
    for part in path:
        shapes = [inner for each in shapes for inner in _inside(each, part)]
    return shapes


def _inside(shape: Any, part: str | int) -> list[Any]:
    """Return the shapes that a key or a place in a list leads to."""
    shapes: list[Any] = []
    for each in _alternatives(shape):
        if isinstance(each, inspect.ListType) and isinstance(part, int):
            shapes.append(each.item_type)
        elif isinstance(each, inspect.DictType):
            shapes.append(each.value_type)
        shapes += [field.type for field in _fields(each) if field.encode_name == part]
    return shapes


def _fields(shape: Any) -> list[inspect.Field]:
    structs = (each for each in _alternatives(shape) if isinstance(each, inspect.StructType))
    return [field for struct in structs for field in struct.fields]


def _alternatives(shape: Any) -> Sequence[Any]:
    return shape.types if isinstance(shape, inspect.UnionType) else (shape,)
