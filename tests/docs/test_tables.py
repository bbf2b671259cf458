"""Tables of pages have all that there is, and no more: commands, fixtures, markers, filters, circumstances."""

import re
import shlex
from pathlib import Path

import msgspec
from doc_pages import ROOT, parsed, rows
from stable_names import names

from callback_sink.search import Filters
from elements_local.commands.cli import COMMANDS
from elements_local.commands.openapi import documents
from elements_local.diagnosis.circumstances import CIRCUMSTANCES
from elements_local.diagnosis.grid import LETTERS
from elements_local.platform.elements.insightly.fields import RENAMED
from elements_local.testing import pytest_plugin

COMMAND_ROWS = rows("commands.md", "| command |")


def code(text):
    """Return the names that stand in code at the start of a cell, or anywhere in it."""
    return re.findall(r"`(\w+)`", text)


def test_every_command_is_there_in_the_order_of_the_help_with_an_example_that_can_be_typed():
    assert [code(row[0]) for row in COMMAND_ROWS] == [[name] for name in COMMANDS]
    for row in COMMAND_ROWS:
        parsed(shlex.split(row[-1].strip("`").removeprefix("elements-local ")))


def test_the_fields_of_v3_in_the_readme_are_in_raw_under_the_names_that_it_says():
    said = {
        (of, name): place
        for cell, places in rows("../README.md", "| field of v3.1 |")
        for of, listed in [("Contacts" if "contact" in cell else "Leads", re.findall(r"`(\w+)`", places))]
        for number, name in enumerate(re.findall(r"`(\w+)`", cell))
        for place in [listed[min(number, len(listed) - 1)]]
    }

    assert said == {(of, name): RENAMED[f"/{of}"][name].name for of, name in said}


def test_every_exit_status_is_there():
    assert [row[0] for row in rows("commands.md", "| status |")] == ["0", "1", "2", "130"]


def test_every_circumstance_and_every_letter_of_sweep_is_there():
    circumstances, letters = (
        [row[0].strip("`") for row in rows("sweep.md", head)] for head in ("| circumstance |", "| letter |")
    )

    assert circumstances == [each.name for each in CIRCUMSTANCES]
    assert letters == [*LETTERS.values()]


def test_the_table_of_sweep_is_the_one_that_the_command_prints_of_the_guides_configuration():
    """``tests/corpus/test_corpus.py`` holds what it prints."""
    session = (ROOT / "tests" / "corpus" / "artefacts" / "session.txt").read_text("utf-8")
    printed = session.partition("$ sweep body.json\n")[2].partition("\n$ ")[0]
    page = (ROOT / "docs" / "sweep.md").read_text("utf-8")
    shown = page.partition("contacts, as it is\n")[2].partition("```")[0]

    assert len(shown.splitlines()) > 10
    assert shown in printed


def test_every_fixture_is_there_with_its_scope():
    listed = {row[0].strip("`"): row[1] for row in rows("testing.md", "| fixture |")}
    source = Path(pytest_plugin.__file__).read_text("utf-8")
    there = re.findall(r'^@pytest\.fixture(?:\(scope="(\w+)"\))?\ndef (elements_\w+)', source, re.MULTILINE)

    assert listed == {name: scope or "test" for scope, name in there}
    assert sorted(listed) == names()["fixtures"]


def test_every_marker_is_there_with_what_it_takes():
    listed = {re.search(r"mark\.(\w+)", row[0])[1]: row[1] for row in rows("testing.md", "| marker |")}

    assert listed.keys() == names()["markers"].keys()
    for name, takes in names()["markers"].items():
        assert {*re.findall(r"`(\w+)=", listed[name])} == {*takes}


def test_every_filter_of_callbacks_is_there_and_one_that_is_a_word_of_pythons_is_given_as_the_page_says(
    elements_sink,
):
    listed = [name for row in rows("testing.md", "| filter |") for name in code(row[0])]

    assert sorted([*listed, "bin"]) == sorted(field.encode_name for field in msgspec.structs.fields(Filters))
    assert elements_sink.callbacks(**{"not": ["eventType: UPDATED"], "from": "2026-03-02T10:00:00Z"}) == []


def test_every_filter_of_polls_is_there(elements_stack):
    operation = documents(elements_stack, ["platform"])["platform"]["paths"]["/_local/polls"]["get"]
    page = (ROOT / "docs" / "testing.md").read_text("utf-8")

    listed = code(page.partition("`elements_platform.polls` takes ")[2].partition(".")[0])
    assert sorted(listed) == sorted(parameter["name"] for parameter in operation["parameters"])
