"""The page about tests has every fixture with its scope, every marker, and every filter that there are."""

import re
from pathlib import Path

import msgspec
from doc_pages import ROOT
from stable_names import names

from callback_sink.search import Filters
from elements_local import pytest_plugin
from elements_local.commands.openapi import documents

PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")


def rows_of(head):
    table = PAGE.partition(f"{head}\n")[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[1:]]


def test_every_fixture_is_there_with_its_scope():
    listed = {name.strip("`"): scope for name, scope, _ in rows_of("| fixture | scope | gives |")}
    source = Path(pytest_plugin.__file__).read_text("utf-8")
    there = re.findall(r'^@pytest\.fixture(?:\(scope="(\w+)"\))?\ndef (elements_\w+)', source, re.MULTILINE)

    assert listed == {name: scope or "test" for scope, name in there}
    assert sorted(listed) == names()["fixtures"]


def test_every_marker_is_there_with_what_it_takes():
    listed = {re.search(r"mark\.(\w+)", name)[1]: takes for name, takes in rows_of("| marker | takes |")}

    assert listed.keys() == names()["markers"].keys()
    for name, takes in names()["markers"].items():
        assert {*re.findall(r"`(\w+)=", listed[name])} == {*takes}


def test_every_filter_of_callbacks_is_there():
    listed = [
        name for row in rows_of("| filter | matches callbacks |") for name in re.findall(r"`(\w+)`", row[0])
    ]

    assert sorted([*listed, "bin"]) == sorted(field.encode_name for field in msgspec.structs.fields(Filters))


def test_a_filter_that_is_a_word_of_pythons_is_given_as_the_page_says(elements_sink):
    assert elements_sink.callbacks(**{"not": ["eventType: UPDATED"], "from": "2026-03-02T10:00:00Z"}) == []


def test_every_filter_of_polls_is_there(elements_stack):
    operation = documents(elements_stack, ["platform"])["platform"]["paths"]["/_local/polls"]["get"]

    listed = re.findall(r"`(\w+)`", PAGE.partition("`elements_platform.polls` takes ")[2].partition(".")[0])
    assert sorted(listed) == sorted(parameter["name"] for parameter in operation["parameters"])
