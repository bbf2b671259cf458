"""A stretch of a list: pages, tokens and order are the same whoever filters."""

from functools import partial

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.ceql import Comparison, matches
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.provider import lists
from elements_local.platform.provider.lists import PageRequest, whole

ODD = Comparison("odd", "=", True)
LARGEST_PAGE = 500

sizes = st.integers(1, 7)
lengths = st.integers(0, 40)
residuals = st.sampled_from([None, ODD, Comparison("A", ">", 30), Comparison("A", "=", 1)])
orders = st.sampled_from(
    [None, SortOrder(field="A"), SortOrder(field="A", descending=True), SortOrder(field="B")]
)


def people(count):
    return [{"A": (number * 7) % 41, "B": number % 3, "odd": number % 2 == 1} for number in range(count)]


def page(asked, read, *, residual):
    keeps = None if residual is None else partial(matches, residual)
    return lists.page(asked, read, keeps=keeps, largest=LARGEST_PAGE)


def expected(records, residual, order):
    kept = [record for record in records if residual is None or matches(residual, record)]
    return sorted(kept, key=lambda each: each[order.field], reverse=order.descending) if order else kept


def walk(records, residual, order, size):
    """Follow the tokens to the end, and return each page."""
    pages = [page(PageRequest(size=size, order=order), whole(lambda: records), residual=residual)]
    while pages[-1].cursor is not None:
        asked = PageRequest(size=size, order=order, token=pages[-1].cursor)
        pages.append(page(asked, whole(lambda: records), residual=residual))
    return [each.items for each in pages]


@given(lengths, residuals, orders, sizes)
def test_a_walk_by_tokens_meets_every_record_once_in_full_pages(count, residual, order, size):
    records = people(count)

    pages = walk(records, residual, order, size)

    assert [record for each in pages for record in each] == expected(records, residual, order)
    assert all(len(each) == size for each in pages[:-1])
    assert pages[-1] or len(pages) == 1


@given(lengths, residuals, orders, sizes, st.integers(0, 4))
def test_two_pages_of_n_are_one_of_twice_n(count, residual, order, size, turn):
    records = whole(lambda: people(count))

    def numbered(number, size):
        return page(PageRequest(size=size, skip=number * size, order=order), records, residual=residual).items

    assert numbered(2 * turn, size) + numbered(2 * turn + 1, size) == numbered(turn, 2 * size)


@each_row("order", {"unordered": None, "in order": SortOrder(field="A")})
def test_a_long_list_is_read_one_large_page_at_a_time(order):
    records = people(3 * LARGEST_PAGE + 1)
    asked_for = []

    def stretch(top, skip):
        asked_for.append((top, skip))
        return records[skip : skip + top], len(records)

    found = page(PageRequest(size=2, order=order), stretch, residual=Comparison("A", "=", -1))

    assert (found.items, found.cursor) == ([], None)
    assert asked_for == [(LARGEST_PAGE, number * LARGEST_PAGE) for number in range(4)]


def test_no_more_is_read_than_the_page_and_one_more_match_need():
    asked_for = []

    def stretch(top, skip):
        asked_for.append((top, skip))
        return people(LARGEST_PAGE), 10 * LARGEST_PAGE

    page(PageRequest(size=5), stretch, residual=ODD)

    assert asked_for == [(LARGEST_PAGE, 0)]


def test_a_list_that_is_read_all_at_once_is_read_once_and_not_for_a_token_of_nothing():
    read = []

    def everything():
        read.append(True)
        return people(3)

    with pytest.raises(InvalidRequestError, match=r"^nextPage must be a token from Elements-Next-Page-Token"):
        page(PageRequest(size=2, token="x"), whole(everything), residual=None)

    assert read == []
    assert len(page(PageRequest(size=2), whole(everything), residual=ODD).items) == 1
    assert read == [True]
