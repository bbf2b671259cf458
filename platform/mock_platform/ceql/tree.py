"""The tree of a clause."""

from typing import TypeAlias

from msgspec import Struct

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


Clause: TypeAlias = Comparison | Like | In | IsNull | And | Or
