"""The query of a bulk job, and records as comma-separated values."""

import csv
from io import StringIO

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform import ceql
from elements_local.platform.bulk.csv_text import header, line, records
from elements_local.platform.bulk.query import BulkQuery, narrowed, parse, parse_order
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.errors import InvalidRequestError, QueryError


@each_row(
    ("text", "query"),
    [
        ("select * from contacts", BulkQuery(object_name="contacts")),
        ("  SELECT *\n FROM  Contacts  ", BulkQuery(object_name="Contacts")),
        ("select * from contacts where A = 1", BulkQuery(object_name="contacts", where="A = 1")),
        (
            "select * from contacts where A='x' order by B",
            BulkQuery(object_name="contacts", where="A='x'", order=SortOrder(field="B")),
        ),
        (
            "select * from contacts ORDER BY B DESC ",
            BulkQuery(object_name="contacts", order=SortOrder(field="B", descending=True)),
        ),
        (
            "select * from contacts where A = 'order by B' orderby=C asc",
            BulkQuery(object_name="contacts", where="A = 'order by B'", order=SortOrder(field="C")),
        ),
        (
            "select * from contacts where A = 'it''s where' and `order by` is null",
            BulkQuery(object_name="contacts", where="A = 'it''s where' and `order by` is null"),
        ),
        ("select * from a where order = 1", BulkQuery(object_name="a", where="order = 1")),
    ],
)
def test_a_query_is_read(text, query):
    assert parse(text) == query


@each_row(
    ("text", "says"),
    [
        ("select * from 'contacts'", "at column 1: expected select * from <object>"),
        ("select * from contacts where", "at column 23: expected where, order by or the end"),
        ("select * from contacts where A =", "expected a value"),
        ("select * from contacts where A = 'open", "cannot read"),
        ("select * from contacts order by", "at column 23: expected where, order by or the end"),
        ("select * from contacts order by A, B", "expected a field, and asc or desc"),
        ("select * from contacts where A = 1 " + " " * ceql.LONGEST, "more than 8000 characters"),  # noqa: S608 - no database ever sees it
        ("select " + " " * 7000, "expected select * from <object>"),
        ("select * from a" + " order" * 1000, "expected where, order by or the end"),
        ("'" * 7999, "expected select * from <object>"),
    ],
)
def test_what_is_no_query_is_refused_with_its_place(text, says):
    with pytest.raises(QueryError) as refused:
        parse(text)

    assert str(refused.value).startswith("Error parsing query")
    assert says in str(refused.value)


@given(st.text(alphabet=st.sampled_from("select*from where order by '`()=ab1 \n"), max_size=60))
def test_any_text_is_a_query_or_refused(text):
    try:
        query = parse(f"select * from a {text}")  # noqa: S608 - no database ever sees it
    except QueryError:
        return
    if query.where:
        ceql.parse(query.where)


def test_an_order_is_a_field_and_a_way():
    assert parse_order(" user.NAME  desc") == SortOrder(field="user.NAME", descending=True)
    for text in ("", " ", "desc asc up", "A;B", "x" * 201):
        with pytest.raises(QueryError):
            parse_order(text)


@each_row(
    ("where", "conditions", "clause"),
    [
        ("", [], ""),
        ("A = 1 or B = 2", [], "(A = 1 or B = 2)"),
        ("", ["C > 3"], "C > 3"),
        ("A = 1 or B = 2", ["C > 3", "C <= 4"], "(A = 1 or B = 2) AND C > 3 AND C <= 4"),
    ],
)
def test_a_clause_is_narrowed_by_conditions(where, conditions, clause):
    found = narrowed(where, conditions)

    assert found == clause
    if found:
        ceql.parse(found)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: text[0] not in "[{\ufeff"
)
"""Texts that are neither JSON nor begin with a byte order mark."""


def written(*found):
    fields = list(dict.fromkeys(key for record in found for key in record))
    return header(fields) + "".join(line(record, fields) for record in found)


def read(text):
    return list(records(StringIO(text, newline="")))


def test_each_key_has_a_column_and_each_kind_of_value_its_text():
    text = written(
        {"ID": 1, "NAME": 'Ada "the first", Countess', "LIVES": False, "RATE": 0.5, "NOTHING": None},
        {"ID": 2, "NAME": "zwei\nZeilen", "TAGS": [{"TAG_NAME": "é"}]},
    )

    assert text.split("\r\n")[:2] == [
        "ID,NAME,LIVES,RATE,NOTHING,TAGS",
        '1,"Ada ""the first"", Countess",false,0.5,,',
    ]
    assert text.endswith('2,"zwei\nZeilen",,,,"[{""TAG_NAME"":""é""}]"\r\n')
    assert list(csv.DictReader(StringIO(text, newline="")))[1]["NAME"] == "zwei\nZeilen"


@given(st.lists(st.dictionaries(CELLS, CELLS, min_size=1), min_size=1))
def test_texts_come_back_as_they_went(found):
    assert read(written(*found)) == found


@given(
    st.recursive(
        st.integers(-9, 9) | st.text(st.characters(exclude_categories=["Cs"])), st.lists, max_leaves=5
    )
)
def test_lists_come_back_as_they_went(value):
    assert read(written({"A": [value], "B": "x"})) == [{"A": [value], "B": "x"}]


@each_row(
    ("text", "found"),
    {
        "what only looks like JSON, and an empty cell": ("A,B\r\n[not json,\r\n", {"A": "[not json"}),
        "what is nested too deeply for JSON": ("A\n" + "[" * 5000 + "\n", {"A": "[" * 5000}),
        "a byte order mark, a blank line and a short one": ("\ufeffA,B\n\n1\n", {"A": "1"}),
    },
)
def test_what_spreadsheets_write_is_read(text, found):
    assert read(text) == [found]


@each_row(
    ("text", "says"),
    [
        ("", "the file is empty"),
        (",,\n1,2,3", "the file is empty"),
        ("A,A\n1,2", "these are repeated or empty: ['A']"),
        ("A,\n1,2", "these are repeated or empty: []"),
        ("A\n1,2", "line 2 of the file has 2 cells, its header 1"),
        ('A\n"open', "line 2 of the file is not valid CSV"),
        ('A\n"x"y', "line 2 of the file is not valid CSV"),
        ("A\n" + "x" * 200_000, "line 2 of the file is not valid CSV"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_line(text, says):
    with pytest.raises(InvalidRequestError) as refused:
        read(text)

    assert says in str(refused.value)
