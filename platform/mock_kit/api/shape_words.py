"""Declared shapes in words, for whoever sent something else: what came, and what was expected there."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import inspect

from mock_kit.admin.masks import MASK, is_secret, mask_body
from mock_kit.api.json_text import Json, encode_text
from mock_kit.api.nearest import nearest
from mock_kit.text import shortened

if TYPE_CHECKING:
    from msgspec import ValidationError

_SHOWN = 100
_LONGEST_SHAPE = 600
_PLACE = re.compile(r" - at (?:`key` in )?`\$(?P<steps>[^`]*)`\Z")
_UNKNOWN = re.compile("Object contains unknown field `(.+?)`")
_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<at>\d+|\.\.\.)\]")


def refusal(error: "ValidationError", value: Json, shape: object) -> str:
    """Say what is wrong with a value, what stood in that place, and what its object should look like.

    A shape's own check, which refuses in its own words, is left to them.
    """
    reason = str(error)
    if not reason.startswith(("Expected", "Object", "Invalid enum value")):
        return reason
    place = _PLACE.search(reason)
    steps = list(_steps(place["steps"])) if place else []
    received = "" if ", got `" in reason or not reason.startswith("Expected") else _came(value, steps)
    around = _nearest(inspect.type_info(shape), steps)
    return f"{reason}{_meant(reason, around)}{received}; expected {_shape(around)}"


def _meant(reason: str, around: inspect.Type) -> str:
    """Name the key that may be meant by one that is not known."""
    unknown = _UNKNOWN.match(reason)
    if unknown is None or not isinstance(around, inspect.StructType):
        return ""
    near = nearest(unknown[1], [each.encode_name for each in around.fields])
    return f" (did you mean {near!r}?)" if near else ""


def words(shape: object) -> str:
    """Say in a few words what a type takes.

    >>> from typing import Literal
    >>> words(Literal["virtual", "real"] | None)
    'one of real, virtual'
    """
    return _words(inspect.type_info(shape))


def _steps(path: str) -> Iterator[str | int | None]:
    """Read a path of msgspec's: a key, an index, or None for any entry of a mapping."""
    for step in _STEP.finditer(path):
        if step["key"] is not None:
            yield step["key"]
        else:
            yield None if step["at"] == "..." else int(step["at"])


def _came(value: Json, steps: list[str | int | None]) -> str:
    """Show what stood in a place, as far as the path leads to it; what is secret is not repeated."""
    secret = any(isinstance(step, str) and is_secret(step) for step in steps)
    for step in steps:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
    text = MASK if secret else mask_body(encode_text(value))
    return f"; got {shortened(text, _SHOWN)}"


def _nearest(type_: inspect.Type, steps: list[str | int | None]) -> inspect.Type:
    """Return the innermost object around a place, or the whole shape."""
    nearest = type_ = _plain(type_)
    for step in steps:
        type_ = _plain(_inside(type_, step))
        if isinstance(type_, inspect.StructType):
            nearest = type_
    return nearest


def _inside(type_: inspect.Type, step: str | int | None) -> inspect.Type:
    """Return the type of an entry."""
    match type_:
        case inspect.StructType(fields=fields):
            return next((each.type for each in fields if each.encode_name == step), inspect.AnyType())
        case inspect.ListType(item_type=entry) | inspect.DictType(value_type=entry):
            return entry
        case _:
            return inspect.AnyType()


def _plain(type_: inspect.Type) -> inspect.Type:
    """Return a type without what is said about it, and of several the one that has entries."""
    if isinstance(type_, inspect.Metadata):
        return _plain(type_.type)
    if isinstance(type_, inspect.UnionType):
        members = [_plain(member) for member in type_.types]
        entries = (inspect.StructType, inspect.ListType, inspect.DictType)
        return next((member for member in members if isinstance(member, entries)), type_)
    return type_


def _shape(type_: inspect.Type) -> str:
    """Write an object's keys with what each takes; one level of it."""
    if not isinstance(type_, inspect.StructType):
        return _words(type_)
    entries = (
        f'"{each.encode_name}"{"" if each.required else "?"}: {_words(each.type)}' for each in type_.fields
    )
    return shortened(f"{{{', '.join(entries)}}}", _LONGEST_SHAPE)


def _words(type_: inspect.Type) -> str:  # noqa: C901, PLR0911 - a table of kinds
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
        case inspect.StrType():
            return "a text" + _lengths(type_)
        case inspect.LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case inspect.EnumType(cls=members):
            return "one of " + ", ".join(str(member.value) for member in members)
        case inspect.ListType(item_type=entry):
            return f"a list of {_plural(entry)}"
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
    return low if number.le is None else f"{low} to {_number(number.le)}"


def _number(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


def _lengths(text: inspect.StrType) -> str:
    low = "" if not text.min_length else f" of {text.min_length} letters or more"
    return low if text.max_length is None else f" of up to {text.max_length} letters"
