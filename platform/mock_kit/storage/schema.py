"""Which tables a database has to have: parts, each of which has an owner and counts the changes of its tables."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, func, select
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

if TYPE_CHECKING:
    from alembic.operations import Operations

Step: TypeAlias = "Callable[[Operations], None]"
"""Changes tables of one version into those of the next, by Alembic's operations."""

VERSIONS = Table(
    "kit_schema_versions",
    MetaData(),
    Column("part", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)
"""The version of each part that a database has; a database without this table is not of this program."""

_CHANGING_TABLES = 4700
"""A number for PostgreSQL's locks; any will do, if it is always the same."""


class SchemaPart(Struct, frozen=True):
    """The tables of one owner.

    Attributes:
        name: what the owner is called, in messages and in the database.
        version: counts the changes of these tables.
        migrations: a module, loaded only where it is needed, whose functions ``to_2``, ``to_3`` ... are the steps of
            that number; one that was never released needs none.
    """

    name: str
    metadata: MetaData
    version: int
    migrations: str | None = None

    def steps_from(self, version: int) -> Sequence[Step]:
        """Return what makes tables of an earlier version those of this one.

        Raises:
            SchemaVersionError: there is a version in between to which no step leads, or the version is a later one.
        """
        module = None if self.migrations is None else import_module(self.migrations)
        names = [f"to_{number}" for number in range(version + 1, self.version + 1)]
        if version > self.version or not all(hasattr(module, name) for name in names):
            raise SchemaVersionError(self, version)
        return [getattr(module, name) for name in names]


class SchemaVersionError(Exception):
    """A database was written by another version of this program."""

    def __init__(self, part: SchemaPart, found: int, *, cure: str = "") -> None:
        super().__init__(
            f"the database's {part.name} tables have schema version {found}, this program reads {part.version}; "
            + (cure or "start with an empty --data directory, or use the program that wrote it")
        )


class OlderSchemaError(SchemaVersionError):
    """A database was written by an earlier version of this program, and can be upgraded."""

    def __init__(self, part: SchemaPart, found: int) -> None:
        super().__init__(part, found, cure="run `elements-local database upgrade` on it")


def lock_schema(connection: Connection) -> None:
    """Let nobody else change tables until the transaction ends, and make the table of versions if it is missing."""
    # PostgreSQL fails if two make one table at once; on SQLite one of them has to wait anyhow
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_CHANGING_TABLES)))
    _make(connection, VERSIONS.metadata)


def make_part(connection: Connection, part: SchemaPart) -> None:
    """Make a part's tables unless they are there; the schema is locked.

    Raises:
        OlderSchemaError: the tables are there, and can be upgraded.
        SchemaVersionError: they are there at another version, of which this program can make nothing.
    """
    found = connection.scalar(select(VERSIONS.c.version).where(VERSIONS.c.part == part.name))
    if found is None:
        _make(connection, part.metadata)
        connection.execute(VERSIONS.insert().values(part=part.name, version=part.version))
    elif found != part.version:
        part.steps_from(found)
        raise OlderSchemaError(part, found)


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
