"""Query strings: how they are decoded, and what paging asks for."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import parse_qsl, quote

from msgspec import Struct

from mock_insightly.errors import FieldError

Query: TypeAlias = Mapping[str, str]
"""Parameters by lower-case name; of several with one name, the first."""

DEFAULT_TOP = 100
LARGEST_TOP = 500
# far beyond any list, and within what a database takes for an offset
_LARGEST_SKIP = 10**15
# Python refuses to read more than 4300 digits, with an error that no caller expects.
_NUMBER = re.compile(r"[+-]?\d{1,4000}\Z", re.ASCII)
_U_ESCAPES = re.compile(r"(?:%u[0-9a-f]{4})+", re.IGNORECASE)


class PageRange(Struct, frozen=True, kw_only=True):
    """Which part of a list is asked for."""

    top: int = DEFAULT_TOP
    skip: int = 0
    count_total: bool = False
    brief: bool = False


WHOLE = PageRange(top=1_000_000)
"""Asks for all of a list, which has fewer records."""


@lru_cache(maxsize=256)  # a poller asks the same of each workspace
def parse_query(raw: str) -> Query:
    """Decode a query string; a ``+`` is a blank, and ``%uXXXX`` a UTF-16 unit.

    Source: the vendor's Python client escapes what is not ASCII the old JavaScript way, and its test suite expects
        matches (documented); that case of names does not count is assumed.

    >>> parse_query("first_name=%u3053&updated_after_utc=2016-01-01+00:00:00")
    {'first_name': 'こ', 'updated_after_utc': '2016-01-01 00:00:00'}
    """
    if "%u" in raw or "%U" in raw:
        raw = _U_ESCAPES.sub(_in_utf8, raw)
    query: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        # Of several with one name the first counts.
        query.setdefault(name.lower(), value)
    return query


def page_of(query: Query, *, strict: bool = False) -> PageRange:
    """Read the paging parameters.

    Args:
        strict: whether what makes no sense is refused, rather than taken as if it were not there.

    Raises:
        FieldError: it is.

    Source: 100 records unless ``top`` says otherwise, never more than 500 (a user's report to the vendor, and the Go
        client; observed); what happens to a ``top`` below 1, or to no number, is assumed.
    """
    top = _number(query.get("top"), DEFAULT_TOP)
    if strict:
        _insist(query, "top", lowest=1)
        _insist(query, "skip", lowest=0)
    return PageRange(
        top=min(top, LARGEST_TOP) if top >= 1 else DEFAULT_TOP,
        skip=min(max(_number(query.get("skip"), 0), 0), _LARGEST_SKIP),
        count_total=is_true(query.get("count_total")),
        brief=is_true(query.get("brief")),
    )


def is_true(text: str | None) -> bool:
    """Read a truth value; clients write ``true`` and ``True`` (observed)."""
    return text is not None and text.strip().lower() in {"true", "1"}


def _insist(query: Query, name: str, *, lowest: int) -> None:
    if _number(query.get(name, str(lowest)), lowest - 1) < lowest:
        raise FieldError(name, f"a whole number of {lowest} or more", query[name])


def _number(text: str | None, otherwise: int) -> int:
    digits = (text or "").strip()  # which takes off more than int does
    return int(digits) if _NUMBER.match(digits) else otherwise


def _in_utf8(escaped: re.Match[str]) -> str:
    # A run of escapes is read as a whole: a character beyond the first plane is two units.
    units = bytes.fromhex(re.sub("%u", "", escaped[0], flags=re.IGNORECASE))
    return quote(units.decode("utf-16-be", "replace"))
