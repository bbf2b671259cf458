"""Paths of mapped fields: every form, and what is none."""

import pytest

from elements_local.platform.ceql.field_path import PathMark, RowWhere, is_writable, parse_path, row_depth
from elements_local.platform.errors import InvalidRequestError

PATHS = {
    "A": ("A",),
    "address.city": ("address", "city"),
    "A B.C-D": ("A B", "C-D"),
    "['a.b'].c": ("a.b", "c"),
    'x["y z"]': ("x", "y z"),
    "TAGS[*].NAME": ("TAGS", PathMark.ROWS, "NAME"),
    "B[*]": ("B", PathMark.ROWS),
    "B[0].id": ("B", 0, "id"),
    "B[1000]": ("B", 1000),
    "B[?(@.id==2)].name": ("B", RowWhere("id", "2"), "name"),
    "B[?(@.kind == 'a b')].name": ("B", RowWhere("kind", "a b"), "name"),
    "B[id=4].name": ("B", RowWhere("id", "4"), "name"),
    'B[kind="x"]': ("B", RowWhere("kind", "x")),
    "B[*].size()": ("B", PathMark.SIZE),
    "B.size()": ("B", PathMark.SIZE),
}


@pytest.mark.parametrize(("text", "path"), PATHS.items(), ids=PATHS)
def test_a_path(text, path):
    assert parse_path(text) == path
    assert is_writable(path) is not any(step is PathMark.SIZE or isinstance(step, RowWhere) for step in path)
    assert row_depth(path) == text.replace("[*].size", "").count("[*]")


@pytest.mark.parametrize(
    "text", ["[*]", "[0].a", "a.", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a]b", "a[?(@.b>2)]", "[a=1].b", "."]
)
def test_what_is_no_path_is_refused(text):
    with pytest.raises(InvalidRequestError, match="is no path of a field: cannot read"):
        parse_path(text)


@pytest.mark.parametrize("text", ["", "a" * 501])
def test_a_path_has_a_length(text):
    with pytest.raises(InvalidRequestError, match="has 1 to 500 characters"):
        parse_path(text)


def test_an_index_has_a_limit():
    with pytest.raises(InvalidRequestError, match="1000 at the most; got 1001"):
        parse_path("B[1001].x")


@pytest.mark.parametrize(
    ("value", "row", "is_it"),
    [
        ("2", {"id": 2}, True),
        ("2", {"id": "2"}, True),
        ("2", {"id": 2.5}, False),
        ("true", {"id": True}, True),
        ("None", {"id": None}, False),
        ("2", {}, False),
        ("2", [2], False),
    ],
)
def test_a_row_is_found_by_its_value_as_text(value, row, is_it):
    assert RowWhere("id", value).is_of(row) is is_it
