"""When cron expressions fire: five fields of Unix, six and seven of Quartz."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_platform.dates import cron
from mock_platform.errors import InvalidRequestError

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
FIRST, LAST = NOW.replace(year=2000, tzinfo=None), NOW.replace(year=2090, tzinfo=None)


def read(text):
    return cron.read(text, named="Elements-Schedule-Request")


def fires(text, times=1, now=NOW):
    found = []
    for _ in range(times):
        now = cron.following(read(text), now)
        found.append(f"{now:%m-%d %H:%M:%S}")
    return found


@pytest.mark.parametrize(
    ("text", "instants"),
    [
        ("0 3 * * *", ["03-03 03:00:00", "03-04 03:00:00"]),
        ("*/15 * * * *", ["03-02 10:15:00", "03-02 10:30:00"]),
        ("0 10 * * *", ["03-03 10:00:00", "03-04 10:00:00"]),  # not now, but after it
        ("0 0 * * 1", ["03-09 00:00:00", "03-16 00:00:00"]),  # Monday is 1
        ("0 0 * * 0", ["03-08 00:00:00", "03-15 00:00:00"]),
        ("0 0 * * 7", ["03-08 00:00:00", "03-15 00:00:00"]),
        ("0 0 ? * mon-fri", ["03-03 00:00:00", "03-04 00:00:00"]),
        ("0 0 4 * 5", ["03-04 00:00:00", "03-06 00:00:00"]),  # Unix: the fourth, and Fridays
        ("  0   3 * * * ", ["03-03 03:00:00", "03-04 03:00:00"]),
    ],
)
def test_five_fields_are_those_of_unix(text, instants):
    assert fires(text, 2) == instants


@pytest.mark.parametrize(
    ("text", "instants"),
    [
        ("0 0 3 * * ?", ["03-03 03:00:00", "03-04 03:00:00"]),
        ("0 0/5 * * * ?", ["03-02 10:05:00", "03-02 10:10:00"]),
        ("*/30 * * * * *", ["03-02 10:00:30", "03-02 10:01:00"]),
        ("0 0 0 ? * 2", ["03-09 00:00:00", "03-16 00:00:00"]),  # Monday is 2
        ("0 0 0 ? * 1", ["03-08 00:00:00", "03-15 00:00:00"]),
        ("0 0 0 ? * MON", ["03-09 00:00:00", "03-16 00:00:00"]),
        ("0 0 0 ? * 2-4", ["03-03 00:00:00", "03-04 00:00:00"]),
        ("0 0 0 ? * FRI-SUN", ["03-06 00:00:00", "03-07 00:00:00"]),
        ("0 0 0 ? * 2/2", ["03-04 00:00:00", "03-06 00:00:00"]),
        ("0 0 0 ? * */3", ["03-04 00:00:00", "03-07 00:00:00"]),
        ("0 0 0 ? * 6L", ["03-27 00:00:00", "04-24 00:00:00"]),
        ("0 0 0 ? * FRIL", ["03-27 00:00:00", "04-24 00:00:00"]),
        ("0 0 0 ? * L", ["03-07 00:00:00", "03-14 00:00:00"]),
        ("0 0 0 ? * 6#3", ["03-20 00:00:00", "04-17 00:00:00"]),
        ("0 0 0 L * ?", ["03-31 00:00:00", "04-30 00:00:00"]),
        ("0 0 3 * * ? *", ["03-03 03:00:00", "03-04 03:00:00"]),
        ("0 0 0 1 1 ? 2028,2030", ["01-01 00:00:00", "01-01 00:00:00"]),
    ],
)
def test_six_and_seven_fields_are_those_of_quartz(text, instants):
    assert fires(text, 2) == instants


def test_years_are_kept_to_and_end():
    rule = read("0 0 0 1 1 ? 2028-2030/2")

    first = cron.following(rule, NOW)
    second = cron.following(rule, first)

    assert (first, second) == (datetime(2028, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    assert cron.following(rule, second) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hourly",
        "@daily",
        "* * * *",
        "* * * * * * * *",
        "60 * * * *",
        "0 24 * * *",
        "*/0 * * * *",
        "0 0 30 2 *",
        "0 0 0 1 * MON",  # one of the two has to be ?
        "0 0 0 ? * 0",
        "0 0 0 ? * 8",
        "0 0 0 ? * *-3",
        "0 0 0 ? * MON/0",
        "0 0 0 15W * ?",
        "0 0 0 1 1 ? 1969",
        "0 0 0 1 1 ? 2100",
        "0 0 0 1 1 ? 2030-2028",
        "0 0 0 1 1 ? soon",
        "\0 * * * *",
        "٣ * * * *",
        "0 " + "1," * 200 + "1 * * *",
        "9" * 5000 + " * * * *",
    ],
)
def test_what_is_no_expression_is_refused_with_what_came_and_an_example(text):
    with pytest.raises(
        InvalidRequestError, match="Elements-Schedule-Request must be a cron expression"
    ) as told:
        read(text)

    assert "'0 0/15 * * * ?'" in str(told.value)
    assert text.strip("\0 ")[:5] in str(told.value) or not text.isascii()


def test_an_expression_of_the_past_starts_nothing():
    rule = read("0 0 0 1 1 ? 2026")

    with pytest.raises(InvalidRequestError, match=r"must fire after 2026-03-02T10:00:00Z.*never does"):
        cron.first(rule, NOW, named="cron")


def test_behind_the_calendars_end_nothing_fires():
    assert cron.following(read("0 0 * * *"), datetime(9999, 12, 31, 12, tzinfo=UTC)) is None


@given(
    text=st.sampled_from(["* * * * *", "*/7 3-9 * * 1,3", "5 0/10 * * * ?", "0 0 1 ? * 2-6", "* * * * * *"]),
    now=st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
)
def test_the_next_instant_is_later_whole_and_the_earliest(text, now):
    rule = read(text)
    due = cron.following(rule, now)

    assert due > now
    assert due.microsecond == 0
    assert cron.following(rule, due - timedelta(seconds=1)) == due
    assert cron.following(rule, now + (due - now) / 2) == due
