"""Which keys of a record are wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.hub.projection import parse_fields, project

RECORD = {"A": 1, "B": None, "user": {"id": 5, "name": {"first": "Ada"}}, "x.y": 2}


@pytest.mark.parametrize(
    ("text", "fields"),
    [("", ()), (" , ", ()), ("A", ("A",)), ("A,B", ("A", "B")), (" A , user.id,", ("A", "user.id"))],
)
def test_a_list_with_commas(text, fields):
    assert parse_fields(text) == fields


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A", {"A": 1}),
        ("a", {"A": 1}),
        ("B,A", {"B": None, "A": 1}),
        ("C", {}),
        ("user", {"user": RECORD["user"]}),
        ("user.id", {"user": {"id": 5}}),
        ("user.name.first,user.id", {"user": {"name": {"first": "Ada"}, "id": 5}}),
        ("x.y", {"x.y": 2}),
        ("A.b", {}),
    ],
)
def test_a_record_keeps_what_is_asked_for(text, kept):
    assert project(RECORD, parse_fields(text)) == kept


@given(st.dictionaries(st.text("abAB", max_size=2), st.integers()), st.lists(st.text("abAB.", max_size=3)))
def test_nothing_is_made_up(record, fields):
    assert project(record, fields).items() <= record.items()
