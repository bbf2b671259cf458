"""A recorded scenario's file: what was meant is what is read, and it looks as if written by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.recording.text import SCHEMA, dump, lines_above, write
from elements_local.scenarios.scenario import ScenarioError, load
from elements_local.scenarios.yaml_text import read_documents

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(
        ["yes", "No", "~", "null", "1e5", "1.5e3", "0o17", "012", "0x1f", "1_000", "10:30", "<<", "=", "- a", "a: b"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_whatever_is_written_is_read_back(value):
    (read,) = read_documents(dump({"value": value}))

    assert read.value == {"value": value}
    assert _types(read.value) == _types({"value": value})


def _types(value):
    if isinstance(value, dict):
        return {key: _types(inner) for key, inner in value.items()}
    return [_types(inner) for inner in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("Ada", "Ada", id="a word"),
        pytest.param("Zoë \U0001f600", "Zoë \U0001f600", id="letters of any script"),
        pytest.param("2026-03-02 10:00:00", "2026-03-02 10:00:00", id="a date needs no quotes"),
        pytest.param("yes", "'yes'", id="a word that YAML 1.1 takes for true"),
        pytest.param("15", "'15'", id="a text of digits"),
        pytest.param("1e5", "'1e5'", id="a number to readers of YAML 1.2"),
        pytest.param("it's", "it's", id="an apostrophe"),
        pytest.param("a: b", "'a: b'", id="a colon"),
        pytest.param("a\nb\n", "|\n  a\n  b", id="lines"),
        pytest.param("a \nb", '"a \\nb"', id="lines of which one ends in a blank"),
        pytest.param("\x00", '"\\0"', id="what cannot be seen"),
        pytest.param([], "[]", id="nothing"),
        pytest.param(None, "null", id="null"),
    ],
)
def test_quotes_are_used_where_they_are_needed(value, text):
    assert dump({"value": value}) == f"value: {text}\n"


def test_lists_stand_below_their_key():
    assert dump({"steps": [{"advance": "15m"}, {"expect": {"callbacks": ["contacts/ada CREATED"]}}]}) == (
        "steps:\n  - advance: 15m\n  - expect:\n      callbacks:\n        - contacts/ada CREATED\n"
    )


def test_a_value_that_comes_twice_is_written_twice():
    same = {"a": 1}

    assert dump({"x": same, "y": same}) == "x:\n  a: 1\ny:\n  a: 1\n"


def test_the_file_begins_with_what_editors_and_readers_need(tmp_path):
    first, second = lines_above(tmp_path / "it.yaml", ["two\nlines"]).splitlines()

    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    assert (tmp_path / first.removeprefix(prefix)).resolve() == SCHEMA.resolve()
    assert second == "# two lines"


def test_a_file_is_there_as_a_whole_or_not_at_all(tmp_path):
    path = tmp_path / "it.yaml"
    write(path, {"scenario": "s", "steps": [{"advance": "1m"}]})
    before = path.read_text(encoding="utf-8")

    with pytest.raises(ScenarioError):
        write(path, {"scenario": "s", "steps": [{"zap": 1}]})

    assert path.read_text(encoding="utf-8") == before
    assert [one.name for one in tmp_path.iterdir()] == ["it.yaml"]
    assert [scenario.name for scenario in load(path)] == ["s"]


def test_a_file_is_written_with_the_rights_that_new_files_have(tmp_path):
    path, other = tmp_path / "it.yaml", tmp_path / "other"
    other.touch()

    write(path, {"scenario": "s", "steps": [{"advance": "1m"}]})

    assert Path(path).stat().st_mode == other.stat().st_mode
