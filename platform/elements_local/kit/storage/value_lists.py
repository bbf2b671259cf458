"""Statements about a list of values, each of which is a parameter of its own: made once for each of a few lengths."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import ColumnElement, bindparam, literal_column

from elements_local.kit.caching import bounded_cache
from elements_local.kit.storage.narrowing import WorkspaceStatement

_MOST_PLACES = 16_384
"""SQLite takes twice as many parameters, less two."""

_BYTES_OF_PLACE = 300
"""About a third of what a parameter of a prepared statement takes."""

P = ParamSpec("P")


def one_of(column: ColumnElement[Any], name: str, count: int) -> ColumnElement[bool]:
    """Return that a column has one of so many values, each a parameter of its own; ``numbered`` gives them."""
    if not count:
        # of `false()`, SQLAlchemy leaves the other conditions out
        return literal_column("1") == literal_column("0")
    return column.in_([bindparam(f"{name}_{place}", type_=column.type) for place in range(count)])


def numbered(name: str, values: Iterable[object]) -> dict[str, object]:
    """Return values as the parameters of ``one_of`` for ``places_for`` them; the last one takes the places left over."""
    given = [*values]
    given += given[-1:] * (places_for(len(given)) - len(given))
    return {f"{name}_{place}": value for place, value in enumerate(given)}


def places_for(count: int) -> int:
    """Return for how many values a statement is made that takes so many: for few different numbers, as each is kept.

    >>> [places_for(count) for count in (0, 1, 3, 300)]
    [0, 1, 4, 512]
    """
    return 1 << (count - 1).bit_length() if 0 < count < _MOST_PLACES else count


def by_count(
    make: Callable[Concatenate[int, P], WorkspaceStatement],
) -> Callable[Concatenate[int, P], WorkspaceStatement]:
    """Return what keeps the statements of a function that makes them for so many values."""
    kept = bounded_cache(64, length=lambda given: _BYTES_OF_PLACE * max(given[0][0], 1))(make)

    @wraps(make)
    def made(count: int, /, *args: P.args, **named: P.kwargs) -> WorkspaceStatement:
        return kept(places_for(count), *args, **named)

    return made
