"""Names for what was made: ``contacts/ada`` after the record's own name, one of a kind in the scenario."""

import re
from collections.abc import Mapping
from itertools import chain, count
from typing import Any
from unicodedata import normalize

from elements_local.scenarios.records import COLLECTIONS, NAMED_BY

_LONGEST = 30
_RESERVED = frozenset(
    {"workspace", "callback_url", "organization_secret", "user_secret", "crm_username", "crm_api_key"}
)


def word_of(text: object) -> str:
    """Return a word that a text can be known by; empty if it has no letters that could be written anywhere.

    >>> word_of("Zoë O'Hara-Łuk"), word_of("北京"), word_of("{crm_api_key}")
    ('zoe-o-hara-uk', '', '')
    """
    if not isinstance(text, str) or "{" in text:
        return ""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")


class Namer:
    """Gives each thing a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_RESERVED)

    def record(self, kind: str, fields: Mapping[str, Any]) -> str:
        """Return a name for a record of one of the hub's resources."""
        words = (word_of(fields.get(key)) for key in NAMED_BY[kind])
        return self._free(f"{kind}/{next(filter(None, words), '')}")

    def other(self, kind: str) -> str:
        """Return a name for something else that was made, such as ``users/1``."""
        word = word_of(kind)
        return self._free(f"{word}/" if word[:1].isalpha() and word not in COLLECTIONS else f"a-{word}/")

    def instance(self, shown: object, *, only: bool) -> str:
        """Return a name for an instance; that of the only one needs to tell it from no other."""
        word = "" if only else word_of(shown)
        return self._free(word if word[:1].isalpha() else f"instance-{word}".rstrip("-"))

    def _free(self, name: str) -> str:
        """Return a name, or the first of those numbered after it, that nothing has yet; ``users/`` needs a number."""
        counts = name.endswith("/")
        start, first = (name, 1) if counts else (f"{name}-", 2)
        names = chain([] if counts else [name], (f"{start}{number}" for number in count(first)))
        free = next(each for each in names if each not in self._taken)
        self._taken.add(free)
        return free
