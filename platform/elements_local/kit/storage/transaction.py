"""The door to what is kept: a transaction belongs to one workspace, and every statement in it is narrowed to that workspace."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, MetaData, Select

from elements_local.kit.storage.narrowing import PARAMETER, WorkspaceStatement, bound
from elements_local.kit.storage.prepared import Prepared, Row, Values, row_stream

S = TypeVar("S", bound=Prepared)


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
        """Yield a query's rows, so many of them in memory at a time; a caller that wants no more of them just stops."""
        return row_stream(
            self.connection, bound(query), {**values, PARAMETER: self.workspace}, at_once=at_once
        )

    def _filled(self, statement: WorkspaceStatement, values: dict[str, object]) -> Values:
        values[statement.parameter] = self.workspace
        return values


class WorkspaceDeletion:
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
