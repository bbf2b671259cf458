"""What is wrong with a value that does not fit its shape, said in a writer's words and with the nearest thing that would."""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from msgspec.inspect import (
    BoolType,
    DictType,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    StrType,
    StructType,
    TupleType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from elements_local.kit.api.mismatch import Mismatch, fields_of, first_mismatch, plain
from elements_local.kit.api.shape_words import words
from elements_local.kit.text import nearest, shortened

_LONGEST = 100
_MOST_MISTAKES = 100

Path = tuple[str | int, ...]
"""Keys and places in lists that lead to a value."""


def place_and_reason(value: object, shape: Any, forms: Mapping[str, str] | None = None) -> tuple[Path, str]:
    """Return where a value does not fit its shape, and what is wrong there.

    Args:
        forms: what may stand at its keys.
    """
    found = first_mismatch(value, shape)
    return ((), "it cannot be read") if found is None else _place_and_reason(found, forms)


class ShapeMistakes(NamedTuple):
    """All places where a value does not fit its shape.

    Attributes:
        found: each place with what is wrong there.
        replaced: the places in which something else stands in ``fitting``.
        fitting: the value, with something that fits in those places.
    """

    found: list[tuple[Path, str]]
    replaced: set[Path]
    fitting: Any


def shape_mistakes(value: object, shape: Any) -> ShapeMistakes:
    """Find all places where a value does not fit its shape; what is wrong with what only stands in for another is left out."""
    found, replaced = list[tuple[Path, str]](), set[Path]()
    whole: dict[str, Any] = {"": deepcopy(value)}
    for _ in range(_MOST_MISTAKES):
        if (wrong := first_mismatch(whole[""], shape)) is None:
            break
        key = wrong.unknown or wrong.missing
        path: Path = (*wrong.path, key) if key else wrong.path
        if not any(path[: len(each)] == each for each in replaced):
            found.append(_place_and_reason(wrong))
        *steps, last = ("", *path)
        around: Any = whole
        for step in steps:
            around = around[step]
        declared = {each.encode_name: each for each in fields_of(plain(wrong.around))}
        if wrong.unknown:
            entry, near = around.pop(last), nearest(wrong.unknown, declared)
            if near:
                around.setdefault(near, entry)
                replaced.add((*wrong.path, near))
        elif not key and (path in replaced or (last in declared and not declared[str(last)].required)):
            around.pop(last)  # a default stands there then; or it is a key itself that does not fit
        else:
            around[last] = _stand_in(type_info(declared[key].type if key else wrong.shape))
        replaced.add(path)
    return ShapeMistakes(found, replaced, whole[""])


def _stand_in(kind: Type) -> Any:  # noqa: C901, PLR0911 - a table of kinds
    """Return something of a type."""
    match kind:
        case Metadata():
            return _stand_in(kind.type)
        case StructType():
            return {field.encode_name: _stand_in(field.type) for field in kind.fields if field.required}
        case DictType():
            return {"x": _stand_in(kind.value_type)} if kind.min_length else {}
        case LiteralType():
            return kind.values[0]
        case UnionType():
            return _stand_in(kind.types[0])
        case IntType():
            return kind.ge or 1
        case BoolType():
            return False
        case StrType():
            samples = ("x", "/x", "https://x.example")
            return next(each for each in samples if re.search(kind.pattern or "", each))
        case ListType() | VarTupleType():
            return []
        case TupleType():
            return [_stand_in(each) for each in kind.item_types]
    return None


def _place_and_reason(found: Mismatch, forms: Mapping[str, str] | None = None) -> tuple[Path, str]:
    path: Path = found.path
    if found.unknown:
        known = [field.encode_name for field in fields_of(plain(found.around))]
        return (*path, found.unknown), unknown("key", found.unknown, known)
    if found.missing:
        return path, f"the key {found.missing!r} is missing"
    if found.objection:
        return path, found.objection
    choices = _choices(found.shape)
    if choices and isinstance(found.value, str):
        reason = unknown("value", found.value, choices)
    else:
        reason = f"expected {words(found.shape)}; got {_got(found.value)}"
    form = forms.get(str(path[0])) if forms and path else None
    return path, f"{reason}; write it as in {form}" if form else reason


def _choices(shape: Any) -> list[str]:
    """Return the values of a place where only some may stand."""
    kind = type_info(shape)
    kinds = kind.types if isinstance(kind, UnionType) else (kind,)
    return [str(value) for each in kinds if isinstance(each, LiteralType) for value in each.values]


def _got(value: object) -> str:
    """Show a value, of one that has entries its kind."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else shown(value)


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
