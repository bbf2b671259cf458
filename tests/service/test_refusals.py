"""What is refused changes nothing: around calls that the corpus has refused, all that services remember stays as it is.

A check tries the sequences of refusals and one in thirty of the others, a long run all of them. A refusal that is answered otherwise than
it was is found here too.
"""

import re
from itertools import groupby

import pytest
from examples import LONG, drawn
from replaying import Replay, replayed
from sequences import URLS, load
from twins import snapshot

PARTS = 16 if LONG else 1
NOTED_OF_CALLS = {"journal", "faults", "allowance", "crm_grants"}
"""What services remember of every call; and a code of OAuth, which whoever sends it uses up."""

DOES_SOMETHING = re.compile(r"sink \w+ (/\{bin\}|\(no route\))")
"""Routes whose calls change something though their answer is that of a refusal: the sink keeps the callback."""


def is_refused(call):
    """Whether a call is refused, and nothing but the refusal should come of it, as a trace does if it is asked for."""
    is_traced = "elements-trace-id" in {name.lower() for name, _ in call.answer.headers}
    return call.answer.status >= 400 and not is_traced and not DOES_SOMETHING.search(call.route)


def scripts_faults(call):
    return call.target.startswith("/_local/faults")


def may_change_something(call):
    """Whether a call is no refusal; how the CRM is to fail is said between refusals, and changes nothing else."""
    return not is_refused(call) and not scripts_faults(call)


def remembered(stack):
    """Return what all services remember of all workspaces, but for what they note of calls."""
    found = {}
    for clients in map(stack.clients, stack.workspaces()):
        # an account's users and categories are made when they are first asked for
        clients.crm.call("GET", "/_local/export")
        for service in URLS:
            kept = snapshot(clients, service)
            for name, each in (kept["tables"] | kept["memory"]).items():
                if name not in NOTED_OF_CALLS:
                    found[clients.credentials.name, service, name] = each
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
                places = [place for place in before | after if after.get(place) != before.get(place)]
                yield f"{sequence.name}: {places} after {sorted({call.route for call, _ in stretch})}"


@pytest.fixture(scope="module")
def replay():
    with Replay() as running:
        yield running


@pytest.fixture(scope="module")
def refusing():
    """The sequences in which something is refused."""
    return [each for each in load() if each.setup.role is None and any(map(is_refused, each.calls))]


def test_refusals_change_nothing(replay, refusing):
    of_refusals = [each for each in refusing if "refusals" in each.name]

    assert len(of_refusals) > 10
    assert [each for sequence in of_refusals for each in found_in(replay, sequence)] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_refused_among_other_calls_changes_nothing(replay, refusing, part):
    """Without faults, which may strike when a call has had its effect."""
    others = [
        each for each in refusing if "refusals" not in each.name and not any(map(scripts_faults, each.calls))
    ]

    tried = drawn(others, share=30)[part::PARTS]
    assert [each for sequence in tried for each in found_in(replay, sequence)] == []
