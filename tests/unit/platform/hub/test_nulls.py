"""Taking nulls out of records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.hub.projection import without_nulls


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param({}, {}, id="an empty record"),
        pytest.param({"a": 1, "b": None}, {"a": 1}, id="one null"),
        pytest.param({"a": None}, {}, id="nothing but null"),
        pytest.param(
            {"a": 0, "b": "", "c": False, "d": [], "e": {}},
            {"a": 0, "b": "", "c": False, "d": [], "e": {}},
            id="what is empty but not null",
        ),
    ],
)
def test_keys_that_hold_null_are_removed(value, shown):
    assert without_nulls(value) == shown


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param({"a": {"b": None, "c": 1}}, {"a": {"c": 1}}, id="in an object"),
        pytest.param({"a": {"b": None}}, {"a": {}}, id="an object that is left empty"),
        pytest.param({"a": [{"b": None}, {"c": 1}]}, {"a": [{}, {"c": 1}]}, id="in an array's objects"),
        pytest.param({"a": [None, 1]}, {"a": [None, 1]}, id="an array keeps its nulls"),
        pytest.param({"a": [[{"b": None}]]}, {"a": [[{}]]}, id="arrays in arrays"),
    ],
)
def test_nulls_are_removed_from_objects_at_any_depth(value, shown):
    assert without_nulls(value) == shown


def test_keys_stay_in_their_order():
    assert list(without_nulls({"z": 1, "a": None, "m": 2})) == ["z", "m"]


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=10,
)


def objects_in(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] * isinstance(value, dict) + [found for one in inner for found in objects_in(one)]


@given(st.dictionaries(st.text(max_size=2), json_values, max_size=3))
def test_no_object_holds_null_afterwards_and_nothing_else_is_lost(value):
    shown = without_nulls(value)

    assert all(None not in found.values() for found in objects_in(shown))
    assert without_nulls(shown) == shown


@given(st.dictionaries(st.text(max_size=2), json_values, max_size=3))
def test_the_record_itself_is_left_as_it_is(value):
    before = repr(value)

    without_nulls(value)

    assert repr(value) == before
