"""The fields that a clause names, and the clause with other names for them."""

from collections.abc import Callable, Iterator

from mock_kit.values import replace
from mock_platform.ceql.tree import And, Clause, Or


def fields_of(clause: Clause) -> Iterator[str]:
    """Yield the name of each field, as often as it is named and in that order."""
    if isinstance(clause, And | Or):
        for inner in clause.clauses:
            yield from fields_of(inner)
    else:
        yield clause.field


def with_fields(clause: Clause, name: Callable[[str], str]) -> Clause:
    """Return a clause in which each field has the name that a function gives it."""
    if isinstance(clause, And | Or):
        return type(clause)(tuple(with_fields(inner, name) for inner in clause.clauses))
    return replace(clause, field=name(clause.field))
