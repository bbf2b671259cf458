"""The evidence ledger speaks of what is there: all poller keys, tests that exist."""

import ast
from functools import cache
from pathlib import Path

import pytest

from elements_local.fidelity import ledger
from mock_platform.domain import poller_configuration
from mock_platform.elements.insightly_definition import INSIGHTLY

ROOT = Path(__file__).parents[2]
LEDGER = ledger()


@cache
def names_in(path: Path) -> set[str]:
    """Return the tests of a file, as pytest names them after its own name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
    return found


@pytest.mark.parametrize("entry", LEDGER, ids=lambda entry: f"{entry.area}: {entry.behaviour[:50]}")
def test_the_tests_of_a_behaviour_exist(entry):
    for test in entry.tests:
        file, _, name = test.partition("::")
        assert (ROOT / file).is_file(), f"{file} is not there"
        assert not name or name in names_in(ROOT / file), f"{file} has no {name}"


class Watched(dict):
    """An entry of a configuration that knows which keys it was asked for."""

    def __init__(self, asked, **keys):
        super().__init__(**keys)
        self.asked = asked

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)


def test_every_poller_key_is_spoken_of():
    asked = set()
    entry = Watched(asked, url="/x", datesConfiguration=Watched(asked))

    poller_configuration._from_entry("contacts", entry)

    instance_keys = {key.key for key in INSIGHTLY.keys if key.key.startswith("event.poller")}
    read = asked | instance_keys | {*poller_configuration.KEYS, poller_configuration.REFRESH_INTERVAL}
    assert {"url", "idField", "pollDelay", "createdDateTimezone"} <= asked
    assert not read - {key for entry in LEDGER for key in entry.keys}


def test_no_behaviour_is_listed_twice():
    said = [entry.behaviour for entry in LEDGER]

    assert len(said) == len(set(said))
