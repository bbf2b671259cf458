"""What is refused changes nothing: around calls that the corpus has refused, all that services remember stays as it is.

A check tries the sequences of refusals and one in sixty of the others, a long run all of them. A refusal that is answered otherwise than
it was is found here too.
"""

import re
from itertools import groupby

import pytest
from examples import drawn
from replaying import Replay, replayed
from sequences import KEPT, URLS, load
from twins import snapshot

NOTED_OF_EVERY_CALL = {"journal", "faults", "allowance"}
DOES_SOMETHING = re.compile(
    r"sink \w+ (/\{bin\}|\(no route\))"  # a callback is kept, whatever the sink was told to answer
)
"""Routes whose calls change something though their answer is that of a refusal."""


def may_change_something(call):
    """Whether a call is no refusal; how the CRM is to fail is said between refusals, and changes nothing else."""
    scripts_faults = call.target.startswith("/_local/faults")
    return bool(DOES_SOMETHING.search(call.route)) or (call.answer.status < 400 and not scripts_faults)


def remembered(stack):
    """Return what all services remember of all workspaces, but for what they note of every call."""
    found = {}
    for clients in map(stack.clients, stack.workspaces()):
        # an account's users and categories are made when they are first asked for
        clients.crm.call("GET", "/_local/export")
        for service in URLS:
            kept = snapshot(clients, service)
            memory = {name: each for name, each in kept["memory"].items() if name not in NOTED_OF_EVERY_CALL}
            found[clients.credentials.name, service] = kept["tables"], memory
    return found


def found_in(replay, sequence):
    """Replay a sequence, and yield what its refusals change, and which of them are answered otherwise."""
    with replay.stack(sequence) as stack:
        made = replayed(stack, sequence)
        for changing, calls in groupby(sequence.calls, key=may_change_something):
            before = None if changing else remembered(stack)
            stretch = [(call, next(made).differences) for call in calls]
            if before is None:
                continue
            yield from (each for _, differences in stretch for each in differences)
            after = remembered(stack)
            if after != before:
                places = [place for place in before if after.get(place) != before[place]]
                yield f"{sequence.name}: {places} after {sorted({call.route for call, _ in stretch})}"


@pytest.fixture(scope="module")
def replay():
    with Replay() as running:
        yield running


@pytest.mark.parametrize("file", sorted(path.name for path in KEPT.glob("*.xz")))
def test_what_is_refused_changes_nothing(file, replay):
    those = [
        each
        for each in load(file)
        if each.setup.role is None and not all(map(may_change_something, each.calls))
    ]
    of_refusals = [each for each in those if "refusals" in each.name]
    others = [each for each in those if each not in of_refusals]

    found = [
        each for sequence in of_refusals + drawn(others, share=60) for each in found_in(replay, sequence)
    ]

    assert found == []
