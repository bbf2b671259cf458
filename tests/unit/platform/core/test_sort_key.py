"""Values as texts that sort as the values do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.ordering import key_of, sort_key

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


@pytest.mark.parametrize("field", ["LAST_NAME", "last_name", "Last_Name"])
def test_a_record_is_sorted_by_a_field_in_any_case(field):
    assert key_of({"LAST_NAME": "Ada"}, field) == sort_key("Ada")


def test_without_a_field_nothing_is_sorted_and_without_a_value_it_comes_first():
    assert key_of({"": "x", "A": 1}, "") == ""
    assert key_of({"A": 1}, "B") == sort_key(None)
    assert key_of({"user": {"id": 7}}, "user.id") == sort_key(7)
