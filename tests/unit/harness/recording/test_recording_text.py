"""A recorded scenario's file: what was meant is what is read, and it looks as if written by hand."""

from pathlib import Path

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.scenarios.recording.text import SCHEMA, dump, lines_above, write
from elements_local.scenarios.scenario import ScenarioError, load
from elements_local.stack.output_files import OutputFile
from elements_local.stack.yaml_text import read_documents

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


@each_row(
    ("value", "text"),
    {
        "a word": ("Ada", "Ada"),
        "letters of any script": ("Zoë \U0001f600", "Zoë \U0001f600"),
        "a date needs no quotes": ("2026-03-02 10:00:00", "2026-03-02 10:00:00"),
        "a word that YAML 1.1 takes for true": ("yes", "'yes'"),
        "a text of digits": ("15", "'15'"),
        "a number to readers of YAML 1.2": ("1e5", "'1e5'"),
        "an apostrophe": ("it's", "it's"),
        "a colon": ("a: b", "'a: b'"),
        "lines": ("a\nb\n", "|\n  a\n  b"),
        "lines of which one ends in a blank": ("a \nb", '"a \\nb"'),
        "what cannot be seen": ("\x00", '"\\0"'),
        "half a surrogate pair": ("\ud800", '"\\uD800"'),
        "nothing": ([], "[]"),
        "null": (None, "null"),
    },
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
    output = OutputFile(path=path, force=True)
    write(output, {"scenario": "s", "steps": [{"advance": "1m"}]})
    before = path.read_text(encoding="utf-8")

    with pytest.raises(ScenarioError):
        write(output, {"scenario": "s", "steps": [{"zap": 1}]})

    assert path.read_text(encoding="utf-8") == before
    assert [one.name for one in tmp_path.iterdir()] == ["it.yaml"]
    assert [scenario.name for scenario in load(path)] == ["s"]


def test_a_file_is_written_with_the_rights_that_new_files_have(tmp_path):
    path, other = tmp_path / "it.yaml", tmp_path / "other"
    other.touch()

    write(OutputFile(path=path), {"scenario": "s", "steps": [{"advance": "1m"}]})

    assert Path(path).stat().st_mode == other.stat().st_mode
