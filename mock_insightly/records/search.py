"""What is asked for: how query strings are decoded, which page of a list they mean, and which records a search finds."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import parse_qsl, quote

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from elements_local.kit.caching import bounded_cache
from mock_insightly.errors import FieldError
from mock_insightly.fields.fields import Choice, DateFormatError, Field, Record, Text, parse_date, rows_of
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.record import Reference

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


@bounded_cache(256)  # a poller asks the same of each workspace
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


def page_of(query: Query) -> PageRange:
    """Read the paging parameters; what makes no sense is taken as if it were not there.

    Source: 100 records unless ``top`` says otherwise, never more than 500 (a user's report to the vendor, and the Go
        client; observed); what happens to a ``top`` below 1, or to no number, is assumed.
    """
    top = _number(query.get("top"), DEFAULT_TOP)
    return PageRange(
        top=min(top, LARGEST_TOP) if top >= 1 else DEFAULT_TOP,
        skip=min(max(_number(query.get("skip"), 0), 0), _LARGEST_SKIP),
        count_total=is_true(query.get("count_total")),
        brief=is_true(query.get("brief")),
    )


def is_true(text: str | None) -> bool:
    """Read a truth value; clients write ``true`` and ``True`` (observed)."""
    return text is not None and text.strip().lower() in {"true", "1"}


def _number(text: str | None, otherwise: int) -> int:
    digits = (text or "").strip()  # which takes off more than int does
    return int(digits) if _NUMBER.match(digits) else otherwise


def _in_utf8(escaped: re.Match[str]) -> str:
    # A run of escapes is read as a whole: a character beyond the first plane is two units.
    units = bytes.fromhex(re.sub("%u", "", escaped[0], flags=re.IGNORECASE))
    return quote(units.decode("utf-16-be", "replace"))


_SECOND = timedelta(seconds=1)
_NAMED = {"CUSTOMFIELDS": ("FIELD_NAME", "FIELD_VALUE"), "CONTACTINFOS": ("TYPE", "DETAIL")}


class Criterion(Struct, frozen=True, kw_only=True):
    """A condition on one value of a record.

    Attributes:
        places: where the value may stand; one match suffices. ``PHONE`` is a field, ``TAGS.TAG_NAME`` a field of
            any row, ``CUSTOMFIELDS:Hobby__c`` a custom field, ``CONTACTINFOS:EMAIL`` a contact info of a type.
        value: what it must equal; case does not count in a text.
        open_start, open_end: whether anything may stand before and after a text.
        via: a kind and a field of it: ``places`` then hold ids of those records of that kind whose field matches.

    Source: exact match on v3.1 (Insightly v3.1 help page, documented); a ``%`` before or after the value on v2.2
        (the vendor's Python client, documented); that case does not count is assumed, after SQL Server's ways.
    """

    places: tuple[str, ...]
    value: str | float | bool
    open_start: bool = False
    open_end: bool = False
    via: tuple[RecordKind, str] | None = None

    def holds(self, record: Record) -> bool:
        """Say whether a record meets the condition itself; ``via`` is for the caller to follow."""
        return any(self.accepts(value) for place in self.places for value in values_at(record, place))

    def accepts(self, value: Json) -> bool:
        """Say whether a single value is the one that is looked for."""
        # To Python 1 equals True, but a flag that is looked for with 1 would be found by chance.
        if isinstance(self.value, bool) or isinstance(value, bool):
            return value is self.value
        if not isinstance(self.value, str):
            return value == self.value
        if value is None:
            return False
        return self._matches(str(value).casefold(), self.value.casefold())

    def _matches(self, text: str, wanted: str) -> bool:
        if self.open_start and self.open_end:
            return wanted in text
        if self.open_start:
            return text.endswith(wanted)
        return text.startswith(wanted) if self.open_end else text == wanted


class RecordFilter(Struct, frozen=True, kw_only=True):
    """Which records are wanted; without either condition, all.

    Attributes:
        after: only those updated strictly later than this, in whole seconds.
        of: only those that refer to this record.
        unless: those that meet this are left out.
        indexed_at: those written later than this are left out, as if an index had not come to them.
        without: those with these ids are left out.
        by_date: whether those updated longest ago come first, rather than those with the lowest ids.
    """

    after: datetime | None = None
    criterion: Criterion | None = None
    of: Reference | None = None
    unless: Criterion | None = None
    indexed_at: datetime | None = None
    without: frozenset[int] = frozenset()
    by_date: bool = False


EVERYTHING = RecordFilter()


def updated_after(text: str, *, inclusive: bool = False) -> datetime | None:
    """Read ``updated_after_utc``: the instant that a record must have been updated after; None if there is no text.

    Args:
        inclusive: whether that very second counts as well.

    Raises:
        FieldError: the text is no date.

    Source: strictly later (the vendor's developers to the Airbyte connector's, observed second-hand); a blank one is
        sent by the Airbyte connector and must do no harm (observed); 400 for anything else is assumed.
    """
    if not text.strip():
        return None
    try:
        instant = parse_date(text)
        # Stamps are in whole seconds, so "this second or later" is "later than the second before".
        return instant - _SECOND if inclusive else instant
    except DateFormatError as error:
        raise FieldError("updated_after_utc", "a date such as 2026-03-02T10:00:00Z", text) from error
    except OverflowError:  # a second before the calendar begins
        return None


def values_at(record: Record, place: str) -> Iterator[Json]:
    """Yield what stands at a place of a record.

    >>> list(values_at({"TAGS": [{"TAG_NAME": "a"}, {"TAG_NAME": "b"}]}, "TAGS.TAG_NAME"))
    ['a', 'b']
    """
    collection, _, column = place.partition(".")
    if column:
        yield from (row.get(column) for row in rows_of(record, collection))
        return
    collection, _, name = place.partition(":")
    if name:
        called, held = _NAMED[collection]
        for row in rows_of(record, collection):
            # Custom fields and contact infos are rows of a name and a value: the name picks the row, the value is
            # compared.
            if str(row.get(called)).casefold() == name.casefold():
                yield row.get(held)
        return
    yield record.get(place)


def wildcard(places: tuple[str, ...], text: str, *, via: tuple[RecordKind, str] | None = None) -> Criterion:
    """Read a text in which a ``%`` before or after stands for anything."""
    return Criterion(
        places=places,
        value=text.removeprefix("%").removesuffix("%"),
        open_start=text.startswith("%"),
        open_end=text.endswith("%"),
        via=via,
    )


def exactly(field: Field, text: str, *, called: str) -> Criterion:
    """Read a text that a field must equal.

    Raises:
        FieldError: the field can hold no such value.
    """
    if isinstance(field.type, Text | Choice):
        return Criterion(places=(field.name,), value=text)
    value = field.type.read(text.strip(), called)
    if not isinstance(value, str | int | float):
        raise FieldError(called, "a single value", text)
    return Criterion(places=(field.name,), value=value)


def sort_key(record: Record, order: Iterable[str]) -> tuple[tuple[bool, int], ...]:
    """Return what sorts a record by whole numbers; one that has none comes last."""
    numbers = [record[name] for name in order]
    return tuple((False, number) if isinstance(number, int) else (True, 0) for number in numbers)
