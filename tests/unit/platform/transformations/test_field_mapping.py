"""Moving values between paths of a record: nesting, rows, and that nothing is lost on the way there and back."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.ceql.field_path import parse_path
from elements_local.platform.transformations.field_mapping import Move, moved


def by_pairs(record, pairs, **how):
    """Move values between pairs of paths; one without an end is left out."""
    moves = [Move(parse_path(start), None if end is None else parse_path(end)) for start, end in pairs]
    return moved(record, moves, **how)


CASES = {
    "a plain name": ({"A": 1, "B": 2}, [("A", "a")], {"B": 2, "a": 1}),
    "into an object": ({"A": 1}, [("A", "x.y.z")], {"x": {"y": {"z": 1}}}),
    "out of one": ({"x": {"y": 1, "z": 2}}, [("x.y", "a")], {"x": {"z": 2}, "a": 1}),
    "the last out of one": ({"x": {"y": {"z": 1}}}, [("x.y.z", "a")], {"a": 1}),
    "two into one": ({"A": 1, "B": 2}, [("A", "n.a"), ("B", "n.b")], {"n": {"a": 1, "b": 2}}),
    "two that change places": ({"A": 1, "B": 2}, [("A", "B"), ("B", "A")], {"B": 1, "A": 2}),
    "one shown twice": ({"A": 1}, [("A", "x"), ("A", "y")], {"x": 1, "y": 1}),
    "one under its own name": ({"A": 1}, [("A", "A")], {"A": 1}),
    "what is not there": ({"A": 1}, [("B", "b"), ("x.y", "c")], {"A": 1}),
    "null": ({"A": None}, [("A", "a.b")], {"a": {"b": None}}),
    "a list as a whole": ({"T": [1, 2]}, [("T", "tags")], {"tags": [1, 2]}),
    "every row": (
        {"T": [{"N": "a", "V": 1}, {"N": "b"}]},
        [("T[*].N", "tags[*].name")],
        {"T": [{"V": 1}, {}], "tags": [{"name": "a"}, {"name": "b"}]},
    ),
    "all of every row": ({"T": [{"N": "a"}]}, [("T[*].N", "tags[*].name")], {"tags": [{"name": "a"}]}),
    "two of every row": (
        {"T": [{"N": "a", "V": 1}]},
        [("T[*].N", "t[*].n"), ("T[*].V", "t[*].v")],
        {"t": [{"n": "a", "v": 1}]},
    ),
    "rows of rows": (
        {"T": [{"U": [{"V": 1}, {"V": 2}]}]},
        [("T[*].U[*].V", "t[*].u[*].v")],
        {"t": [{"u": [{"v": 1}, {"v": 2}]}]},
    ),
    "rows that are none": ({"T": 5}, [("T[*].N", "t[*].n")], {"T": 5}),
    "one row": (
        {"T": [{"N": "a"}, {"N": "b"}]},
        [("T[1].N", "second")],
        {"T": [{"N": "a"}, {}], "second": "b"},
    ),
    "into a row": ({"A": 1}, [("A", "t[1].n")], {"t": [{}, {"n": 1}]}),
    "over something else": ({"A": 1, "x": 5}, [("A", "x.y")], {"x": {"y": 1}}),
    "all rows as they are": ({"B": [1, 2], "C": 3}, [("B[*]", "a[*]")], {"C": 3, "a": [1, 2]}),
    "one row as it is, which stays": ({"B": [1, 2]}, [("B[0]", "first")], {"B": [1, 2], "first": 1}),
    "a row by its value": (
        {"B": [{"id": 4, "N": "a"}, {"id": 2, "N": "b"}]},
        [("B[?(@.id==2)].N", "name")],
        {"B": [{"id": 4, "N": "a"}, {"id": 2}], "name": "b"},
    ),
    "the older form of that": (
        {"B": [{"id": 4, "N": "a"}]},
        [("B[id=4].N", "name")],
        {"B": [{"id": 4}], "name": "a"},
    ),
    "the first of several rows": (
        {"B": [{"T": "x", "N": 1}, {"T": "x", "N": 2}]},
        [("B[T='x'].N", "n")],
        {"B": [{"T": "x"}, {"T": "x", "N": 2}], "n": 1},
    ),
    "no row": ({"B": [{"id": 4, "N": "a"}, 5]}, [("B[id=5].N", "n")], {"B": [{"id": 4, "N": "a"}, 5]}),
    "how many rows": ({"B": [1, 2]}, [("B[*].size()", "count")], {"B": [1, 2], "count": 2}),
    "how many rows of none": ({"B": "text"}, [("B.size()", "count")], {"B": "text"}),
    "left out": ({"A": 1, "x": {"y": 2}}, [("A", None), ("x.y", None), ("z", None)], {}),
    "left out of every row": ({"T": [{"N": 1, "V": 2}]}, [("T[*].N", None)], {"T": [{"V": 2}]}),
    "left out, and its name given to another": ({"A": 1, "B": 2}, [("A", None), ("B", "A")], {"A": 2}),
    "a key with a blank": ({"A B": 1}, [("['A B']", "a")], {"a": 1}),
}


@pytest.mark.parametrize(("record", "moves", "after"), CASES.values(), ids=CASES)
def test_what_stands_at_one_path_stands_at_another(record, moves, after):
    before = deepcopy(record)

    assert by_pairs(record, moves) == after
    assert record == before


def test_without_the_rest_a_record_has_what_is_moved_alone():
    record = {"A": 1, "B": 2, "C": {"D": 3, "E": 4}}

    assert by_pairs(record, [("A", "a"), ("B", None), ("C.D", "c.d")], rest=False) == {"a": 1, "c": {"d": 3}}
    assert by_pairs(record, [], rest=False) == {}


def test_a_value_may_become_another_on_its_way():
    doubled = Move(parse_path("T[*].N"), parse_path("t[*]"), lambda value: value * 2)

    assert moved({"T": [{"N": 1}, {"N": 2}]}, [doubled]) == {"t": [2, 4]}


names = st.sampled_from(["A", "B", "C", "D"])
leaves = st.one_of(st.integers(), st.none(), st.text(max_size=3), st.lists(st.integers(), max_size=2))


@given(st.dictionaries(names, leaves), st.permutations(["a", "b.c", "b.d", "e.f.g"]))
def test_a_mapping_undoes_itself(record, paths):
    pairs = list(zip(["A", "B", "C", "D"], paths, strict=True))

    there = by_pairs(record, pairs)

    assert not set(there) & set(record)
    assert by_pairs(there, [(end, start) for start, end in pairs]) == record


@given(
    st.recursive(
        leaves, lambda inner: st.dictionaries(names, inner, max_size=3) | st.lists(inner, max_size=3)
    ).map(lambda value: value if isinstance(value, dict) else {"A": value}),
    st.lists(st.tuples(*[st.from_regex(r"\A[A-D](\.[A-D]|\[\*\]|\[[0-2]\]){0,3}\Z")] * 2), max_size=3),
)
def test_any_mapping_of_any_record_gives_a_record(record, moves):
    before = deepcopy(record)

    assert isinstance(by_pairs(record, moves), dict)
    assert record == before
