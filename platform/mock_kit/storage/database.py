"""The database: a URL becomes an engine, and there is one way in for reading and one for writing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
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
    make_url,
    select,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from mock_kit.storage.database_errors import DamagedDatabaseError, ForeignDatabaseError
from mock_kit.workspaces.clock import NaiveInstantError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OPENING_AT_ONCE = 20
_QUICKLY_CHECKED = 64 * 1024 * 1024
"""Bytes of a file that is looked through when it is opened; of a larger one, what is damaged is found when it is read."""

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
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstantError(value)
        return (value - EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn microseconds into an instant."""
        return None if value is None else EPOCH + value * _MICROSECOND


_versions = Table(
    "kit_schema_versions",
    MetaData(),
    Column("part", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)


class _Connections:
    """SQLite's connections, kept open, and transactions that the driver is told to begin and to end.

    ``poe bench`` and ``poe bench-scenarios`` pay for it: with SQLAlchemy's pool, and "BEGIN" sent on its "begin" event,
    the virtual day and all scenarios take a third longer.

    Args:
        engine: one for SQLite, whose connections are files and whose number nobody limits.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Connection] = []

    @contextmanager
    def one(self, begin: str | None) -> Iterator[Connection]:
        """Lend a connection; one that something went wrong with is rolled back, and not lent again.

        Args:
            begin: what the driver is told first, so that it commits in the end. None for statements that are transactions of their own.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            if begin:
                connection.connection.cursor().execute(begin)
            yield connection
            if connection.in_transaction():  # by SQLAlchemy's count, which begins with a statement of its own
                connection.commit()
            elif begin:
                connection.connection.commit()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Close those that nobody has borrowed."""
        while self._idle:
            self._idle.pop().close()


class Database:
    """A SQLAlchemy engine with short transactions, on SQLite in WAL mode unless told otherwise.

    Args:
        url: an SQLAlchemy URL; without one a temporary file is used and removed on ``close``.
    """

    def __init__(self, url: str | URL | None = None) -> None:
        place = make_url(url) if url else None
        if place is not None and place.get_backend_name() == "sqlite" and place.database:
            _check_file(Path(place.database))
        self._temporary = None if place else Path(mkdtemp(prefix="elements-local-"))
        place = place or _file_in(self._temporary or Path())
        self._access = _sqlite(place) if place.get_backend_name() == "sqlite" else _postgresql(place)
        self.engine = self._access.engine
        self._afterwards: list[Callable[[], None]] = []

    @classmethod
    def in_directory(cls, directory: Path) -> "Database":
        """Keep everything in a directory, which is made if it is missing.

        Raises:
            ForeignDatabaseError, DamagedDatabaseError: what is there cannot be used; nothing has changed.
        """
        directory.mkdir(parents=True, exist_ok=True)
        return cls(_file_in(directory))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that sees one state of the data."""
        with self._access.read() as connection:
            yield connection

    @contextmanager
    def autocommit_read(self) -> Iterator[Connection]:
        """Open a connection for one statement, which needs no transaction, and no time for one, to see one state."""
        with self._access.autocommit_read() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction: all of it happens, or nothing. Never keep it open while a request is out."""
        self._access.turn.acquire()
        with self._transaction() as connection:
            yield connection

    @contextmanager
    def writing_unless_busy(self) -> Iterator[Connection | None]:
        """Open a transaction, but None if another is open that would have to be waited for.

        Whoever finds none does not have to come back: what was registered with ``afterwards`` is called.
        """
        if not self._access.turn.acquire(blocking=False):
            yield None
            return
        with self._transaction() as connection:
            yield connection

    def afterwards(self, what: Callable[[], None]) -> None:
        """Let something be called after each transaction, whatever became of it."""
        self._afterwards.append(what)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Open a transaction in the turn that was taken, and end both."""
        try:
            with self._access.write() as connection:
                yield connection
        finally:
            self._access.turn.release()
            for what in self._afterwards:
                what()

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
        self._access.close()
        if self._temporary:
            rmtree(self._temporary, ignore_errors=True)


def _check_file(path: Path) -> None:
    """Look at a file that is there already, without changing a byte of it, as opening it for writing would.

    Raises:
        ForeignDatabaseError: it is another program's.
        DamagedDatabaseError: it is not as it was written, as far as can be seen quickly.
        sqlite3.Error: it cannot be read at all.
    """
    if not path.is_file() or not path.stat().st_size:
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        if tables and _versions.name not in tables:
            raise ForeignDatabaseError(sorted(tables))
        if path.stat().st_size <= _QUICKLY_CHECKED:
            ((finding,),) = connection.execute("PRAGMA quick_check(1)")
            if finding != "ok":
                raise DamagedDatabaseError(str(finding).partition("\n")[0])


def file_of(url: str | None) -> Path | None:
    """Return the file of a URL; None if it names none, as where a server keeps the data."""
    place = make_url(url) if url else None
    if place is None or place.get_backend_name() != "sqlite":
        return None
    return Path(place.database) if place.database and place.database != ":memory:" else None


def _file_in(directory: Path) -> URL:
    """Name the database of a directory; as a text, ``?`` and ``%`` in its name would mean something else."""
    return URL.create("sqlite", database=str(directory / "elements-local.sqlite3"))


class _NoLock:
    """The turn of who may write at any time."""

    def acquire(self, blocking: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002 - a lock's
        """Let who asks go on."""
        return True

    def release(self) -> None:
        """Let nobody in particular be next."""


@dataclass(frozen=True, kw_only=True)
class _Access:
    """The ways into one kind of database.

    Attributes:
        turn: held by who writes, where one at a time may: so nobody sleeps in the database's own queue.
        read, write: lend a connection for a transaction, which ends with the loan.
        autocommit_read: lends one on which none has begun.
        close: gives connections back.
    """

    engine: Engine
    turn: "Lock | _NoLock"
    read: Callable[[], AbstractContextManager[Connection]]
    autocommit_read: Callable[[], AbstractContextManager[Connection]]
    write: Callable[[], AbstractContextManager[Connection]]
    close: Callable[[], None]


def _sqlite(url: URL) -> _Access:
    engine = create_engine(url, poolclass=NullPool)
    event.listen(engine, "connect", _prepare_sqlite)
    connections = _Connections(engine)

    def close() -> None:
        connections.close()
        engine.dispose()

    return _Access(
        engine=engine,
        turn=Lock(),
        read=partial(connections.one, "BEGIN"),
        autocommit_read=partial(connections.one, None),
        # one that reads and then writes may find that another was quicker; who asks for the turn to write first does not
        write=partial(connections.one, "BEGIN IMMEDIATE"),
        close=close,
    )


def _postgresql(url: URL) -> _Access:
    engine = create_engine(url)
    return _Access(
        engine=engine,
        turn=_NoLock(),
        # on a lower level each statement would see a state of its own
        read=engine.execution_options(isolation_level="REPEATABLE READ").begin,
        autocommit_read=engine.connect,
        write=engine.begin,
        close=engine.dispose,
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; see _Connections
    for pragma in ("busy_timeout=30000", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _switch_to_wal(connection)


def _switch_to_wal(connection: Any) -> None:
    """Let readers and a writer work side by side; who opens a new file meanwhile is waited for.

    SQLite does not wait by itself where several switch at once, as each would wait for the others; so a turn to write is
    waited for, by which time somebody has switched.
    """
    for _ in range(_OPENING_AT_ONCE):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")
