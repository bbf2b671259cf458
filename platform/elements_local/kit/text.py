"""Texts that strangers send, as messages show them and as numbers are read from them."""

HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
"""A pattern of header names: tokens (RFC 9110, section 5.6.2)."""

CSV_FAULT = "a quote in it is not closed, or stands within a cell, or a cell is too long"
"""What can be wrong with a line of CSV."""

LONGEST_NUMBER = 18
"""Digits of a number that every database keeps as one, and that Python reads quickly."""


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
