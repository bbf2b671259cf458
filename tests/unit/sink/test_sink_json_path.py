"""Conditions on JSON: what they mean, what they say of what is not so, and that none of them breaks anything."""

import json

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from callback_sink.json_path import ConditionError, parse_condition, select

BOOKS = {
    "store": {
        "book": [
            {"category": "reference", "author": "Nigel Rees", "price": 8.95},
            {"category": "fiction", "author": "Evelyn Waugh", "price": 12.99},
            {"category": "fiction", "author": "Herman Melville", "isbn": "0-553-21311-3", "price": 8.99},
        ],
        "bicycle": {"color": "red", "price": 399},
    }
}
"""The example of RFC 9535, shortened."""

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def found(path, value=BOOKS):
    return select(parse_condition(path).steps, value)


@each_row(
    ("path", "values"),
    [
        ("$.store.book[*].author", ["Nigel Rees", "Evelyn Waugh", "Herman Melville"]),
        ("$..author", ["Nigel Rees", "Evelyn Waugh", "Herman Melville"]),
        ("$.store..price", [399, 8.95, 12.99, 8.99]),
        ("$..book[2].author", ["Herman Melville"]),
        ("$..book[-1]['isbn']", ["0-553-21311-3"]),
        ('$["store"]["bicycle"] . color'.replace(" . ", "."), ["red"]),
        ("$.store.bicycle.*", ["red", 399]),
        ("$.store.bicycle[ * ]", ["red", 399]),
        ("$..[0].price", [8.95]),
        ("$", [BOOKS]),
        ("$.store.book[3]", []),
        ("$.store.book[-4]", []),
        ("$.store.book.author", []),
        ("$.store[0]", []),
        ("$.nothing..*", []),
        ("$.store.book[0].author.length", []),
    ],
)
def test_a_path_leads_to_values(path, values):
    assert sorted(map(str, found(path))) == sorted(map(str, values))


@each_row(
    ("path", "key"),
    [
        ("$['it\\'s']", "it's"),
        ("$['say \"hi\"']", 'say "hi"'),
        ('$["a\\u00e9"]', "aé"),
        ("$['back\\\\slash']", "back\\slash"),
        ("$['']", ""),
        ("$['a.b[0]']", "a.b[0]"),
        ("$.größe", "größe"),
        ("$['x == 1']", "x == 1"),
    ],
)
def test_a_name_may_be_quoted(path, key):
    assert found(path, {key: 1, "other": 2}) == [1]


@each_row(
    ("condition", "value"),
    [
        ("$.a == 1", {"a": 1.0}),
        ("$.a==true", {"a": True}),
        ("$.a == null", {"a": None}),
        ("$.a", {"a": None}),
        (' $.a == "x == y" ', {"a": "x == y"}),
        ("$.a[*] == 2", {"a": [1, 2]}),
        ('$.a == {"c": [1], "b": 2}', {"a": {"b": 2, "c": [1]}}),
        ("$ == 7", 7),
    ],
)
def test_a_condition_is_fulfilled_if_one_value_is_the_same(condition, value):
    assert parse_condition(condition).difference(value) is None


@each_row(
    ("condition", "value", "said"),
    [
        ("$.a == 1", {"a": True}, "json: expected $.a == 1, was true"),
        ("$.a == 0", {"a": False}, "json: expected $.a == 0, was false"),
        ('$.a == "1"', {"a": 1}, 'json: expected $.a == "1", was 1'),
        ("$.a == [1, 2]", {"a": [2, 1]}, "json: expected $.a == [1, 2], was [2,1]"),
        ("$.a == {}", {"a": []}, "json: expected $.a == {}, was []"),
        ("$.a[*] == 9", {"a": [1, 2, 3, 4]}, "json: expected $.a[*] == 9, was 1, 2, 3"),
        ("$.a", {"b": 1}, "json: expected $.a, was absent"),
        ("$.a == null", {}, "json: expected $.a == null, was absent"),
        ("$.a", None, "json: expected $.a, was absent"),
    ],
)
def test_a_condition_that_is_not_fulfilled_says_what_is_there(condition, value, said):
    assert parse_condition(condition).difference(value) == said


def test_what_is_there_is_shown_as_far_as_it_is_of_use():
    assert len(parse_condition("$.a == 1").difference({"a": "x" * 10_000})) < 200


@each_row(
    ("text", "reason"),
    [
        ("", "it does not start with $"),
        ("a.b", "it does not start with $"),
        ("$.", "after $ comes '.'"),
        ("$a", "after $ comes 'a'"),
        ("$.a.", "after $.a comes '.'"),
        ("$...a", "after $ comes '...a'"),
        ("$.a[", "after $.a comes '['"),
        ("$.a[1:2]", "after $.a comes '[1:2]'"),
        ("$.a[?@.b]", "after $.a comes '[?@.b]'"),
        ("$.a['b]", "after $.a comes"),
        ("$.a[99999999999]", "after $.a comes"),
        ("$" + ".a" * 65, "it has 65 steps, and 64 are enough"),
        ("$.a = 1", "after $.a comes '= 1'"),
        ("$.a == ", "'' is not a JSON value"),
        ("$.a == contacts", "'contacts' is not a JSON value; quote texts"),
        ('$["\\x"]', "is not a JSON value"),
        ("$.a == 1 == 1", "is not a JSON value"),
    ],
)
def test_what_is_no_condition_is_refused_and_says_where(text, reason):
    with pytest.raises(ConditionError) as refused:
        parse_condition(text)

    assert reason in str(refused.value)
    assert "such as $.message.events[0].objectId" in str(refused.value)


@given(st.text(alphabet=st.sampled_from("$.[]*'\"\\=ab01- \n\udcff"), max_size=40), VALUES)
def test_any_text_is_a_condition_or_refused(text, value):
    try:
        condition = parse_condition(f"${text}")
    except ConditionError as error:
        said = str(error)
    else:
        said = condition.difference(value)

    assert said is None or said


@given(VALUES)
def test_every_value_is_the_same_as_itself_written_down(value):
    assert parse_condition(f"$ == {json.dumps(value)}").difference(value) is None


@given(st.text(), VALUES)
def test_every_name_can_be_written_and_found(name, value):
    written = json.dumps(name)

    assert found(f"$[{written}]", {name: value}) == [value]


@given(VALUES)
def test_descendants_are_every_value_below(value):
    def below(outer):
        inner = list(outer.values()) if isinstance(outer, dict) else outer if isinstance(outer, list) else []
        return inner + [each for one in inner for each in below(one)]

    assert sorted(map(repr, found("$..*", value))) == sorted(map(repr, below(value)))


def test_many_descendants_of_a_deep_value_are_found_once_each():
    value = {}
    for _ in range(60):
        value = {"a": value, "b": [value]} if len(json.dumps(value)) < 10_000 else {"a": value}

    assert len(found("$" + "..*" * 64, value)) <= len(json.dumps(value))


def test_a_long_run_of_quotes_is_read_in_one_go():
    with pytest.raises(ConditionError):
        parse_condition("$['" + "\\'" * 100_000)
