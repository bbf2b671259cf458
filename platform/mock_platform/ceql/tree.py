"""The tree of a clause."""

from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool


@dataclass(frozen=True)
class Comparison:
    """``field operator value``; the operator is one of = != < > <= >=."""

    field: str
    operator: str
    value: Value


@dataclass(frozen=True)
class Like:
    """``field LIKE 'pattern'``, where ``%`` stands for any text."""

    field: str
    pattern: str


@dataclass(frozen=True)
class In:
    """``field IN (value, ...)``."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class IsNull:
    """``field IS NULL``."""

    field: str


@dataclass(frozen=True)
class And:
    """All of the clauses."""

    clauses: "tuple[Clause, ...]"


@dataclass(frozen=True)
class Or:
    """Any of the clauses."""

    clauses: "tuple[Clause, ...]"


Clause: TypeAlias = Comparison | Like | In | IsNull | And | Or
