"""Dates by Java patterns: what is written, what is read, what is refused.

What SimpleDateFormat itself makes of patterns and texts is held by ``tests/contract``; here stand the laws,
the edges, and what we do otherwise on purpose.
"""

import calendar
from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import assume, example, given
from hypothesis import strategies as st

from elements_local.platform.dates.java_dates import (
    PatternField,
    compile_pattern,
    epoch_milliseconds,
    format_date,
    parse_date,
)
from elements_local.platform.dates.zones import zone
from elements_local.platform.errors import DatePatternError, UnreadableDateError

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
INSTANT = datetime(2026, 3, 2, 15, 4, 5, 123_456, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@each_row(
    ("pattern", "where", "text"),
    {
        "up to three S are a count": ("S SS SSS", "GMT", "123 123 123"),
        "more are fractions": ("SSSS SSSSSS SSSSSSSSS", "GMT", "1234 123456 123456000"),
        "microseconds": ("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "GMT", "2026-03-02T15:04:05.123456Z"),
        "the word milliseconds": ("milliseconds", "GMT", "1772463845123"),
        "nothing": ("", "GMT", ""),
        "a name of the zone": ("z", "America/Denver", "MST"),
        "UTC keeps its own": ("z", "UTC", "UTC"),
        "an offset has none": ("z", "-8:00", "GMT-08:00"),
        "nor has a zone without letters": ("z", "Asia/Kathmandu", "GMT+05:45"),
    },
)
def test_an_instant_is_written_by_a_pattern(pattern, where, text):
    assert format_date(INSTANT, pattern, zone(where)) == text


def test_seconds_of_an_old_offset_are_cut_off():
    assert format_date(utc(1910, 1, 1), "XXX Z", zone("America/St_Johns")) == "-03:30 -0330"


def of_1970(**after: float) -> datetime:
    return utc(1970, 1, 1) + timedelta(**after)


@each_row(
    ("text", "pattern", "instant"),
    {
        "SSS is a count: five": ("00.5", "ss.SSS", of_1970(microseconds=5_000)),
        "123 seconds of milliseconds": ("00.123456", "ss.SSS", of_1970(microseconds=123_456_000)),
        "a fraction: five tenths": ("00.5", "ss.SSSSSS", of_1970(microseconds=500_000)),
        "a fraction: five millionths": ("00.000005", "ss.SSSSSS", of_1970(microseconds=5)),
        "more digits than we keep": ("00.123456789", "ss.SSSSSS", of_1970(microseconds=123_456)),
        "four digits": ("00.1234", "ss.SSSS", of_1970(microseconds=123_400)),
        "HH wins over a": ("13 AM", "HH a", of_1970(hours=13)),
        "HH wins over hh": ("13 01", "HH hh", of_1970(hours=13)),
        "hh with its a wins over HH": ("13 02 PM", "HH hh a", of_1970(hours=14)),
        "a alone is noon": ("PM", "a", of_1970(hours=12)),
        "day nought": ("2026-03-00", "yyyy-MM-dd", utc(2026, 2, 28)),
        "blanks before it all": ("  2026-03-02", "yyyy-MM-dd", utc(2026, 3, 2)),
        "blanks before numbers": ("2026- 3-\t2 10: 0", "yyyy-MM-dd HH:mm", utc(2026, 3, 2, 10)),
        "a negative number": ("10:00:-5", "HH:mm:ss", of_1970(hours=10, seconds=-5)),
        "a number": (20260302, "yyyyMMdd", utc(2026, 3, 2)),
        "no separators": ("20260302101112", "yyyyMMddHHmmss", utc(2026, 3, 2, 10, 11, 12)),
        "a quote separates": ("12'3", "d''M", utc(1970, 3, 12)),
        "a name does not abut": ("Mar02", "MMMdd", utc(1970, 3, 2)),
        "nor does AM": ("12PM", "ha", of_1970(hours=12)),
        "nor a month's name": ("2026Mar", "yyyyMMM", utc(2026, 3, 1)),
        "nor an offset": ("10Z", "HX", of_1970(hours=10)),
        "more follows a zone": ("10:00 PST, +0100 2026", "HH:mm z, Z yyyy", utc(2026, 1, 1, 9)),
        "a day less than 20 years ahead": ("46-03-01", "yy-MM-dd", utc(2046, 3, 1)),
        "a day less than 80 years ago": ("46-03-03", "y-MM-dd", utc(1946, 3, 3)),
        "a second more than 80 years ago": (
            "46-03-02 09:59:59",
            "yy-MM-dd HH:mm:ss",
            utc(2046, 3, 2, 9, 59, 59),
        ),
        "exactly 80 years ago": ("46-03-02 10:00:00", "yy-MM-dd HH:mm:ss", utc(1946, 3, 2, 10)),
        "three digits are meant as they are": ("126-01-01", "yy-MM-dd", utc(126, 1, 1)),
        "so are two for more letters": ("26", "yyy", utc(26, 1, 1)),
        "milliseconds": ("1772445600123", "milliseconds", utc(2026, 3, 2, 10, 0, 0, 123_000)),
        "a whole number with a point": (1772445600000.0, "milliseconds", utc(2026, 3, 2, 10)),
        "nought between blanks": (" 0 ", "milliseconds", utc(1970, 1, 1)),
        "before 1970": (-1, "milliseconds", of_1970(milliseconds=-1)),
    },
)
def test_a_text_is_read_by_a_pattern(text, pattern, instant):
    assert parse_date(text, pattern, now=NOW) == instant


@each_row(
    ("value", "pattern"),
    {
        "nothing": ("", "yyyy"),
        "a German month": ("Mon, 2 Mär 2026", "EEE, d MMM yyyy"),
        "no weekday": ("Xyz, 2 Mar 2026", "EEE, d MMM yyyy"),
        "a blank too many before a month": ("Mon,  Mar 2026", "EEE, MMM yyyy"),
        "a blank too many before a weekday": (" Mon", "EEE"),
        "a blank too many before AM": ("10  AM", "hh a"),
        "digits of another script": ("٢٠٢٦-٠٣-٠٢", "yyyy-MM-dd"),
        "a year beyond the calendar": ("99999-01-01", "yyyy-MM-dd"),
        "the year nought": ("0-01-01", "yyy-MM-dd"),
        "a digit and a sign for two digits": ("-6-01-01", "yy-MM-dd"),
        "thirty digits": ("9" * 30, "yyyy"),
        "a letter outside ASCII": ("10:00 İstanbul", "HH:mm z"),
        "a ligature that capitals would part": ("10:00 Eﬆ", "HH:mm z"),
        "no zone": ("10:00 ", "HH:mm z"),
        "an offset of a day": ("10:00+24:00", "HH:mmz"),
        "null": (None, "'None'"),
        "a flag": (True, "'True'"),
        "an object": ({}, "{}"),
        **{
            ascii(value)[:20]: (value, "milliseconds")
            for value in ("", "1e12", "0x10", "1_000", 1.5, float("nan"), float("inf"), 10**17, -(10**17))
        },
    },
)
def test_what_does_not_follow_the_pattern_is_unreadable(value, pattern):
    with pytest.raises(UnreadableDateError) as refusal:
        parse_date(value, pattern, now=NOW)

    assert ("no such field, or null in it" in str(refusal.value)) is (value is None)


@each_row(
    ("value", "pattern", "words"),
    {
        "a text": ("9" * 1_000_000, "yyyy", "does not follow 'yyyy'"),
        "a number": (10**5000, "yyyy", "thousands of digits"),
        "a negative number": (-(10**5000), "milliseconds", "thousands of digits"),
    },
)
def test_a_refusal_of_a_long_value_is_short(value, pattern, words):
    with pytest.raises(UnreadableDateError, match=words) as refusal:
        parse_date(value, pattern, now=NOW)

    assert len(str(refusal.value)) < 300


@each_row(
    ("hour", "text"), {0: "12 AM", 1: "1 AM", 11: "11 AM", 12: "12 PM", 13: "1 PM", 23: "11 PM"}.items()
)
def test_a_clock_of_twelve_hours_starts_at_twelve(hour, text):
    assert format_date(of_1970(hours=hour), "h a") == text
    assert parse_date(text, "h a", now=NOW) == of_1970(hours=hour)


@each_row(("number", "name"), [*enumerate(calendar.month_name)][1:])
def test_months_have_english_names(number, name):
    month = utc(1970, number, 1)

    assert format_date(month, "MMM MMMM") == f"{name[:3]} {name}"
    assert parse_date(name[:3].upper(), "MMMM", now=NOW) == parse_date(name, "MMM", now=NOW) == month


@each_row(("day", "name"), list(enumerate(calendar.day_name, start=2)))
def test_weekdays_have_english_names(day, name):
    assert format_date(utc(2026, 3, day), "E EEE EEEE") == f"{name[:3]} {name[:3]} {name}"
    assert parse_date(f"{name}, {day}", "EEE, d", now=NOW) == utc(1970, 1, day)


@each_row(
    ("configured", "name", "hour"),
    [("Asia/Kolkata", "IST", 4.5), ("GMT", "IST", 8), ("Asia/Shanghai", "CST", 2), ("GMT", "CST", 16)],
)
def test_a_name_that_several_zones_have_is_the_configured_ones_first(configured, name, hour):
    assert parse_date(f"10:00 {name}", "HH:mm z", zone(configured), now=NOW) == of_1970(hours=hour)


@each_row("letter", sorted("ABCGIJLNOPQRTUVbcefgijlnopqrtvx"))
def test_a_letter_that_no_configuration_uses_is_refused_with_its_column(letter):
    with pytest.raises(DatePatternError, match=f"the letter '{letter}' at column 6 is not supported"):
        compile_pattern(f"yyyy-{letter}")


@each_row("letter", list("yYMdEHhamsSZXzDFwWukK"))
def test_every_letter_that_configurations_use_is_supported(letter):
    assert compile_pattern(letter) == (PatternField(letter=letter, width=1),)


@each_row(
    ("pattern", "words"),
    {
        "a quote alone": ("'", "the quote at column 1 is not closed"),
        "a quote opened at the end": ("yyyy'T", "the quote at column 5 is not closed"),
        "one after a doubled one": ("'''", "the quote at column 3 is not closed"),
        "one after two doubled ones": ("'''''", "the quote at column 5 is not closed"),
        "a zone's letter four times": ("XXXX", "at column 1 comes once, twice or three times"),
        "a zone's name four times": ("zzzz", "at column 1 comes once, twice or three times"),
        "201 characters": ("-" * 201, "longer than 200 characters"),
    },
)
def test_an_unusable_pattern_is_refused(pattern, words):
    for use in (compile_pattern, lambda pattern: format_date(INSTANT, pattern)):
        with pytest.raises(DatePatternError, match=words):
            use(pattern)
    with pytest.raises(DatePatternError, match=words):
        parse_date("2026", pattern, now=NOW)


def test_a_pattern_of_200_characters_is_the_longest():
    assert compile_pattern("-" * 200) == ("-" * 200,)


@each_row(
    ("pattern", "text"),
    [
        ("''", "'"),
        ("''''''", "'''"),
        ("'T'", "T"),
        ("'T'''", "T'"),
        ("'''T'", "'T"),
        ("'o''clock'", "o'clock"),
        ("'a''''b'", "a''b"),
        ("''-''", "'-'"),
        ("'é ü'", "é ü"),
        ("é", "é"),
        ("'\n'", "\n"),
    ],
)
def test_a_doubled_quote_is_a_quote_wherever_it_stands(pattern, text):
    assert format_date(INSTANT, pattern) == text
    assert parse_date(text, pattern, now=NOW) == utc(1970, 1, 1)


@each_row("where", ["+14:00", "-12:00", "America/Denver"])
def test_the_calendars_ends_can_be_written_in_every_zone(where):
    for end in (utc(1, 1, 1), utc(9999, 12, 31, 23, 59, 59, 999_999)):
        assert format_date(end, "yyyy-MM-dd", zone(where))[4:] in {"-01-01", "-12-31"}


def test_milliseconds_since_1970_are_whole_and_rounded_down():
    assert epoch_milliseconds(utc(2026, 3, 2, 10)) == 1772445600000
    assert [epoch_milliseconds(of_1970(microseconds=us)) for us in (999, 0, -1)] == [0, 0, -1]


DATES = ("yyyy-MM-dd", "dd/MM/yyyy", "yyyyMMdd", "yy-M-d", "EEE, d MMM yyyy", "EEEE d MMMM yyyy")
TIMES = {
    "": timedelta(days=1),
    "HH:mm": timedelta(minutes=1),
    "hh:mm a": timedelta(minutes=1),
    "HHmmss": timedelta(seconds=1),
    "h:m:s a": timedelta(seconds=1),
    "HH:mm:ss.SSS": timedelta(milliseconds=1),
    "HHmmssSSS": timedelta(milliseconds=1),
    "HH:mm:ss.SSSSSS": timedelta(microseconds=1),
}
ZONES = ("GMT", "UTC", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Adelaide", "-3:30")


instants = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
patterns = st.tuples(
    st.sampled_from(DATES),
    st.sampled_from([" ", "'T'", "''", " 'o''clock' "]),
    st.sampled_from(sorted(TIMES)),
    st.sampled_from(["", "XX", "XXX", " Z", " z"]),
)


@given(instants, patterns, st.sampled_from(ZONES))
def test_a_date_that_was_written_reads_back_as_itself(instant, parts, name):
    pattern, where = "".join(parts), zone(name)
    _, _, time, zone_letters = parts
    local = instant.astimezone(where)
    since_midnight = local.replace(tzinfo=None) - datetime(local.year, local.month, local.day)  # noqa: DTZ001
    wall = local.replace(tzinfo=None) - since_midnight % TIMES[time]
    offsets = {wall.replace(tzinfo=where, fold=fold).utcoffset() for fold in (0, 1)}
    assume(zone_letters or len(offsets) == 1)
    offset = local.utcoffset() if zone_letters else offsets.pop()

    read = parse_date(format_date(instant, pattern, where), pattern, where, now=NOW)

    assert read == (wall - offset).replace(tzinfo=UTC)


hostile_patterns = st.one_of(
    st.text(),
    st.text("yMdEHhamsSZXz' -:/.", max_size=30),
    st.lists(st.sampled_from([*DATES, *TIMES, "X", "XXX", "Z", "z", "SSSSSSS", "'T'", "''"])).map("".join),
)
hostile_values = st.one_of(
    st.text(),
    st.text("0123456789-+:/ .TZGMTaPpm", max_size=40),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
    st.lists(st.integers()),
)


@given(hostile_patterns, hostile_values, st.sampled_from(ZONES))
@example("yyyy", "0000", "GMT")
@example("yyyy-MM-dd", "9999-12-32", "GMT")
@example("yyyy", "0001", "Australia/Adelaide")
@example("d", "9" * 18, "GMT")
@example("z", "GMT+", "GMT")
@example("yy", "-1", "GMT")
def test_any_value_by_any_pattern_is_a_date_in_utc_or_refused(pattern, value, name):
    try:
        read = parse_date(value, pattern, zone(name), now=NOW)
    except (DatePatternError, UnreadableDateError):
        return

    assert read.tzinfo is UTC


@given(hostile_patterns, st.datetimes(timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_any_pattern_is_written_or_refused(pattern, instant, name):
    try:
        text = format_date(instant, pattern, zone(name))
    except DatePatternError:
        return

    assert isinstance(text, str)


@each_row(
    ("pattern", "text"),
    {
        "names": ("E" * 200, "Mon" * 100_000),
        "halves of a day": ("a" * 200, "AM" * 100_000),
        "digits": ("yM" * 100, "1" * 1_000_000),
        "quotes": ("'" + "''" * 90 + "'", "'" * 1_000_000),
        "zones": ("zEzE", "GMT" * 300_000),
        "blanks": ("d", " " * 100_000),
    },
)
def test_long_hostile_texts_are_done_with_soon(pattern, text):
    try:
        read = parse_date(text, pattern, now=NOW)
    except UnreadableDateError:
        return

    assert read.tzinfo is UTC


@pytest.mark.assumed
@each_row(
    ("text", "pattern"),
    [
        ("2026 20", "yyyy w"),
        ("2026-03 2", "yyyy-MM W"),
        ("2026-03 2 5", "yyyy-MM F u"),
        ("2026-03 5", "yyyy-MM u"),
    ],
)
def test_a_date_by_its_week_alone_is_unreadable(text, pattern):
    """Else it would be read as the first of January, or of the month."""
    with pytest.raises(UnreadableDateError):
        parse_date(text, pattern, now=INSTANT)
