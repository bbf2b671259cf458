"""Which HTTP methods a path takes, written in letters as tables of them are."""

from typing import TypeAlias

Methods: TypeAlias = frozenset[str]

_LETTERS = {"G": "GET", "C": "POST", "U": "PUT", "D": "DELETE"}


def methods(letters: str) -> Methods:
    """Return the methods of some letters.

    >>> sorted(methods("GCU"))
    ['GET', 'POST', 'PUT']
    """
    return frozenset(_LETTERS[letter] for letter in letters)
