"""Statements narrowed to the rows of one workspace, so that a transaction cannot reach another's."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    Alias,
    ColumnElement,
    Delete,
    Dialect,
    FromClause,
    Insert,
    Join,
    Select,
    Table,
    Update,
    bindparam,
    literal_column,
)
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression

from elements_local.kit.storage.prepared import Clause, InsertInto, Prepared

_COLUMN = "workspace"
PARAMETER = "of_workspace"
_THIS: Any = bindparam(PARAMETER)

C = TypeVar("C", bound=Clause)


class UnboundStatementError(TypeError):
    """A statement reads rows of a table without saying of which workspace: a defect of the program."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"a statement reads {table} of every workspace; compare its column 'workspace' with that of a table which the "
            "statement is about, or run it across workspaces"
        )


class WorkspaceStatement(Prepared):
    """A statement about the rows of one workspace, which the transaction that runs it fills in.

    A table that it selects from, changes or adds to is narrowed to the workspace here. One that it joins or asks in a
    subquery has to be compared with such a table by the column ``workspace``, or narrowed by ``bound``.

    Raises:
        UnboundStatementError: when it is compiled, if a table's rows would be those of every workspace.
    """

    def __init__(self, statement: "Clause | Callable[[InsertInto], Clause]") -> None:
        super().__init__(statement)
        adds = callable(statement) or isinstance(statement, Insert)
        self.parameter = _COLUMN if adds else PARAMETER

    def _written_for(self, dialect: Dialect) -> Clause:
        return bound(super()._written_for(dialect))


def bound(statement: C) -> C:
    """Return a statement narrowed to one workspace, the parameter ``of_workspace``; what is inserted is given its column.

    Raises:
        UnboundStatementError: a table in it is narrowed to none.
    """
    if isinstance(statement, Select):
        tables = [each for source in _sources(statement) for each in _read_by(source)]
        statement = statement.where(*(each.c[_COLUMN] == _THIS for each in tables))
    elif isinstance(statement, Update | Delete):
        change: Any = statement
        statement = change.where(change.table.c[_COLUMN] == _THIS)
    for each in visitors.iterate(statement):
        if isinstance(each, Select):
            _check(each)
    return statement


def _check(statement: "Select[Any]") -> None:
    """Refuse a select, or a subquery, which reads a table without comparing its workspace."""
    sources = _sources(statement)
    joins = [each for source in sources for each in visitors.iterate(source) if isinstance(each, Join)]
    conditions = [statement.whereclause, *(each.onclause for each in joins)]
    compared = {column for each in conditions if each is not None for column in _compared(each)}
    for source in sources:
        for table in _read_by(source, optional=True):
            if table.c[_COLUMN] not in compared:
                raise UnboundStatementError(str(getattr(table, "name", table)))


def _sources(statement: "Select[Any]") -> Sequence[FromClause]:
    """Return what a select reads from; without columns and order, which SQLAlchemy would compile to find that out."""
    bare: Select[Any] = statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
    return bare.order_by(None).get_final_froms()


def _compared(condition: "ColumnElement[Any]") -> Iterator[object]:
    """Yield what a condition holds equal to something else."""
    for each in visitors.iterate(condition):
        if isinstance(each, BinaryExpression) and each.operator is operators.eq:
            yield each.left
            yield each.right


def _read_by(source: FromClause, *, optional: bool = False) -> Iterator[FromClause]:
    """Yield the tables of workspaces in what is selected from.

    Args:
        optional: also those of which a row may be missing, as an outer join has them.
    """
    if isinstance(source, Join):
        yield from _read_by(source.left, optional=optional)
        if optional or not source.isouter:
            yield from _read_by(source.right, optional=optional)
    elif isinstance(source, Table | Alias) and _COLUMN in source.c:
        yield source
