"""A path belongs to its most literal route, whatever the method.

Left alone, werkzeug goes on looking when a route does not take the method: ``POST /users`` would fall through a
``GET /users`` to a ``POST /<resource>``, and ``Allow`` would name the methods of both.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from werkzeug.exceptions import MethodNotAllowed

if TYPE_CHECKING:
    from werkzeug.routing import Map

_VARIABLE = re.compile(r"<[^>]*>")


class Precedence:
    """The routes of an application, those that stand before others by being more literal."""

    def __init__(self, routes: "Map") -> None:
        self._methods: dict[str, set[str]] = {}
        for rule in routes.iter_rules():
            self._methods.setdefault(_shape(rule.rule), set()).update(rule.methods or ())
        self._alike: dict[int, list[str]] = {}
        for shape in sorted(self._methods, key=_literalness, reverse=True):
            self._alike.setdefault(len(_segments(shape)), []).append(shape)
        self._rivals = cache(self._found_rivals)
        self._of_rival = lru_cache(maxsize=1024)(
            self._found_rival
        )  # clients ask for the same again and again

    def check(self, path: str, rule: str, method: str) -> None:
        """Refuse a method that only a less literal route takes.

        Args:
            rule: the one that was found.

        Raises:
            MethodNotAllowed: the path belongs to another route, which takes other methods.
        """
        methods = self._of_rival(path, _shape(rule))
        if methods is not None and method not in methods:
            raise MethodNotAllowed(valid_methods=sorted(methods))

    def methods(self, path: str) -> set[str] | None:
        """Return what the route of a path takes; None if there is none."""
        segments = _segments(path)
        matches = (shape for shape in self._methods if _fits(segments, _segments(shape)))
        best = max(matches, key=_literalness, default=None)
        return None if best is None else self._methods[best]

    def _found_rival(self, path: str, shape: str) -> set[str] | None:
        rivals = self._rivals(shape)
        if not rivals:
            return None
        segments = _segments(path)
        return next((self._methods[each] for each in rivals if _fits(segments, _segments(each))), None)

    def _found_rivals(self, shape: str) -> list[str]:
        """Return the routes that stand before another, the most literal first."""
        alike = self._alike.get(len(_segments(shape)), [])
        return [each for each in alike if _stands_before(each, shape)]


@cache  # there are as many rules as the program has
def _shape(rule: str) -> str:
    """Return a rule with its variables' names taken out."""
    return _VARIABLE.sub("*", rule)


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _literalness(shape: str) -> list[bool]:
    """Order shapes: the one that is literal where they first differ is the greater."""
    return ["*" not in segment for segment in _segments(shape)]


def _stands_before(one: str, other: str) -> bool:
    """Say of two shapes of one length whether every path of some kind fits both, and the first is the more literal."""
    pairs = zip(_segments(one), _segments(other), strict=True)
    alike = all(first == second or "*" in first + second for first, second in pairs)
    return alike and _literalness(one) > _literalness(other)


def _fits(segments: Iterable[str], shape: list[str]) -> bool:
    segments = list(segments)
    return len(segments) == len(shape) and all(
        segment == pattern or "*" in pattern for segment, pattern in zip(segments, shape, strict=True)
    )
