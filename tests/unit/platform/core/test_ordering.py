"""The order of a list: what reads as one, and which records come first."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.ordering import SortOrder, first_in_order, parse_order
from elements_local.platform.errors import InvalidRequestError


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", None),
        ("  ", None),
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


@pytest.mark.parametrize("text", ["LAST_NAME up", "LAST_NAME descending", "a b c", "A, B"])
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
