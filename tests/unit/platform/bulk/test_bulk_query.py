"""The query of a bulk job."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform import ceql
from elements_local.platform.bulk.query import BulkQuery, narrowed, parse, parse_order
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.errors import QueryError


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "at column 1: expected select * from <object>"),
        ("contacts", "at column 1: expected select * from <object>"),
        ("select FIRST_NAME from contacts", "at column 8: only * can be selected"),
        ("select * from", "at column 1: expected select * from <object>"),
        ("select * from 'contacts'", "at column 1: expected select * from <object>"),
        ("select * from contacts limit 5", "at column 23: expected where, order by or the end"),
        ("select * from contacts; drop", "at column 23: expected where, order by or the end"),
        ("select * from contacts where", "at column 23: expected where, order by or the end"),
        ("select * from contacts where A =", "expected a value"),
        ("select * from contacts where A = 'open", "cannot read"),
        ("select * from contacts order by", "at column 23: expected where, order by or the end"),
        ("select * from contacts order by A, B", "expected a field, and asc or desc"),
        ("select * from contacts order by A up", "expected a field, and asc or desc"),
        ("select * from contacts where A = 1 " + " " * ceql.LONGEST, "more than 8000 characters"),  # noqa: S608 - no database ever sees it
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


@pytest.mark.parametrize("text", ["select " + " " * 7000, "select * from a" + " order" * 1000, "'" * 7999])
def test_a_long_query_that_leads_nowhere_is_refused_soon(text):
    with pytest.raises(QueryError):
        parse(text)


def test_an_order_is_a_field_and_a_way():
    assert parse_order(" user.NAME  desc") == SortOrder(field="user.NAME", descending=True)
    for text in ("", " ", "desc asc up", "A;B", "x" * 201):
        with pytest.raises(QueryError):
            parse_order(text)


@pytest.mark.parametrize(
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
