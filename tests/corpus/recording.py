"""How sequences get into the corpus: tests are run with their calls noted, and what replays the same is kept."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace
from replaying import Replay
from routes import Routes
from sequences import Sequence, read_lines

ROOT = Path(__file__).parents[2]
OF_THE_STACK = re.compile(r"GET /_local/(?:$|workspaces$|dashboard/)")


def recorded(tests, jobs) -> list[Sequence]:
    """Run tests, and return the sequences of their calls."""
    with TemporaryDirectory() as folder:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "recorder",
                "-n",
                str(jobs),
                "--dist",
                "worksteal",
                *tests,
            ],
            cwd=ROOT,
            env={**os.environ, "CORPUS_RECORDING": folder},
            check=False,  # a test that fails is none that replays
        )
        routes = Routes.served()
        found = [each for path in Path(folder).iterdir() for each in read_lines(path.read_bytes())]
    found = [each for each in found if not any(map(_waits, each.calls))]
    return [named(each, routes) for each in sorted(found, key=lambda each: each.name)]


def _waits(call):
    """Whether a stream may stay open, in real time, for what may come."""
    return call.target.partition("?")[0].endswith("/stream") and "timeout_s=0" not in call.target


def named(sequence: Sequence, routes) -> Sequence:
    """Return a sequence with the routes of its calls, and without what a test does last of all, which is to tidy up."""
    calls = [replace(each, route=routes.of(each)) for each in sequence.calls]
    while calls and calls[-1].route == "platform DELETE /_local/workspaces":
        calls.pop()
    guarded = sequence.setup.token is not None or sequence.setup.host != "127.0.0.1"
    return replace(sequence, calls=calls, alone=guarded)


def repeatable(those: list[Sequence]) -> list[tuple[Sequence | None, str]]:
    """Return of each sequence how it is to be replayed, or None and why it cannot be.

    Others may have used the stack of the recording before: what is answered otherwise because of that is kept as a stack
    of its own has it.
    """
    with Replay() as running:
        return [_checked(each, running) for each in those]


def _checked(sequence, running):
    if not running.differences(sequence):
        return sequence, ""
    replayed = running.of(sequence, alone=True)
    for found in (each for call in replayed for each in call.differences):
        if not _is_of_the_stack(found):
            return None, repr(found)
    sequence = replace(
        sequence,
        calls=[
            replace(each.call, answer=each.answer) if each.differences else each.call for each in replayed
        ],
    )
    if not running.differences(sequence):
        return sequence, ""
    sequence = replace(sequence, alone=True)
    found = running.differences(sequence)
    return (None, repr(found[0])) if found else (sequence, "")


def _is_of_the_stack(difference):
    """Whether something differs that counts what has happened in a stack, or lists its workspaces, as each page does."""
    if difference.kind != "status" and OF_THE_STACK.search(difference.route):
        return True
    old, new = (re.sub(r"\d+", "0", text) for text in (difference.old, difference.new))
    return difference.kind in {"value", "header", "text", "sentence"} and old == new


def coverage(those, routes) -> str:
    """Say how many operations are called, and which are not, or have never succeeded or never been refused."""
    statuses = defaultdict(set)
    for sequence in those:
        for call in sequence.calls:
            statuses[call.route].add(call.answer.status)
    lines = [f"{sum(len(each.calls) for each in those)} calls in {len(those)} sequences"]
    for what, has in (
        ("called", bool),
        ("answered with success", lambda those: any(200 <= each < 400 for each in those)),
        ("refused", lambda those: any(each >= 400 for each in those)),
    ):
        lacking = [route for route in routes.operations if not has(statuses[route])]
        lines.append(
            f"{len(routes.operations) - len(lacking)} of {len(routes.operations)} operations are {what}; not:"
        )
        lines += [f"  {route}" for route in lacking]
    others = sorted(statuses.keys() - set(routes.operations))
    return "\n".join(
        (*lines, "routes of no document:", *(f"  {route} {sorted(statuses[route])}" for route in others))
    )
