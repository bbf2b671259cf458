"""The door to what is kept: a transaction belongs to one workspace, and every statement in it is bound to that workspace.

Whoever works in a transaction does not name its workspace again, and so cannot reach another's rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    Alias,
    Connection,
    Delete,
    Dialect,
    FromClause,
    Insert,
    Join,
    MetaData,
    Select,
    Table,
    Update,
    bindparam,
)
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, ColumnElement

from elements_local.kit.storage.prepared import Clause, InsertInto, Prepared, Row, Values

_COLUMN = "workspace"
_PARAMETER = "of_workspace"
_THIS: Any = bindparam(_PARAMETER)

S = TypeVar("S", bound=Prepared)
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
        self.parameter = _COLUMN if adds else _PARAMETER

    def _written_for(self, dialect: Dialect) -> Clause:
        return bound(super()._written_for(dialect))


class _Statements(Generic[S]):
    """Runs prepared statements on a connection, whose transaction somebody else ends."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def first(self, statement: S, **values: object) -> Row | None:
        """Return the first row, if there is any."""
        return statement.first(self.connection, self._filled(statement, values))

    def all(self, statement: S, **values: object) -> list[Row]:
        """Return all rows."""
        return statement.all(self.connection, self._filled(statement, values))

    def scalar(self, statement: S, **values: object) -> Any:
        """Return the first column of the first row; None if there is none."""
        return statement.scalar(self.connection, self._filled(statement, values))

    def run(self, statement: S, **values: object) -> int:
        """Carry it out, and return how many rows that was about."""
        return statement.run(self.connection, self._filled(statement, values))

    def run_each(self, statement: S, rows: Sequence[Mapping[str, object]]) -> None:
        """Carry it out for each of some rows, of which there may be none."""
        if rows:
            statement.run_each(self.connection, [self._filled(statement, {**row}) for row in rows])

    def _filled(self, _statement: S, values: dict[str, object]) -> Values:
        return values


class Transaction(_Statements[WorkspaceStatement]):
    """What is read and written of one workspace."""

    def __init__(self, connection: Connection, workspace: str) -> None:
        super().__init__(connection)
        self.workspace = workspace

    def stream(self, query: "Select[Any]", *, at_once: int, **values: object) -> Iterator[Row]:
        """Yield a query's rows, so many of them in memory at a time; whoever wants no more of them lets go."""
        return row_stream(
            self.connection, bound(query), {**values, _PARAMETER: self.workspace}, at_once=at_once
        )

    def _filled(self, statement: WorkspaceStatement, values: dict[str, object]) -> Values:
        values[statement.parameter] = self.workspace
        return values


class Forgetting:
    """Deletes all rows of a workspace, in every table of a service."""

    def __init__(self, metadata: MetaData) -> None:
        self._of_tables = [WorkspaceStatement(table.delete()) for table in metadata.sorted_tables]

    def run(self, tx: Transaction) -> None:
        """Carry it out."""
        for delete in self._of_tables:
            tx.run(delete)


class AcrossWorkspaces(_Statements[Prepared]):
    """What is read and written of all workspaces: for signing in, due jobs, metrics and retention.

    A test lists who makes one.
    """

    def of(self, workspace: str) -> Transaction:
        """Return the same transaction, as that of one workspace."""
        return Transaction(self.connection, workspace)


def bound(statement: C) -> C:
    """Return a statement narrowed to one workspace, the parameter ``of_workspace``; what is inserted is given its column.

    Raises:
        UnboundStatementError: a table in it is narrowed to none.
    """
    if isinstance(statement, Select):
        tables = [each for source in statement.get_final_froms() for each in _read_by(source)]
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
    sources = statement.get_final_froms()
    joins = [each for source in sources for each in visitors.iterate(source) if isinstance(each, Join)]
    conditions = [statement.whereclause, *(each.onclause for each in joins)]
    compared = {column for each in conditions if each is not None for column in _compared(each)}
    for source in sources:
        for table in _read_by(source, optional=True):
            if table.c[_COLUMN] not in compared:
                raise UnboundStatementError(str(getattr(table, "name", table)))


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


def row_stream(
    connection: Connection, query: "Select[Any]", values: Mapping[str, object] | None = None, *, at_once: int
) -> Iterator[Row]:
    """Yield a query's rows; whoever wants no more of them just lets go, within the connection's transaction.

    Args:
        at_once: how many are in memory.
    """
    # PostgreSQL keeps a cursor for them, which only an end to the reading closes
    with connection.execute(query, values, execution_options={"yield_per": at_once}) as rows:
        yield from rows
