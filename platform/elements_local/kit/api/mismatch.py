"""The first place in which a value does not fit its declared shape: looked for once the value has been refused."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

Path = tuple[str | int, ...]
Fits = Callable[[object], bool]
fields_of: Callable[[Any], tuple[FieldInfo, ...]] = cache(msgspec.structs.fields)
"""The fields of a struct, of which there are as many as the program has."""


class Mismatch(NamedTuple):
    """What stands in a place that is meant for something else.

    Attributes:
        path: from the whole to the place; of a key of a mapping that does not fit, to that key.
        value: what came.
        shape: what is declared for the place.
        around: the innermost object of the path, as it is declared, or the whole.
        missing: a key that an object lacks.
        unknown: a key that an object has and that is not declared.
        objection: what the shape's own check says of a value which fits otherwise.
    """

    path: Path
    value: object
    shape: Any
    around: Any
    missing: str = ""
    unknown: str = ""
    objection: str = ""


def first_mismatch(value: object, shape: Any, *, strict: bool = True) -> Mismatch | None:
    """Return the first place that does not fit, None if all do.

    Args:
        strict: whether a number must come as one; a parameter of a query comes as a text.
    """
    if _fits(value, shape, strict=strict):
        return None
    path: Path = ()
    around = shape
    while True:
        member = _member(shape, value)
        around = member if _is_struct(member) else around
        inner = _first_inside(value, member, strict=strict)
        if inner is None:
            return _own(Mismatch(path, value, shape, around), member, strict=strict)
        step, value, shape = inner
        path = (*path, step)


def plain(shape: Any) -> Any:
    """Return a type without what is said about it."""
    return plain(get_args(shape)[0]) if get_origin(shape) is Annotated else shape


def _fits(value: object, shape: Any, *, strict: bool) -> bool:
    try:
        msgspec.convert(value, shape, strict=strict)
    except msgspec.ValidationError:
        return False
    return True


def _member(shape: Any, value: object) -> Any:
    shape = plain(shape)
    if get_origin(shape) not in {Union, UnionType}:
        return shape
    members = [plain(each) for each in get_args(shape)]
    return next((each for each in members if _has_entries(each, value)), shape)


def _has_entries(shape: Any, value: object) -> bool:
    origin = get_origin(shape)
    if isinstance(value, Mapping):
        return _is_struct(shape) or _is_kind(origin, Mapping)
    return isinstance(value, list | tuple) and _is_kind(origin, Sequence)


def _is_struct(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


def _is_kind(origin: Any, kind: type) -> bool:
    return isinstance(origin, type) and issubclass(origin, kind)


def _first_inside(value: object, shape: Any, *, strict: bool) -> tuple[str | int, object, Any] | None:
    """Return the first entry that does not fit what is declared for it, with its key or number."""
    if not _has_entries(shape, value):
        return None
    inside = _of_mapping if isinstance(value, Mapping) else _of_list
    entries = inside(value, shape, lambda part: _fits(part, shape, strict=strict))
    return next((entry for entry in entries if not _fits(entry[1], entry[2], strict=strict)), None)


def _of_mapping(value: Any, shape: Any, fits: Fits) -> Iterator[tuple[str, object, Any]]:
    if _is_struct(shape):
        declared = {field.encode_name: field.type for field in fields_of(shape)}
        yield from ((key, inner, declared[key]) for key, inner in value.items() if key in declared)
        return
    of_key, of_value = get_args(shape)
    entries = list(value.items())
    at = _first(len(entries), lambda count: fits(dict(entries[:count])))
    for key, inner in entries[at : at + 1]:
        yield str(key), key, of_key
        yield str(key), inner, of_value


def _of_list(value: Any, shape: Any, fits: Fits) -> Iterator[tuple[int, object, Any]]:
    of_entries = get_args(shape)
    if get_origin(shape) is tuple and of_entries[-1] is not Ellipsis:
        yield from zip(range(len(value)), value, of_entries, strict=False)
        return
    at = _first(len(value), lambda count: fits(value[:count]))
    for inner in value[at : at + 1]:
        yield at, inner, of_entries[0]


def _first(count: int, fits_up_to: Callable[[int], bool]) -> int:
    """Return the place of the first bad entry: of the many rows of a snapshot halving finds it without a look at each."""
    return bisect_left(range(1, count + 1), 1, key=lambda number: not fits_up_to(number))


def _own(mismatch: Mismatch, member: Any, *, strict: bool) -> Mismatch:
    """Say what is wrong with an object of which each value fits."""
    if not _is_struct(member) or not isinstance(mismatch.value, Mapping):
        return mismatch
    declared = fields_of(member)
    names = {field.encode_name for field in declared}
    unknown = next((str(key) for key in mismatch.value if key not in names), "")
    if unknown and member.__struct_config__.forbid_unknown_fields:
        return mismatch._replace(unknown=unknown)
    for field in declared:
        if field.required and field.encode_name not in mismatch.value:
            return mismatch._replace(missing=field.encode_name)
    return mismatch._replace(objection=_objection(mismatch.value, member, strict=strict))


def _objection(value: object, shape: Any, *, strict: bool) -> str:
    """Return what a shape's own check says, which msgspec passes on as the cause of its error."""
    try:
        msgspec.convert(value, shape, strict=strict)
    except msgspec.ValidationError as error:
        return str(error.__cause__ or "")
    return ""
