"""Moving values between paths of a record: nesting, rows, and that nothing is lost on the way there and back."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_platform.transformations.field_mapping import moved

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
    "a key with a blank": ({"A B": 1}, [("['A B']", "a")], {"a": 1}),
}


@pytest.mark.parametrize(("record", "moves", "after"), CASES.values(), ids=CASES)
def test_what_stands_at_one_path_stands_at_another(record, moves, after):
    before = deepcopy(record)

    assert moved(record, moves) == after
    assert record == before


names = st.sampled_from(["A", "B", "C", "D"])
leaves = st.one_of(st.integers(), st.none(), st.text(max_size=3), st.lists(st.integers(), max_size=2))


@given(st.dictionaries(names, leaves), st.permutations(["a", "b.c", "b.d", "e.f.g"]))
def test_a_mapping_undoes_itself(record, paths):
    pairs = list(zip(["A", "B", "C", "D"], paths, strict=True))

    there = moved(record, pairs)

    assert not set(there) & set(record)
    assert moved(there, [(end, start) for start, end in pairs]) == record


@given(
    st.recursive(
        leaves, lambda inner: st.dictionaries(names, inner, max_size=3) | st.lists(inner, max_size=3)
    ).map(lambda value: value if isinstance(value, dict) else {"A": value}),
    st.lists(st.tuples(*[st.from_regex(r"\A[A-D](\.[A-D]|\[\*\]|\[[0-2]\]){0,3}\Z")] * 2), max_size=3),
)
def test_any_mapping_of_any_record_gives_a_record(record, moves):
    before = deepcopy(record)

    assert isinstance(moved(record, moves), dict)
    assert record == before
