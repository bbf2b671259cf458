"""Which keys and choices a shape has at a place inside it, for messages that name the nearest one."""

from typing import Any

import msgspec
from msgspec import inspect


def fields_at(shape: object, path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that a mapping may have, none if that cannot be told.

    Args:
        path: from the shape to the mapping.
    """
    return [field.encode_name for each in _shapes_at(shape, path) for field in _fields(each)]


def choices_at(shape: object, path: tuple[str | int, ...]) -> list[object]:
    """Return the values that may stand at a place where only some may, none if that cannot be told."""
    return [
        value
        for each in _shapes_at(shape, path)
        for known in (each.types if isinstance(each, inspect.UnionType) else (each,))
        if isinstance(known, inspect.LiteralType)
        for value in known.values
    ]


def _shapes_at(shape: object, path: tuple[str | int, ...]) -> list[Any]:
    try:
        found = [inspect.type_info(shape)]
    except (TypeError, msgspec.ValidationError):
        return []
    for part in path:
        found = [inner for each in found for inner in _inside(each, part)]
    return found


def _inside(known: Any, part: str | int) -> list[Any]:
    """Return the shapes that a key or a place in a list leads to."""
    alternatives = known.types if isinstance(known, inspect.UnionType) else (known,)
    found: list[Any] = []
    for each in alternatives:
        if isinstance(each, inspect.ListType) and isinstance(part, int):
            found.append(each.item_type)
        elif isinstance(each, inspect.DictType):
            found.append(each.value_type)
        found += [field.type for field in _fields(each) if field.encode_name == part]
    return found


def _fields(known: Any) -> tuple[inspect.Field, ...]:
    alternatives = known.types if isinstance(known, inspect.UnionType) else (known,)
    return tuple(
        field for each in alternatives if isinstance(each, inspect.StructType) for field in each.fields
    )
