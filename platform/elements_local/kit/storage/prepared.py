"""Statements that run thousands of times: worked out once, then handed to the driver as they are."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Dialect,
    Float,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    literal_column,
)
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
    """A statement that is compiled once, at its first run.

    For what a poll, a delivery or a workspace of its own runs every time: what Core does anew at every execution takes
    several times as long as SQLite's look into an index, and ``poe bench`` and ``poe bench-scenarios`` show it. All else
    goes through Core. The columns' types convert values as ever; errors are the driver's own.

    Args:
        statement: none of whose parameters stands for a list; each run gives values for the same ones. One that needs
            the database's own insert is made of it.
    """

    def __init__(self, statement: "Clause | Callable[[InsertInto], Clause]") -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def first(self, connection: Connection, values: Values) -> Row | None:
        """Return the first row, if there is any."""
        plan = self._plan(connection.dialect, values)
        row = plan.sent(connection, values).fetchone()
        return None if row is None else plan.row(row)

    def all(self, connection: Connection, values: Values) -> list[Row]:
        """Return all rows."""
        plan = self._plan(connection.dialect, values)
        return [plan.row(row) for row in plan.sent(connection, values).fetchall()]

    def scalar(self, connection: Connection, values: Values) -> Any:
        """Return the first column of the first row; None if there is none."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def run(self, connection: Connection, values: Values) -> int:
        """Carry it out, and return how many rows that was about."""
        changed: int = self._plan(connection.dialect, values).sent(connection, values).rowcount
        return changed

    def run_each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Carry it out for each of some rows, of which there is at least one."""
        self._plan(connection.dialect, rows[0]).sent_each(connection, rows)

    def _plan(self, dialect: Dialect, values: Iterable[str]) -> "_Plan":
        # two threads may both work out the first plan; the plans are equal, and the later one stays
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _Plan(self._written_for(dialect), dialect, list(values))
        return plan

    def _written_for(self, dialect: Dialect) -> Clause:
        if isinstance(self._statement, Select | Insert | Update | Delete):
            return self._statement
        return self._statement(import_module(f"sqlalchemy.dialects.{dialect.name}").insert)


def one_of(column: ColumnElement[Any], name: str, count: int) -> ColumnElement[bool]:
    """Return that a column has one of so many values, each a parameter of its own; ``numbered`` gives them."""
    if not count:
        return literal_column("1") == literal_column(
            "0"
        )  # of `false()`, SQLAlchemy leaves the other conditions out
    return column.in_([bindparam(f"{name}_{place}", type_=column.type) for place in range(count)])


def numbered(name: str, values: Iterable[object]) -> dict[str, object]:
    """Return values as the parameters of ``one_of``."""
    return {f"{name}_{place}": value for place, value in enumerate(values)}


class _Plan:
    """What a statement comes to with one kind of database."""

    def __init__(self, statement: Clause, dialect: Dialect, names: list[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what these four kinds of statements become
        self._text = str(compiled)
        # None where the driver takes parameters by their names
        self._places = compiled.positiontup
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

    def sent(self, connection: Connection, values: Values) -> Any:
        """Let the driver execute it, and return its cursor."""
        driver: Any = connection.connection.dbapi_connection
        return driver.execute(self._text, self._parameters(values))

    def sent_each(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Let the driver execute it for each of some rows."""
        connection.connection.cursor().executemany(self._text, [self._parameters(row) for row in rows])

    def _parameters(self, values: Values) -> Any:
        parameters = {**self._fixed, **values}
        for name, convert in self._into:
            parameters[name] = convert(parameters[name])
        return parameters if self._places is None else [parameters[name] for name in self._places]

    def _read(self, row: Sequence[Any]) -> Row:
        values = list(row)
        for place, convert in self._out_of:
            values[place] = convert(values[place])
        return self._make(values)
