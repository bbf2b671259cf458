"""The part of OData that v2.1 understands: ``$filter``, ``$orderby``, ``$skip``, ``$top``.

Source: operators, literals, 400 for texts without quotes, and several ``$filter`` in one query (the vendor's Python
    client and the v2.1 help page, documented); ``ne``, ``ge``, ``le`` and ``and`` are assumed, and so is that case does not count in a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import TypeAlias
from urllib.parse import parse_qsl

from msgspec import Struct

from mock_insightly.errors import FieldError
from mock_insightly.records.dates import DateFormatError, format_date, parse_date
from mock_insightly.records.fields import Record
from mock_kit.api.json_text import Json

_TERM = re.compile(
    r"""\s* (?P<field>[A-Za-z_]\w*) \s+ (?P<operator>eq|ne|gt|ge|lt|le) \s+
        (?P<literal> (?:datetime)?'(?:[^']|'')*' | [+-]?\d+(?:\.\d+)? | true | false | null )
        \s* (?P<rest> (?:and\s .*)? ) \Z""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ORDER = re.compile(r"\s*([A-Za-z_]\w*)(?:\s+(asc|desc))?\s*\Z", re.IGNORECASE)
_WHOLE = re.compile(r"\d{1,15}\Z", re.ASCII)

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
    return int(text) if _WHOLE.match(text) else None


def _place(value: Json) -> tuple[bool, bool, float, str]:
    """Return what sorts a value: nothing first, then numbers, then texts."""
    if isinstance(value, int | float):
        return True, False, value, ""
    return (False, False, 0, "") if value is None else (True, True, 0, str(value).casefold())
