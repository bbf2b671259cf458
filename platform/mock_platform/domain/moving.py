"""Moving values from one path of a record to another, as mapped fields ask for.

A path is dotted, ``name.first``; ``[*]`` stands for every row of a list, ``[0]`` for one of them.

Source: dotted paths nest (documented); ``[*]`` on both sides maps row by row (observed: exported transformations);
what becomes of containers that a move leaves empty is assumed: they go.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any, Final

from mock_platform.domain.record_path import steps_of

_ROWS = "[*]"
_NOTHING: Final = object()
_LONGEST = 1000
"""Rows that an index may make."""

Groups = tuple[tuple[str, ...], ...]


def moved(record: Mapping[str, object], moves: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return a record in which the values at the first path of each pair stand at the second.

    All are read before any is moved, so that two fields can change places, and one be shown twice.

    >>> moved({"FIRST_NAME": "Ada", "CITY": "London"}, [("FIRST_NAME", "name.first")])
    {'CITY': 'London', 'name': {'first': 'Ada'}}
    >>> moved({"TAGS": [{"TAG_NAME": "a"}, {"TAG_NAME": "b"}]}, [("TAGS[*].TAG_NAME", "labels[*].name")])
    {'labels': [{'name': 'a'}, {'name': 'b'}]}
    """
    after = deepcopy(dict(record))
    found = [(_groups(start), _groups(end), _read(after, _groups(start))) for start, end in moves]
    for start, _, value in found:
        if value is not _NOTHING:
            _remove(after, start)
    for _, end, value in found:
        if value is not _NOTHING:
            _put(after, end, value)
    return after


@lru_cache(maxsize=512)
def _groups(path: str) -> Groups:
    return tuple(steps_of(group.strip(".")) for group in path.split(_ROWS))


def _read(container: Any, groups: Groups) -> Any:
    """Return what stands at a path; of a path with rows, a list with each row's."""
    value = container
    for step in groups[0]:
        value = _inside(value, step)
    if len(groups) == 1:
        return value
    return [_read(row, groups[1:]) for row in value] if isinstance(value, list) else _NOTHING


def _inside(container: Any, step: str) -> Any:
    if isinstance(container, dict):
        return container.get(step, _NOTHING)
    if isinstance(container, list) and step.isdecimal() and int(step) < len(container):
        return container[int(step)]
    return _NOTHING


def _remove(container: Any, groups: Groups) -> None:
    """Take away what stands at a path, and what is empty without it."""
    (first, *rest), *below = groups
    inner = _inside(container, first)
    if rest or below:
        deeper: Groups = ((*rest,), *below) if rest else tuple(below)
        for each in [inner] if rest else inner:
            if isinstance(each, dict | list) and (deeper[0] or deeper[1:]):
                _remove(each, deeper)
    if isinstance(container, dict) and (not (rest or below) or _is_empty(inner)):
        container.pop(first, None)


def _is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, dict) and not each for each in value)
    return isinstance(value, dict) and not value


def _put(container: Any, groups: Groups, value: Any) -> None:
    """Let a value stand at a path, and make what has to be around it."""
    steps, *below = groups
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        last = following is None and not below
        if last:
            _set(container, step, value)
            return
        rows = below and following is None
        container = _enter(container, step, [] if rows or (following or "").isdecimal() else {})
    for at, each in enumerate(value):
        row = _enter(container, str(at), {})
        if each is not _NOTHING:
            _put(row, tuple(below), each)


def _enter(container: Any, step: str, empty: dict[str, Any] | list[Any]) -> Any:
    """Return the container inside another, made if it is not there or of another kind."""
    inner = _inside(container, step)
    if not isinstance(inner, type(empty)):
        _set(container, step, empty)
        return empty
    return inner


def _set(container: Any, step: str, value: Any) -> None:
    if isinstance(container, list):
        if step.isdecimal() and int(step) < _LONGEST:
            container.extend({} for _ in range(len(container), int(step) + 1))
            container[int(step)] = value
    else:
        container[step] = value
