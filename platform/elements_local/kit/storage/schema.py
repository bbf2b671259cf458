"""Which tables a database has to have: parts, each of which has an owner, and keeps which version of this program made it.

Tables whose rows belong to workspaces name theirs in a column.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from operator import itemgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Connection, MetaData, Table, Text, func, select
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement, SchemaItem

from elements_local.kit.storage.postgresql import check_privileges

VERSIONS = Table(
    "kit_schema_versions",
    MetaData(),
    Column("part", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column(
        "made", Text, nullable=False
    ),  # a kind and a name in each line, in the order in which they are dropped
)
"""The version that made each part of a database; a database without this table is not of this program."""

_CHANGING_TABLES = 4700
"""A number for PostgreSQL's locks; any will do, if it is always the same."""


class SchemaPart(Struct, frozen=True):
    """The tables of one owner.

    Attributes:
        name: what the owner is called, in messages and in the database.
        sql: makes what metadata cannot declare, by PostgreSQL's statements.
        functions: those that ``sql`` makes, by their names.
    """

    name: str
    metadata: MetaData
    sql: str = ""
    functions: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The program's version, and a digest of the tables: between two releases they change, and the number does not."""
        return _version(self)

    @property
    def made(self) -> str:
        """What making it makes, as it is kept in the database."""
        tables = [f"TABLE {table.name}" for table in reversed(self.metadata.sorted_tables)]
        return "\n".join([*(f"FUNCTION {name}" for name in self.functions), *tables])


class SchemaVersionError(Exception):
    """A database was made by another version of this program."""

    def __init__(self, part: SchemaPart, found: object) -> None:
        super().__init__(
            f"its {part.name} tables were made by elements-local {found}, and this is elements-local {part.version}; "
            "`elements-local up --fresh` begins anew and loses what is kept, and the version that made them still reads it"
        )


def lock_schema(connection: Connection) -> None:
    """Let nobody else change tables until the transaction ends, and make the table of versions if it is missing."""
    # PostgreSQL fails if two make one table at once; on SQLite one of them has to wait anyhow
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_CHANGING_TABLES)))
        # a role that may not create tables is refused IF NOT EXISTS, too
        if connection.scalar(select(func.to_regclass(VERSIONS.name))) is not None:
            check_privileges(connection, [VERSIONS.name])
            return
    _make(connection, VERSIONS.metadata)


def make_part(connection: Connection, part: SchemaPart) -> None:
    """Make a part's tables unless they are there; the schema is locked.

    Raises:
        SchemaVersionError: they are there, and another version of this program made them.
        MissingPrivilegeError: they are there, and the database's role may not use them.
    """
    found = connection.scalar(select(VERSIONS.c.version).where(VERSIONS.c.part == part.name))
    if found is None:
        _make(connection, part.metadata)
        if part.sql:  # by the driver, which takes many statements at once
            connection.connection.cursor().execute(part.sql)
        connection.execute(VERSIONS.insert().values(part=part.name, version=part.version, made=part.made))
    elif found != part.version:
        raise SchemaVersionError(part, found)
    elif connection.dialect.name == "postgresql":
        check_privileges(connection, [table.name for table in part.metadata.sorted_tables])


def drop_all(connection: Connection) -> None:
    """Drop all that any version of this program made, and nothing else."""
    lock_schema(connection)
    quoted = connection.dialect.identifier_preparer.quote
    # functions first: one takes the row of a table, and triggers go with theirs
    for kind, name in sorted(_made(connection.scalars(select(VERSIONS.c.made))), key=itemgetter(0)):
        also = " CASCADE" if kind == "FUNCTION" else ""
        connection.exec_driver_sql(f"DROP {kind} IF EXISTS {quoted(name)}{also}")
    VERSIONS.drop(connection)


def _made(kept: Iterable[str]) -> list[tuple[str, str]]:
    return [
        (kind, name) for text in kept for kind, _, name in (line.partition(" ") for line in text.splitlines())
    ]


@cache
def _version(part: SchemaPart) -> str:
    # not the statements that make them, whose text is another with another version of SQLAlchemy
    tables = [
        (
            table.name,
            [
                (column.name, type(column.type).__name__, column.nullable, column.primary_key)
                for column in table.columns
            ],
            sorted(
                (index.name, [column.name for column in index.columns], index.unique)
                for index in table.indexes
            ),
        )
        for table in part.metadata.sorted_tables
    ]
    return f"{version('elements-local')}+{sha256(repr((tables, part.sql)).encode()).hexdigest()[:8]}"


def _make(connection: Connection, metadata: MetaData) -> None:
    """Make tables that are not there yet."""
    for table in metadata.sorted_tables:
        for statement in _making(table, connection.dialect.name):
            connection.exec_driver_sql(statement)


@cache  # there are as many as the program has; written anew, they are most of what another database takes
def _making(table: Table, dialect: str) -> tuple[str, ...]:
    """Return the statements that make a table and its indexes."""
    indexes = (CreateIndex(index, if_not_exists=True) for index in table.indexes)
    making: tuple[ExecutableDDLElement, ...] = (CreateTable(table, if_not_exists=True), *indexes)
    spoken = registry.load(dialect)()
    return tuple(str(statement.compile(dialect=spoken)) for statement in making)


def workspace_table(metadata: MetaData, name: str, *items: SchemaItem, **options: Any) -> Table:
    """Return a table whose key begins with a workspace's name.

    Args:
        items: the other columns, and indexes.
        options: as ``Table`` takes them.
    """
    return Table(name, metadata, Column("workspace", Text, primary_key=True), *items, **options)
