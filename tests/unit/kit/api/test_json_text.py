"""JSON in and out: what is taken, what is refused, and where the refusal points."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from each_row import each_row
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from elements_local.kit.api.json_text import (
    DEEPEST,
    MalformedJsonError,
    decode,
    encode,
    encode_text,
    first_fault,
    read_json,
)

letters = st.text(st.characters(codec="utf-8"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | letters,
    lambda inner: st.lists(inner) | st.dictionaries(letters, inner),
)


@given(json_values)
def test_what_is_written_is_what_python_writes(value):
    """The standard library is the judge of both directions."""
    assert json.loads(encode(value)) == json.loads(encode_text(value)) == value
    assert decode(json.dumps(value)) == value
    assert decode(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(
    st.binary() | letters.map(str.encode) | st.text('{}[]",:0123456789.eE-+ntrufalse\\ \n').map(str.encode)
)
def test_any_bytes_are_either_json_or_refused(raw):
    try:
        value = decode(raw)
    except MalformedJsonError as refusal:
        assert str(refusal).startswith("Malformed JSON")  # noqa: PT017 - either outcome is right, not any
        return

    assert decode(encode(value)) == value


def test_json_is_written_compactly_in_utf_8_with_keys_in_their_order():
    value = {"b": [1, 2.5, None], "a": {"ü": True}}

    assert encode(value) == '{"b":[1,2.5,null],"a":{"ü":true}}'.encode()
    assert encode_text(value) == '{"b":[1,2.5,null],"a":{"ü":true}}'


class OddDate(datetime):
    """A kind of datetime, such as freezegun hands out."""


def test_an_instant_is_written_as_iso_8601_whatever_its_class():
    for kind in (datetime, OddDate):
        assert encode([kind(2026, 3, 2, 10, tzinfo=UTC)]) == b'["2026-03-02T10:00:00Z"]'


@each_row("value", {"object": object(), "set": {1, object()}, "complex": 1j, "function": lambda: None})
def test_what_is_no_json_cannot_be_written(value):
    with pytest.raises(TypeError):
        encode(value)


@each_row(
    ("raw", "value"),
    {
        "null": (b"null", None),
        "space around everything": (b' \r\n\t{"a" : 1 } \n', {"a": 1}),
        "of one key twice, the last counts": (b'{"a":1,"b":0,"a":2}', {"a": 2, "b": 0}),
        "a pair of surrogates is one letter": (b'"\\ud83d\\ude00"', "😀"),
        "a zero byte, escaped": (b'"\\u0000"', "\x00"),
        "a whole number beyond 64 bits": (b"9" * 40, int("9" * 40)),
        "a large number": (b"1e308", 1e308),
        "too small a number is nought": (b"1e-400", 0.0),
        "minus nought": (b"-0", 0),
        "five hundred levels": (b"[" * 500 + b"]" * 500, decode(b"[" * 500 + b"]" * 500)),
    },
)
def test_what_json_allows_is_read(raw, value):
    assert decode(raw) == value


@each_row(
    ("raw", "told"),
    {
        "nothing": (b"", "line 1, column 1: there is no value"),
        "only space": (b"\n\n ", "line 1, column 1: there is no value"),
        "cut off": (b'{"a": ', "line 1, column 6: the text ends inside an object"),
        "cut off in a list": (b'[["a"]', "line 1, column 7: the text ends inside a list"),
        "cut off in a string": (b'["a\\"', "line 1, column 6: the text ends inside a string"),
        "cut off in an escape": (b'["\\u12', "line 1, column 7: the text ends inside a string"),
        "a comma too many": (b'{"a":1,}', """line 1, column 8: expected a key in double quotes; got '}'"""),
        "a missing comma": (b'{"a":1\n "b" :2}', """line 2, column 2: expected ',' or '}'; got '"b"'"""),
        "one in a list": (b'["a" "b"]', """line 1, column 6: expected ',' or ']'; got '"'"""),
        "another bracket": (b"[}", "line 1, column 2: expected a value or ']'; got '}'"),
        "of a bare word one letter": (b'{\n\n  "a": xyz}', "line 3, column 8: expected a value; got 'x'"),
        "columns count letters, not bytes": (
            '{"größe", 1}'.encode(),
            "line 1, column 9: expected ':'; got ','",
        ),
        "single quotes": (
            b"{'a': 1}",
            """line 1, column 2: expected a key in double quotes or '}'; got "'\"""",
        ),
        "something after it": (b'{"a": 1} x', "line 1, column 10: expected nothing after the value; got 'x'"),
        "an escape of no meaning": (b'"a\\qb"', "line 1, column 3: invalid escape \\q"),
        "no hexadecimal digit": (b'"\\u12x4"', "line 1, column 2: invalid escape \\u"),
        "not UTF-8": (b'{"a": "\xff"}', "line 1, column 8: a character is not UTF-8"),
        "a fault before that": (b'["a" 1 \xff', "line 1, column 6: expected ',' or ']'; got '1'"),
        "half a letter": (b'"\xed\xa0\x80"', "line 1, column 2: a character is not UTF-8"),
        "half a letter in a text": ("\ud800", "line 1, column 1: a character is not UTF-8"),
        "half a letter, escaped": (
            b'"\\ud800 and more"',
            "line 1, column 2: invalid escape \\ud800: half a surrogate pair",
        ),
        "half a letter in a key": (
            b'{"\\udc00 and more": 1}',
            "line 1, column 3: invalid escape \\udc00: half a surrogate pair",
        ),
        "a byte order mark": (b"\xef\xbb\xbf{}", "line 1, column 1: expected a value; got '\\ufeff'"),
        "one in a text": ("\ufeff{}", "line 1, column 1: expected a value; got '\\ufeff'"),
        "UTF-16": ('{"a":1}'.encode("utf-16"), "line 1, column 1: a character is not UTF-8"),
        "no number": (b"NaN", "line 1, column 1: NaN is not a JSON value"),
        "minus infinity": (b"[-Infinity]", "line 1, column 2: -Infinity is not a JSON value"),
        "a leading nought": (b"[01]", "line 1, column 2: number with a leading zero"),
        "no digit behind the point": (b"[1.]", "line 1, column 2: invalid number"),
        "a line break in a string": (
            b'"a\nb"',
            "line 1, column 3: control character '\\n' in a string; write it as an escape",
        ),
        "a number too large": (b"[0, 1e400]", "line 1, column 5: number out of range"),
        "five thousand digits": (b"1" * 5000, "line 1, column 1: number out of range"),
        "a hundred thousand levels": (b"[" * 100_000, None),
        "as many objects": (b'{"a":' * 100_000, None),
    },
)
def test_what_is_not_json_is_refused_with_its_place(raw, told):
    with pytest.raises(MalformedJsonError) as refusal:
        decode(raw)

    assert str(refusal.value) == f"Malformed JSON{f' at {told}' if told else ': nested too deeply'}"


