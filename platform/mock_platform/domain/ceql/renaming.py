"""A clause with other names for its fields."""

from collections.abc import Callable
from dataclasses import replace

from mock_platform.domain.ceql.tree import And, Clause, Or


def with_fields(clause: Clause, name: Callable[[str], str]) -> Clause:
    """Return a clause in which each field has the name that a function gives it."""
    if isinstance(clause, And | Or):
        return type(clause)(tuple(with_fields(inner, name) for inner in clause.clauses))
    return replace(clause, field=name(clause.field))
