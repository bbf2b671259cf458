"""The order of a list: what reads as one, which records come first, and texts that sort as values do."""

from itertools import pairwise

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.ordering import SortOrder, first_in_order, key_of, parse_order, sort_key
from elements_local.platform.errors import InvalidRequestError


@each_row(
    ("text", "order"),
    [
        ("LAST_NAME", SortOrder(field="LAST_NAME")),
        ("LAST_NAME asc", SortOrder(field="LAST_NAME")),
        (" LAST_NAME  ASC ", SortOrder(field="LAST_NAME")),
        ("LAST_NAME desc", SortOrder(field="LAST_NAME", descending=True)),
        ("user.name DESC", SortOrder(field="user.name", descending=True)),
        ("`Modified Time` desc", SortOrder(field="Modified Time", descending=True)),
    ],
)
def test_a_field_and_a_direction(text, order):
    assert parse_order(text) == order


@each_row("text", ["LAST_NAME up", "LAST_NAME descending", "a b c", "A, B"])
def test_another_direction_is_refused(text):
    with pytest.raises(InvalidRequestError, match="orderBy must be a field and asc or desc"):
        parse_order(text)


def values(records):
    return [record.get("A") for record in records]


def test_numbers_by_value_texts_by_letters_and_what_is_missing_last():
    records = [{"A": value} for value in ("b", 10, None, "B", 9, "a", [1], True)] + [{}]

    upwards = values(first_in_order(records, SortOrder(field="A"), count=9))
    downwards = values(first_in_order(records, SortOrder(field="a", descending=True), count=9))

    assert upwards == [True, 9, 10, "a", "b", "B", None, [1], None]
    assert downwards == ["b", "B", "a", 10, 9, True, None, [1], None]


@given(
    st.lists(st.one_of(st.none(), st.integers(-3, 3), st.sampled_from("abAB"))),
    st.booleans(),
    st.integers(0, 5),
)
def test_the_first_few_are_the_start_of_all_and_equals_keep_their_order(found, descending, count):
    records = [{"A": value, "at": at} for at, value in enumerate(found)]
    order = SortOrder(field="A", descending=descending)

    ordered = first_in_order(records, order, count=len(records))

    assert sorted(record["at"] for record in ordered) == [*range(len(records))]
    assert first_in_order(records, order, count=count) == ordered[:count]
    for one, next_one in pairwise(ordered):
        assert one["A"] != next_one["A"] or one["at"] < next_one["at"]


NUMBERS = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False)


@given(NUMBERS, NUMBERS)
def test_numbers_sort_by_size(one, other):
    assert (sort_key(one) < sort_key(other)) == (float(one) < float(other)) or one == other == 0


@given(st.text(max_size=50), st.text(max_size=50))
def test_texts_sort_by_their_letters_in_any_case(one, other):
    keys = [text.casefold().encode("utf-8", "replace") for text in (one, other)]

    assert (sort_key(one) < sort_key(other)) == (keys[0] < keys[1])


@given(NUMBERS | st.text() | st.booleans() | st.none() | st.lists(st.none()))
def test_a_key_is_hexadecimal_digits_and_not_long(value):
    key = sort_key(value)

    assert set(key) <= set("0123456789abcdef")
    assert len(key) < 1500


def test_kinds_sort_after_one_another():
    values = [None, False, True, -(10**400), -1.5, 0, 10**400, "", "Ada", "babbage"]

    assert sorted(values, key=sort_key) == values
    assert sort_key([1]) == sort_key({}) == sort_key(None)


def test_without_a_field_nothing_is_sorted_and_without_a_value_it_comes_first():
    assert key_of({"": "x", "A": 1}, "") == ""
    assert key_of({"A": 1}, "B") == sort_key(None)
    assert key_of({"user": {"id": 7}}, "user.id") == sort_key(7)
