"""How differences between what was expected and what came are said, and what names in a text stand for."""

from pathlib import Path

from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.scenarios.expect import GoldenStream, contained, headers, ordered, unordered
from elements_local.scenarios.scenario_context import escaped, fill, fill_text


@each_row(
    ("expected", "actual", "lines"),
    {
        "any order": (["a", "b"], ["b", "a"], []),
        "nothing": ([], [], []),
        "missing": (["a"], [], ["missing:    a"]),
        "unexpected": ([], ["a"], ["unexpected: a"]),
        "once too often": (["a"], ["a", "a"], ["unexpected: a"]),
        "too seldom": (["a", "a", "a"], ["a"], ["missing:    a (2 times)"]),
    },
)
def test_unordered_counts(expected: list[str], actual: list[str], lines: list[str]) -> None:
    assert unordered(expected, actual) == lines


def test_ordered_shows_both_lists_only_where_they_differ() -> None:
    assert ordered([1, None], [1, None]) == []
    assert ordered([1, 2], [2, 1]) == ["expected: [1,2]", "actual:   [2,1]"]


@each_row(
    ("expected", "actual", "lines"),
    {
        "more keys are fine": ({"a": 1}, {"a": 1, "b": 2}, []),
        "deep": ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 2, "d": 3}]}}, []),
        "missing key": ({"a": 1}, {}, ["a: expected 1, actual nothing"]),
        "deep difference": ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b: expected 1, actual 2"]),
        "lists have to be as long": ([1], [1, 2], ["value: expected [1], actual [1,2]"]),
        "in a list": ([{"a": 1}], [{"a": 2}], ["[0].a: expected 1, actual 2"]),
        "null": (None, {}, ["value: expected null, actual {}"]),
        "other kind": ({"a": 1}, [1], ['value: expected {"a":1}, actual [1]']),
        "null is a value": ({"a": None}, {"a": None}, []),
        "types": ({"a": "{text}", "b": "{number}", "c": "{absent}"}, {"a": "", "b": 0.5}, []),
        "no text": ({"a": "{text}"}, {"a": 1}, ['a: expected "{text}", actual 1']),
        "a flag": ({"a": "{number}"}, {"a": True}, ['a: expected "{number}", actual true']),
        "text is to be there": ({"a": "{text}"}, {}, ['a: expected "{text}", actual nothing']),
        "null is there": ({"a": "{absent}"}, {"a": None}, ['a: expected "{absent}", actual null']),
    },
)
def test_contained_names_the_place(expected: object, actual: object, lines: list[str]) -> None:
    assert contained(expected, actual) == lines


def test_headers_are_compared_in_any_case_and_null_is_none() -> None:
    came = {"x-one": "1", "X-Two": "2"}

    assert headers({"X-One": "1", "x-two": "{text}", "X-Three": None}, came) == []
    assert headers({"X-One": None, "X-Three": "{text}"}, came) == [
        "X-One: expected: [null]",
        'X-One: actual:   ["1"]',
        'X-Three: expected: ["{text}"]',
        "X-Three: actual:   [null]",
    ]


def test_a_stream_is_compared_once_it_is_stored(tmp_path: Path) -> None:
    stored = tmp_path / "it" / "s.stream"

    assert GoldenStream(path=stored).differences(["a"]) == [
        f"{stored} is not there; --update writes it",
        "  a",
    ]
    assert GoldenStream(path=stored, update=True).differences(["a"]) == []
    assert GoldenStream(path=stored).differences(["a"]) == []
    assert {"-a", "+b"} <= {*GoldenStream(path=stored).differences(["b"])}


KNOWN = {"a": 7, "contacts/ada": 12345678, "workspace": "mine", "tricky": "{a}"}


@each_row(
    ("value", "becomes"),
    {
        "nothing but a name is the value": ("{contacts/ada}", 12345678),
        "names inside a text": ("/x/{contacts/ada}?w={workspace}", "/x/12345678?w=mine"),
        "inside of a body": ({"ID": "{a}", "x": ["{a}", 1, None]}, {"ID": 7, "x": [7, 1, None]}),
        "a value is not looked into": ("{tricky}", "{a}"),
        "what is no name": ("${gmtDate:yyyy} {b} {} {", "${gmtDate:yyyy} {b} {} {"),
        "a doubled brace": ("{{a}} {{b}}", "{a} {{b}}"),
    },
)
def test_names_are_filled_in(value, becomes):
    assert fill(value, KNOWN) == becomes


@given(st.text(st.sampled_from("{}a/w$ "), max_size=20) | st.text())
def test_what_is_escaped_is_itself_again(text):
    assert fill_text(escaped(text, KNOWN), KNOWN) == text
    assert fill(escaped(text, KNOWN), KNOWN) == text
