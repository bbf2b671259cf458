"""What v2.1's OData means."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.errors import FieldError
from mock_insightly.records.query import parse_odata

NAMES = ["A", "WHEN", "Title"]
ROWS = [{"A": value} for value in (None, 1, 2.5, "b", "C", True)]


def found(query, rows):
    return parse_odata(quote(query, safe="$=&"), NAMES).of(rows)


def values(query):
    return [row["A"] for row in found(query, ROWS)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$filter=A eq null", [None]),
        ("$filter=A ne null", [1, 2.5, "b", "C", True]),
        ("$filter=A eq 2.5", [2.5]),
        ("$filter=A gt 1", [2.5, "b", "C"]),
        ("$filter=a EQ 'B'", ["b"]),
        ("$filter=A eq ''", []),
        ("$filter=", ROWS and [None, 1, 2.5, "b", "C", True]),
        ("$top=2", [None, 1]),
        ("$skip=4", ["C", True]),
        ("$skip=2&$top=3", [2.5, "b", "C"]),
        ("$top=x&$skip=-1", [None, 1, 2.5, "b", "C", True]),
        ("$orderby=A desc&$top=2", ["C", "b"]),
    ],
)
def test_a_query_asks_for_rows(query, expected):
    assert values(query) == expected


@pytest.mark.parametrize("text", ["2026-03-02T10:00:00Z", "2026-03-02 10:00:00", "2026-03-02T12:00:00+02:00"])
def test_dates_compare_whatever_their_form(text):
    row = {"WHEN": "2026-03-02 10:00:00"}

    assert found(f"$filter=WHEN eq '{text}'", [row]) == [row]
    assert found(f"$filter=WHEN gt datetime'{text}'", [row]) == []


@given(st.text().filter(lambda text: "\x00" not in text and "\ud800" not in text))
def test_any_text_can_be_asked_for_in_quotes(text):
    row = {"A": text}
    literal = text.replace("'", "''")

    assert parse_odata(f"$filter={quote(f'A eq {chr(39)}{literal}{chr(39)}', safe='')}", NAMES).of([row]) == [
        row
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("$filter=A eq Brian", r"\$filter must be a comparison such as FIRST_NAME eq 'Ada'.*A eq Brian"),
        ("$filter=A eq 'x", "must be a comparison"),
        ("$filter=A eq 1 and", "must be a comparison"),
        ("$filter=A like 'x'", "must be a comparison"),
        ("$filter=B eq 1", "B must be one of A, WHEN, Title"),
        ("$orderby=B", "B must be one of"),
        ("$orderby=A up", "must be a field, perhaps with desc"),
    ],
)
def test_what_cannot_be_read_is_refused(query, words):
    with pytest.raises(FieldError, match=words):
        parse_odata(quote(query, safe="$=&"), NAMES)
