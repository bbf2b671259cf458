"""Statements that are compiled once and then handed to the driver as they are.

A poll or a delivery runs a dozen statements, and what Core does anew at every execution takes several times as long as
SQLite's look into an index. Measured on the virtual day of ``poe bench --part day``, medians of seven: Core's ``execute``
in the place of this runner makes it 44 to 54 % longer, ``exec_driver_sql`` 26 to 34 %; the pool's own cursor, and
parameters by name for SQLite as psycopg takes them, cost nothing.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, Delete, Dialect, Float, Insert, Select, Table, Update
from sqlalchemy.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert as Upsert

Clause: TypeAlias = "Select[Any] | Insert | Update | Delete"
InsertInto: TypeAlias = "Callable[[Table], Upsert]"
"""A database's own insert, which can say what becomes of a row that is there already; both say it in the same words."""

Values: TypeAlias = Mapping[str, object]
Row: TypeAlias = Any
"""A named tuple of what was selected; each statement has its own."""


class Prepared:
    """A statement that is compiled at its first run, once for each kind of database.

    The columns' types convert values as ever; errors are the driver's own.

    Args:
        statement: none of whose parameters stands for a list; each run gives values for the same ones. One that needs
            the database's own insert is made of it.
    """

    def __init__(self, statement: "Clause | Callable[[InsertInto], Clause]") -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, values: Values) -> Row | None:
        """Return the first row, if there is any."""
        compiled, cursor = self._execute(connection, values)
        row = cursor.fetchone()
        return None if row is None else compiled.row(row)

    def all(self, connection: Connection, values: Values) -> list[Row]:
        """Return all rows."""
        compiled, cursor = self._execute(connection, values)
        return [compiled.row(row) for row in cursor.fetchall()]

    def scalar(self, connection: Connection, values: Values) -> Any:
        """Return the first column of the first row; None if there is none."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def run(self, connection: Connection, values: Values) -> int:
        """Execute it, and return how many rows it found or changed."""
        _, cursor = self._execute(connection, values)
        changed: int = cursor.rowcount
        return changed

    def run_each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Execute it for each of some rows, of which there is at least one."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect, rows[0])
        parameters = [compiled.parameters(row) for row in rows]
        connection.connection.cursor().executemany(compiled.text, parameters)

    def _execute(self, connection: Connection, values: Values) -> "tuple[_Compiled, Any]":
        """Execute it, and return what it is compiled to and the driver's cursor."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect, values)
        cursor = connection.connection.cursor()
        cursor.execute(compiled.text, compiled.parameters(values))
        return compiled, cursor

    def _compile(self, dialect: Dialect, names: Iterable[str]) -> "_Compiled":
        # two threads may both compile it first; what they make is equal, and the later one stays
        compiled = _Compiled(self._written_for(dialect), dialect, list(names))
        self._compiled[dialect.name] = compiled
        return compiled

    def _written_for(self, dialect: Dialect) -> Clause:
        if isinstance(self._statement, Select | Insert | Update | Delete):
            return self._statement
        return self._statement(import_module(f"sqlalchemy.dialects.{dialect.name}").insert)


class _Compiled:
    """A statement as one kind of database takes it, which takes its parameters by name.

    Attributes:
        text: of the statement.
        row: makes a named tuple of a row as the driver gives it.
    """

    def __init__(self, statement: Clause, dialect: Dialect, names: list[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what these four kinds of statements become
        self.text = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if name not in names}
        types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in compiled.params}
        into = ((name, type_.bind_processor(dialect)) for name, type_ in types.items())
        self._into = [(name, convert) for name, convert in into if convert is not None]
        columns = (
            statement.selected_columns if isinstance(statement, Select) else statement.exported_columns
        ).values()
        out_of = (
            # drivers give floats as they are; of one, SQLAlchemy would want to know what came
            None
            if isinstance(column.type, Float)
            else column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in columns
        )
        self._out_of = [(place, convert) for place, convert in enumerate(out_of) if convert is not None]
        # `rename`: a column's name may come twice, or be a word of Python's, which a named tuple refuses
        row: Any = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]  # noqa: PYI024
        self._make: Callable[[Iterable[Any]], Row] = row._make
        self.row: Callable[[Sequence[Any]], Row] = self._read if self._out_of else self._make

    def parameters(self, values: Values) -> Values:
        """Return all parameters, as the driver takes them."""
        parameters = {**self._fixed, **values}
        for name, convert in self._into:
            parameters[name] = convert(parameters[name])
        return parameters

    def _read(self, row: Sequence[Any]) -> Row:
        values = list(row)
        for place, convert in self._out_of:
            values[place] = convert(values[place])
        return self._make(values)


def row_stream(
    connection: Connection, query: "Select[Any]", values: Mapping[str, object] | None = None, *, at_once: int
) -> Iterator[Row]:
    """Yield a query's rows; a caller that wants no more of them just stops, within the connection's transaction.

    Args:
        at_once: how many are in memory.
    """
    # PostgreSQL keeps a cursor for them, which only an end to the reading closes
    with connection.execute(query, values, execution_options={"yield_per": at_once}) as rows:
        yield from rows
