"""Takes over differences that are wanted, and writes down each with its reason."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from differences import Difference
from msgspec.structs import replace
from sequences import Sequence, makes_workspace

LOG = Path(__file__).parent / "accepted.tsv"
DROPPED = "route dropped"
UNSET = "setting dropped"


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns names a route or an artefact: ``*`` is any text, ``{id}`` a variable of any name."""
    return any(fnmatchcase(_unnamed(name), _unnamed(pattern)) for pattern in patterns)


def _unnamed(name):
    return re.sub(r"\{\w+\}", "{}", name)


def accepted(sequence: Sequence, replayed, patterns) -> tuple[Sequence, list[Difference]]:
    """Return a sequence with the new answers of these routes, and what that changes."""
    calls, taken = [], []
    for each in replayed:
        takes = each.differences and matches(each.call.route, patterns)
        calls.append(replace(each.call, answer=each.answer) if takes else each.call)
        taken += each.differences if takes else []
    return replace(sequence, calls=calls), taken


def without(sequence: Sequence, patterns) -> tuple[Sequence | None, list[Difference]]:
    """Return a sequence without the calls of these routes, None if nothing is left but a workspace that is made.

    A pattern may name the variable of a setting, too: its stack is then started without.
    """
    kept = [call for call in sequence.calls if not matches(call.route, patterns)]
    gone = [Difference(route=call.route, kind=DROPPED) for call in sequence.calls if call not in kept]
    unset = [name for name in sequence.setup.environment if matches(name, patterns)]
    gone += [Difference(route=name, kind=UNSET) for name in unset]
    is_left = any(not makes_workspace(call) for call in kept)
    environment = {name: value for name, value in sequence.setup.environment.items() if name not in unset}
    setup = replace(sequence.setup, environment=environment)
    return (replace(sequence, setup=setup, calls=kept) if is_left else None), gone


def log(differences: Iterable[Difference], why: str, path: Path = LOG) -> int:
    """Write down each kind of difference once, with one example, and return how many there are."""
    distinct = {each.group: each for each in reversed(list(differences))}
    lines = [
        "\t".join(_cell(text) for text in (each.route, each.kind, each.place, each.old, each.new, why))
        for _, each in sorted(distinct.items())
    ]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return len(lines)


def _cell(text):
    return re.sub(r"\s+", " ", text)[:200]
