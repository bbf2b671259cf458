"""What is wrong with a value that does not fit its shape, said with the nearest thing that would."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from elements_local.shape_fields import choices_at, fields_at

Path = tuple[str | int, ...]

_UNKNOWN_FIELD = re.compile("Object contains unknown field `(.+)`")
_NO_CHOICE = re.compile("Invalid enum value (.+)", re.DOTALL)


def place_and_reason(error: msgspec.ValidationError, shape: object) -> tuple[Path, str]:
    """Return where in a value an error is, and what it is."""
    reason, _, at = str(error).partition(" - at `$")
    path = tuple(_path(at.rstrip("`")))
    if found := _UNKNOWN_FIELD.fullmatch(reason):
        return (*path, found[1]), unknown("key", found[1], fields_at(shape, path))
    if found := _NO_CHOICE.fullmatch(reason):
        return path, f"{reason}; expected {' or '.join(map(repr, choices_at(shape, path)))}"
    return path, reason


def unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """Say that a word is none of those that are known, and which of them is nearest."""
    words = list(known)
    near = get_close_matches(word, words, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(words)}"
    return f"unknown {kind} {word!r}; {hint}"


def _path(text: str) -> list[str | int]:
    """Read the decoder's path, such as ``.callbacks[0].events``."""
    parts: list[str | int] = []
    for word in text.replace("[", ".").replace("]", "").split("."):
        if word.isdecimal():
            parts.append(int(word))
        elif word and word != "...":
            parts.append(word)
    return parts
