"""The tree of a clause, its conditions and fields, and the tree with other names for these."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct

from elements_local.kit.values import replace

Value: TypeAlias = str | int | float | bool


class Comparison(Struct, frozen=True):
    """``field operator value``; the operator is one of = != < > <= >=."""

    field: str
    operator: str
    value: Value


class Like(Struct, frozen=True):
    """``field LIKE 'pattern'``, where ``%`` stands for any text."""

    field: str
    pattern: str


class In(Struct, frozen=True):
    """``field IN (value, ...)``."""

    field: str
    values: tuple[Value, ...]


class IsNull(Struct, frozen=True):
    """``field IS NULL``."""

    field: str


class And(Struct, frozen=True):
    """All of the clauses."""

    clauses: "tuple[Clause, ...]"


class Or(Struct, frozen=True):
    """Any of the clauses."""

    clauses: "tuple[Clause, ...]"


Condition: TypeAlias = Comparison | Like | In | IsNull
Clause: TypeAlias = Condition | And | Or


def conditions_of(clause: Clause) -> Iterator[Condition]:
    """Yield each condition, in the order in which they stand."""
    if isinstance(clause, And | Or):
        for inner in clause.clauses:
            yield from conditions_of(inner)
    else:
        yield clause


def fields_of(clause: Clause) -> Iterator[str]:
    """Yield the name of each field, as often as it is named and in that order."""
    return (condition.field for condition in conditions_of(clause))


def with_fields(clause: Clause, name: Callable[[str], str]) -> Clause:
    """Return a clause in which each field has the name that a function gives it."""
    if isinstance(clause, And | Or):
        return type(clause)(tuple(with_fields(inner, name) for inner in clause.clauses))
    return replace(clause, field=name(clause.field))
