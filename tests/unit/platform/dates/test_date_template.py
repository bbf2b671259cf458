"""Date placeholders in a poll's URL: what each becomes, what is refused, what is left alone."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.dates.date_template import check, expand, has_placeholder
from elements_local.platform.errors import DatePatternError, InvalidRequestError, UnknownZoneError

LAST_POLL = datetime(2026, 3, 2, 10, 4, 5, 123_456, tzinfo=UTC)
NOW = datetime(2026, 7, 2, 22, 15, tzinfo=UTC)


def expanded(url: str) -> str:
    return expand(url, last_poll=LAST_POLL, now=NOW)


@each_row(
    ("placeholder", "text"),
    {
        "Insightly's": ("${gmtDate:yyyy-MM-dd HH:mm:ss}", "2026-03-02 10:04:05"),
        "quotes, colons": ("${gmtDate:yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}", "2026-03-02T10:04:05.123Z"),
        "an offset of nought": ("${gmtDate:yyyy-MM-dd'T'HH:mm:ssXXX}", "2026-03-02T10:04:05Z"),
        "the platform's own zone": ("${date:yyyy-MM-dd HH:mm:ss z}", "2026-03-02 10:04:05 GMT"),
        "a zone by short id": ("${dateTimeZone:PST:HH:mm z}", "02:04 PST"),
        "the other spelling": ("${DateTimeZone:PST:HH:mm z}", "02:04 PST"),
        "an offset with a colon": ("${dateTimeZone:-8:00:HH:mm:ss}", "02:04:05"),
        "now": ("${nowTimeZone:GMT:yyyy-MM-dd HH:mm}", "2026-07-02 22:15"),
        "now elsewhere": ("${nowTimeZone:-8:00:yyyy-MM-dd HH:mm}", "2026-07-02 14:15"),
        "epoch": ("${epoch}", "1772445845123"),
        "epoch in seconds": ("${epoch:s}", "1772445845"),
        "epoch in milliseconds": ("${epoch:ms}", "1772445845123"),
        "epoch in microseconds": ("${epoch:us}", "1772445845123456"),
        "no pattern": ("${date}", "1772445845123"),
        "an empty pattern": ("${date:}", "1772445845123"),
        "no unit": ("${epoch:0}", "1772445845123"),
        "several": ("${gmtDate:yyyy}${nope}${epoch:s}-${nowTimeZone:GMT:yyyy}", "2026${nope}1772445845-2026"),
        "one that is unfinished before another": ("${gmtDate:${gmtDate:yyyy}", "${gmtDate:2026"),
    },
)
def test_a_placeholder_becomes_a_date(placeholder, text):
    url = expanded(f"/x?where=a>'{placeholder}'&b=1")

    assert unquote(url) == f"/x?where=a>'{text}'&b=1"


@each_row("unit", ["s", "ms", "us"])
def test_a_time_before_1970_is_rounded_down(unit):
    before = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)

    assert expand(f"${{epoch:{unit}}}", last_poll=before, now=NOW) == "-1"


@each_row(
    ("url", "encoded"),
    {
        "an offset in a date": ("/x?since=${dateTimeZone:+5:30:HHZ}", "/x?since=15%2B0530"),
        "whatever a date is made of": (
            "${gmtDate:yyyy/MM/dd' &=?#%'}",
            "2026%2F03%2F02%20%26%3D%3F%23%25",
        ),
        "a percent sign before a date": ("/x?a=%${gmtDate:yyyy}", "/x?a=%252026"),
        "a blank": ("/a b", "/a%20b"),
        "what is encoded already": ("/x?where=a%3E'1'", "/x?where=a%3E'1'"),
        "an encoded wildcard": ("/x?where=a LIKE '%25'", "/x?where=a%20LIKE%20'%25'"),
        "a bare wildcard": ("/x?where=a LIKE '%'", "/x?where=a%20LIKE%20'%25'"),
        "no escapes": ("/x?a=%zz%4", "/x?a=%25zz%254"),
        "a plus stays a blank": ("/x?a=1+2", "/x?a=1+2"),
        "the rest": ('/x?a="b"`c`#d[0]|\\', "/x?a=%22b%22%60c%60%23d%5B0%5D%7C%5C"),
        "a new line": ("/x?a=\r\nb", "/x?a=%0D%0Ab"),
        "half a letter": ("/x?a=\ud800", "/x?a=?"),
    },
)
def test_dates_are_encoded_and_the_rest_of_a_url_where_needed_only(url, encoded):
    assert expanded(url) == encoded


@each_row(
    "placeholder",
    [
        "$yyyy-MM-dd", "${yyyy-MM-dd}", "${}", "${gmtDate", "{gmtDate:yyyy}", "$ {gmtDate:yyyy}",
        "${ gmtDate:yyyy}", "${gmtdates:yyyy}", "${gmtdate:yyyy}", "${GMTDATE:yyyy}", "${EPOCH:s}", "${nowtimezone:GMT:yyyy}", "${user.id}", "${gmtDate:" + "-" * 600 + "}",
    ],
)  # fmt: skip
def test_what_is_no_placeholder_is_left_as_it_is(placeholder):
    url = f"/x?a={placeholder}"

    assert unquote(expanded(url)) == url
    assert not has_placeholder(url)


@each_row(
    ("placeholder", "error", "words"),
    {
        "no pattern": ("${gmtDate}", DatePatternError, "the date pattern is empty"),
        "an empty pattern": ("${gmtDate:}", DatePatternError, "the date pattern is empty"),
        "a letter we do not know": ("${gmtDate:GGGG}", DatePatternError, "'G' at column 1"),
        "T without quotes": ("${gmtDate:yyyy-MM-ddTHH}", DatePatternError, "'T' at column 11"),
        "an open quote": ("${gmtDate:yyyy'}", DatePatternError, "column 5 is not closed"),
        "in date": ("${date:bb}", DatePatternError, "'b' at column 1"),
        "no zone": ("${dateTimeZone}", DatePatternError, "expected a zone, a colon"),
        "no pattern by a zone": ("${dateTimeZone:PST}", DatePatternError, "expected a zone, a colon"),
        "an empty one": ("${dateTimeZone:PST:}", DatePatternError, "pattern is empty"),
        "one by an offset": ("${dateTimeZone:-8:00:}", DatePatternError, "pattern is empty"),
        "no zone of this world": ("${dateTimeZone:Mars:yyyy}", UnknownZoneError, "'Mars'"),
        "an empty zone": ("${dateTimeZone::yyyy}", UnknownZoneError, "''"),
        "an offset without a sign": ("${dateTimeZone:8:00:yyyy}", UnknownZoneError, "'8:00'"),
        "to be replaced by hand": ("${dateTimeZone:{TimeZone}:yyyy}", DatePatternError, "expected a zone"),
        "in now": ("${nowTimeZone:PST:'}", DatePatternError, "not closed"),
        "no unit of epoch": ("${epoch:h}", DatePatternError, "one of :s, :ms and :us"),
    },
)  # fmt: skip
def test_a_placeholder_that_cannot_be_filled_is_refused(placeholder, error, words):
    for rule in (check, expanded):
        with pytest.raises(error, match=words):
            rule(f"/x?a={placeholder}")


@each_row("url", ["/x?a=${epoch}", "/x?a=${nope}${date}", "${nowTimeZone:GMT:HH}"])
def test_a_url_with_a_placeholder_asks_for_what_changed(url):
    assert has_placeholder(url)


@pytest.mark.parametrize("last_poll", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
@pytest.mark.parametrize("where", ["-12:00", "+14:00", "America/Denver"])
def test_a_poll_at_an_end_of_the_calendar_can_be_asked(last_poll, where):
    assert expand(f"${{dateTimeZone:{where}:MMdd}}", last_poll=last_poll, now=NOW) in {"0101", "1231"}


urls = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            ["${", "}", "gmtDate", "date", "dateTimeZone", "epoch", ":", "yyyy", "-8:00", "PST", "'", "%", "%2", "s", " "]
        )
    ).map("".join),
)  # fmt: skip


@given(urls)
@example("${dateTimeZone:\ud800:yyyy}")
@example("${" * 100_000)
def test_any_url_is_filled_or_refused(url):
    try:
        filled = expanded(url)
    except InvalidRequestError:
        return

    assert filled.isascii()
    assert " " not in filled


@given(urls)
def test_a_url_that_passes_the_check_can_be_filled_at_any_time(url):
    try:
        check(url)
    except InvalidRequestError:
        return

    assert expanded(url) == expand(url, last_poll=LAST_POLL, now=NOW)
    assert isinstance(expand(url, last_poll=datetime.min.replace(tzinfo=UTC), now=NOW), str)
