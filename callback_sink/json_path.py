"""Conditions on JSON: a path into it, and, if need be, the value that must stand there.

The paths are a part of RFC 9535: names, indices, wildcards and descendants. There are no filters and slices;
what they are for is said by comparing, or by a second condition. Each step looks at each value once, so that
no path, however it is made, takes longer than reading the document a few times.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from elements_local.kit.api.json_text import DEEPEST, Json, MalformedJsonError, decode, encode_text
from elements_local.kit.caching import bounded_cache

_STEP = re.compile(
    r"""  \.(?P<deep>\.)? (?: (?P<name>[^\W\d]\w*) | (?P<any>\*) )
        | (?P<deep_in>\.\.)? \[\s* (?: (?P<every>\*) | (?P<index>-?\d{1,9})
                                     | (?P<key>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*') ) \s*\]
    """,
    re.VERBOSE,
)
_SHOWN = 100
_MOST_STEPS = DEEPEST
_AS_JSON = {"\\'": "'", '"': '\\"'}


class ConditionError(ValueError):
    """A text is not a condition on JSON."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            f"{_cut(text)!r} is not a condition on JSON: {reason}; write a path such as $.message.events[0].objectId, "
            'or a path and a value such as $.topic == "instance-1-insightly-events"'
        )


class PathStep(Struct, frozen=True, kw_only=True):
    """One step of a path.

    Attributes:
        take: a name, an index, or None for everything.
        deep: at any depth.
    """

    take: str | int | None
    deep: bool


class Condition(Struct, frozen=True, kw_only=True):
    """What JSON has to have at a place.

    Attributes:
        text: as it was written.
        wanted: the value, in a tuple; None if any will do.
    """

    text: str
    steps: tuple[PathStep, ...]
    wanted: tuple[Json] | None

    def difference(self, value: Json) -> str | None:
        """Say what keeps a value from fulfilling this, or None if it does."""
        found = select(self.steps, value)
        if not found:
            return f"json: expected {self.text}, was absent"
        if self.wanted is None or any(_same(self.wanted[0], each) for each in found):
            return None
        return f"json: expected {self.text}, was {_cut(', '.join(map(encode_text, found[:3])))}"


@bounded_cache(500)
def parse_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ConditionError: says where the reader stopped.

    >>> parse_condition('$.message.events[*].objectId == "7"').difference({"message": {"events": [{"objectId": "8"}]}})
    'json: expected $.message.events[*].objectId == "7", was "8"'
    """
    whole = text.strip()
    if not whole.startswith("$"):
        raise ConditionError(text, "it does not start with $")
    steps, at = [], 1
    while found := _STEP.match(whole, at):
        steps.append(PathStep(take=_taken(text, found), deep=bool(found["deep"] or found["deep_in"])))
        at = found.end()
    if len(steps) > _MOST_STEPS:
        raise ConditionError(text, f"it has {len(steps)} steps, and {_MOST_STEPS} are enough for any JSON")
    rest = whole[at:].lstrip()
    if rest and not rest.startswith("=="):
        raise ConditionError(text, f"after {_cut(whole[:at])} comes {_cut(rest)!r}")
    wanted = (_value(text, rest[2:]),) if rest else None
    return Condition(text=whole, steps=tuple(steps), wanted=wanted)


def select(steps: tuple[PathStep, ...], value: Json) -> list[Json]:
    """Return the values that a path leads to.

    >>> select(parse_condition("$..id").steps, {"id": 1, "more": [{"id": 2}]})
    [1, 2]
    """
    found = [value]
    for step in steps:
        places = list(_all_within(found)) if step.deep else found
        found = [inner for outer in places for inner in _inside(outer, step.take)]
    return found


def _all_within(values: list[Json]) -> Iterator[Json]:
    """Yield each object and list in some values once, the outer before the inner."""
    seen: set[int] = set()
    waiting = list(reversed(values))
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list) and id(value) not in seen:
            seen.add(id(value))
            yield value
            waiting.extend(reversed(list(_inside(value, None))))


def _inside(value: Json, take: str | int | None) -> Iterator[Json]:
    if isinstance(value, dict):
        if take is None:
            yield from value.values()
        elif isinstance(take, str) and take in value:
            yield value[take]
    elif isinstance(value, list):
        if take is None:
            yield from value
        elif isinstance(take, int) and -len(value) <= take < len(value):
            yield value[take]


def _taken(text: str, found: re.Match[str]) -> str | int | None:
    if found["name"] is not None:
        return found["name"]
    if found["index"] is not None:
        return int(found["index"])
    if found["key"] is None:
        return None
    quoted = found["key"]
    if quoted.startswith("'"):
        inner = re.sub(r"""\\'|\\.|\"""", lambda part: _AS_JSON.get(part[0], part[0]), quoted[1:-1])
        quoted = f'"{inner}"'
    return str(_value(text, quoted))


def _value(text: str, written: str) -> Json:
    try:
        return decode(written)
    except MalformedJsonError as error:
        raise ConditionError(text, f"{_cut(written.strip())!r} is not a JSON value; quote texts") from error


def _same(one: Json, other: Json) -> bool:
    """Compare as JSON does: 1 and 1.0 are one number, and true is none."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return one == other


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
