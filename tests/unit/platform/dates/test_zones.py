"""Zones by name: what is known, what is refused, and what clocks of a zone show."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from each_row import each_row
from hypothesis import assume, example, given
from hypothesis import strategies as st

from elements_local.platform.dates.zones import (
    GMT,
    JAVA_SHORT_IDS,
    SHORT_NAMES,
    fixed,
    short_names,
    to_utc,
    wall_time,
    zone,
)
from elements_local.platform.errors import UnknownZoneError

WINTER = datetime(2026, 1, 1, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


FIRST, LAST = datetime.min, datetime.max  # noqa: DTZ901 - of clocks on a wall


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - of clocks on a wall


def hours(name: str, instant: datetime) -> float:
    return instant.astimezone(zone(name)).utcoffset() / timedelta(hours=1)


@each_row(("name", "known"), [*[(name, GMT) for name in ("GMT", "gmt", " GMT ", "Z", "z")], ("utc", UTC)])
def test_greenwich_is_known_by_several_names_and_utc_keeps_its_own(name, known):
    assert zone(name) is known


@each_row(
    ("name", "offset_h"),
    {
        "one digit and a colon": ("-8:00", -8),
        "no colon": ("-0800", -8),
        "one digit": ("+5", 5),
        "half an hour": ("+5:30", 5.5),
        "after utc in small letters": ("utc+2", 2),
        "none": ("+00:00", 0),
        "the farthest west": ("-23:59", -24 + 1 / 60),
        "between blanks": ("  +14:00\n", 14),
    },
)
def test_an_offset_is_a_zone_whatever_the_season(name, offset_h):
    assert hours(name, WINTER) == hours(name, SUMMER) == pytest.approx(offset_h)


@each_row(
    ("name", "winter", "summer"),
    {
        "a name of the zone database": ("America/Denver", -7, -6),
        "PST is Los Angeles": ("PST", -8, -7),
        "AST is Anchorage": ("AST", -9, -8),
        "IST is Kolkata": ("IST", 5.5, 5.5),
        "BST is Dhaka": ("BST", 6, 6),
        "EST has no summer": ("EST", -5, -5),
        "CET has one": ("CET", 1, 2),
        "a name of summer time": ("EDT", -4, -4),
        "in small letters": ("edt", -4, -4),
        "Etc turns the sign round": ("Etc/GMT+5", -5, -5),
    },
)
def test_a_name_is_a_zone(name, winter, summer):
    assert (hours(name, WINTER), hours(name, SUMMER)) == (winter, summer)


@each_row("name", sorted({*JAVA_SHORT_IDS, *SHORT_NAMES}))
def test_every_short_name_is_known(name):
    assert abs(hours(name, WINTER)) <= 14


@each_row(
    "name",
    [
        "", " ", "nowhere", "America", "America/Nowhere", "europe/berlin/", "8:00", "+", "+:30", "+8:0", "+8:60",
        "+24:00", "-24", "UTC+25", "GMT--8", "{TimeZone}", "../../etc/passwd", "/etc/passwd", "a\0b", "\ud800",
        "\u0661", "+\u0660\u0668:\u0660\u0660", "tzdata.zi", "__init__.py", "localtime", "posixrules", "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_zone_is_refused_with_examples(name):
    with pytest.raises(UnknownZoneError, match="use GMT, an offset such as -08:00, or a name") as refusal:
        zone(name)

    assert len(str(refusal.value)) < 250


@given(st.one_of(st.text(), st.text("+-:0123456789GMTUC ", max_size=10)))
@example("Europe/Berlin\n")
@example("..")
def test_any_name_is_a_zone_or_refused(name):
    try:
        where = zone(name)
    except UnknownZoneError:
        return

    assert abs(WINTER.astimezone(where).utcoffset()) < timedelta(hours=24)


@each_row(
    ("where", "shown", "offset_h"),
    {
        "winter": ("America/Denver", wall(2026, 1, 1, 10), -7),
        "summer": ("America/Denver", wall(2026, 7, 1, 10), -6),
        "the second before the gap": ("America/Denver", wall(2026, 3, 8, 1, 59, 59), -7),
        "the gap's first second": ("America/Denver", wall(2026, 3, 8, 2), -7),
        "the gap's last second": ("America/Denver", wall(2026, 3, 8, 2, 59, 59), -7),
        "the second after the gap": ("America/Denver", wall(2026, 3, 8, 3), -6),
        "the second before the fold": ("America/Denver", wall(2026, 11, 1, 0, 59, 59), -6),
        "the fold's first second": ("America/Denver", wall(2026, 11, 1, 1), -7),
        "the fold's last second": ("America/Denver", wall(2026, 11, 1, 1, 59, 59), -7),
        "a fold where summer is standard": ("Europe/Dublin", wall(2026, 10, 25, 1, 30), 0),
        "a fold in the south": ("Australia/Adelaide", wall(2026, 4, 5, 2, 30), 9.5),
        "an offset": ("+5:45", wall(2026, 3, 8, 2, 30), 5.75),
    },
)
def test_an_hour_that_clocks_show_twice_or_never_is_read_as_standard_time(where, shown, offset_h):
    assert to_utc(shown, zone(where)) == (shown - timedelta(hours=offset_h)).replace(tzinfo=UTC)


@each_row(("where", "shown"), {"before the first instant": ("+1", FIRST), "after the last": ("-1", LAST)})
def test_an_instant_outside_the_calendar_is_an_overflow(where, shown):
    with pytest.raises(OverflowError):
        to_utc(shown, zone(where))


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["GMT", "America/Denver", "Europe/Berlin", "Asia/Kolkata", "-3:30", "Pacific/Apia"]),
)
def test_what_clocks_show_leads_back_to_the_instant(instant, name):
    where = zone(name)
    shown = wall_time(instant, where)
    assume(shown.utcoffset() == shown.replace(fold=1 - shown.fold).utcoffset())
    assume(datetime(1, 1, 3, tzinfo=UTC) < instant < datetime(9999, 12, 29, tzinfo=UTC))

    assert to_utc(shown.replace(tzinfo=None), where) == instant


@each_row("name", ["+14:00", "America/Denver"])
def test_where_clocks_would_leave_the_calendar_those_of_greenwich_count(name):
    for last in (FIRST, LAST):
        shown = wall_time(last.replace(tzinfo=UTC), zone(name))
        assert abs(shown.replace(tzinfo=None) - last) <= timedelta(hours=14)


@each_row(
    ("where", "name", "offset_h"),
    {
        "its own": ("Asia/Shanghai", "CST", 8),
        "everybody else's": ("Asia/Shanghai", "PST", -8),
        "that of winter": ("Europe/London", "GMT", 0),
        "that of summer": ("Europe/London", "BST", 1),
    },
)
def test_a_zones_own_short_names_of_both_seasons_come_before_everybody_elses(where, name, offset_h):
    assert short_names(zone(where), now=WINTER)[name] == timedelta(hours=offset_h)


def test_a_zone_without_letters_in_its_names_adds_none():
    common = short_names(GMT, now=WINTER).keys() - {"GMT"}

    assert short_names(zone("Asia/Dubai"), now=WINTER).keys() == common
    assert short_names(timezone(timedelta(hours=2)), now=WINTER).keys() == common


def test_an_offset_of_which_nothing_is_said_is_none():
    assert fixed(None, None, None).utcoffset(None) == fixed("-", "0", None).utcoffset(None) == timedelta(0)
    assert fixed("-", "3", "30").utcoffset(None) == -timedelta(hours=3, minutes=30)


def test_short_names_mean_what_the_zone_database_has_for_them_wherever_it_has_any():
    known = defaultdict(set)
    for name in available_timezones():
        for instant in (WINTER, SUMMER):
            local = instant.astimezone(ZoneInfo(name))
            known[local.tzname()].add(local.utcoffset() / timedelta(hours=1))
    meant = {name: offset for name, offset in SHORT_NAMES.items() if name in known}

    assert len(meant) > 25
    assert {name: offset for name, offset in meant.items() if offset not in known[name]} == {}
