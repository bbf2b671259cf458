"""JSON in and out: one decoder, one encoder, and errors that point at the place where a text stops being JSON."""

import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from elements_local.kit.text import shortened

if TYPE_CHECKING:
    from flask import Request

_SPACE = " \t\r\n"
_LETTERS = r"""(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u(?:[0-9abcefABCEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}
    |[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))*+"""
_TOKEN = re.compile(
    rf"""[\ \t\r\n]*+(?:(?P<mark>[\[\]{{}},:])|(?P<string>"{_LETTERS}(?P<closed>")?)|(?P<word>[^\ \t\r\n\[\]{{}},:"]+))""",
    re.VERBOSE,
)
_BEFORE_COLON = re.compile(r"[ \t\r\n]*:")
_SURROGATE = re.compile(r"\\u[0-9a-fA-F]{4}")
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<real>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
_LEADING_ZERO = re.compile(r"-?0[0-9]")
_WORDS = frozenset({"true", "false", "null"})
_ELSEWHERE = frozenset({"NaN", "Infinity", "-Infinity", "True", "False", "None", "undefined"})
"""What other notations write as values."""
_LONGEST_KEY = 40

# what may come next
_VALUE = "a value"
_ENTRY = "a value or ']'"
_KEY = "a key in double quotes"
_FIRST_KEY = "a key in double quotes or '}'"
_COLON = "':'"
_MORE_KEYS = "',' or '}'"
_MORE_ENTRIES = "',' or ']'"
_END = "nothing after the value"

_AFTER_MARK = {
    (_COLON, ":"): _VALUE,
    (_MORE_KEYS, ","): _KEY,
    (_MORE_ENTRIES, ","): _VALUE,
}
_CLOSES = {(_ENTRY, "]"), (_MORE_ENTRIES, "]"), (_FIRST_KEY, "}"), (_MORE_KEYS, "}")}
_OPENS = {"[": _ENTRY, "{": _FIRST_KEY}
_VALUES = {_VALUE, _ENTRY}
_KEYS = {_KEY, _FIRST_KEY}


class _FaultError(Exception):
    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at


class JsonFault(NamedTuple):
    """What is wrong at a place, which is counted from 1 and in letters."""

    line: int
    column: int
    reason: str


def json_fault(raw: bytes | str, error: Exception) -> str:
    """Say where and why a text is not JSON, which a reader has refused: readers' own words differ.

    >>> json_fault('{"a": 1,}', ValueError())
    "line 1, column 9: expected a key in double quotes; got '}'"
    """
    if isinstance(error, RecursionError):
        return "nested too deeply"
    fault = first_fault(as_bytes(raw))
    return f"line {fault.line}, column {fault.column}: {fault.reason}" if fault else "it cannot be read"


def as_bytes(raw: bytes | str) -> bytes:
    """Return a text's UTF-8; what cannot be written so stays as it is, for its reader to refuse."""
    return raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw


def first_fault(data: bytes) -> JsonFault | None:
    """Return the first thing that is wrong with a text; None if nothing is."""
    try:
        text, is_whole = data.decode(), True
    except UnicodeDecodeError as error:
        text, is_whole = data[: error.start].decode(), False
    seen = text.rstrip(_SPACE)
    try:
        _scan(seen)
    except _FaultError as fault:
        if is_whole or fault.at < len(seen):
            return _fault(text, fault.at, str(fault))
    return None if is_whole else _fault(text, len(text), "a character is not UTF-8")


def _fault(text: str, at: int, reason: str) -> JsonFault:
    return JsonFault(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), reason)


def _scan(text: str) -> None:
    """Read token after token; the lists and objects that are open are kept in a list, so that none is too deep."""
    due, opened = _VALUE, list[str]()
    for token in _TOKEN.finditer(text):
        mark = token["mark"]
        if mark is None and due in _VALUES:
            _check_scalar(token)
            due = _after_value(opened)
        elif token["string"] and due in _KEYS:
            _check_scalar(token)
            due = _COLON
        elif mark in _OPENS and due in _VALUES:
            opened.append(mark)
            due = _OPENS[mark]
        elif (due, mark) in _CLOSES:
            opened.pop()
            due = _after_value(opened)
        elif (due, mark) in _AFTER_MARK:
            due = _AFTER_MARK[due, mark]
        else:
            raise _FaultError(token.start(token.lastindex or 0), f"expected {due}; got {_shown(token)}")
    if due != _END:
        raise _FaultError(len(text), _cut(opened))


