"""Dates by Java patterns: what is written, what is read, what is refused.

What SimpleDateFormat itself makes of patterns and texts is held by ``tests/contract``; here stand the laws,
the edges, and what we do otherwise on purpose.
"""

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
    ("pattern", "text"),
    {
        "microseconds": ("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "2026-03-02T15:04:05.123456Z"),
        "quotes in and outside quoted text": ("yyyy 'o''clock' ''", "2026 o'clock '"),
        "the word milliseconds": ("milliseconds", "1772463845123"),
        "nothing": ("", ""),
    },
)
def test_an_instant_is_written_by_a_pattern(pattern, text):
    assert format_date(INSTANT, pattern) == text


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        ("S", "123"),
        ("SS", "123"),
        ("SSS", "123"),
        ("SSSS", "1234"),
        ("SSSSSS", "123456"),
        ("SSSSSSSSS", "123456000"),
    ],
)
def test_up_to_three_s_are_a_count_of_milliseconds_and_more_are_fractions(letters, text):
    assert format_date(INSTANT, letters) == text


@pytest.mark.parametrize(
    ("letters", "text", "microseconds"),
    [
        pytest.param("SSS", "5", 5_000, id="one digit is five milliseconds, not five tenths"),
        pytest.param("SSS", "123456", 123_456_000, id="six digits are 123 seconds"),
        pytest.param("SSSSSS", "5", 500_000, id="a fraction: five tenths"),
        pytest.param("SSSSSS", "000005", 5, id="a fraction: five millionths"),
        pytest.param("SSSSSS", "123456789", 123_456, id="a fraction with more digits than we keep"),
        pytest.param("SSSSSSSSSSSS", "123456789012", 123_456, id="picoseconds"),
        pytest.param("SSSS", "1234", 123_400, id="four digits"),
    ],
)
def test_sss_reads_a_count_and_ssssss_a_fraction(letters, text, microseconds):
    read = parse_date(f"00.{text}", f"ss.{letters}", now=NOW)

    assert read == utc(1970, 1, 1) + timedelta(microseconds=microseconds)


@pytest.mark.parametrize(
    ("hour", "text"), [(0, "12 AM"), (1, "1 AM"), (11, "11 AM"), (12, "12 PM"), (13, "1 PM"), (23, "11 PM")]
)
def test_a_clock_of_twelve_hours_starts_at_twelve(hour, text):
    instant = utc(1970, 1, 1, hour)

    assert format_date(instant, "h a") == text
    assert parse_date(text, "h a", now=NOW) == instant


@pytest.mark.parametrize(
    ("pattern", "text", "hour"),
    [
        pytest.param("HH a", "13 AM", 13, id="HH wins over a"),
        pytest.param("HH hh", "13 01", 13, id="HH wins over hh"),
        pytest.param("HH hh a", "13 02 PM", 14, id="hh with its a wins over HH"),
        pytest.param("a", "PM", 12, id="a alone is noon"),
    ],
)
def test_one_of_two_hours_in_a_pattern_counts(pattern, text, hour):
    assert parse_date(text, pattern, now=NOW) == utc(1970, 1, 1, hour)


@each_row(
    ("text", "instant"),
    {
        "day nought": ("2026-03-00 00:00:00", utc(2026, 2, 28)),
        "blanks before it all": ("  2026-03-02 10:00:00", utc(2026, 3, 2, 10)),
        "blanks before numbers": ("2026- 3-\t2 10: 0: 0", utc(2026, 3, 2, 10)),
        "a negative number": ("2026-03-02 10:00:-5", utc(2026, 3, 2, 9, 59, 55)),
    },
)
def test_reading_is_lenient(text, instant):
    assert parse_date(text, "yyyy-MM-dd HH:mm:ss", now=NOW) == instant


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
        "a letter outside ASCII": ("2026-03-02 10:00 İstanbul", "yyyy-MM-dd HH:mm z"),
        "a ligature that capitals would part": ("2026-03-02 10:00 Eﬆ", "yyyy-MM-dd HH:mm z"),
        "no zone": ("2026-03-02 10:00 ", "yyyy-MM-dd HH:mm z"),
        "null": (None, "'None'"),
        "a flag": (True, "'True'"),
        "an object": ({}, "{}"),
    },
)
def test_what_does_not_follow_the_pattern_is_unreadable(value, pattern):
    says = "no such field, or null in it" if value is None else "does not follow"
    with pytest.raises(UnreadableDateError, match=says):
        parse_date(value, pattern, now=NOW)


def test_a_refusal_of_a_long_value_is_short():
    with pytest.raises(UnreadableDateError) as refusal:
        parse_date("9" * 1_000_000, "yyyy", now=NOW)

    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("value", [10**5000, -(10**5000)], ids=["huge", "hugely negative"])
