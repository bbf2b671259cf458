"""What is wrong with a value that does not fit its shape, said in a writer's words and with the nearest thing that would."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.inspect import LiteralType, UnionType, type_info

from elements_local.kit.api.mismatch import fields_of, first_mismatch, plain
from elements_local.kit.api.shape_words import words
from elements_local.kit.text import nearest, shortened

_LONGEST = 100

Path = tuple[str | int, ...]
"""Keys and places in lists that lead to a value."""


def place_and_reason(value: object, shape: Any, forms: Mapping[str, str] | None = None) -> tuple[Path, str]:
    """Return where a value does not fit its shape, and what is wrong there.

    Args:
        forms: what may stand at its keys.
    """
    found = first_mismatch(value, shape)
    if found is None:
        return (), "it cannot be read"
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
