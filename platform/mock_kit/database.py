"""The database door: a URL becomes an engine, and there is one way in for reading and one for writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.types import TypeDecorator

from mock_kit.clock import in_utc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAKING_TABLES = 4700
"""A number for PostgreSQL's locks; any will do, if it is always the same."""


class SchemaVersionError(Exception):
    """A database was written by another version of this program."""

    def __init__(self, *, part: str, found: int, expected: int) -> None:
        super().__init__(
            f"the database's {part} tables have schema version {found}, this program reads {expected}; "
            "start with an empty --data directory, or use the program that wrote it"
        )


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole microseconds since 1970 so that it sorts and compares anywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn an instant into microseconds."""
        return None if value is None else (in_utc(value) - EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn microseconds into an instant."""
        return None if value is None else EPOCH + value * _MICROSECOND


_versions = Table(
    "kit_schema_versions",
    MetaData(),
    Column("part", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)


class Database:
    """A SQLAlchemy engine with short transactions, on SQLite in WAL mode unless told otherwise.

    Args:
        url: an SQLAlchemy URL; without one a temporary file is used and removed on ``close``.
    """

    def __init__(self, url: str | URL | None = None) -> None:
        self._temporary = None if url else Path(mkdtemp(prefix="elements-local-"))
        self.engine = _engine(url or _file_in(self._temporary or Path()))
        self._reader = self.engine.execution_options(elements_local_reading=True)
        # on PostgreSQL each statement would see a state of its own
        if self.engine.dialect.name == "postgresql":
            self._reader = self._reader.execution_options(isolation_level="REPEATABLE READ")
        self._glancer = create_engine(self.engine.url, pool=self.engine.pool)

    @classmethod
    def in_directory(cls, directory: Path) -> "Database":
        """Keep everything in a directory, which is made if it is missing."""
        directory.mkdir(parents=True, exist_ok=True)
        return cls(_file_in(directory))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that sees one state of the data."""
        with self._reader.connect() as connection:
            connection.begin()
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """Open a connection for one statement, which needs no transaction, and no time for one, to see one state."""
        with self._glancer.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction: all of it happens, or nothing. Never keep it open while a request is out."""
        with self.engine.begin() as connection:
            yield connection

    def create(self, part: str, metadata: MetaData, *, version: int) -> None:
        """Make a part's tables in an empty database, and refuse one that another version wrote.

        Raises:
            SchemaVersionError: the tables are there, at another version.
        """
        with self.writing() as connection:
            # PostgreSQL fails if two make one table at once; on SQLite one of them has to wait anyhow
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_MAKING_TABLES)))
            _versions.metadata.create_all(connection)
            found = connection.scalar(select(_versions.c.version).where(_versions.c.part == part))
            if found is None:
                metadata.create_all(connection)
                connection.execute(_versions.insert().values(part=part, version=version))
            elif found != version:
                raise SchemaVersionError(part=part, found=found, expected=version)

    def close(self) -> None:
        """Give the connections back, and remove a temporary file."""
        self.engine.dispose()
        if self._temporary:
            rmtree(self._temporary, ignore_errors=True)


def _file_in(directory: Path) -> URL:
    """Name the database of a directory; as a text, ``?`` and ``%`` in its name would mean something else."""
    return URL.create("sqlite", database=str(directory / "elements-local.sqlite3"))


def _engine(url: str | URL) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer halfway may fail, one that waits does not."""
    reading = connection.get_execution_options().get("elements_local_reading")
    connection.connection.cursor().execute("BEGIN" if reading else "BEGIN IMMEDIATE")
