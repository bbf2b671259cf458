"""The Java date patterns that poller configurations use: taking them apart.

Source: java.text.SimpleDateFormat (documented); all its letters but the era and the week's year, which no source speaks
of for configurations.
"""

import re
from functools import lru_cache

from msgspec import Struct

from elements_local.platform.errors import DatePatternError

MILLISECONDS = "milliseconds"
"""The word that stands in a pattern's place for milliseconds since 1970 (documented)."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_LONGEST = 200
_LETTERS = "yMdEHhamsSZXzDFwWukK"
_NUMERIC = "ydHhmsSDFwWukK"
# two quotes are a quote, inside of quoted text and outside; all letters are reserved, whether they mean something or
# not
_TOKEN = re.compile(r"('')|'((?:[^']|'')+)'|([A-Za-z])\3*|([^A-Za-z']+)|(')", re.DOTALL)


class PatternField(Struct, frozen=True, kw_only=True):
    """A run of one pattern letter.

    Attributes:
        abutting: another number follows at once, so that this one takes no more than ``width`` characters.
    """

    letter: str
    width: int
    abutting: bool = False

    @property
    def number(self) -> bool:
        """Whether the field is written in digits."""
        return self.letter in _NUMERIC or (self.letter == "M" and self.width < 3)

    @property
    def name(self) -> bool:
        """Whether the field is written in words, before which Java skips no blanks."""
        return self.letter in "Ea" or (self.letter == "M" and self.width >= 3)


Pattern = tuple[str | PatternField, ...]
"""Texts that stand for themselves, and letters that stand for something."""


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Pattern:
    """Take a pattern apart.

    Raises:
        DatePatternError: a letter is not supported, a width is not Java's, or a quote is not closed.
    """
    if len(pattern) > _LONGEST:
        raise DatePatternError(pattern[:_LONGEST] + "...", f"longer than {_LONGEST} characters")
    pieces: list[str | PatternField] = []
    for found in _TOKEN.finditer(pattern):
        quote, quoted, letter, plain, stray = found.groups()
        if stray:
            raise DatePatternError(pattern, f"the quote at column {found.start() + 1} is not closed")
        if letter:
            pieces.append(_field(pattern, letter, len(found[0]), found.start() + 1))
        else:
            pieces.append("'" if quote else plain or quoted.replace("''", "'"))
    return tuple(
        PatternField(letter=piece.letter, width=piece.width, abutting=_is_number(following))
        if isinstance(piece, PatternField)
        else piece
        for piece, following in zip(pieces, [*pieces, ""][1:], strict=True)
    )


def _field(pattern: str, letter: str, width: int, column: int) -> PatternField:
    if letter not in _LETTERS:
        raise DatePatternError(
            pattern,
            f"the letter {letter!r} at column {column} is not supported; supported are {', '.join(_LETTERS)}",
        )
    if letter in "Xz" and width > 3:
        # Java has no wider X; a wider z is a zone's full name, which we have no list of
        raise DatePatternError(pattern, f"{letter} at column {column} comes once, twice or three times")
    return PatternField(letter=letter, width=width)


def _is_number(piece: str | PatternField) -> bool:
    return isinstance(piece, PatternField) and piece.number
