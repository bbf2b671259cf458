"""Instants and durations: what is read, what is refused, and that nothing else comes out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
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


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2026-03-02T10:00:00Z", utc(2026, 3, 2, 10), id="Zulu"),
        pytest.param("2026-03-02T10:00:00z", utc(2026, 3, 2, 10), id="a small z"),
        pytest.param("2026-03-02T10:00:00+02:00", utc(2026, 3, 2, 8), id="an offset"),
        pytest.param("2026-03-02T10:00:00-0530", utc(2026, 3, 2, 15, 30), id="an offset without a colon"),
        pytest.param("2026-03-02T10:00:00", utc(2026, 3, 2, 10), id="no zone is UTC"),
        pytest.param("2026-03-02 10:00:00", utc(2026, 3, 2, 10), id="a space for the T"),
        pytest.param("2026-03-02T10:00", utc(2026, 3, 2, 10), id="no seconds"),
        pytest.param("2026-03-02", utc(2026, 3, 2), id="a day is its midnight"),
        pytest.param("20260302T100000Z", utc(2026, 3, 2, 10), id="without separators"),
        pytest.param("2026-03-02T24:00:00Z", utc(2026, 3, 3), id="midnight at the day's end"),
        pytest.param("2026-03-02T10:00:00.5Z", utc(2026, 3, 2, 10, 0, 0, 500_000), id="a tenth"),
        pytest.param("2026-03-02T10:00:00,123456789Z", utc(2026, 3, 2, 10, 0, 0, 123_456), id="nanoseconds"),
        pytest.param("  2026-03-02T10:00:00Z\n", utc(2026, 3, 2, 10), id="space around it"),
        pytest.param("0001-01-01T00:00:00Z", utc(1, 1, 1), id="the first instant"),
        pytest.param(
            "9999-12-31T23:59:59.999999Z", utc(9999, 12, 31, 23, 59, 59, 999_999), id="the last one"
        ),
        pytest.param("2024-02-29T00:00:00Z", utc(2024, 2, 29), id="a leap day"),
    ],
)
def test_an_iso_instant_is_read_as_utc(text, instant):
    assert parse_instant(text) == instant
    assert parse_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("  ", id="blanks"),
        pytest.param("tomorrow", id="a word"),
        pytest.param("2026-13-02T10:00:00Z", id="a thirteenth month"),
        pytest.param("2025-02-29", id="no leap year"),
        pytest.param("2026-03-02T25:00:00Z", id="a twenty-fifth hour"),
        pytest.param("2026-03-02T10:00:60Z", id="a leap second"),
        pytest.param("2026-03-02T10:00:00+25:00", id="an offset of more than a day"),
        pytest.param("2026-03-02T10:00:00 CET", id="a zone's name"),
        pytest.param("0000-01-01T00:00:00Z", id="the year nought"),
        pytest.param("10000-01-01T00:00:00Z", id="the year ten thousand"),
        pytest.param("0001-01-01T00:00:00+14:00", id="before the first instant, in UTC"),
        pytest.param("9999-12-31T23:59:59-14:00", id="after the last instant, in UTC"),
        pytest.param("9999-12-31T24:00:00Z", id="midnight after the last day"),
        pytest.param("٢٠٢٦-03-02T10:00:00Z", id="digits of another script"),
        pytest.param("2026-03-02T10:00:00\u200bZ", id="an invisible letter"),
        pytest.param("2026-03-02\ud800", id="half a letter"),
        pytest.param("2026-03-02T10:00:00Z\x00", id="a zero byte"),
        pytest.param("1772445600", id="seconds since 1970"),
        pytest.param("03/02/2026", id="a slashed date"),
    ],
)
def test_what_is_no_instant_is_refused_with_an_example(text):
    with pytest.raises(UnreadableTimeError, match="expected an instant such as 2026-03-02T10:00:00Z; got"):
        parse_instant(text)


@pytest.mark.parametrize("value", [None, 5, 1.5, True, [], {}], ids=repr)
def test_json_that_is_no_text_is_no_instant(value):
    with pytest.raises(UnreadableTimeError):
        parse_instant(value)


def test_a_refusal_says_what_came_and_what_was_expected():
    with pytest.raises(UnreadableTimeError) as refusal:
        parse_instant("2026-13-01")

    assert str(refusal.value) == "expected an instant such as 2026-03-02T10:00:00Z; got '2026-13-01'"


@pytest.mark.parametrize(
    ("length", "shown"),
    [(98, "'" + "x" * 98 + "'"), (99, "'" + "x" * 99 + "..."), (1_000_000, "'" + "x" * 99 + "...")],
    ids=["as long as may be", "longer by one", "a million letters"],
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


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        pytest.param(utc(2026, 3, 2, 10), "2026-03-02T10:00:00Z", id="whole seconds"),
        pytest.param(utc(2026, 3, 2, 10, 0, 0, 1000), "2026-03-02T10:00:00.001000Z", id="a millisecond"),
        pytest.param(utc(2026, 3, 2, 10, 0, 0, 1), "2026-03-02T10:00:00.000001Z", id="a microsecond"),
        pytest.param(
            datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            "2026-03-01T19:15:00Z",
            id="another zone",
        ),
        pytest.param(utc(1, 1, 1), "0001-01-01T00:00:00Z", id="a year of one digit"),
    ],
)
def test_an_instant_is_written_in_utc(instant, text):
    assert format_instant(instant) == text


def test_an_instant_without_a_zone_is_not_written_as_if_it_had_the_machines():
    with pytest.raises(NaiveInstantError):
        format_instant(datetime(2026, 3, 2, 10))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param(0, 0, id="nought"),
        pytest.param(90, 90, id="a number"),
        pytest.param(1.5, 1.5, id="a fraction"),
        pytest.param(-60, -60, id="a negative number"),
        pytest.param("90", 90, id="a number as text"),
        pytest.param("1.5", 1.5, id="a fraction as text"),
        pytest.param("15m", 900, id="minutes"),
        pytest.param("15 min", 900, id="minutes at length"),
        pytest.param("15M", 900, id="minutes in capitals"),
        pytest.param("1h 30m", 5400, id="hours and minutes"),
        pytest.param("1h30m", 5400, id="close together"),
        pytest.param("1 hour, 30 minutes", 5400, id="in words"),
        pytest.param("2 days", 172_800, id="days"),
        pytest.param("1w", 604_800, id="a week"),
        pytest.param("1d 2h 3m 4s", 93_784, id="everything"),
        pytest.param("1.5h", 5400, id="a fraction of an hour"),
        pytest.param("250ms", 0.25, id="milliseconds"),
        pytest.param("1:30", 90, id="minutes and seconds on a clock"),
        pytest.param("01:30:00", 5400, id="hours on a clock"),
        pytest.param("-15m", -900, id="a negative duration"),
        pytest.param("  15m\n", 900, id="space around it"),
        pytest.param("1h" + " " * 60 + "30m", 5400, id="much space within"),
        pytest.param("0s", 0, id="no time"),
    ],
)
def test_a_duration_is_read(value, seconds):
    assert parse_duration(value) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param(" ", id="a blank"),
        pytest.param("-", id="only a sign"),
        pytest.param("soon", id="a word"),
        pytest.param("15 parsecs", id="a unit of length"),
        pytest.param("m15", id="the unit first"),
        pytest.param("1h 30", id="a number without its unit"),
        pytest.param("1h -5m", id="a sign within"),
        pytest.param("|5m", id="a stroke for a sign"),
        pytest.param("1.2.3s", id="two points"),
        pytest.param(".s", id="only a point"),
        pytest.param("1..5w", id="two points in a row"),
        pytest.param("٣m", id="digits of another script"),
        pytest.param("²s", id="a raised digit"),
        pytest.param("5m\ud800", id="half a letter"),
        pytest.param("nan", id="no number, as text"),
        pytest.param("inf", id="without end, as text"),
        pytest.param(float("nan"), id="no number"),
        pytest.param(float("inf"), id="without end"),
        pytest.param(float("-inf"), id="without beginning"),
        pytest.param(1e300, id="longer than a calendar holds"),
        pytest.param(-1e300, id="further back than a calendar goes"),
        pytest.param(10**400, id="a number of 400 digits"),
        pytest.param(10**5000, id="a number too long to write"),
        pytest.param("9" * 30 + "d", id="too many days"),
        pytest.param("9" * 5000, id="too many digits"),
        pytest.param("1h" + " " * 10_000 + "x", id="space without end"),
        pytest.param("1h " * 10_000, id="hours without end"),
        pytest.param(True, id="true"),
        pytest.param(None, id="null"),
        pytest.param([], id="a list"),
        pytest.param({"minutes": 5}, id="an object"),
    ],
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
