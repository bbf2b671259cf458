"""Does a record satisfy a clause.

Source: the platform leaves comparing to the provider (documented); what the provider cannot compare is compared
here, and how values of different types then compare is assumed.
"""

import operator as operators
import re
from collections.abc import Callable, Mapping
from typing import Any

from elements_local.platform.ceql.grammar import And, Clause, Comparison, In, IsNull, Like, Or, Value
from elements_local.platform.ceql.record_path import find_in_any_case

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    ">": operators.gt,
    "<=": operators.le,
    ">=": operators.ge,
}


def matches(clause: Clause, record: Mapping[str, object]) -> bool:
    """Say whether a record satisfies a clause.

    Keys match in any case. Texts compare without regard to case, a number with what is written as one by
    value; a comparison with a missing value is false, as in SQL, and so is one with a list or an object.
    """
    match clause:
        case And(clauses):
            return all(matches(inner, record) for inner in clauses)
        case Or(clauses):
            return any(matches(inner, record) for inner in clauses)
        case IsNull(field):
            return find_in_any_case(record, field) is None
        case In(field, values):
            return any(_compare(find_in_any_case(record, field), "=", value) for value in values)
        case Like(field, pattern):
            found = find_in_any_case(record, field)
            return _is_scalar(found) and _like(str(found).casefold(), pattern.casefold())
        case Comparison(field, operator, value):
            return _compare(find_in_any_case(record, field), operator, value)


def _compare(found: object, operator: str, value: Value) -> bool:
    if not _is_scalar(found):
        return False
    # two texts are compared as texts, even if both look like numbers (assumed)
    texts = isinstance(found, str) and isinstance(value, str)
    left, right = (None, None) if texts else (_number(found), _number(value))
    holds = _COMPARISONS[operator]
    if left is None or right is None:
        return holds(str(found).casefold(), str(value).casefold())
    return holds(left, right)


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _number(value: object) -> float | None:
    """Return a value as a number; texts count where they are written as one."""
    # true is no number here: `ACTIVE = 1` is not to find it
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,15}(?:\.\d{1,15})?", value, re.ASCII):
        return float(value)
    return None


def _like(text: str, pattern: str) -> bool:
    """Say whether a text follows a pattern, from left to right and without going back."""
    first, *middle = pattern.split("%")
    if not middle:
        return text == first
    *middle, last = middle
    at = len(first)
    if not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        place = text.find(piece, at)
        if place < 0:
            return False
        at = place + len(piece)
    # the last piece must not overlap what the ones before have used: "aba" is not like "ab%ba"
    return at <= len(text) - len(last)
