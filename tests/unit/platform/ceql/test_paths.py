"""Paths: of fields that are mapped, and into records."""

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.ceql.field_path import PathMark, RowWhere, is_writable, parse_path, row_depth
from elements_local.platform.ceql.record_path import find
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


@each_row(("text", "path"), list(PATHS.items()))
def test_a_path(text, path):
    assert parse_path(text) == path
    assert is_writable(path) is not any(step is PathMark.SIZE or isinstance(step, RowWhere) for step in path)
    assert row_depth(path) == text.replace("[*].size", "").count("[*]")


@each_row(
    "text", ["[*]", "[0].a", "a.", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a]b", "a[?(@.b>2)]", "[a=1].b", "."]
)
def test_what_is_no_path_is_refused(text):
    with pytest.raises(InvalidRequestError, match="is not a path of a field: cannot read"):
        parse_path(text)


@each_row("text", ["", "a" * 501])
def test_a_path_has_a_length(text):
    with pytest.raises(InvalidRequestError, match="has 1 to 500 characters"):
        parse_path(text)


def test_an_index_has_a_limit():
    with pytest.raises(InvalidRequestError, match="1000 at the most; got 1001"):
        parse_path("B[1001].x")


@each_row(
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


RECORD = {
    "CONTACT_ID": 7,
    "zero": 0,
    "flag": False,
    "empty": "",
    "none": None,
    "Modified Time": "today",
    "customer": {"id": 8, "name": {"last": "Byron"}, "None": 1},
    "metaData.lastUpdatedTime": "literal",
    "metaData": {"lastUpdatedTime": "nested", "createTime": "earlier"},
    "@id": 9,
    "links": [{"id": 10}, {"id": 11}],
    "text": "abc",
    "it's": "a quote",
    "a]b": "a bracket",
    "$ref": "a dollar",
    "price": {"$": 5, "@": 6},
    "": "no name",
}


@each_row(
    ("path", "value"),
    {
        "a plain name": ("CONTACT_ID", 7),
        "between blanks": (" CONTACT_ID ", 7),
        "false": ("flag", False),
        "a dotted path": ("customer.id", 8),
        "an object": ("customer.name", {"last": "Byron"}),
        "from the root": ("$.customer.id", 8),
        "single quotes in brackets": ("['Modified Time']", "today"),
        "the other quote in brackets": ('["it\'s"]', "a quote"),
        "a bracket in brackets": ("['a]b']", "a bracket"),
        "brackets and dots": ("customer['name'].last", "Byron"),
        "an attribute": ("@id", 9),
        "an attribute of the current node": ("@.@id", 9),
        "a name that starts like the root": ("$ref", "a dollar"),
        "a dollar further down": ("price.$", 5),
        "an index in brackets": ("links[1].id", 11),
        "an index after a dot": ("links.0.id", 10),
        "an empty name in brackets": ("['']", "no name"),
    },
)
def test_a_path_leads_to_a_value(path, value):
    assert find(RECORD, path) == value


@pytest.mark.assumed
def test_a_literal_key_with_dots_wins_over_the_path():
    assert find(RECORD, "metaData.lastUpdatedTime") == "literal"


@each_row(
    "path",
    {
        "null": "none",
        "no such key": "missing",
        "another case": "contact_id",
        "into a number": "CONTACT_ID.id",
        "into a text": "text.0",
        "a name into a list": "links.id",
        "beyond a list": "links[2]",
        "before a list": "links.-1",
        "far beyond a list": "links." + "9" * 5000,
        "an index into an object": "customer[0]",
        "the root itself": "$",
        "a dot": ".",
    },
)
def test_a_path_leads_nowhere(path):
    assert find(RECORD, path) is None


def test_an_empty_path_leads_nowhere_in_a_record_without_an_empty_key():
    assert find({"a": 1}, "") is None


def test_a_key_that_is_called_like_the_root_is_found():
    assert find({"@": {"@id": 5}}, "@.@id") == 5
    assert find({"$": 5}, "$") == 5


json_values = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab.$@0"), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.text(max_size=3), json_values, max_size=3),
    st.one_of(st.text(), st.text("ab.[]'\"0$@ ")),
)
@example({"a": [1]}, "a.\u00b2")
@example({"a": [1]}, "a[" + "9" * 6 + "]")
@example({"a": [1]}, "[" * 2000)
def test_any_path_leads_somewhere_or_nowhere(record, path):
    find(record, path)


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="'"), min_size=1), min_size=1, max_size=4
    )
)
def test_a_path_in_brackets_leads_to_any_nested_key(keys):
    value: object = 5
    for key in reversed(keys):
        value = {key: value}

    assert find(value, "".join(f"['{key}']" for key in keys)) == 5
