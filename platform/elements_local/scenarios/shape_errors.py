"""What is wrong with a value that does not fit its shape, said in a writer's words and with the nearest thing that would."""

import re
from ast import literal_eval
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from elements_local.scenarios.verbs import FORMS, PATTERNS, VERBS
from elements_local.scenarios.yaml_text import Path
from mock_kit.api.nearest import nearest
from mock_kit.text import shortened

_UNKNOWN_FIELD = re.compile("Object contains unknown field `(.+)`")
_MISSING_FIELD = re.compile("Object missing required field `(.+)`")
_NO_CHOICE = re.compile("Invalid enum value '?(.+?)'?", re.DOTALL)
_PATTERN = re.compile("Expected `str` matching regex (.+)", re.DOTALL)
_KINDS = {
    "array": "a list",
    "object": "a mapping",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}
_KIND = re.compile(f"`((?:{'|'.join(_KINDS)})(?: \\| (?:{'|'.join(_KINDS)}))*)`")
_GOT = re.compile(", got `(.+)`")
_LONGEST = 100


def place_and_reason(error: msgspec.ValidationError, shape: object, value: object) -> tuple[Path, str]:
    """Return where in a value an error is, and what it is."""
    reason, of_key, at = str(error).partition(" - at `key` in `$")
    if not of_key:
        reason, _, at = reason.partition(" - at `$")
    path = tuple(_path(at.rstrip("`")))
    if match := _PATTERN.fullmatch(reason):
        return _mismatch(path, literal_eval(match[1]), value, of_key=bool(of_key))
    if match := _UNKNOWN_FIELD.fullmatch(reason):
        return (*path, match[1]), unknown("key", match[1], _fields_at(shape, path))
    if match := _MISSING_FIELD.fullmatch(reason):
        return path, f"the key {match[1]!r} is missing"
    if match := _NO_CHOICE.fullmatch(reason):
        text = unknown("value", match[1], map(str, _choices_at(shape, path)))
    else:
        text = _in_words(_GOT.sub("", reason)) + (_value_got(value, path) or _kind_got(reason))
    return path, text + _form(shape, path)


def _form(shape: object, path: Path) -> str:
    """Show what may stand where something is expected that does not."""
    forms = next((keys for verb, keys in FORMS.items() if shape == VERBS[verb]), {})
    form = forms.get(str(path[0])) if path else None
    return f"; write it as in {form}" if form else ""


def unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """Say that a word is none of those that are known, and which of them is nearest."""
    words = list(known)
    near = nearest(word, words)
    hint = f"did you mean {near!r}?" if near else f"known: {', '.join(words)}"
    return f"unknown {kind} {word!r}; {hint}"


def shown(value: object) -> str:
    """Quote what came, as much of it as a message needs."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return shortened(text, _LONGEST)


def _in_words(reason: str) -> str:
    """Put what a format has no words for into those of people who write it."""
    worded = _KIND.sub(lambda match: " or ".join(_KINDS[kind] for kind in match[1].split(" | ")), reason)
    return worded[:1].lower() + worded[1:]


def _kind_got(reason: str) -> str:
    match = _GOT.search(reason)
    return f"; got {_KINDS.get(match[1], match[1])}" if match else ""


def _mismatch(path: Path, pattern: str, value: object, *, of_key: bool) -> tuple[Path, str]:
    """Name the text that does not match, which may be a key."""
    text = _at(value, path)
    if of_key and isinstance(text, Mapping):
        text = next((key for key in text if not re.search(pattern, str(key))), None)
        path = (*path, str(text))
    return path, f"expected {PATTERNS.get(pattern, pattern)}; got {shown(text)}"


def _value_got(value: object, path: Path) -> str:
    inner = _at(value, path)
    return "" if inner is None or isinstance(inner, list | dict) else f"; got {shown(inner)}"


def _at(value: object, path: Path) -> object:
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
    return value


def _path(text: str) -> list[str | int]:
    """Read the decoder's path, such as ``.callbacks[0].events``."""
    parts: list[str | int] = []
    for word in text.replace("[", ".").replace("]", "").split("."):
        if word.isdecimal():
            parts.append(int(word))
        elif word and word != "...":
            parts.append(word)
    return parts


def _fields_at(shape: object, path: Path) -> list[str]:
    """Return the keys that a mapping may have, none if that cannot be told.

    Args:
        path: from the shape to the mapping.
    """
    return [field.encode_name for each in _shapes_at(shape, path) for field in _fields(each)]


def _choices_at(shape: object, path: Path) -> list[object]:
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
