"""YAML as scenarios are written in it."""

import re

import pytest
from each_row import each_row

from elements_local.stack.yaml_text import YamlError, read_documents


@each_row(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("10:30", "10:30"),
        ("10:00:00", "10:00:00"),
        ("2026-03-02", "2026-03-02"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("007", "007"),
        ("15", 15),
        ("-3", -3),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ("~", None),
        ("'15'", "15"),
        ("15m", "15m"),
    ],
)
def test_a_scalar_means_what_it_says(text: str, value: object) -> None:
    (document,) = read_documents(f"key: {text}")

    assert document.value == {"key": value}


def test_every_value_knows_its_place() -> None:
    (document,) = read_documents("a: 1\nb:\n  - x\n  - c: 2\n")

    assert document.place("a") == (1, 1)
    assert document.place("b", 0) == (3, 5)
    assert document.place("b", 1, "c") == (4, 5)
    assert document.place("b", 1, "nothing", "below") == (4, 5)
    assert document.place() == (1, 1)


def test_documents_are_separate_and_count_lines_from_the_file() -> None:
    first, second = read_documents("a: 1\n---\nb: 2\n")

    assert (first.value, second.value) == ({"a": 1}, {"b": 2})
    assert second.place("b") == (3, 1)


@each_row(
    ("text", "reason", "line"),
    {
        "object tag": ("a: !!python/object:os.system {}", "", 1),
        "number that is none": ("a: !!int x", "cannot read 'x'", 1),
        "quote in quotes": ("a: 'it's'", "'s' cannot follow what is before it", 1),
        "escape of no meaning": ('a: "\\q"', "\\q is not an escape", 1),
        "anything else": ("a: |b\n c", "this is not valid YAML", 1),
    },
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text: str, reason: str, line: int) -> None:
    if reason == "":
        (document,) = read_documents(text)
        assert document.value == {"a": {}}  # a tag makes no object here
        return

    with pytest.raises(YamlError, match=re.escape(reason)) as refused:
        read_documents(text)

    assert refused.value.place.line == line
