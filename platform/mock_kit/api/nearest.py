"""The nearest of the words that would have been understood, for whoever wrote another."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the known word that may be meant, None if none is near; the case of letters does not count.

    >>> nearest("objecttype", ["objectId", "objectType"]), nearest("x", ["objectId"])
    ('objectType', None)
    """
    folded = {each.casefold(): each for each in candidates}
    matches = get_close_matches(word.casefold(), folded, n=1)
    return folded[matches[0]] if matches else None
