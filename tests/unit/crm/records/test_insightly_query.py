"""Query strings and paging."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.records.search import PageRange, page_of, parse_query

NAMES = st.text("abcdefg_", min_size=1)


@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"))))
def test_what_a_client_encodes_is_decoded(query):
    assert parse_query(urlencode(query)) == query


@given(st.text(st.characters(codec="utf-8")))
def test_escapes_of_old_javascript_are_decoded(text):
    units = text.encode("utf-16-be").hex()
    escaped = "".join(f"%u{units[at : at + 4]}" for at in range(0, len(units), 4))

    assert parse_query(f"first_name={escaped}") == {"first_name": text}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param("x=%u3053%u3093", "こん", id="two units"),
        pytest.param("x=%uD83D%uDE00", "😀", id="a pair of surrogates"),
        pytest.param("x=%uD83Dz", "\ufffdz", id="half a pair"),
        pytest.param("x=a%u3053+b%20c", "aこ b c", id="among other escapes"),
        pytest.param("x=%u305", "%u305", id="a unit cut short"),
        pytest.param("x=%zz%", "%zz%", id="no escape at all"),
        pytest.param("x=%2541", "%41", id="an escaped per cent"),
        pytest.param("x=%FF", "\ufffd", id="not UTF-8"),
        pytest.param("x", "", id="no value"),
    ],
)
def test_odd_escapes_are_read_as_well_as_they_can_be(raw, value):
    assert parse_query(raw) == {"x": value}


@pytest.mark.assumed
def test_names_are_read_in_any_case_and_the_first_counts():
    assert parse_query("TOP=1&top=2&Skip=3") == {"top": "1", "skip": "3"}


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ("1", 1),
        ("100", 100),
        ("499", 499),
        ("500", 500),
        ("501", 500),
        ("9" * 30, 500),
        (" 7 ", 7),
        ("7\x1f", 7),
    ],
)
def test_top_is_capped_at_500_without_a_word(top, expected):
    assert page_of({"top": top}).top == expected


@pytest.mark.assumed
@pytest.mark.parametrize("top", ["0", "-1", "abc", "", "1.5", "٣", "9" * 5000])
def test_a_top_that_makes_no_sense_is_100(top):
    assert page_of({"top": top}).top == 100


@pytest.mark.parametrize(
    ("skip", "expected"),
    [("0", 0), ("7", 7), ("\x1c7", 7), ("-1", 0), ("abc", 0), ("", 0), ("9" * 30, 10**15)],
)
def test_skip_is_never_negative(skip, expected):
    assert page_of({"skip": skip}).skip == expected


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "1"])
def test_clients_write_truth_in_several_ways(text):
    assert page_of({"count_total": text, "brief": text}) == PageRange(count_total=True, brief=True)


@pytest.mark.parametrize("text", ["false", "", "0", "yes"])
def test_anything_else_is_not_true(text):
    assert page_of({"count_total": text, "brief": text}) == PageRange()