def _after_value(opened: list[str]) -> str:
    if not opened:
        return _END
    return _MORE_KEYS if opened[-1] == "{" else _MORE_ENTRIES


def _cut(opened: list[str]) -> str:
    if not opened:
        return "there is no value"
    return f"the text ends inside {'an object' if opened[-1] == '{' else 'a list'}"


def _check_scalar(token: re.Match[str]) -> None:
    if token["string"]:
        _check_string(token)
    else:
        _check_word(token["word"], token.start("word"))


def _check_string(token: re.Match[str]) -> None:
    if token["closed"]:
        return
    text, at = token.string, token.end()
    if at == len(text) or _CUT_ESCAPE.match(text, at):
        raise _FaultError(len(text), "the text ends inside a string")
    if text[at] != "\\":
        raise _FaultError(at, f"control character {text[at]!r} in a string; write it as an escape")
    if _SURROGATE.match(text, at):
        raise _FaultError(at, f"invalid escape {text[at : at + 6]}: half a surrogate pair")
    raise _FaultError(at, f"invalid escape {text[at : at + 2]}")


def _check_word(word: str, at: int) -> None:
    number = _NUMBER.fullmatch(word)
    if word not in _WORDS and not number:
        raise _FaultError(at, _no_value(word))
    if number and not _is_in_range(word, is_real=bool(number["real"])):
        raise _FaultError(at, "number out of range")


def _no_value(word: str) -> str:
    if _LEADING_ZERO.match(word):
        return "number with a leading zero"
    if word in _ELSEWHERE:
        return f"{word} is not a JSON value"
    return "invalid number" if word[0] in "+-.0123456789" else f"expected a value; got {word[0]!r}"


def _is_in_range(number: str, *, is_real: bool) -> bool:
    if is_real:
        return math.isfinite(float(number))
    try:
        int(number)
    except ValueError:  # more digits than Python reads
        return False
    return True


def _shown(token: re.Match[str]) -> str:
    """Show a key, of anything else one letter: it may be a piece of a password."""
    is_key = token["closed"] and _BEFORE_COLON.match(token.string, token.end())
    return repr(shortened(token["string"], _LONGEST_KEY) if is_key else token[token.lastindex or 0][0])


Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DEEPEST = 64
_NESTED = (dict, list)


def _plain(value: object) -> str:
    """Write what the encoder does not know: dates, which are of another class while freezegun holds the time."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


class MalformedJsonError(ValueError):
    """A text is not JSON. Says line and column, counted from 1, of the first fault in it, if that has a place."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Malformed JSON{' at ' if reason.startswith('line ') else ': '}{reason}")


class NotJsonContentError(ValueError):
    """A request names another content type than JSON."""

    def __init__(self, content_type: str) -> None:
        super().__init__(f"Content-Type must be application/json; got {content_type!r}")


def encode(value: object) -> bytes:
    """Write compact UTF-8 JSON; keys stay in their order."""
    return _encoder.encode(value)


def encode_text(value: object) -> str:
    """Write compact JSON as text."""
    return _encoder.encode(value).decode()


def decode(raw: bytes | str) -> Json:
    """Read JSON.

    Raises:
        MalformedJsonError: the text is not JSON, is not UTF-8, or is nested too deeply.
    """
    try:
        value: Json = msgspec.json.decode(as_bytes(raw))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedJsonError(json_fault(raw, error)) from error
    return value


def read_json(request: "Request", *, deepest: int = DEEPEST) -> Json:
    """Read a request's body as JSON.

    Args:
        deepest: levels of lists and objects at the most.

    Raises:
        NotJsonContentError: the request says that it carries something else.
        MalformedJsonError: the body is not JSON, or there is none.
    """
    if request.mimetype and not request.is_json:
        raise NotJsonContentError(request.mimetype)
    raw = request.get_data()
    if not raw.strip():
        raise MalformedJsonError("the body is empty")
    value = decode(raw)
    if is_deeper_than(value, deepest):
        raise MalformedJsonError(f"nested deeper than {deepest} levels")
    return value


def is_deeper_than(value: Json, limit: int) -> bool:
    """Say whether lists and objects are nested in more levels than that, which is at least one."""
    level = [value] if isinstance(value, _NESTED) else []
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, _NESTED)
        ]
        if not level:
            return False
    return True
