"""Dates as the CRM writes and reads them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.fields.dates import DateFormatError, format_date, parse_date, whole_second

INSTANTS = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2018-04-09T16:58:14Z", (2018, 4, 9, 16, 58, 14), id="ISO with a zone"),
        pytest.param("2018-04-09t16:58:14z", (2018, 4, 9, 16, 58, 14), id="ISO in small letters"),
        pytest.param("2018-04-09T16:58:14", (2018, 4, 9, 16, 58, 14), id="ISO without a zone"),
        pytest.param("2018-04-09 16:58:14", (2018, 4, 9, 16, 58, 14), id="with a space"),
        pytest.param("2018-04-09+16:58:14", (2018, 4, 9, 16, 58, 14), id="with an encoded plus for a space"),
        pytest.param("2018-04-09T16:58", (2018, 4, 9, 16, 58), id="without seconds"),
        pytest.param("2018-04-09", (2018, 4, 9), id="a day alone"),
        pytest.param("  2018-04-09 ", (2018, 4, 9), id="with blanks around"),
        pytest.param("2018-04-09T16:58:14.999Z", (2018, 4, 9, 16, 58, 14), id="milliseconds are cut"),
        pytest.param("2018-04-09T16:58:14.1234567Z", (2018, 4, 9, 16, 58, 14), id="seven digits are cut"),
        pytest.param("2018-04-09T16:58:14+02:00", (2018, 4, 9, 14, 58, 14), id="another zone"),
        pytest.param("2018-04-09T16:58:14 02:00", (2018, 4, 9, 14, 58, 14), id="a plus that became a blank"),
        pytest.param("2018-04-09T16:58:14-0230", (2018, 4, 9, 19, 28, 14), id="a zone without a colon"),
    ],
)
def test_every_accepted_spelling_is_read(text, expected):
    assert parse_date(text) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2018",
        "2018-04",
        "2018-13-01",
        "2018-02-30",
        "2018-04-09T25:00:00",
        "2018-04-09T16:58:14Zulu",
        "2018-04-09x16:58:14",
        "20180409",
        "09/04/2018",
        "1523293094",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
        "2018-04-09T16:58:14+99:00",
        "٢٠١٨-04-09",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(DateFormatError):
        parse_date(text)


@given(INSTANTS)
def test_a_written_date_reads_back_to_the_second(instant):
    assert parse_date(format_date(instant)) == whole_second(instant)


@given(INSTANTS)
def test_iso_and_the_form_with_a_space_mean_the_same(instant):
    text = format_date(instant)

    assert parse_date(text.replace(" ", "T") + "Z") == parse_date(text)


def test_a_date_is_written_in_utc_without_a_zone():
    noon_in_paris = datetime(2026, 7, 1, 12, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))

    assert format_date(noon_in_paris) == "2026-07-01 10:00:00"