PIECES = [b'"', b"\\", b",", b":", b"[", b"]", b"{", b"}", b"0", b"-", b".", b"e9", b"1e999", b"tru", b"NaN", b" ",
          b"\n", b"\x00", b"\xff", b"\\u00", b"\\ud800", b""]  # fmt: skip


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """A text of JSON in a few places of which something else stands."""
    raw = json.dumps(
        draw(json_values), ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1]))
    ).encode()
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(raw)))
        raw = raw[:start] + draw(st.sampled_from(PIECES)) + raw[start + draw(st.integers(0, 3)) :]
    return raw


@given(mutilated() | st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_a_fault_is_found_exactly_where_a_text_is_refused(raw):
    """The reader that msgspec is, and the standard library's, are the judges of whether there is one."""
    fault = first_fault(raw)

    assert (fault is not None) == is_refused(raw)
    if fault:
        line, column, reason = fault
        assert reason
        assert column <= len(raw.decode(errors="replace").split("\n")[line - 1]) + 1


def is_refused(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw)
        json.loads(raw)
    except ValueError:
        return True
    return False


def asked(body: bytes, content_type: str | None = "application/json") -> Request:
    return Request(EnvironBuilder(method="POST", data=body, content_type=content_type).get_environ())


@each_row(
    ("opening", "closing"),
    {
        "lists": (b"[", b"]"),
        "objects and lists": (b'{"a":[', b"]}"),
        "among other values": (b'[0,"[",{"a":', b"}]"),
    },
)
def test_a_body_is_read_down_to_the_deepest_level_and_no_deeper(opening, closing):
    levels_each = opening.count(b"[") - opening.count(b'"["') + opening.count(b"{")
    times = DEEPEST // levels_each
    at_the_limit = opening * times + b"0" + closing * times
    beyond = b"[" + at_the_limit + b"]"

    assert read_json(asked(at_the_limit)) == decode(at_the_limit)
    with pytest.raises(MalformedJsonError, match="nested deeper than 64 levels"):
        read_json(asked(beyond))


@each_row("innermost", [b"[]", b"{}", b"[0]", b'{"a":0}'])
def test_the_innermost_level_counts_whether_or_not_anything_is_in_it(innermost):
    around = DEEPEST - 1
    at_the_limit = b"[" * around + innermost + b"]" * around

    assert read_json(asked(at_the_limit)) == decode(at_the_limit)
    with pytest.raises(MalformedJsonError, match="nested deeper than 64 levels"):
        read_json(asked(b"[" + at_the_limit + b"]"))
