"""What release 0.1 promised is kept: docs/stability.md. Its fixtures are made once, by ``poe release-fixtures``."""

import inspect
import json
import re

import pytest
import stable_names
from click.testing import CliRunner
from stable_names import RELEASE

from elements_local.commands.cli import cli
from elements_local.scenarios.scenario import load
from elements_local.start import in_process

PROMISED = json.loads((RELEASE / "names.json").read_text("utf-8"))
PRESENT = stable_names.names()
SCENARIOS = RELEASE / "every_verb.yaml"


@pytest.fixture(scope="module")
def restored():
    """A workspace that has been put back to the snapshot of the release."""
    with in_process() as stack:
        clients = stack.workspace()
        clients.restore(json.loads((RELEASE / "snapshot.json").read_text("utf-8")))
        yield clients


def test_a_snapshot_is_read_and_goes_on(clients):
    clients.restore(json.loads((RELEASE / "snapshot.json").read_text("utf-8")))
    before = len(clients.sink.callbacks())

    contact = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")

    assert before > 0
    assert clients.crm.changes()
    (callback,) = clients.sink.callbacks(objectId=str(contact["CONTACT_ID"]))
    assert (callback["status"], callback["signature"]) == (200, "valid")


def test_admin_routes_answer_with_the_keys_that_were_promised(restored):
    answers = stable_names.answers(restored)

    for call, promised in PROMISED["answers"].items():
        assert not promised.keys() - answers[call].keys(), call
        for key, inner in promised.items():
            assert not {*inner} - {*answers[call][key]}, f"{call}: {key}"


def test_every_scenario_still_passes():
    replayed = CliRunner().invoke(cli, ["replay", str(SCENARIOS)])

    assert replayed.exit_code == 0, replayed.output


def test_the_scenarios_have_every_verb_and_every_form_that_was_promised():
    scenarios = load(SCENARIOS)

    said = SCENARIOS.read_text("utf-8")
    assert {step.verb for scenario in scenarios for step in scenario.steps} == {
        *PROMISED["scenario"]["verbs"]
    }
    for key in (
        *PROMISED["scenario"]["keys"],
        *PROMISED["scenario"]["expect"],
        *PROMISED["scenario"]["never"],
    ):
        assert re.search(rf"^ *(- )?{key}:|\b{key}: ", said, re.MULTILINE), key


@pytest.mark.parametrize("kind", ["fixtures", "settings"])
def test_what_has_a_name_is_still_called_so(kind):
    assert not {*PROMISED[kind]} - {*PRESENT[kind]}


@pytest.mark.parametrize("kind", ["commands", "markers", "scenario"])
def test_what_belongs_to_a_name_still_does(kind):
    for name, parts in PROMISED[kind].items():
        assert name in PRESENT[kind]
        assert not {*parts} - {*PRESENT[kind][name]}, name


def test_the_python_api_takes_what_it_took_in_the_same_order():
    for name, parameters in PROMISED["python"].items():
        assert name in PRESENT["python"], name
        assert PRESENT["python"][name][: len(parameters)] == parameters, name


@pytest.mark.parametrize("name", stable_names.documented())
def test_the_python_api_has_words_and_types(name):
    member = stable_names.documented()[name]
    function = member.fget if isinstance(member, property) else member

    assert inspect.getdoc(function)
    if not inspect.isclass(function):
        signature = inspect.signature(function)
        types = [each.annotation for called, each in signature.parameters.items() if called != "self"]
        assert inspect.Signature.empty not in [*types, signature.return_annotation]