@pytest.mark.parametrize("pattern", ["yyyy", "milliseconds"])
def test_a_number_too_long_to_be_written_is_unreadable(value, pattern):
    with pytest.raises(UnreadableDateError, match="thousands of digits"):
        parse_date(value, pattern, now=NOW)


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        pytest.param("1772445600123", utc(2026, 3, 2, 10, 0, 0, 123_000), id="a text"),
        pytest.param(1772445600123, utc(2026, 3, 2, 10, 0, 0, 123_000), id="a number"),
        pytest.param(1772445600123.0, utc(2026, 3, 2, 10, 0, 0, 123_000), id="a whole number with a point"),
        pytest.param(" 0 ", utc(1970, 1, 1), id="nought between blanks"),
        pytest.param(-1, utc(1969, 12, 31, 23, 59, 59, 999_000), id="before 1970"),
    ],
)
def test_milliseconds_since_1970_are_read(value, instant):
    assert parse_date(value, "milliseconds", zone("America/Denver"), now=NOW) == instant


@each_row("value", ["", "1e12", "0x10", "1_000", "soon", 1.5, float("nan"), float("inf"), 10**17, -(10**17)])
def test_what_is_no_count_of_milliseconds_is_unreadable(value):
    with pytest.raises(UnreadableDateError):
        parse_date(value, "milliseconds", now=NOW)


@each_row(
    ("text", "year"),
    {
        "a day less than 20 years ahead": ("46-03-01", 2046),
        "a day less than 80 years ago": ("46-03-03", 1946),
        "three digits are meant as they are": ("126-01-01", 126),
    },
)
@pytest.mark.parametrize("letters", ["y", "yy"])
def test_two_digits_are_a_year_from_80_years_ago_to_20_ahead(letters, text, year):
    assert parse_date(text, f"{letters}-MM-dd", now=NOW).year == year


@pytest.mark.parametrize(
    ("clock", "year"), [("09:59:59", 2046), ("10:00:00", 1946)], ids=["more than 80 years ago", "exactly"]
)
def test_the_80_years_count_from_this_very_second(clock, year):
    assert parse_date(f"46-03-02 {clock}", "yy-MM-dd HH:mm:ss", now=NOW).year == year


@pytest.mark.parametrize("letters", ["yyy", "yyyy"])
def test_two_digits_for_more_letters_are_an_ancient_year(letters):
    assert parse_date("26", letters, now=NOW) == utc(26, 1, 1)


@each_row(
    ("pattern", "text", "instant"),
    {
        "no separators": ("yyyyMMddHHmmss", "20260302101112", utc(2026, 3, 2, 10, 11, 12)),
        "a quote separates": ("d''M", "12'3", utc(1970, 3, 12)),
        "a name does not abut": ("MMMdd", "Mar02", utc(1970, 3, 2)),
        "nor does AM": ("ha", "12PM", utc(1970, 1, 1, 12)),
        "nor a month's name": ("yyyyMMM", "2026Mar", utc(2026, 3, 1)),
        "nor an offset": ("HX", "10Z", utc(1970, 1, 1, 10)),
    },
)
def test_a_number_that_another_follows_takes_no_more_than_its_width(pattern, text, instant):
    assert parse_date(text, pattern, now=NOW) == instant


@each_row(
    ("number", "short", "long"),
    [
        (1, "Jan", "January"),
        (2, "Feb", "February"),
        (3, "Mar", "March"),
        (4, "Apr", "April"),
        (5, "May", "May"),
        (6, "Jun", "June"),
        (7, "Jul", "July"),
        (8, "Aug", "August"),
        (9, "Sep", "September"),
        (10, "Oct", "October"),
        (11, "Nov", "November"),
        (12, "Dec", "December"),
    ],
)  # fmt: skip
def test_months_have_english_names(number, short, long):
    month = utc(1970, number, 1)

    assert format_date(month, "MMM MMMM") == f"{short} {long}"
    assert parse_date(short, "MMM", now=NOW) == parse_date(long, "MMMM", now=NOW) == month


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (2, "Mon", "Monday"), (3, "Tue", "Tuesday"), (4, "Wed", "Wednesday"), (5, "Thu", "Thursday"),
        (6, "Fri", "Friday"), (7, "Sat", "Saturday"), (8, "Sun", "Sunday"),
    ],
)  # fmt: skip
def test_weekdays_have_english_names(day, short, long):
    assert format_date(utc(2026, 3, day), "E EEE EEEE") == f"{short} {short} {long}"
    assert parse_date(f"{long}, {day}", "EEE, d", now=NOW) == utc(1970, 1, day)


