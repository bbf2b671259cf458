"""What is called in one workspace neither sees nor touches another: every operation of the OpenAPI documents.

The corpus has a sequence of calls that comes to each. All of its calls are made in two workspaces, that of the sequence and its twin,
one after the other: both answer as the corpus has it, where there was one workspace alone; and around a call that comes to an
operation that may change something, all that is remembered of the other stays as it is. Time goes on at the end of each. A check
tries a sixteenth of them, by a seed; ``poe isolation`` all, in every version of the CRM.
"""

import json
import os
import re
from collections import defaultdict
from random import Random

import pytest
from differences import Comparison, Renames
from replaying import Replay, request_text, sent
from routes import Routes
from sequences import URLS, load, makes_workspace
from twins import NAME, Twins, state, without_trials

from elements_local.kit.clock import Mode
from elements_local.start import in_process

PARTS = 16
FAR = 40
"""Calls that are made to come to an operation, if there is a shorter way."""

SEED = os.environ.get("ELEMENTS_LOCAL_TEST_ISOLATION_SEED", "0")
IS_LONG = "ELEMENTS_LOCAL_TEST_LONG" in os.environ
OF_THE_STACK = re.compile(
    r" /_local/(openapi.json|workspaces|health|metrics|lint/rules|journal/calls)$"
    r"|PUT /_local/snapshot$"  # may name sessions, and each is of one workspace of a stack
    r"|POST /events/"  # knows an instance by its id alone
    r"|/_local/(dashboard/.*)?$"  # pages of all workspaces
    r"|sink \w+ \(no route\)"  # a bin without a name is the default workspace's
    r"|POST /(authentication|elements/j_spring_security_check)$"  # draws what only one workspace of a stack may have
)
"""Routes that are not meant for one workspace."""

TOLD_OF_BOTH = "/_local/activity"
"""Says of both that they were put back to a snapshot."""


def ways():
    """Return the sequences that come to operations, each with the places of those calls; every operation stands once.

    The shortest way to a success is taken, or else to a refusal; what reads is asked where it has most to say. Of the CRM's operations,
    one version is chosen, but in a long run.
    """
    best = {}
    for sequence in (each for each in load() if each.setup.role is None and begins_well(each.calls)):
        for number, call in enumerate(usable(sequence.calls)):
            if not makes_workspace(call):
                is_refused = not 200 <= call.answer.status < 400
                shown = -len(call.answer.body.text) if call.method == "GET" and number < FAR else 0
                rank = is_refused, shown, number
                if call.route not in best or rank < best[call.route][0]:
                    best[call.route] = rank, sequence
    found, by_name = defaultdict(set), {}
    for route in chosen(best):
        (*_, number), sequence = best[route]
        by_name[sequence.name] = sequence
        found[sequence.name].add(number)
    return [(by_name[name], numbers) for name, numbers in sorted(found.items())]


def begins_well(calls):
    """Whether a sequence that makes a workspace does so at once, and gets it."""
    return not any(map(makes_workspace, calls)) or (
        makes_workspace(calls[0]) and calls[0].answer.status < 300
    )


def usable(calls):
    """Yield calls until a workspace is made that is not the sequence's own, or one is not meant for a workspace."""
    for number, call in enumerate(calls):
        if number if makes_workspace(call) else is_of_the_stack(call):
            return
        yield call


def is_of_the_stack(call):
    says_nobody = "workspace=" not in call.target and "Authorization" not in call.headers
    asks_all = "/_local" in call.route and says_nobody
    return asks_all or "all=true" in call.target or OF_THE_STACK.search(call.route)


def may_change(call):
    """Whether a call may change something of its workspace; one that says nothing of who calls is noted in the default one."""
    is_somebodys = "Authorization" in call.headers or "/_local" in call.route
    return is_somebodys and call.method in {"POST", "PUT", "PATCH", "DELETE"} and call.answer.status != 401


def chosen(routes):
    """Return the routes, those of the CRM that differ by the version alone once."""
    versions = defaultdict(list)
    for route in sorted(routes):
        versions[route if IS_LONG else of_any_version(route)].append(route)
    return [Random(f"{SEED} {name}").choice(same) for name, same in versions.items()]  # noqa: S311 - no secret


def of_any_version(route):
    return re.sub(r"/v\d\.\d/", "/", route)


def found_between(stack, sequence, numbers, known):
    """Make the calls of a sequence in two workspaces, and yield what shows that they are not apart."""
    drawn = Renames([request_text(call) for call in sequence.calls])
    twins = None if makes_workspace(sequence.calls[0]) else Twins(stack, "default", sequence, known)
    for number, call in enumerate(sequence.calls[: max(numbers) + 1]):
        drawn.number = number
        watched = call.service if number in numbers and may_change(call) else None
        before = watched and state(twins.twin, watched)
        answer = sent(stack, call, drawn)
        if number in numbers and not call.route.endswith(TOLD_OF_BOTH):
            yield from without_trials(Comparison(call.route, drawn).of(call.answer, answer))
        if twins and twins.twin.credentials.name in answer.body.text:
            yield f"{call.route} names another workspace"
        if watched and state(twins.twin, watched) != before:
            yield f"{call.route} changes another workspace"
        if twins is None:
            twins = Twins(stack, json.loads(answer.body.text)["name"], sequence, known)
            continue
        before = watched and state(twins.original, watched)
        found = twins.differences(number, call)
        yield from [] if call.route.endswith(TOLD_OF_BOTH) else found
        if watched and state(twins.original, watched) != before:
            yield f"{call.route} of a twin changes the original"
    if sequence.setup.mode is Mode.VIRTUAL:
        before = state(twins.original, "platform")
        twins.twin.clock.advance("1h")
        if state(twins.original, "platform") != before:
            yield f"time that goes on after {sequence.name} changes another workspace"


@pytest.fixture(scope="module")
def all_ways():
    return ways()


@pytest.fixture(scope="module")
def replay():
    with Replay() as running:
        yield running


@pytest.fixture(scope="module")
def known():
    with in_process() as stack:
        documents = [
            stack.http.send("GET", f"{url}/_local/openapi.json").body.decode() for url in URLS.values()
        ]
    words = {
        word for each in documents for word in re.findall(r"\b[A-Z]{2,}\b", each)
    }  # their case does not count
    return {name for each in documents for name in NAME.findall(each)} | {word.capitalize() for word in words}


@pytest.mark.parametrize("part", range(PARTS) if IS_LONG else Random(SEED).sample(range(PARTS), 1))  # noqa: S311 - no secret
def test_nothing_is_seen_or_touched_of_another_workspace(replay, known, all_ways, part):
    found = []
    for sequence, numbers in all_ways[part::PARTS]:
        with replay.stack(sequence) as stack:
            found += found_between(stack, sequence, numbers, known)

    assert found == []


def test_every_operation_is_called(all_ways):
    operations = {each for each in Routes.served().operations if not OF_THE_STACK.search(each)}
    called = {sequence.calls[number].route for sequence, numbers in all_ways for number in numbers}

    assert {of_any_version(each) for each in operations} - {of_any_version(each) for each in called} == set()
