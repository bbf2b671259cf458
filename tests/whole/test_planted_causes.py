"""Planted causes: an explanation names each, and its cure, applied by hands that know nothing of it, brings the callback.

A check tries a third of them, a long run all.
"""

from collections import Counter

import pytest
from examples import drawn
from planted import Cure, lived
from planted_cases import CASES

TRIED = drawn(CASES, share=3)
AUDITED = ("lost", "late", "misclassified", "duplicate")


@pytest.fixture(scope="module")
def explained(stack_set_to):
    """Live through a planted cause, and return the world, what is said of it, and what an audit finds; each but once."""
    done = {}

    def explain(planted):
        if planted.name not in done:
            world = lived(stack_set_to(planted.settings), planted, Cure())
            said = world.clients.platform.explain(**world.asked())
            done[planted.name] = world, said, world.clients.platform.audit(world.instance["id"])
        return done[planted.name]

    return explain


@pytest.mark.parametrize("planted", TRIED, ids=str)
def test_an_explanation_names_the_cause_that_was_planted(planted, explained):
    _, said, _ = explained(planted)

    assert (said["cause"], said["why"]) == (planted.cause, said["why"])


@pytest.mark.parametrize("planted", TRIED, ids=str)
def test_the_cure_brings_the_callback_or_it_is_said_why_none_does(
    planted, explained, stack_set_to, record_property
):
    _, said, _ = explained(planted)
    fix = said["fix"]
    record_property(
        "figures",
        f"{said['cause']}; {fix['where'] if fix else 'no cure'}: {(fix or said).get('change') if fix else said['untried']}",
    )
    if planted.incurable:
        assert planted.incurable in said["untried"]
        assert fix is None or fix["tried"] is None
        return

    assert fix is not None, said.get("untried")
    assert planted.where in ("", fix["where"]), fix
    world = lived(stack_set_to(planted.settings), planted, Cure(where=fix["where"], change=fix["change"]))
    assert [event["eventType"] for event in world.taken()][:1] == [planted.expected], fix
    assert fix["tried"].startswith("reported at ")


@pytest.mark.parametrize("planted", [one for one in TRIED if one.audited], ids=str)
def test_an_audit_finds_it_and_calls_it_the_same(planted, explained):
    world, _, audit = explained(planted)
    number = str(world.records[planted.about[0]])

    causes = {
        one["cause"] for kind in AUDITED for one in audit[kind] if one["recordId"] in {number, "", "Ada"}
    }
    assert planted.cause in causes


def test_at_least_sixty_are_planted_and_no_two_are_called_the_same():
    assert len(CASES) >= 60
    assert [name for name, count in Counter(map(str, CASES)).items() if count > 1] == []
