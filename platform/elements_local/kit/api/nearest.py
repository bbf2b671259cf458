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


def other_form(word: str, known: Iterable[str]) -> str | None:
    """Return the known word of which this one is the singular, the plural, or in other letters; None if it is known itself.

    >>> other_form("contact", ["contacts"]), other_form("Opportunity", ["opportunities"])
    ('contacts', 'opportunities')
    >>> other_form("contacts", ["contacts", "Contacts"]), other_form("contract", ["contacts"])
    (None, None)
    """
    words = list(known)
    if word in words:
        return None
    forms = _forms(word)
    return next((each for each in words if each.casefold() in forms or word.casefold() in _forms(each)), None)


def _forms(word: str) -> set[str]:
    """Return a word in small letters and its plurals."""
    folded = word.casefold()
    plurals = {f"{folded}s", f"{folded}es"}
    return {folded, *plurals, *({f"{folded[:-1]}ies"} if folded.endswith("y") else ())}
