"""What is expected of the callbacks, held against those that came."""

import json
from itertools import permutations

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st
from msgspec import ValidationError, convert
from recorded_callbacks import recorded

from callback_sink.expectation import Expectation, failures
from callback_sink.search import Filters, closest, matches
from elements_local.kit.api.shape_words import refusal


def callbacks(*letters):
    """Make a callback of each text; its letters are its body."""
    return [
        recorded(json.dumps(text).encode(), id=number, path="/")
        for number, text in enumerate(letters, start=1)
    ]


def wrong(asked, came):
    expected = convert(asked, Expectation)
    return failures(expected, came, near=lambda: closest(expected.match, came))


def one(letter):
    return {"q": letter}


@each_row(
    ("asked", "came"),
    {
        "count": ({"count": 2}, ["a", "b"]),
        "count of none": ({"count": 0}, []),
        "between": ({"at_least": 1, "at_most": 2}, ["a", "b"]),
        "none": ({"none": True}, []),
        "these, in any order": ({"these": [one("b"), one("a")]}, ["a", "x", "b"]),
        "one for each": ({"these": [one("a"), one("a")]}, ["a", "a"]),
        "shared out so that each has one": ({"these": [one("a"), one("b")]}, ["ab", "a"]),
        "in order": ({"these": [one("a"), one("b")], "in_order": True}, ["x", "a", "x", "b"]),
        "only these": ({"these": [one("a"), one("b")], "only": True}, ["b", "a"]),
        "all of it": (
            {"these": [one("a"), one("b")], "only": True, "in_order": True, "count": 2},
            ["a", "b"],
        ),
    },
)
def test_what_is_as_expected_leaves_nothing_to_say(asked, came):
    assert wrong(asked, callbacks(*came)) == []


@each_row(
    ("asked", "came", "said"),
    [
        ({"count": 2}, ["a"], "expected exactly 2 callbacks; 1 came"),
        ({"count": 1}, ["a", "b"], "expected exactly 1 callback; 2 came"),
        ({"at_least": 2}, ["a"], "expected at least 2 callbacks; 1 came"),
        ({"at_most": 1}, ["a", "b"], "expected at most 1 callback; 2 came"),
        ({"none": True}, ["a"], "expected no callback; 1 came"),
        ({"these": [one("a"), one("b")]}, ["a"], 'expected these[1], {"q":"b"}; no callback is like it'),
        (
            {"these": [one("a"), one("a")]},
            ["a"],
            'expected these[1], {"q":"a"}; none is left after 1; like it: 1',
        ),
        (
            {"these": [one("a"), one("b")], "in_order": True},
            ["b", "a"],
            'expected these[1], {"q":"b"}; none is left after 2; like it: 1',
        ),
        ({"these": [one("a")], "only": True}, ["a", "x"], "expected no callbacks but these; 1 more came"),
    ],
)
def test_what_is_not_as_expected_is_said(asked, came, said):
    assert [str(failure) for failure in wrong(asked, callbacks(*came))] == [said]


def test_what_is_missing_is_compared_with_what_is_left():
    came = callbacks("a", "x", "y")
    (failure,) = wrong({"these": [one("a"), {"q": "b", "method": "POST"}]}, came)

    assert [miss.callback.id for miss in failure.closest] == [3, 2]
    assert failure.closest[0].differs == ["q: expected b in path, headers or body, was in none"]


def test_too_few_are_compared_with_what_is_nearly_meant():
    came = callbacks("a", "b")
    near = closest(Filters(q="a"), came)
    (failure,) = failures(Expectation(match=Filters(q="a"), count=2), came[:1], near=lambda: near)

    assert [miss.callback.id for miss in failure.closest] == [2]


@each_row(
    ("asked", "reason"),
    [
        ({}, "nothing is expected; give count, at_least, at_most, none or these"),
        ({"match": {"q": "x"}}, "nothing is expected"),
        ({"only": True, "count": 1}, "in_order and only are about `these`"),
        ({"in_order": True, "count": 1}, "in_order and only are about `these`"),
        ({"none": True, "count": 0}, "none goes with no count"),
        ({"none": True, "these": [{}]}, "none goes with no count and no `these`"),
        ({"these": []}, "these must be a list of 1 to 100 objects; got an empty list"),
        ({"these": [{}] * 101}, "these must be a list of 1 to 100 objects"),
        ({"count": -1}, "count must be a whole number from 0 to 1000000; got -1"),
        ({"these": [{"json": ["x"]}]}, "is not a condition on JSON"),
        ({"expect": 1}, "unknown key 'expect'"),
    ],
)
def test_an_expectation_that_says_nothing_is_refused(asked, reason):
    with pytest.raises(ValidationError):
        convert(asked, Expectation)

    assert reason in refusal(asked, Expectation)


LETTERS = st.lists(st.text(alphabet="abc", min_size=1, max_size=2), max_size=5)


@given(wanted=st.lists(st.sampled_from("abc"), min_size=1, max_size=4), came=LETTERS)
def test_each_has_one_of_its_own_exactly_if_they_can_be_shared_out(wanted, came):
    """Held against trying all ways."""
    there = callbacks(*came)
    filters = [Filters(q=letter) for letter in wanted]

    possible = any(all(map(matches, filters, chosen)) for chosen in permutations(there, len(filters)))

    assert (wrong({"these": [one(letter) for letter in wanted]}, there) == []) is possible


@given(wanted=st.lists(st.sampled_from("abc"), min_size=1, max_size=4), came=LETTERS)
def test_what_is_in_order_is_as_expected_in_any_order_too(wanted, came):
    these = [one(letter) for letter in wanted]
    there = callbacks(*came)

    ordered = wrong({"these": these, "in_order": True}, there)

    assert ordered or wrong({"these": these}, there) == []
