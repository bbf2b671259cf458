"""Moving values from one path of a record to another, as mapped fields ask for.

Source: dotted paths nest (documented); ``[*]`` on both sides maps row by row (observed: exported transformations);
what becomes of containers that a move leaves empty is assumed: they go.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any, TypeAlias

from msgspec import Struct

from elements_local.platform.ceql.field_path import FieldPath, PathMark, PathStep, RowWhere

Place: TypeAlias = "tuple[str | int | PathMark, ...]"
"""Where a value stands: keys and indexes; ``SIZE`` last where it is a number of rows, and stands nowhere."""


class Move(Struct, frozen=True):
    """One value, or one of every row.

    Attributes:
        end: None leaves the value out.
        convert: what becomes of the value on its way.
    """

    start: FieldPath
    end: FieldPath | None
    convert: Callable[[object], object] = lambda value: value


def moved(record: Mapping[str, object], moves: Iterable[Move], *, rest: bool = True) -> dict[str, object]:
    """Return a record in which the values at the start of each move stand at its end.

    All are read before any is moved, so that two fields can change places, and one be shown twice.

    Args:
        rest: whether what is not moved stays; without, the record has nothing else.

    >>> from elements_local.platform.ceql.field_path import parse_path
    >>> tags = Move(parse_path("TAGS[*].TAG_NAME"), parse_path("labels[*].name"))
    >>> moved({"TAGS": [{"TAG_NAME": "a"}, {"TAG_NAME": "b"}], "CITY": "London"}, [tags])
    {'CITY': 'London', 'labels': [{'name': 'a'}, {'name': 'b'}]}
    """
    after = deepcopy(dict(record))
    # Read before anything is moved: two fields may change places.
    found = [(move, *each) for move in moves for each in _places(after, move.start)]
    for move, place, _, _ in found:
        # A move of all rows takes the list away, not each of its rows, which would keep their places.
        _remove(after, place[:-1] if move.start[-1] is PathMark.ROWS else place)
    # Without the rest only what is moved is shown; what was not read stays behind.
    result = after if rest else {}
    for move, _, rows, value in found:
        if move.end is not None:
            _put(result, _destination(move.end, rows), move.convert(value))
    return result


def _places(container: Any, path: FieldPath) -> Iterator[tuple[Place, tuple[int, ...], Any]]:
    """Yield where a path leads: the place, the rows that it went through, and what stands there."""
    if not path:
        yield (), (), container
        return
    step, *below = path
    for key, inner in _inside(container, step):
        for place, rows, value in _places(inner, tuple(below)):
            through = (key, *rows) if step is PathMark.ROWS else rows
            yield (key, *place), through, value


def _inside(container: Any, step: PathStep) -> Sequence[tuple[Any, Any]]:
    """Return what a step leads to, under which key or index each."""
    match container, step:
        case dict(), str() if step in container:
            return [(step, container[step])]
        case list(), PathMark.ROWS:
            return list(enumerate(container))
        case list(), PathMark.SIZE:
            return [(step, len(container))]
        case list(), RowWhere():
            # A condition means one row, the first that meets it.
            return [(at, row) for at, row in enumerate(container) if step.is_of(row)][:1]
        case list(), int() if step < len(container):
            return [(step, container[step])]
        case _:
            return []


def _destination(path: FieldPath, rows: tuple[int, ...]) -> list[Any]:
    """Return the place of a path that goes through these rows."""
    through = iter(rows)
    return [next(through, 0) if step is PathMark.ROWS else step for step in path]


def _remove(container: Any, place: Place) -> None:
    """Take away what stands at a place, and what is empty without it; rows keep their places."""
    inside = _inside(container, place[0]) if place and place[0] is not PathMark.SIZE else []
    for key, inner in inside:
        _remove(inner, place[1:])
        if isinstance(container, dict) and (len(place) == 1 or _is_empty(inner)):
            del container[key]


def _is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, dict) and not each for each in value)
    return isinstance(value, dict) and not value


def _put(container: Any, place: Sequence[Any], value: Any) -> None:
    """Let a value stand at a place, and make what has to be around it."""
    for step, following in pairwise(place):
        empty: Any = [] if isinstance(following, int) else {}
        inner = next((found for _, found in _inside(container, step)), None)
        if not isinstance(inner, type(empty)):
            inner = empty
            _set(container, step, inner)
        container = inner
    _set(container, place[-1], value)


def _set(container: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int):
        # Rows that are skipped have to be there, so that the index is right.
        container.extend({} for _ in range(len(container), step + 1))
    container[step] = value
