"""Texts that strangers send: as messages show them, as numbers are read from them, and which word was meant."""

from collections.abc import Iterable
from difflib import get_close_matches

HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
"""A pattern of header names: tokens (RFC 9110, section 5.6.2)."""

CSV_FAULT = "a quote in it is not closed, or stands within a cell, or a cell is too long"
"""What can be wrong with a line of CSV."""

LONGEST_NUMBER = 18
"""Digits of a number that every database keeps as one, and that Python reads quickly."""


NO_ID = "(no id)"
"""What stands for the id of a record that was read without one."""


def shortened(text: str, most: int) -> str:
    """Return as much of a text as a message needs.

    >>> shortened("Ada Lovelace", 20), shortened("Ada Lovelace", 3)
    ('Ada Lovelace', 'Ada...')
    """
    return text if len(text) <= most else f"{text[:most]}..."


def whole_number(text: str) -> int | None:
    """Return a number that is written in ASCII's digits alone, or None: what Python reads as well is no id.

    >>> whole_number("0042"), whole_number("-1"), whole_number("4_2"), whole_number("٤٢")
    (42, None, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def record_name(resource: object, record_id: object) -> str:
    """Return what a record is called wherever one is named; what was read without an id has a name of its own.

    >>> record_name("contacts", 1), record_name("contacts", ""), record_name("contacts", None)
    ('contacts/1', 'contacts/(no id)', 'contacts/(no id)')
    """
    return f"{resource}/{NO_ID if record_id in (None, '') else record_id}"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the known word that may be meant, None if none is near; the case of letters does not count.

    >>> nearest("objecttype", ["objectId", "objectType"]), nearest("x", ["objectId"])
    ('objectType', None)
    """
    folded = {each.casefold(): each for each in candidates}
    matches = get_close_matches(word.casefold(), folded, n=1)
    return folded[matches[0]] if matches else None


def other_form(word: str, known: Iterable[str]) -> str | None:
    """Return the known word of which this one is the singular, the plural, or differs in case; None if it is known itself.

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
