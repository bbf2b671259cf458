"""Caches of what clients send, which hold so many bytes altogether: a thousand entries may be a thousand long texts."""

from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakSet

from msgspec import Raw

P = ParamSpec("P")
T = TypeVar("T")

MOST_BYTES = 16 * 1024 * 1024
"""About how many all caches of the process hold; then all are emptied, as none knows what another has forgotten."""

_OVERHEAD = 400
"""About how many bytes an entry takes beside its texts."""

_FACTOR = 3
"""About how many bytes of values are made of a byte of text."""


class _Caches:
    def __init__(self) -> None:
        self._all: WeakSet[Callable[..., object]] = WeakSet()
        self._weight = 0
        self._lock = Lock()

    def add(self, cache: Callable[..., object]) -> None:
        self._all.add(cache)

    def weigh(self, weight: int) -> None:
        """Note an entry that is about to be kept."""
        with self._lock:
            self._weight += weight
            if self._weight > MOST_BYTES:
                self._weight = weight
                for cache in [*self._all]:
                    cache.cache_clear()  # type: ignore[attr-defined]  # each is made by lru_cache


_CACHES = _Caches()


def bounded_cache(
    most: int, *, typed: bool = False, length: Callable[[Any], int] | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return what keeps the latest results of a function, as ``lru_cache`` does, unless all caches hold too much.

    Args:
        most: how many.
        length: says how much text, or what takes as much room, is in arguments, named ones and a result.
    """

    def kept(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def weighed(*args: P.args, **named: P.kwargs) -> T:
            value = function(*args, **named)
            _CACHES.weigh(_OVERHEAD + _FACTOR * (length or length_of)((args, (*named.values(),), value)))
            return value

        cache = lru_cache(maxsize=most, typed=typed)(weighed)
        _CACHES.add(cache)
        return cast("Callable[P, T]", cache)

    return kept


def length_of(value: object) -> int:
    """Return how much text is in a value.

    >>> length_of(("four", [b"five."], 6))
    9
    """
    length, values = 0, [value]
    while values:
        match values.pop():
            case str() | bytes() as text:
                length += len(text)
            case Raw() as raw:
                length += memoryview(raw).nbytes
            case tuple() | list() as inner:
                values += inner
    return length
