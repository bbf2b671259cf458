"""Instants and durations: what is read, what is refused, and that nothing else comes out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.kit.clock import NaiveInstantError
from elements_local.kit.instants import (
    UnreadableTimeError,
    format_instant,
    parse_duration,
    parse_instant,
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@each_row(
    ("text", "instant"),
    {
        "Zulu": ("2026-03-02T10:00:00Z", utc(2026, 3, 2, 10)),
        "an offset": ("2026-03-02T10:00:00+02:00", utc(2026, 3, 2, 8)),
        "an offset without a colon": ("2026-03-02T10:00:00-0530", utc(2026, 3, 2, 15, 30)),
        "no zone is UTC": ("2026-03-02T10:00:00", utc(2026, 3, 2, 10)),
        "a space for the T": ("2026-03-02 10:00:00", utc(2026, 3, 2, 10)),
        "a day is its midnight": ("2026-03-02", utc(2026, 3, 2)),
        "midnight at the day's end": ("2026-03-02T24:00:00Z", utc(2026, 3, 3)),
        "a tenth": ("2026-03-02T10:00:00.5Z", utc(2026, 3, 2, 10, 0, 0, 500_000)),
        "nanoseconds": ("2026-03-02T10:00:00,123456789Z", utc(2026, 3, 2, 10, 0, 0, 123_456)),
        "space around it": ("  2026-03-02T10:00:00Z\n", utc(2026, 3, 2, 10)),
        "the first instant": ("0001-01-01T00:00:00Z", utc(1, 1, 1)),
        "the last one": ("9999-12-31T23:59:59.999999Z", utc(9999, 12, 31, 23, 59, 59, 999_999)),
    },
)
def test_an_iso_instant_is_read_as_utc(text, instant):
    assert parse_instant(text) == instant
    assert parse_instant(text).tzinfo is UTC


@each_row(
    "text",
    {
        "nothing": "",
        "blanks": "  ",
        "a word": "tomorrow",
        "a zone's name": "2026-03-02T10:00:00 CET",
        "the year nought": "0000-01-01T00:00:00Z",
        "the year ten thousand": "10000-01-01T00:00:00Z",
        "before the first instant, in UTC": "0001-01-01T00:00:00+14:00",
        "after the last instant, in UTC": "9999-12-31T23:59:59-14:00",
        "midnight after the last day": "9999-12-31T24:00:00Z",
        "digits of another script": "٢٠٢٦-03-02T10:00:00Z",
        "an invisible letter": "2026-03-02T10:00:00\u200bZ",
        "half a letter": "2026-03-02\ud800",
        "a zero byte": "2026-03-02T10:00:00Z\x00",
        "seconds since 1970": "1772445600",
    },
)
def test_what_is_no_instant_is_refused_with_an_example(text):
    with pytest.raises(UnreadableTimeError, match="expected an instant such as 2026-03-02T10:00:00Z; got"):
        parse_instant(text)


@each_row("value", [None, 5, 1.5, True, [], {}])
def test_json_that_is_no_text_is_no_instant(value):
    with pytest.raises(UnreadableTimeError):
        parse_instant(value)


@each_row(
    ("length", "shown"),
    {
        "as long as may be": (98, "'" + "x" * 98 + "'"),
        "longer by one": (99, "'" + "x" * 99 + "..."),
        "a million letters": (1_000_000, "'" + "x" * 99 + "..."),
    },
)
def test_a_refusal_quotes_the_start_of_a_long_text(length, shown):
    with pytest.raises(UnreadableTimeError) as refusal:
        parse_instant("x" * length)

    assert str(refusal.value).endswith(f"got {shown}")


instants_as_text = st.one_of(
    st.text(),
    st.text("0123456789-+:.,TWZz ", max_size=40),
    st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([+-][0-9]{2}:[0-9]{2}|Z)?"
    ),
    st.from_regex(r"\A(0001-01-01|9999-12-31)T[0-2][0-9]:00:00[+-][0-2][0-9]:00\Z"),
    st.from_regex(r"\A[0-9]{4}-?W[0-9]{2}-?[0-9]?\Z"),
    st.from_regex(r"\A[0-9]{4}-?[0-9]{3}\Z"),
)


@given(instants_as_text)
@example("0001W011")
@example("9999-W53-7")
@example("9999366")
def test_any_text_is_either_an_instant_in_utc_or_refused(text):
    try:
        instant = parse_instant(text)
    except UnreadableTimeError:
        return

    assert instant.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)))
@example(datetime.min.replace(tzinfo=UTC))
@example(datetime.max.replace(tzinfo=UTC))
@example(utc(1969, 12, 31, 23, 59, 59, 999_999))
def test_an_instant_that_was_written_reads_back_as_itself(instant):
    assert parse_instant(format_instant(instant)) == instant


@each_row(
    ("instant", "text"),
    {
        "whole seconds": (utc(2026, 3, 2, 10), "2026-03-02T10:00:00Z"),
        "a millisecond": (utc(2026, 3, 2, 10, 0, 0, 1000), "2026-03-02T10:00:00.001000Z"),
        "a microsecond": (utc(2026, 3, 2, 10, 0, 0, 1), "2026-03-02T10:00:00.000001Z"),
        "another zone": (
            datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            "2026-03-01T19:15:00Z",
        ),
        "a year of one digit": (utc(1, 1, 1), "0001-01-01T00:00:00Z"),
    },
)
def test_an_instant_is_written_in_utc(instant, text):
    assert format_instant(instant) == text


def test_an_instant_without_a_zone_is_not_written_as_if_it_had_the_machines():
    with pytest.raises(NaiveInstantError):
        format_instant(datetime(2026, 3, 2, 10))  # noqa: DTZ001 - what is refused


@each_row(
    ("value", "seconds"),
    {
        "nought": (0, 0),
        "a number": (90, 90),
        "a fraction": (1.5, 1.5),
        "a negative number": (-60, -60),
        "a number as text": ("90", 90),
        "a fraction as text": ("1.5", 1.5),
        "minutes": ("15m", 900),
        "minutes at length": ("15 min", 900),
        "minutes in capitals": ("15M", 900),
        "hours and minutes": ("1h 30m", 5400),
        "close together": ("1h30m", 5400),
        "in words": ("1 hour, 30 minutes", 5400),
        "days": ("2 days", 172_800),
        "a week": ("1w", 604_800),
        "everything": ("1d 2h 3m 4s", 93_784),
        "a fraction of an hour": ("1.5h", 5400),
        "milliseconds": ("250ms", 0.25),
        "minutes and seconds on a clock": ("1:30", 90),
        "hours on a clock": ("01:30:00", 5400),
        "a negative duration": ("-15m", -900),
        "space around it": ("  15m\n", 900),
        "much space within": ("1h" + " " * 60 + "30m", 5400),
        "no time": ("0s", 0),
    },
)
def test_a_duration_is_read(value, seconds):
    assert parse_duration(value) == timedelta(seconds=seconds)


@each_row(
    "value",
    {
        "nothing": "",
        "a blank": " ",
        "only a sign": "-",
        "a word": "soon",
        "a unit of length": "15 parsecs",
        "the unit first": "m15",
        "a number without its unit": "1h 30",
        "a sign within": "1h -5m",
        "a stroke for a sign": "|5m",
        "two points": "1.2.3s",
        "only a point": ".s",
        "two points in a row": "1..5w",
        "digits of another script": "٣m",
        "a raised digit": "²s",
        "half a letter": "5m\ud800",
        "no number, as text": "nan",
        "without end, as text": "inf",
        "no number": float("nan"),
        "without end": float("inf"),
        "without beginning": float("-inf"),
        "longer than a calendar holds": 1e300,
        "further back than a calendar goes": -1e300,
        "a number of 400 digits": 10**400,
        "a number too long to write": 10**5000,
        "too many days": "9" * 30 + "d",
        "too many digits": "9" * 5000,
        "space without end": "1h" + " " * 10_000 + "x",
        "hours without end": "1h " * 10_000,
        "true": True,
        "null": None,
        "a list": [],
        "an object": {"minutes": 5},
    },
)
def test_what_is_no_duration_is_refused_in_short(value):
    with pytest.raises(UnreadableTimeError, match="expected a duration") as refusal:
        parse_duration(value)

    assert len(str(refusal.value)) < 300


def test_a_duration_is_read_up_to_a_hundred_letters():
    text = "0." + "0" * 96 + "1s"

    assert len(text) == 100
    assert parse_duration(text) == timedelta(0)
    assert parse_duration(f"  {text}  ") == timedelta(0)
    with pytest.raises(UnreadableTimeError):
        parse_duration("0" + text)


def test_a_number_too_long_to_write_is_refused_without_being_written():
    with pytest.raises(UnreadableTimeError, match="can hold; got a number of thousands of digits"):
        parse_duration(10**5000)


json_numbers = st.one_of(st.integers(), st.floats(), st.integers(-(10**500), 10**500))
durations_as_text = st.one_of(
    st.text(),
    st.text("0123456789.:,/+-eE_ \tdhmswy", max_size=60),
    st.from_regex(r"\A([0-9.]{1,30} ?[a-z]{1,7} *)+\Z"),
)


@given(st.one_of(json_numbers, durations_as_text, st.none(), st.booleans(), st.lists(st.integers())))
def test_any_json_is_either_a_duration_or_refused(value):
    try:
        duration = parse_duration(value)
    except UnreadableTimeError:
        return

    assert isinstance(duration, timedelta)


@given(st.integers(0, 400), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_a_duration_is_the_sum_of_its_parts(days, hours, minutes, seconds):
    text = f"{days}d {hours}h {minutes}m {seconds}s"

    assert parse_duration(text) == timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
