"""How differences between what was expected and what came are said."""

from pathlib import Path

import pytest

from elements_local.scenarios.expect import GoldenStream, contained, headers, ordered, unordered


@pytest.mark.parametrize(
    ("expected", "actual", "lines"),
    [
        pytest.param(["a", "b"], ["b", "a"], [], id="any order"),
        pytest.param([], [], [], id="nothing"),
        pytest.param(["a"], [], ["missing:    a"], id="missing"),
        pytest.param([], ["a"], ["unexpected: a"], id="unexpected"),
        pytest.param(["a"], ["a", "a"], ["unexpected: a"], id="once too often"),
        pytest.param(["a", "a", "a"], ["a"], ["missing:    a (2 times)"], id="too seldom"),
    ],
)
def test_unordered_counts(expected: list[str], actual: list[str], lines: list[str]) -> None:
    assert unordered(expected, actual) == lines


def test_ordered_shows_both_lists_only_where_they_differ() -> None:
    assert ordered([1, None], [1, None]) == []
    assert ordered([1, 2], [2, 1]) == ["expected: [1,2]", "actual:   [2,1]"]


@pytest.mark.parametrize(
    ("expected", "actual", "lines"),
    [
        pytest.param({"a": 1}, {"a": 1, "b": 2}, [], id="more keys are fine"),
        pytest.param({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 2, "d": 3}]}}, [], id="deep"),
        pytest.param({"a": 1}, {}, ["a: expected 1, actual nothing"], id="missing key"),
        pytest.param({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b: expected 1, actual 2"], id="deep difference"),
        pytest.param([1], [1, 2], ["value: expected [1], actual [1,2]"], id="lists have to be as long"),
        pytest.param([{"a": 1}], [{"a": 2}], ["[0].a: expected 1, actual 2"], id="in a list"),
        pytest.param(None, {}, ["value: expected null, actual {}"], id="null"),
        pytest.param({"a": 1}, [1], ['value: expected {"a":1}, actual [1]'], id="other kind"),
        pytest.param({"a": None}, {"a": None}, [], id="null is a value"),
        pytest.param({"a": "{text}", "b": "{number}", "c": "{absent}"}, {"a": "", "b": 0.5}, [], id="types"),
        pytest.param({"a": "{text}"}, {"a": 1}, ['a: expected "{text}", actual 1'], id="no text"),
        pytest.param({"a": "{number}"}, {"a": True}, ['a: expected "{number}", actual true'], id="a flag"),
        pytest.param({"a": "{text}"}, {}, ['a: expected "{text}", actual nothing'], id="text is to be there"),
        pytest.param(
            {"a": "{absent}"}, {"a": None}, ['a: expected "{absent}", actual null'], id="null is there"
        ),
    ],
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
