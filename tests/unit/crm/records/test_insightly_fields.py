"""What a client may send for a field, dates as the CRM writes them, and contents of e-mails and uploads."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.errors import FieldError
from mock_insightly.fields.fields import (
    AnyScalar,
    Boolean,
    Choice,
    Date,
    DateFormatError,
    Decimal,
    Integer,
    Text,
    format_date,
    parse_date,
    whole_second,
)
from mock_insightly.fields.row_types import LINKS, TAGS, CustomFields
from mock_insightly.records.contents import LONGEST, extract, read_upload

STATES = Choice(options=("OPEN", "WON"))


@each_row(
    ("type_", "sent", "kept"),
    [
        (Text(), "a\r\nb ü", "a\r\nb ü"),
        (Text(longest=3), "äöü", "äöü"),
        (Integer(), 5, 5),
        (Integer(), "78572651", 78572651),
        (Integer(), " 5 ", 5),
        (Integer(), "5\x1f", 5),
        (Integer(), 5.0, 5),
        (Integer(), 2**63 - 1, 2**63 - 1),
        (Decimal(), "12.50", 12.5),
        (Decimal(), "12\x1f", 12),
        (Decimal(), "\x1c12.5", 12.5),
        (Boolean(), "False", False),
        (Date(), "2016-05-02T12:00:00Z", "2016-05-02 12:00:00"),
        (Date(), "2016-05-02", "2016-05-02 00:00:00"),
        (Date(), "", None),
        (STATES, "won", "WON"),
        (STATES, " Open ", "OPEN"),
        (AnyScalar(), None, None),
    ],
)
def test_what_fits_is_kept(type_, sent, kept):
    assert type_.read(sent, "F") == kept


@each_row(
    ("type_", "sent", "message"),
    [
        (Text(), 5, "F must be a text; got 5"),
        (Text(longest=3), ["a"], 'F must be a text of at most 3 characters; got ["a"]'),
        (Text(longest=3), "abcd", 'F must be a text of at most 3 characters, and this one has 4; got "abcd"'),
        (Integer(), 5.5, "F must be a whole number; got 5.5"),
        (Integer(), True, "F must be a whole number; got true"),
        (Integer(), 2**63, "F must be a whole number; got 9223372036854775808"),
        (Integer(), "9" * 19, f'F must be a whole number; got "{"9" * 19}"'),
        (Integer(lowest=1), 0, "F must be a positive whole number; got 0"),
        (Decimal(), "1e5", 'F must be a number; got "1e5"'),
        (Decimal(), False, "F must be a number; got false"),
        (Boolean(), 1, "F must be true or false; got 1"),
        (Date(), "soon", 'F must be a date such as 2026-03-02 10:00:00; got "soon"'),
        (Date(), 1523293094, "F must be a date such as 2026-03-02 10:00:00; got 1523293094"),
        (STATES, "sold", 'F must be one of OPEN, WON; got "sold"'),
        (AnyScalar(), {}, "F must be a text, a number, true, false or null; got {}"),
        (TAGS, {}, "F must be an array of objects; got {}"),
        (TAGS, [{"TAG_NAME": ""}], 'F[0] must be an object with a value for TAG_NAME; got {"TAG_NAME":""}'),
        (
            TAGS,
            [{"TAG_NAME": "a"}, {"TAG_NAME": []}],
            "F[1].TAG_NAME must be a text of at most 255 characters; got []",
        ),
        (LINKS, [{"LINK_OBJECT_NAME": "Contact"}], "F[0] must be an object with a value for LINK_OBJECT_ID;"),
        (
            CustomFields(of="Contact"),
            [{"FIELD_VALUE": 1}],
            'F[0] must be an object with a value for FIELD_NAME; got {"FIELD_VALUE":1}',
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_so_many_words(type_, sent, message):
    with pytest.raises(FieldError) as refused:
        type_.read(sent, "F")

    assert str(refused.value).startswith(message)


def test_a_long_value_is_quoted_in_part():
    with pytest.raises(FieldError, match=r'got "x{79}\.\.\. \(5002 characters of JSON\)$'):
        Integer().read("x" * 5000, "F")


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_a_whole_number_may_come_as_a_text(number):
    assert Integer().read(str(number), "F") == Integer().read(number, "F") == number


INSTANTS = st.datetimes(timezones=st.just(UTC))


@each_row(
    ("text", "expected"),
    {
        "ISO with a zone": ("2018-04-09T16:58:14Z", (2018, 4, 9, 16, 58, 14)),
        "ISO in small letters": ("2018-04-09t16:58:14z", (2018, 4, 9, 16, 58, 14)),
        "with a space": ("2018-04-09 16:58:14", (2018, 4, 9, 16, 58, 14)),
        "with an encoded plus for a space": ("2018-04-09+16:58:14", (2018, 4, 9, 16, 58, 14)),
        "a day alone": ("2018-04-09", (2018, 4, 9)),
        "with blanks around": ("  2018-04-09 ", (2018, 4, 9)),
        "seven digits are cut": ("2018-04-09T16:58:14.1234567Z", (2018, 4, 9, 16, 58, 14)),
        "another zone": ("2018-04-09T16:58:14+02:00", (2018, 4, 9, 14, 58, 14)),
        "a plus that became a blank": ("2018-04-09T16:58:14 02:00", (2018, 4, 9, 14, 58, 14)),
        "a zone without a colon": ("2018-04-09T16:58:14-0230", (2018, 4, 9, 19, 28, 14)),
    },
)
def test_every_accepted_spelling_is_read(text, expected):
    assert parse_date(text) == datetime(*expected, tzinfo=UTC)


@each_row(
    "text",
    [
        "", "yesterday", "2018", "2018-04", "2018-13-01", "2018-02-30", "2018-04-09T25:00:00",
        "2018-04-09T16:58:14Zulu", "2018-04-09x16:58:14", "20180409", "09/04/2018", "1523293094",
        "0000-00-00 00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00",
        "2018-04-09T16:58:14+99:00", "٢٠١٨-04-09",
    ],
)  # fmt: skip
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


@each_row(
    ("html", "text"),
    {
        "paragraphs are words apart": ("<p>Dear Ada,</p><p>yours</p>", "Dear Ada, yours"),
        "within a word nothing is apart": ("<b>A</b>da", "Ada"),
        "line breaks": ("one<br>two<br/>three", "one two three"),
        "entities": ("a &amp; b &#8364; &lt;i&gt;", "a & b € <i>"),
        "the editor's line ends": ("\r\n<p>x</p>\r\n", "x"),
        "what no browser shows": ("<style>p {}</style><script>x()</script>y<title>z</title>", "y"),
        "not closed": ("<p>open", "open"),
        "closed without being opened": ("</style>x", "x"),
        "no tag": ("1 < 2 and <", "1 < 2 and <"),
        "empty": ("", ""),
    },
)
def test_html_is_read_as_a_browser_shows_it(html: str, text: str) -> None:
    assert extract(html, "HTML") == text


def test_plain_text_stays_as_it_is_but_for_its_blanks() -> None:
    assert extract("a <b>\n\n c", "TEXT") == "a <b> c"


def test_no_body_has_no_extract() -> None:
    assert extract(None, "HTML") is None


@each_row("form", ["HTML", "html", "TEXT"])
def test_a_long_text_is_cut(form: str) -> None:
    assert extract("x" * (LONGEST + 1), form) == "x" * LONGEST


@given(st.text(), st.sampled_from(["HTML", "TEXT"]))
def test_whatever_a_body_is_its_extract_is_one_short_line(body: str, form: str) -> None:
    found = extract(body, form)

    assert isinstance(found, str)
    assert len(found) <= LONGEST
    assert len(found.splitlines()) <= 1


BOUNDARY = "multipart/form-data; boundary=b"


def part(disposition, content, more=""):
    return f"--b\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n".encode() + content + b"\r\n"


@given(st.binary().filter(lambda content: b"--b" not in content))
def test_a_file_comes_out_as_it_went_in(content):
    body = part('name="file"; filename="a"', content, "Content-Type: a/b\r\n") + b"--b--\r\n"

    upload = read_upload(body, BOUNDARY)

    assert (upload.name, upload.file.content_type, upload.file.content) == ("a", "a/b", content)


@each_row(
    ("body", "content_type"),
    [
        (b"", BOUNDARY),
        (b"x", "application/json"),
        (b"--b--", BOUNDARY),
        (part('name="a"', b"x") + b"--b--", BOUNDARY),
        (b"--b\r\nnothing", BOUNDARY),
    ],
)
def test_without_a_file_there_is_no_upload(body, content_type):
    assert read_upload(body, content_type) is None