@pytest.mark.parametrize(
    ("configured", "name", "hour"),
    [("Asia/Kolkata", "IST", 4.5), ("GMT", "IST", 8), ("Asia/Shanghai", "CST", 2), ("GMT", "CST", 16)],
)
def test_a_name_that_several_zones_have_is_the_configured_ones_first(configured, name, hour):
    read = parse_date(f"2026-03-02 10:00 {name}", "yyyy-MM-dd HH:mm z", zone(configured), now=NOW)

    assert read == utc(2026, 3, 2) + timedelta(hours=hour)


def test_more_may_follow_a_zone():
    read = parse_date("10:00 PST, +0100 2026", "HH:mm z, Z yyyy", now=NOW)

    assert read == utc(2026, 1, 1, 9)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("GMT", "GMT"),
        ("UTC", "UTC"),
        ("America/Denver", "MST"),
        ("-8:00", "GMT-08:00"),
        ("Asia/Kathmandu", "GMT+05:45"),
    ],
)
def test_a_zone_without_a_short_name_is_written_by_its_offset(where, text):
    assert format_date(INSTANT, "z", zone(where)) == text


def test_seconds_of_an_old_offset_are_cut_off():
    assert format_date(utc(1910, 1, 1), "XXX Z", zone("America/St_Johns")) == "-03:30 -0330"


@pytest.mark.parametrize("letter", sorted(set("ABCGIJLNOPQRTUVYbcefgijlnopqrtvx")))
def test_a_letter_that_no_configuration_uses_is_refused_with_its_column(letter):
    with pytest.raises(DatePatternError, match=f"the letter '{letter}' at column 6 is not supported"):
        compile_pattern(f"yyyy-{letter}")


@pytest.mark.parametrize("letter", "yMdEHhamsSZXzDFwWukK")
def test_every_letter_that_configurations_use_is_supported(letter):
    assert compile_pattern(letter) == (PatternField(letter=letter, width=1),)


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        pytest.param("'", 1, id="alone"),
        pytest.param("yyyy'T", 5, id="opened at the end"),
        pytest.param("'''", 3, id="after a doubled one"),
        pytest.param("'''''", 5, id="after two doubled ones"),
    ],
)
def test_an_unclosed_quote_is_refused(pattern, column):
    with pytest.raises(DatePatternError, match=f"the quote at column {column} is not closed"):
        compile_pattern(pattern)


@each_row(
    ("pattern", "text"),
    [
        ("''", "'"),
        ("''''", "''"),
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


@pytest.mark.parametrize("pattern", ["XXXX", "zzzz"])
def test_a_zone_letter_comes_three_times_at_most(pattern):
    with pytest.raises(DatePatternError, match="at column 1 comes once, twice or three times"):
        compile_pattern(pattern)


def test_a_pattern_of_200_characters_is_the_longest():
    assert compile_pattern("-" * 200) == ("-" * 200,)
    with pytest.raises(DatePatternError, match="longer than 200 characters"):
        compile_pattern("-" * 201)


@pytest.mark.parametrize(
    "instant", [utc(1, 1, 1), utc(9999, 12, 31, 23, 59, 59, 999_999)], ids=["the first", "the last"]
)
@pytest.mark.parametrize("where", ["+14:00", "-12:00", "America/Denver", "Pacific/Auckland"])
def test_the_calendars_ends_can_be_written_in_every_zone(where, instant):
    assert format_date(instant, "yyyy-MM-dd", zone(where))[4:] in {"-01-01", "-12-31"}


@pytest.mark.parametrize(
    ("instant", "milliseconds"),
    [
        (utc(1970, 1, 1), 0),
        (utc(1970, 1, 1, 0, 0, 0, 999), 0),
        (utc(1969, 12, 31, 23, 59, 59, 999_999), -1),
        (utc(2026, 3, 2, 10), 1772445600000),
    ],
)
def test_milliseconds_since_1970_are_whole_and_rounded_down(instant, milliseconds):
    assert epoch_milliseconds(instant) == milliseconds


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


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("E" * 200, "Mon" * 100_000, id="names"),
        pytest.param("a" * 200, "AM" * 100_000, id="halves of a day"),
        pytest.param("yM" * 100, "1" * 1_000_000, id="digits"),
        pytest.param("'" + "''" * 90 + "'", "'" * 1_000_000, id="quotes"),
        pytest.param("zEzE", "GMT" * 300_000, id="zones"),
        pytest.param("d", " " * 100_000, id="blanks"),
    ],
)
def test_long_hostile_texts_are_done_with_soon(pattern, text):
    try:
        read = parse_date(text, pattern, now=NOW)
    except UnreadableDateError:
        return

    assert read.tzinfo is UTC


@pytest.mark.assumed
@pytest.mark.parametrize(
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
