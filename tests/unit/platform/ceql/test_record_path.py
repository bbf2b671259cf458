"""Paths into a record: every form that configurations use, and what leads nowhere."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.ceql.record_path import find

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


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("CONTACT_ID", 7, id="a plain name"),
        pytest.param(" CONTACT_ID ", 7, id="between blanks"),
        pytest.param("zero", 0, id="nought"),
        pytest.param("flag", False, id="false"),
        pytest.param("empty", "", id="an empty text"),
        pytest.param("customer.id", 8, id="a dotted path"),
        pytest.param("customer.name.last", "Byron", id="a longer one"),
        pytest.param("customer.name", {"last": "Byron"}, id="an object"),
        pytest.param("$.customer.id", 8, id="from the root"),
        pytest.param("$['customer']['id']", 8, id="from the root in brackets"),
        pytest.param("['Modified Time']", "today", id="single quotes in brackets"),
        pytest.param('["Modified Time"]', "today", id="double quotes in brackets"),
        pytest.param("[ 'Modified Time' ]", "today", id="blanks in brackets"),
        pytest.param("Modified Time", "today", id="a name with a blank"),
        pytest.param('["it\'s"]', "a quote", id="the other quote in brackets"),
        pytest.param("['a]b']", "a bracket", id="a bracket in brackets"),
        pytest.param("customer['name'].last", "Byron", id="brackets and dots"),
        pytest.param("metaData.createTime", "earlier", id="a path"),
        pytest.param("@id", 9, id="an attribute"),
        pytest.param("@.@id", 9, id="an attribute of the current node"),
        pytest.param("$ref", "a dollar", id="a name that starts like the root"),
        pytest.param("price.$", 5, id="a dollar further down"),
        pytest.param("price.@", 6, id="an at further down"),
        pytest.param("links[1].id", 11, id="an index in brackets"),
        pytest.param("links.0.id", 10, id="an index after a dot"),
        pytest.param("['']", "no name", id="an empty name in brackets"),
    ],
)
def test_a_path_leads_to_a_value(path, value):
    assert find(RECORD, path) == value


@pytest.mark.assumed
def test_a_literal_key_with_dots_wins_over_the_path():
    assert find(RECORD, "metaData.lastUpdatedTime") == "literal"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("none", id="null"),
        pytest.param("missing", id="no such key"),
        pytest.param("contact_id", id="another case"),
        pytest.param("customer.missing", id="no such key in an object"),
        pytest.param("CONTACT_ID.id", id="into a number"),
        pytest.param("text.0", id="into a text"),
        pytest.param("none.id", id="into null"),
        pytest.param("links.id", id="a name into a list"),
        pytest.param("links[2]", id="beyond a list"),
        pytest.param("links.-1", id="before a list"),
        pytest.param("links." + "9" * 5000, id="far beyond a list"),
        pytest.param("customer[0]", id="an index into an object"),
        pytest.param(" ", id="a blank"),
        pytest.param("$", id="the root itself"),
        pytest.param("@", id="the node itself"),
        pytest.param(".", id="a dot"),
    ],
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
