"""Planted causes: the cause has its name, the sentence is true, and lint says what a configuration alone shows."""

import json

import pytest
from planted import Cure, World
from planted_sentences import SENTENCES

from elements_local.reports.explanations import explanation_text


@pytest.fixture(scope="module")
def lived(stack_set_to):
    """Live through a planted cause once, and return the world and what is said of it."""
    done = {}

    def live(planted):
        if planted.name not in done:
            stack = stack_set_to(planted.settings)
            world = World(stack.new_workspace(start=planted.start, records=planted.records), planted, Cure())
            world.elsewhere = stack.new_workspace(start=planted.start)
            world.live()
            done[planted.name] = world, world.clients.platform.explain(**world.asked(), cures=False)
        return done[planted.name]

    return live


@pytest.mark.parametrize("planted", SENTENCES, ids=str)
def test_an_explanation_says_what_is_true_and_nothing_false(planted, lived):
    world, said = lived(planted)

    assert (said["cause"], said["why"]) == (planted.cause or None, said["why"])
    for sentence in planted.says:
        assert sentence.format(**world.records, bin=world.clients.credentials.name) in said["why"]
    whole = explanation_text(said)
    assert [each for each in planted.never if each in whole] == []


@pytest.mark.parametrize("planted", [one for one in SENTENCES if one.warned], ids=str)
def test_lint_says_what_a_configuration_alone_shows(planted, lived):
    world, _ = lived(planted)

    audit = world.clients.platform.audit(world.instance["id"])

    assert planted.warned in {one["rule"] for one in audit["warnings"]}, json.dumps(audit["warnings"])


def test_what_a_key_twice_has_brought_about_is_cured_as_it_is_without_one(lived):
    (planted,) = (one for one in SENTENCES if one.cause == "key-twice")
    world, _ = lived(planted)

    fix = world.clients.platform.explain(**world.asked())["fix"]

    assert (fix["change"], fix["tried"]) == ({"idField": "CONTACT_ID"}, "reported at 2026-03-02T10:15:00Z")
