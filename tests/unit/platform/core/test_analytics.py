"""Counts over time: a range becomes buckets, and what was counted falls into them."""

from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.analytics import Interval, Tally, buckets, fold, span
from elements_local.platform.errors import InvalidRequestError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
INSTANTS = st.datetimes(
    min_value=datetime(1960, 1, 1),  # noqa: DTZ001 - made aware below
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cut(since, until, interval, limit=10_000):
    return buckets(since, until, Interval(interval), limit=limit)


@each_row(
    ("since", "until", "meant"),
    {
        "nothing: the last 24 hours": (None, None, ("2026-03-01T12", "2026-03-02T12")),
        "an end alone: the 24 hours up to it": (None, "2026-01-02", ("2026-01-01", "2026-01-02")),
        "a start alone: all since": ("2026-01-01", None, ("2026-01-01", "2026-03-02T12")),
        "a start that is to come": ("2027-01-01", None, ("2027-01-01", "2027-01-01")),
        "one instant": ("2026-03-02T12", "2026-03-02T12", ("2026-03-02T12", "2026-03-02T12")),
        "from the calendar's first day": (None, "0001-01-01T01", ("0001-01-01", "0001-01-01T01")),
    },
)
def test_what_is_left_out_of_a_range(since, until, meant):
    assert span(since and at(since), until and at(until), now=NOON) == tuple(map(at, meant))


def test_a_range_that_ends_before_it_starts_is_refused():
    with pytest.raises(InvalidRequestError, match="to must not lie before from"):
        span(NOON, NOON - timedelta(microseconds=1), now=NOON)


@each_row(
    ("since", "until", "interval", "first", "number"),
    {
        "an hour by minutes": ("2026-03-02T10", "2026-03-02T11", "minute", "2026-03-02T10", 61),
        "by seconds": ("2026-03-02T10", "2026-03-02T11", "second", "2026-03-02T10", 3601),
        "by hours": ("2026-03-02T10", "2026-03-02T11", "hour", "2026-03-02T10", 2),
        "from a last second": ("2026-03-02T10:59:59", "2026-03-02T11", "hour", "2026-03-02T10", 2),
        "within one": ("2026-03-02T10", "2026-03-02T10:59:59", "hour", "2026-03-02T10", 1),
        "one instant": ("2026-03-02T10", "2026-03-02T10", "year", "2026-01-01", 1),
        "over a month's end": ("2026-02-27T23", "2026-03-01T01", "day", "2026-02-27", 3),
        "a week starts on Monday": ("2026-03-01T23", "2026-03-02T00", "week", "2026-02-23", 2),
        "months are not all as long": ("2024-01-31", "2024-03-01", "month", "2024-01-01", 3),
        "a quarter ends in March": ("2026-03-31T23:59:59", "2026-04-01", "quarter", "2026-01-01", 2),
        "the last quarter": ("2026-12-31", "2027-01-01", "quarter", "2026-10-01", 2),
        "years from a leap day": ("2024-02-29", "2026-01-01", "year", "2024-01-01", 3),
        "the calendar's first week": ("0001-01-03", "0001-01-08", "week", "0001-01-01", 2),
        "its last day": ("9999-12-31T23", "9999-12-31T23:30", "day", "9999-12-31", 1),
        "its last year": ("9999-06-01", "9999-12-31", "year", "9999-01-01", 1),
    },
)
def test_the_buckets_in_which_a_range_starts_and_ends_are_both_there(since, until, interval, first, number):
    made = cut(at(since), at(until), interval)

    assert made.starts[0] == at(first)
    assert len(made.starts) == number
    assert made.starts[-1] <= at(until)


def test_as_many_buckets_as_the_limit_are_made_and_one_more_is_refused():
    assert len(cut(NOON, NOON + timedelta(seconds=99), "second", limit=100).starts) == 100
    with pytest.raises(InvalidRequestError, match="interval second is too fine"):
        cut(NOON, NOON + timedelta(seconds=100), "second", limit=100)


@given(
    INSTANTS,
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.sampled_from(["minute", "hour", "day", "week"]),
)
def test_every_instant_of_a_range_has_one_bucket_that_starts_no_later_and_none_between(
    since, length, interval
):
    made = cut(since, since + length, interval)

    assert list(made.starts) == sorted(set(made.starts))
    for instant in (since, since + length / 2, since + length):
        place = made.place(instant)
        assert place <= instant
        assert not [start for start in made.starts if place < start <= instant]


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=400)), st.sampled_from(list(Interval)[:5]))
def test_no_bucket_starts_inside_a_unit_in_which_is_counted(since, length, interval):
    made = buckets(since, since + length, interval, limit=1000)

    assert {(start - at("0001-01-01")) % made.unit for start in made.starts} == {timedelta(0)}


@given(st.lists(st.tuples(st.integers(0, 179), st.sampled_from([1, 2]), st.integers(1, 9))))
def test_nothing_that_was_counted_is_lost_or_counted_twice(found):
    made = cut(NOON, NOON + timedelta(hours=3), "hour")
    tallies = [Tally(at=NOON + timedelta(minutes=m), of=of, count=n, success=n) for m, of, n in found]

    folded = fold(made, tallies)

    assert len(folded) == 4
    assert sum(bucket.count for bucket in folded) == sum(n for _, _, n in found)
    for of in (1, 2):
        counted = [bucket.tallies[of].success for bucket in folded if of in bucket.tallies]
        assert sum(counted) == sum(n for _, who, n in found if who == of)
