"""The rows of one workspace as JSON, of any table: its own description says what they may hold.

A table of a service's has a column ``workspace``; those of its rows that are of one workspace are written without it,
so that they can be put into another.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct, ValidationError, convert
from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, MetaData, Table, Text, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.types import TypeDecorator

from elements_local.kit.api.shape_words import refusal
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction, WorkspaceDeletion

ANEW = {"elements_local.kit.table_rows": "anew"}
"""A column's ``info`` if its values mean nothing by themselves: they are left out, and made anew with the rows."""

_WORKSPACE = "workspace"
_WIDEST = 2**63
_KINDS: tuple[tuple[type, Any], ...] = (
    (Instant, Annotated[datetime, Meta(tz=True)]),
    (LargeBinary, bytes),
    (Boolean, bool),
    (Float, float),
    (Integer, Annotated[int, Meta(ge=-_WIDEST, le=_WIDEST - 1)]),
    (Text, str),
)

Reworded: TypeAlias = "Callable[[str, str], str]"
"""Given a column's name and a text in it, returns the text that is put in its place."""


class SnapshotError(ValueError):
    """A snapshot cannot be taken back as it is."""


class TakenError(Exception):
    """A row of a snapshot cannot be kept, since something else has what nothing else may have."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"a row of {table} stands twice in the snapshot, or another workspace has what only one may have"
        )


class TableKindError(TypeError):
    """A table cannot be part of a snapshot: a defect of the program."""


class SnapshotRows(Struct, forbid_unknown_fields=True):
    """The rows of a table. Instants are ISO 8601, bytes are base64."""

    columns: list[str]
    rows: list[list[object]]


class TableRows:
    """One table, of which a workspace's rows can be read and replaced.

    Attributes:
        columns: those that are written.
        names: theirs; SQLAlchemy's own are of a class that JSON does not know.

    Raises:
        TableKindError: it has no column ``workspace``, or one of a kind that is not known here.
    """

    def __init__(self, table: Table) -> None:
        if _WORKSPACE not in table.c:
            raise TableKindError(f"{table.name} has no column {_WORKSPACE!r}")
        self.table = table
        self.columns = [each for each in table.c if each.name != _WORKSPACE and not _is_anew(each)]
        self.names = [str(each.name) for each in self.columns]
        self._kinds = dict(zip(self.names, map(_kind, self.columns), strict=True))
        self._numbers = [each for each in table.primary_key if _is_anew(each)]
        self._rows = WorkspaceStatement(select(*self.columns).order_by(*self._numbers))

    def read(self, tx: Transaction) -> SnapshotRows:
        """Return a workspace's rows; the same rows come in the same order, on any database."""
        rows = [list(row) for row in tx.all(self._rows)]
        if not self._numbers:  # texts are in another order on each database
            places = [place for place, each in enumerate(self.columns) if each.primary_key]
            rows.sort(key=lambda row: [row[place] for place in places])
        return SnapshotRows(columns=self.names, rows=rows)

    def check(self, rows: SnapshotRows) -> list[tuple[object, ...]]:
        """Return rows as they can be kept.

        Their columns may stand in any order. Those that a later release has added are absent, and become null.

        Raises:
            SnapshotError: the columns are others, or a value is not what its column takes.
        """
        absent = [str(each.name) for each in self.columns if each.nullable and each.name not in rows.columns]
        if sorted([*rows.columns, *absent]) != sorted(self.names):
            raise SnapshotError(
                f"tables.{self.table.name}.columns: expected {', '.join(self.names)}; got {', '.join(rows.columns) or 'none'}"
            )
        shape: Any = list[tuple[tuple(self._kinds[name] for name in rows.columns)]]  # type: ignore[misc]  # made at run time
        try:
            read: list[tuple[object, ...]] = convert(rows.rows, shape)
        except ValidationError as error:
            root = f"tables.{self.table.name}.rows"
            raise SnapshotError(refusal(rows.rows, shape, root=root)) from error
        named = (dict(zip(rows.columns, row, strict=True)) for row in read)
        return [tuple(map(row.get, self.names)) for row in named]

    def write(self, tx: Transaction, rows: Iterable[tuple[object, ...]], reworded: Reworded) -> None:
        """Put rows where a workspace has none.

        Raises:
            TakenError: one of them is there already.
            SnapshotError: the database does not take a value.
        """
        inserted = [
            {_WORKSPACE: tx.workspace}
            | {
                name: reworded(name, value) if isinstance(value, str) else value
                for name, value in zip(self.names, row, strict=True)
            }
            for row in rows
        ]
        try:
            if inserted:  # by SQLAlchemy itself, whose errors are the same for every driver
                tx.connection.execute(self.table.insert(), inserted)
        except IntegrityError as error:
            raise TakenError(self.table.name) from error
        except DataError as error:
            raise SnapshotError(
                f"tables.{self.table.name}.rows: the database does not take one of the values; "
                "PostgreSQL has no texts with a NUL"
            ) from error


class AllRows:
    """All tables of a service.

    Raises:
        TableKindError: one of them cannot be part of a snapshot.
    """

    def __init__(self, metadata: MetaData) -> None:
        self._tables = {str(table.name): TableRows(table) for table in metadata.sorted_tables}
        self._deletion = WorkspaceDeletion(metadata)

    def read(self, tx: Transaction) -> dict[str, SnapshotRows]:
        """Return a workspace's rows by table; a table without any is left out."""
        tables = {name: table.read(tx) for name, table in sorted(self._tables.items())}
        return {name: rows for name, rows in tables.items() if rows.rows}

    def check(self, rows: dict[str, SnapshotRows]) -> dict[str, list[tuple[object, ...]]]:
        """Return rows as they can be kept.

        Raises:
            SnapshotError: a table or a column is not known, or a value is not what its column takes.
        """
        for name in rows:
            if name not in self._tables:
                near = get_close_matches(name, self._tables, n=1)
                raise SnapshotError(
                    f"tables: there is no table {name!r}"
                    + (f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(self._tables)}")
                )
        return {name: self._tables[name].check(each) for name, each in rows.items()}

    def write(self, tx: Transaction, rows: dict[str, list[tuple[object, ...]]], reworded: Reworded) -> None:
        """Put rows in the place of all that a workspace has in any of the tables.

        Raises:
            TakenError, SnapshotError: as ``TableRows.write``.
        """
        # deleted and inserted, not merged: what came after the snapshot has to be gone, also from tables that it does not
        # name, as they were empty when it was taken
        self._deletion.run(tx)
        for name, table in self._tables.items():
            table.write(tx, rows.get(name, []), reworded)


def _is_anew(column: Column[Any]) -> bool:
    return ANEW.items() <= column.info.items()


def _kind(column: Column[Any]) -> Any:
    """Return what a column takes."""
    kept_as = column.type
    if isinstance(kept_as, TypeDecorator) and not isinstance(kept_as, Instant):
        kept_as = kept_as.impl_instance
    for type_, shape in _KINDS:
        if isinstance(kept_as, type_):
            return shape | None if column.nullable else shape
    names = ", ".join(type_.__name__ for type_, _ in _KINDS)
    raise TableKindError(f"{column.table.name}.{column.name} is {column.type!r}; known are {names}")
