"""Tests that see no callback, where no poll has run since the change: what pytest says of them, by pytest run inside pytest."""

from collections.abc import Mapping

import pytest

HEAD = """
import pytest
from elements_local.clients import guide


@pytest.fixture
def world(elements_workspace):
    elements_workspace.platform.create_instance(guide.instance_body(elements_workspace.credentials))
    return elements_workspace


def add(world):
    return world.crm.create("Contacts", {"FIRST_NAME": "Ada"})


def refuse(world):
    answers = {"bin": world.sink.workspace, "responses": [{"status": 404}]}
    world.sink.call("PUT", "/_local/responses", json=answers)


"""

OVERLOOKED = {
    "a list": "add(world); assert world.sink.callbacks() == []",
    "a list of one type": "add(world); assert world.sink.callbacks(objectType='contacts') == []",
    "a list of one record": "ada = add(world); assert not world.sink.callbacks(objectId=ada['CONTACT_ID'])",
    "an expectation": "add(world); world.sink.verify(none=True)",
    "an expectation of a type": "add(world); world.sink.verify(match={'objectType': 'contacts'}, none=True)",
    "too early": "add(world); world.clock.advance('10m'); assert world.sink.callbacks() == []",
    "after another poll": "world.clock.advance('15m'); add(world); assert world.sink.callbacks() == []",
}
SEEN = {
    "polled": "add(world); world.clock.advance('15m'); assert not world.sink.callbacks(eventType='UPDATED')",
    "polled later": "add(world); assert not world.sink.callbacks(); world.clock.advance('15m')",
    "another type": "add(world); assert world.sink.callbacks(objectType='leads') == []",
    "another record": "add(world); assert world.sink.callbacks(objectId='1') == []",
    "a change after the look": "assert world.sink.callbacks() == []; add(world)",
    "nothing changed": "world.sink.verify(none=True)",
    "not polled at all": (
        "world.platform.patch_instance(world.platform.pollers()[0]['instanceId'], "
        "{'configuration': {'event.notification.enabled': False}}); add(world); assert not world.sink.callbacks()"
    ),
    "a deletion": (
        "ada = add(world); world.clock.advance('15m'); world.sink.wait(1); world.crm.delete('Contacts', ada['CONTACT_ID']); "
        "assert world.sink.callbacks(eventType='DELETED') == []"
    ),
    "refusals that were asked for": (
        "world.sink.respond({'status': 404}); add(world); world.clock.advance('15m'); assert world.sink.callbacks()"
    ),
    "a poll that fails": (
        "world.crm.script_faults([{'match': {'path': '/v2.2/*'}, 'effect': {'status': 503}}]); add(world); "
        "world.clock.advance('15m'); assert world.sink.callbacks() == []"
    ),
}


SAID = {
    "another word": (
        "assert not world.sink.callbacks(objectType='organisations')",
        "NotPolledWarning: no callback will have objectType 'organisations', which no instance polls; did you mean 'accounts'?",
    ),
    "all refused": (
        "refuse(world); add(world); world.clock.advance('15m'); assert world.sink.callbacks()",
        "RefusedWarning: the receiver refused all of these callbacks (404): *",
    ),
}


def project(pytester: pytest.Pytester, tests: Mapping[str, str]) -> None:
    written = (f"def test_{name.replace(' ', '_')}(world):\n    {lines}\n" for name, lines in tests.items())
    pytester.makepyfile(HEAD + "\n\n".join(written))


def test_a_test_that_passes_before_any_poll_or_by_a_look_at_what_cannot_come_is_warned_of(
    pytester: pytest.Pytester,
) -> None:
    project(pytester, OVERLOOKED | {name: lines for name, (lines, _) in SAID.items()})

    result = pytester.runpytest_inprocess("-W", "default", "-p", "no:randomly")

    count = len(OVERLOOKED) + len(SAID)
    result.assert_outcomes(passed=count, warnings=count)
    said = (
        "*UnpolledWarning: no callback came, and none could have: contacts * was created at *; contacts have not been polled "
        "since; instance * polls next at *. Advance the clock past that poll, or call elements_platform.poll(), before you look"
    )
    result.stdout.fnmatch_lines([said] * len(OVERLOOKED) + [f"*{said}" for _, said in SAID.values()])


def test_nothing_is_said_of_what_has_been_polled_or_was_not_asked_about(pytester: pytest.Pytester) -> None:
    project(pytester, SEEN)

    result = pytester.runpytest_inprocess("-W", "error")

    result.assert_outcomes(passed=len(SEEN))


def test_a_test_that_failed_says_it_once(pytester: pytest.Pytester) -> None:
    project(pytester, {"it": "add(world); assert world.sink.callbacks()"})

    result = pytester.runpytest_inprocess("-W", "error")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*there has been no poll since*"])
    result.stdout.no_fnmatch_line("*UnpolledWarning*")
