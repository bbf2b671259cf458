"""Moving values from one path of a record to another, as mapped fields ask for.

A path is dotted, ``name.first``; ``[*]`` stands for every row of a list, ``[0]`` for one of them.

Source: dotted paths nest (documented); ``[*]`` on both sides maps row by row (observed: exported transformations);
what becomes of containers that a move leaves empty is assumed: they go.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

from mock_kit.text import whole_number
from mock_platform.ceql.record_path import steps_of

ROWS = "[*]"
_LONGEST = 1000
"""Rows that an index may make."""

Step: TypeAlias = "str | int"
Steps: TypeAlias = tuple[Step, ...]


def moved(record: Mapping[str, object], moves: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return a record in which the values at the first path of each pair stand at the second.

    All are read before any is moved, so that two fields can change places, and one be shown twice.

    >>> moved({"FIRST_NAME": "Ada", "CITY": "London"}, [("FIRST_NAME", "name.first")])
    {'CITY': 'London', 'name': {'first': 'Ada'}}
    >>> moved({"TAGS": [{"TAG_NAME": "a"}, {"TAG_NAME": "b"}]}, [("TAGS[*].TAG_NAME", "labels[*].name")])
    {'labels': [{'name': 'a'}, {'name': 'b'}]}
    """
    after = deepcopy(dict(record))
    found = [
        (place, _destination(_groups(end), rows), value)
        for start, end in moves
        for place, rows, value in _places(after, _groups(start))
    ]
    for place, _, _ in found:
        _remove(after, place)
    for _, destination, value in found:
        _put(after, destination, value)
    return after


@lru_cache(maxsize=512)
def _groups(path: str) -> tuple[Steps, ...]:
    """Return a path's steps, cut where it goes through rows."""
    return tuple(steps_of(group.strip(".")) for group in path.split(ROWS))


def _places(container: Any, groups: tuple[Steps, ...]) -> Iterator[tuple[Steps, tuple[int, ...], Any]]:
    """Yield where a path leads: the steps to there, the rows that it went through, and what stands there."""
    steps, *below = groups
    value, there = container, True
    for step in steps:
        value, there = _inside(value, step) if there else (None, False)
    if there and not below:
        yield steps, (), value
    elif there and isinstance(value, list):
        for at, row in enumerate(value):
            for further, rows, found in _places(row, tuple(below)):
                yield (*steps, at, *further), (at, *rows), found


def _destination(groups: tuple[Steps, ...], rows: tuple[int, ...]) -> Steps:
    """Return a path that goes through these rows, as far as it goes through any."""
    first, *others = groups
    through = [step for row, group in zip(rows, others, strict=False) for step in (row, *group)]
    return (*first, *through)


def _inside(container: Any, step: Step) -> tuple[Any, bool]:
    """Return what a step leads to, and whether it leads anywhere."""
    if isinstance(container, dict):
        return container.get(step), step in container
    at = _index(step)
    if isinstance(container, list) and at is not None and at < len(container):
        return container[at], True
    return None, False


def _index(step: Step) -> int | None:
    if isinstance(step, int):
        return step
    return whole_number(step, digits=len(str(_LONGEST)))


def _remove(container: Any, steps: Steps) -> None:
    """Take away what stands at a place, and what is empty without it."""
    inner, there = _inside(container, steps[0]) if steps else (None, False)
    if not there:
        return
    _remove(inner, steps[1:])
    if isinstance(container, dict) and (len(steps) == 1 or _is_empty(inner)):
        del container[steps[0]]


def _is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, dict) and not each for each in value)
    return isinstance(value, dict) and not value


def _put(container: Any, steps: Steps, value: Any) -> None:
    """Let a value stand at a place, and make what has to be around it."""
    for step, following in pairwise(steps):
        empty: Any = [] if _index(following) is not None else {}
        inner, _ = _inside(container, step)
        if not isinstance(inner, type(empty)):
            inner = empty
            _set(container, step, inner)
        container = inner
    if steps:
        _set(container, steps[-1], value)


def _set(container: Any, step: Step, value: Any) -> None:
    if isinstance(container, dict):
        container[step] = value
        return
    at = _index(step)
    if at is not None and at <= _LONGEST:
        container.extend({} for _ in range(len(container), at + 1))
        container[at] = value
