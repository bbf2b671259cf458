"""What is called in one workspace neither sees nor touches another: every operation of the OpenAPI documents.

The corpus has a sequence of calls that comes to each. All of its calls are made in two workspaces, that of the sequence and its twin,
one after the other: both answer as the corpus has it, where there was one workspace alone; and around a call that comes to an
operation that may change something, all that is remembered of the other stays as it is. Time goes on at the end of each.
"""

import json
import os
import re
from collections import defaultdict
from random import Random

import pytest
from differences import Comparison, Renames
from replaying import Replay, request_text, sent
from sequences import URLS, load, makes_workspace
from twins import NAME, Twins, state

from elements_local.start import in_process
from mock_kit.workspaces.clock import Mode

PARTS = 8
SEED = os.environ.get("ELEMENTS_LOCAL_TEST_ISOLATION_SEED", "0")
IS_LONG = "ELEMENTS_LOCAL_TEST_LONG" in os.environ
OF_THE_STACK = re.compile(
    r"[A-Z]+ /_local/workspaces"
    r"|POST .*[?&]all=true"
    r"|PUT /_local/snapshot"  # names users, and each is of one workspace of a stack
    r"|POST /elements/api-v2/events/"  # knows an instance by its id alone
)
"""Calls that are not meant for one workspace."""


def ways():
    """Return the sequences that come to operations, each with the places of those calls; every operation stands once.

    The shortest way to each is taken. Of the CRM's, one version is chosen, but in a long run.
    """
    shortest = {}
    for sequence in load():
        made = 0
        for number, call in enumerate(sequence.calls):
            made += makes_workspace(call)
            if made > 1 or (OF_THE_STACK.match(f"{call.method} {call.target}") and not makes_workspace(call)):
                break
            if 200 <= call.answer.status < 300 and not makes_workspace(call):
                known = shortest.get(call.route)
                if known is None or number < known[1]:
                    shortest[call.route] = sequence, number
    found = defaultdict(set)
    by_name = {}
    for route in chosen(shortest):
        sequence, number = shortest[route]
        by_name[sequence.name] = sequence
        found[sequence.name].add(number)
    return [(by_name[name], numbers) for name, numbers in sorted(found.items())]


def chosen(routes):
    """Return the routes, those of the CRM that differ by the version alone once."""
    versions = defaultdict(list)
    for route in sorted(routes):
        versions[route if IS_LONG else re.sub(r"/v\d\.\d/", "/", route)].append(route)
    return [Random(f"{SEED} {name}").choice(same) for name, same in versions.items()]  # noqa: S311 - no secret


def found_between(stack, sequence, numbers, known):
    """Make the calls of a sequence in two workspaces, and yield what shows that they are not apart."""
    drawn = Renames([request_text(call) for call in sequence.calls])
    twins = None if any(map(makes_workspace, sequence.calls)) else Twins(stack, "default", sequence, known)
    for number, call in enumerate(sequence.calls[: max(numbers) + 1]):
        drawn.number = number
        watched = call.service if number in numbers and call.method != "GET" else None
        before = watched and state(twins.twin, watched)
        answer = sent(stack, call, drawn)
        if number in numbers:
            yield from Comparison(call.route, drawn).of(call.answer, answer)
        if watched and state(twins.twin, watched) != before:
            yield f"{call.route} changes another workspace"
        if twins is None:
            twins = Twins(stack, json.loads(answer.body.text)["name"], sequence, known)
            continue
        before = watched and state(twins.original, watched)
        yield from twins.differences(number, call)
        if watched and state(twins.original, watched) != before:
            yield f"{call.route} of a twin changes the original"
    if sequence.setup.mode is Mode.VIRTUAL:
        before = state(twins.original, "platform")
        twins.twin.clock.advance("1h")
        if state(twins.original, "platform") != before:
            yield f"time that goes on after {sequence.name} changes another workspace"


WAYS = ways()


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
    return {name for each in documents for name in NAME.findall(each)}


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_seen_or_touched_of_another_workspace(replay, known, part):
    found = []
    for sequence, numbers in WAYS[part::PARTS]:
        with replay.stack(sequence) as stack:
            found += found_between(stack, sequence, numbers, known)

    assert found == []
