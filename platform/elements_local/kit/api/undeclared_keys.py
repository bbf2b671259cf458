"""The keys of a JSON body that its declared shape does not have: nothing reads them."""

from collections.abc import Iterator
from functools import cache

from msgspec import inspect

from elements_local.kit.api.json_text import Json
from elements_local.kit.api.nearest import nearest

_type_info = cache(inspect.type_info)  # there are as many shapes as the program has
Undeclared = tuple[tuple[str, ...], str | None]
"""The keys from the body's top to one that nothing reads, and the declared one that may be meant."""


def undeclared_keys(sent: Json, shape: object) -> list[Undeclared]:
    """Return what nobody reads of a body that fits its shape.

    >>> from msgspec import Struct
    >>> class Person(Struct):
    ...     name: str
    >>> undeclared_keys([{"name": "Ada", "nam": 1}], list[Person])
    [(('0', 'nam'), 'name')]
    """
    return list(_inside(sent, _type_info(shape), ()))


def _inside(sent: Json, type_: inspect.Type, path: tuple[str, ...]) -> Iterator[Undeclared]:
    match type_:
        case inspect.Metadata(type=inner):
            yield from _inside(sent, inner, path)
        case inspect.UnionType(types=types):
            wanted = inspect.ListType if isinstance(sent, list) else inspect.StructType
            for each in types:
                if isinstance(each, wanted):
                    yield from _inside(sent, each, path)
        case inspect.ListType(item_type=entry) if isinstance(sent, list):
            for at, value in enumerate(sent):
                yield from _inside(value, entry, (*path, str(at)))
        case inspect.StructType(fields=fields) if isinstance(sent, dict):
            types_by_name = {field.encode_name: field.type for field in fields}
            for name, value in sent.items():
                if name in types_by_name:
                    yield from _inside(value, types_by_name[name], (*path, name))
                else:
                    yield (*path, name), nearest(name, types_by_name)
