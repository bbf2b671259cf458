"""Declared shapes in words, for senders of something else, and as JSON Schema."""

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

import msgspec
from msgspec import inspect

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.mismatch import Mismatch, Path, fields_of, first_mismatch
from elements_local.kit.api.views import require_constants, views
from elements_local.kit.masks import MASK, is_secret, mask_body
from elements_local.kit.text import nearest, shortened

_SHOWN = 100
_PLAIN_PATTERNS = {"^[^/]+$": " without a slash"}
_NO_KEY = '""'
_LONGEST_SHAPE = 600
_WITH_ENTRIES = (
    inspect.StructType,
    inspect.ListType,
    inspect.VarTupleType,
    inspect.TupleType,
    inspect.DictType,
)


PATTERNS: dict[str, str] = {}
"""Patterns of a mapping's keys in words: beside a description, msgspec 0.19 leaves a key's pattern out of its JSON Schema."""


def refusal(
    value: object, shape: Any, *, whole: str = "the body", root: str = "", strict: bool = True
) -> str:
    """Say what is wrong with a value that does not fit, what stood in that place, and what its object should look like.

    A shape's own check, which refuses in its own words, is left to them.

    Args:
        whole: what to call the value itself.
        root: what to begin paths with, where the value is a part of something; it names the value as well.
        strict: as ``first_mismatch`` has it.
    """
    found = first_mismatch(value, shape, strict=strict)
    if found is None:
        return f"{root or whole} cannot be read"
    place = root + dotted(found.path, is_inside=bool(root))
    if found.objection:
        return f"{place}: {found.objection}" if place else found.objection
    around = _plain(inspect.type_info(found.around))
    expected = f"; expected {_shape(around)}" if isinstance(around, inspect.StructType) else ""
    return f"{_wrong(found, place, whole)}{expected}"


def dotted(path: Path, *, is_inside: bool = False) -> str:
    """Write a path as code has it; inside of something, a dot comes before a first key.

    >>> dotted(("items", 0, "status"))
    'items[0].status'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step or _NO_KEY}" for step in path)
    return text if is_inside else text.removeprefix(".")


def _wrong(found: Mismatch, place: str, whole: str) -> str:
    if found.missing:
        return f"{place}{dotted((found.missing,), is_inside=bool(place))} is missing"
    if found.unknown:
        near = nearest(found.unknown, [each.encode_name for each in fields_of(found.around)])
        hint = f" (did you mean {near!r}?)" if near else ""
        return f"unknown key {shortened(found.unknown, _SHOWN)!r}{f' in {place}' if place else ''}{hint}"
    return f"{place or whole} must be {words(found.shape)}; got {_came(found)}"


def _came(found: Mismatch) -> str:
    """Show what stood in a place; of what has entries the kind, and nothing of what is secret, or may be."""
    if isinstance(found.value, dict):
        return "an object"
    if isinstance(found.value, list):
        count = len(found.value)
        return f"a list of {count} value{'' if count == 1 else 's'}" if count else "an empty list"
    if isinstance(found.value, str) and isinstance(_plain(inspect.type_info(found.shape)), _WITH_ENTRIES):
        return "a text"
    secret = any(isinstance(step, str) and is_secret(step) for step in found.path)
    return shortened(MASK if secret else mask_body(encode_text(found.value)), _SHOWN)


def words(shape: object) -> str:
    """Say in a few words what a type takes.

    >>> from typing import Literal
    >>> words(Literal["virtual", "real"] | None)
    'one of real, virtual'
    """
    return _words(inspect.type_info(shape))


def _plain(type_: inspect.Type) -> inspect.Type:
    """Return a type without what is said about it, and of several the one that has entries."""
    if isinstance(type_, inspect.Metadata):
        return _plain(type_.type)
    if isinstance(type_, inspect.UnionType):
        members = [_plain(member) for member in type_.types]
        return next((member for member in members if isinstance(member, _WITH_ENTRIES)), type_)
    return type_


def _shape(type_: inspect.StructType | inspect.TypedDictType) -> str:
    entries = (
        f'"{each.encode_name}"{"" if each.required else "?"}: {_words(each.type)}' for each in type_.fields
    )
    text = f"{{{', '.join(entries)}}}"
    if len(text) <= _LONGEST_SHAPE:
        return text
    return shortened("any of " + ", ".join(each.encode_name for each in type_.fields), _LONGEST_SHAPE)


def _words(type_: inspect.Type) -> str:  # noqa: C901, PLR0911, PLR0912 - a table of kinds
    match type_:
        case inspect.Metadata(type=inner, extra_json_schema=extra):
            description = (extra or {}).get("description")
            return description if isinstance(description, str) else _words(inner)
        case inspect.IntType():
            return "a whole number" + _bounds(type_)
        case inspect.FloatType():
            return "a number" + _bounds(type_)
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType(pattern=str(pattern)) if pattern in PATTERNS:
            return PATTERNS[pattern]
        case inspect.StrType(pattern=pattern):
            length = _count(type_)
            matching = _PLAIN_PATTERNS.get(pattern, f" that matches {pattern}") if pattern else ""
            return f"a text{length and f' of {length}letters'}{matching}"
        case inspect.DateTimeType():
            return "an instant with a zone, such as 2026-03-02T10:00:00Z"
        case inspect.BytesType():
            return "a text in base64"
        case inspect.LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case inspect.EnumType(cls=members):
            return "one of " + ", ".join(str(member.value) for member in members)
        case inspect.TupleType(item_types=entries):
            return f"a list of {len(entries)} values"
        case inspect.ListType(item_type=entry) | inspect.VarTupleType(item_type=entry):
            return f"a list of {_count(type_)}{_plural(entry)}"
        case inspect.TypedDictType():
            return f"an object {_shape(type_)}"
        case inspect.StructType() | inspect.DictType():
            return "an object"
        case inspect.UnionType(types=types):
            kinds = [_words(each) for each in types if not isinstance(each, inspect.NoneType)]
            return " or ".join(kinds)
        case _:
            return "any JSON value"


def _plural(entry: inspect.Type) -> str:
    match _plain(entry):
        case inspect.StrType():
            return "texts"
        case inspect.StructType() | inspect.DictType():
            return "objects"
        case _:
            return "values"


def _bounds(number: inspect.IntType | inspect.FloatType) -> str:
    low = "" if number.ge is None else f" from {_number(number.ge)}"
    high = number.lt - 1 if isinstance(number.lt, int) else number.le
    return low if high is None else f"{low} to {_number(high)}"


def _number(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:.15g}"


def _count(type_: inspect.StrType | inspect.ListType | inspect.VarTupleType) -> str:
    low, high = type_.min_length or 0, type_.max_length
    if high is None:
        return f"{low} or more " if low else ""
    return f"{low} to {high} " if low else f"up to {high} "


def schemas_of(shapes: Sequence[object], *, reference: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a schema for each shape, and those of the named shapes that they refer to.

    Args:
        reference: how a name is referred to, ``{name}`` in its place.
    """
    schemas, named = msgspec.json.schema_components(shapes, schema_hook=_any_json, ref_template=reference)
    for view in views():
        require_constants(named.get(view.__name__, {}), view)
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
