"""Query strings: how they are decoded, what paging asks for, and the part of OData that v2.1 understands.

Source: of OData, operators, literals, 400 for texts without quotes, and several ``$filter`` in one query (the vendor's Python
    client and the v2.1 help page, documented); ``ne``, ``ge``, ``le`` and ``and`` are assumed, and so is that case does not
    count in a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import TypeAlias
from urllib.parse import parse_qsl, quote

from msgspec import Struct

from mock_insightly.errors import FieldError
from mock_insightly.records.dates import DateFormatError, format_date, parse_date
from mock_insightly.records.fields import Record
from mock_kit.api.json_text import Json

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
        # Of several with one name the first counts; a list of them is read where it is documented (OData).
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


_TERM = re.compile(
    r"""\s* (?P<field>[A-Za-z_]\w*) \s+ (?P<operator>eq|ne|gt|ge|lt|le) \s+
        (?P<literal> (?:datetime)?'(?:[^']|'')*' | [+-]?\d+(?:\.\d+)? | true | false | null )
        \s* (?P<rest> (?:and\s .*)? ) \Z""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ORDER = re.compile(r"\s*([A-Za-z_]\w*)(?:\s+(asc|desc))?\s*\Z", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,15}\Z", re.ASCII)

_Value: TypeAlias = str | float | bool | None
_OPERATORS: Mapping[str, Callable[[int, int], bool]] = {
    "eq": eq,
    "ne": ne,
    "gt": gt,
    "ge": ge,
    "lt": lt,
    "le": le,
}


class Term(Struct, frozen=True, kw_only=True):
    """One comparison of a filter."""

    field: str
    operator: str
    value: _Value

    def holds(self, record: Record) -> bool:
        """Say whether a record, as the version shows it, meets the comparison; null is like nothing but null."""
        # Dates first become the same text, since clients write them in several ways.
        value = _comparable(record.get(self.field))
        if value is None or self.value is None:
            return self.operator == ("eq" if value is self.value else "ne")
        left, right = _place(value), _place(self.value)
        # One of -1, 0 and 1, held against 0: then a number can be compared with a text, too.
        return _OPERATORS[self.operator]((left > right) - (left < right), 0)


class OData(Struct, frozen=True, kw_only=True):
    """What a query asks of a list.

    Attributes:
        order: a field, and whether its largest value comes first.
        top: None is no limit.
    """

    terms: tuple[Term, ...] = ()
    order: tuple[str, bool] | None = None
    skip: int = 0
    top: int | None = None

    def of(self, records: Iterable[Record]) -> list[Record]:
        """Return those records that are asked for, in order."""
        found = [record for record in records if all(term.holds(record) for term in self.terms)]
        if self.order:
            field, largest_first = self.order
            found.sort(key=lambda record: _place(record.get(field)), reverse=largest_first)
        return found[self.skip : None if self.top is None else self.skip + self.top]


def parse_odata(raw: str, names: Iterable[str]) -> OData:
    """Read a query string.

    Args:
        names: the fields that records show.

    Raises:
        FieldError: a filter or an order cannot be read, or names no field.

    >>> parse_odata("$filter=FIRST_NAME eq 'Ada'&$top=5", ["FIRST_NAME"]).terms[0].value
    'ada'
    """
    known = {name.upper(): name for name in names}
    terms: list[Term] = []
    last: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        if name.lower() == "$filter" and value.strip():
            # Several `$filter` in one query all hold; of everything else the last counts.
            terms += _terms(value, known)
        else:
            last[name.lower()] = value.strip()
    return OData(
        terms=tuple(terms),
        order=_order(last.get("$orderby", ""), known),
        skip=_whole(last.get("$skip", "")) or 0,
        top=_whole(last.get("$top", "")),
    )


def _terms(text: str, known: Mapping[str, str]) -> Iterable[Term]:
    rest = text
    while rest:
        found = _TERM.match(rest)
        if found is None:
            raise FieldError(
                "$filter", "a comparison such as FIRST_NAME eq 'Ada', with texts in quotes", rest
            )
        yield Term(
            field=_known(found["field"], known),
            operator=found["operator"].lower(),
            value=_literal(found["literal"]),
        )
        # behind `and`
        rest = found["rest"][3:]


def _order(text: str, known: Mapping[str, str]) -> tuple[str, bool] | None:
    if not text:
        return None
    found = _ORDER.match(text)
    if found is None:
        raise FieldError("$orderby", "a field, perhaps with desc behind it", text)
    return _known(found[1], known), (found[2] or "").lower() == "desc"


def _known(field: str, known: Mapping[str, str]) -> str:
    if field.upper() not in known:
        raise FieldError(field, f"one of {', '.join(known.values())}", field)
    return known[field.upper()]


def _literal(text: str) -> _Value:
    if text.endswith("'"):
        return _comparable(text[text.index("'") + 1 : -1].replace("''", "'"))
    if text.lower() in {"true", "false", "null"}:
        return {"true": True, "false": False, "null": None}[text.lower()]
    return float(text)


def _comparable(value: Json) -> _Value:
    """Return a value as it compares: a date as the CRM writes it, whatever its form, and texts without case."""
    if not isinstance(value, str):
        return value if isinstance(value, int | float) else None
    try:
        return format_date(parse_date(value))
    except DateFormatError:
        return value.casefold()


def _whole(text: str) -> int | None:
    return int(text) if _COUNT.match(text) else None


def _place(value: Json) -> tuple[bool, bool, float, str]:
    """Return what sorts a value: nothing first, then numbers, then texts."""
    if isinstance(value, int | float):
        return True, False, value, ""
    return (False, False, 0, "") if value is None else (True, True, 0, str(value).casefold())
