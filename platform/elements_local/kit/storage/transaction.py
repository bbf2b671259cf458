"""The door to what is kept: a transaction belongs to one workspace, and every statement in it is bound to that workspace.

Whoever works in a transaction does not name its workspace again, and so cannot reach another's rows. Statements run
thousands of times: each is worked out once, then handed to the driver as it is.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

from sqlalchemy import (
    Alias,
    ColumnElement,
    Connection,
    Delete,
    Dialect,
    Float,
    FromClause,
    Insert,
    Join,
    MetaData,
    Select,
    Table,
    Update,
    bindparam,
    literal_column,
)
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression

from elements_local.kit.caching import bounded_cache

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


_MOST_PLACES = 16_384
"""SQLite takes twice as many parameters, less two."""

_BYTES_OF_PLACE = 300
"""About a third of what a parameter of a prepared statement takes."""

P = ParamSpec("P")


def one_of(column: ColumnElement[Any], name: str, count: int) -> ColumnElement[bool]:
    """Return that a column has one of so many values, each a parameter of its own; ``numbered`` gives them."""
    if not count:
        return literal_column("1") == literal_column(
            "0"
        )  # of `false()`, SQLAlchemy leaves the other conditions out
    return column.in_([bindparam(f"{name}_{place}", type_=column.type) for place in range(count)])


def numbered(name: str, values: Iterable[object]) -> dict[str, object]:
    """Return values as the parameters of ``one_of`` for ``places_for`` them; the last one takes the places left over."""
    given = [*values]
    given += given[-1:] * (places_for(len(given)) - len(given))
    return {f"{name}_{place}": value for place, value in enumerate(given)}


def places_for(count: int) -> int:
    """Return for how many values a statement is made that takes so many: for few different numbers, as each is kept.

    >>> [places_for(count) for count in (0, 1, 3, 300)]
    [0, 1, 4, 512]
    """
    return 1 << (count - 1).bit_length() if 0 < count < _MOST_PLACES else count


def by_count(
    make: "Callable[Concatenate[int, P], WorkspaceStatement]",
) -> "Callable[Concatenate[int, P], WorkspaceStatement]":
    """Return what keeps the statements of a function that makes them for so many values."""
    kept = bounded_cache(64, length=lambda given: _BYTES_OF_PLACE * max(given[0][0], 1))(make)

    @wraps(make)
    def made(count: int, /, *args: P.args, **named: P.kwargs) -> WorkspaceStatement:
        return kept(places_for(count), *args, **named)

    return made


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
