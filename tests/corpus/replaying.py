"""Replays sequences on stacks in process, as a client without any knowledge of their insides."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec
from differences import Comparison, Difference, Renames
from msgspec import Struct
from msgspec.structs import replace
from sequences import URLS, Answer, Body, Call

from elements_local.start import in_process


class Replayed(Struct, frozen=True, kw_only=True):
    """A call that was made once more.

    Attributes:
        answer: what came, with ids, tokens and secrets as they were when the call was recorded.
    """

    call: Call
    answer: Answer
    differences: list[Difference]


class Replay:
    """Stacks that are started as they are needed; those that several sequences share have a workspace of each.

    Use it as a context manager.
    """

    def __init__(self):
        self._closing = ExitStack()
        self._shared = {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._closing.close()

    def of(self, sequence, *, alone=False) -> list[Replayed]:
        """Make all calls of a sequence.

        Args:
            alone: on a stack of its own, though it needs none.
        """
        with self.stack(sequence, alone=alone) as stack:
            return list(replayed(stack, sequence))

    @contextmanager
    def stack(self, sequence, *, alone=False):
        """Have the stack on which a sequence begins."""
        if alone or sequence.alone:
            with in_process(sequence.setup.options()) as stack:
                yield stack
            return
        stack = self._stack(sequence.setup)
        _tidy(stack)
        yield stack

    def differences(self, sequence, *, alone=False) -> list[Difference]:
        """Return what differs in all answers of a sequence."""
        return [each for replayed in self.of(sequence, alone=alone) for each in replayed.differences]

    def _stack(self, setup):
        key = msgspec.json.encode(setup)
        if key not in self._shared:
            self._shared[key] = self._closing.enter_context(in_process(setup.options()))
        return self._shared[key]


def replayed(stack, sequence) -> Iterator[Replayed]:
    """Make the calls of a sequence on a stack, each when the next is asked for, so that it can be stopped before any call."""
    renames = Renames([request_text(call) for call in sequence.calls])
    for number, call in enumerate(sequence.calls):
        renames.number = number
        answer = sent(stack, call, renames)
        found = Comparison(call.route, renames).of(call.answer, answer)
        differences = [replace(each, sequence=sequence.name, number=number) for each in found]
        yield Replayed(call=call, answer=_as_recorded(answer, renames), differences=differences)


def sent(stack, call, renames):
    url = URLS[call.service] + renames.apply(call.target)
    headers = {name: renames.apply(value) for name, value in call.headers.items()}
    body = renames.apply(call.body.text).encode() or call.body.raw
    return Answer.of(stack.http.send(call.method, url, headers=headers, body=body))


def _as_recorded(answer, renames):
    if not renames:
        return answer
    headers = [(name, renames.back(value)) for name, value in answer.headers]
    return replace(answer, headers=headers, body=Body(renames.back(answer.body.text), answer.body.raw))


def request_text(call):
    return "\n".join((call.target, *call.headers.values(), call.body.text))


def _tidy(stack):
    """Delete the workspaces that the sequence before has left, and make the default one as it was."""
    services = list(stack.addresses.running.values())
    workspaces = f"{services[0]}/_local/workspaces"
    for workspace in json.loads(stack.http.send("GET", workspaces).body)["workspaces"]:
        if workspace["name"] != "default":
            stack.http.send("DELETE", f"{workspaces}?name={workspace['name']}")
    for service in services:
        stack.http.send("POST", f"{service}/_local/reset?all=true")
