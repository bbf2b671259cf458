"""The database: a URL becomes an engine, with one way in for reading and one for writing.

SQLite and PostgreSQL lend connections in ways of their own, and each has its own say on who may write.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
from types import TracebackType
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy import URL, BigInteger, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from elements_local.kit.clock import NaiveInstantError
from elements_local.kit.storage.database_errors import DamagedDatabaseError, ForeignDatabaseError, place_of
from elements_local.kit.storage.postgresql import DatabaseLocks, Outages, postgresql_engine
from elements_local.kit.storage.schema import VERSIONS, SchemaPart, lock_schema, make_part
from elements_local.kit.storage.transaction import AcrossWorkspaces, Transaction

S = TypeVar("S")
T = TypeVar("T")

_OPENING_AT_ONCE = 20

_MOST_IDLE = 4
"""Connections to SQLite that are kept open; each has its own pages and statements."""


class _Connections:
    """SQLite's connections, kept open, and transactions that we make the driver begin and end.

    ``poe bench`` and ``poe bench-scenarios`` pay for it: with SQLAlchemy's pool, and "BEGIN" sent on its "begin" event,
    the virtual day and all scenarios take a third longer.

    Args:
        engine: one for SQLite, whose connections are files and whose number nobody limits.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Connection] = []

    def take(self) -> Connection:
        """Return a connection that nobody has."""
        # `pop` is atomic, so this needs no lock: two that ask at once get two connections, or open one more
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.connect()

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for others, unless enough are kept."""
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close those that nobody has borrowed."""
        while self._idle:
            self._idle.pop().close()


class _Loan(AbstractContextManager[Connection]):
    """A connection that is lent; one that something went wrong with is rolled back, and not lent again.

    A class, as a generator's context takes three times as long, and a poll borrows a few times (``poe bench --part day``).

    Args:
        begin: the driver's first statement, so that it commits in the end. None for statements that are transactions of their own.
    """

    def __init__(self, connections: _Connections, begin: str | None) -> None:
        self._connections = connections
        self._begin = begin

    def __enter__(self) -> Connection:
        connection = self._connection = self._connections.take()
        driver: Any = connection.connection.dbapi_connection
        self._driver = driver
        if self._begin:
            try:
                driver.execute(self._begin)
            except BaseException:
                connection.close()
                raise
        return connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._commit()
        except BaseException:
            self._connection.close()
            raise
        if kind is None:
            self._connections.give_back(self._connection)
        else:  # closing it rolls back what it has open
            self._connection.close()

    def _commit(self) -> None:
        # by SQLAlchemy's count, which begins with a statement of its own
        if self._connection.in_transaction():
            self._connection.commit()
        elif self._begin:
            self._driver.commit()


class Access(Struct, frozen=True, kw_only=True):
    """The ways into one kind of database.

    Attributes:
        turn: held by who writes, where one at a time may: so nobody sleeps in the database's own queue.
        read, write: lend a connection for a transaction, which ends with the loan.
        autocommit_read: lends one on which none has begun.
        close: gives connections back.
        locks: those that hold for other processes, too; None where there is only this one.
    """

    engine: Engine
    turn: AbstractContextManager[object]
    read: Callable[[], AbstractContextManager[Connection]]
    autocommit_read: Callable[[], AbstractContextManager[Connection]]
    write: Callable[[], AbstractContextManager[Connection]]
    close: Callable[[], None]
    locks: DatabaseLocks | None = None


def sqlite_access(url: URL, *, temporary: bool) -> Access:
    """Open a file in WAL mode; one writes at a time.

    Args:
        temporary: whether the file goes with the process, so that nobody need wait for the disk.
    """
    # `_Connections` keeps the connections; SQLAlchemy's own pool would roll each back at every return
    engine = create_engine(url, poolclass=NullPool, paramstyle="named")
    event.listen(engine, "connect", partial(_prepare_sqlite, synchronous="OFF" if temporary else "NORMAL"))
    connections = _Connections(engine)

    def close() -> None:
        connections.close()
        engine.dispose()

    return Access(
        engine=engine,
        # SQLite polls for its write lock with growing pauses; threads of this process queue here instead, and wake at
        # once
        turn=Lock(),
        read=partial(_Loan, connections, "BEGIN"),
        autocommit_read=partial(_Loan, connections, None),
        # one that reads and then writes may find that another was quicker; who asks for the turn to write first does not
        write=partial(_Loan, connections, "BEGIN IMMEDIATE"),
        close=close,
    )


_MOST_CONNECTIONS = 15
_MOST_OF_A_WORKER = 2
"""Connections that read and write: a worker, of which there are many, has these, one for locks, and two for its queue."""


def postgresql_access(url: URL, role: str) -> Access:
    """Open a database of PostgreSQL, which has its own locks for rows."""
    outages, called, is_worker = Outages(), f"elements-local {role}", role == "worker"
    most = _MOST_OF_A_WORKER if is_worker else _MOST_CONNECTIONS
    engine = postgresql_engine(url, called=called, pool_size=min(most, 5), max_overflow=most - min(most, 5))
    locks = DatabaseLocks(url, called=called, waits_on=engine if is_worker else None)

    def close() -> None:
        locks.close()
        engine.dispose()

    return Access(
        engine=engine,
        turn=nullcontext(),
        # on a lower level each statement would see a state of its own
        read=partial(outages.noticed, engine.execution_options(isolation_level="REPEATABLE READ").begin),
        autocommit_read=partial(outages.noticed, engine.connect),
        write=partial(outages.noticed, engine.begin),
        close=close,
        locks=locks,
    )


def _prepare_sqlite(connection: Any, _record: object, *, synchronous: str) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; see _Connections
    # `NORMAL` may lose the last commits when the machine loses power, but never tears the file; other processes, such
    # as a second start on one directory, are waited for by busy_timeout
    for pragma in ("busy_timeout=30000", f"synchronous={synchronous}", "foreign_keys=ON", "cache_size=-512"):
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


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_QUICKLY_CHECKED = 64 * 1024 * 1024
"""Bytes of a file that is looked through when it is opened; of a larger one, what is damaged is found when it is read."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole microseconds since 1970 so that it sorts and compares anywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn an instant into microseconds."""
        if value is None:
            return None
        # a naive instant would be kept as if it were UTC, and come back hours off without anybody's notice
        if value.tzinfo is None:
            raise NaiveInstantError(value)
        return (value - EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn microseconds into an instant."""
        return None if value is None else EPOCH + value * _MICROSECOND


class Database:
    """A SQLAlchemy engine with short transactions, by default on SQLite in WAL mode.

    Args:
        url: an SQLAlchemy URL, see ``place_of``; without one a temporary file is used and removed on ``close``.
        role: of the process that opens it.

    Attributes:
        locks: those that hold for all processes on it; None where this process has it for itself.
    """

    def __init__(self, url: str | URL | None = None, *, role: str = "all") -> None:
        place = place_of(url) if url else None
        if place is not None and place.get_backend_name() == "sqlite" and place.database:
            _check_file(Path(place.database))
        self._temporary = None if place else Path(mkdtemp(prefix="elements-local-"))
        place = place or _file_in(self._temporary or Path())
        self._access = (
            sqlite_access(place, temporary=self.is_temporary)
            if place.get_backend_name() == "sqlite"
            else postgresql_access(place, role)
        )
        self.engine = self._access.engine
        self.locks = self._access.locks

    @classmethod
    def in_directory(cls, directory: Path) -> "Database":
        """Keep everything in a directory, which is made if it is missing.

        Raises:
            ForeignDatabaseError, DamagedDatabaseError: what is there cannot be used; nothing has changed.
        """
        directory.mkdir(parents=True, exist_ok=True)
        return cls(_file_in(directory))

    @property
    def is_temporary(self) -> bool:
        """Whether all of it goes with the process."""
        return self._temporary is not None

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a connection that sees one state of the data."""
        return self._access.read()

    def autocommit_read(self) -> AbstractContextManager[Connection]:
        """Open a connection for one statement, which sees one state of the data without a transaction."""
        return self._access.autocommit_read()

    @contextmanager
    def writing(self, *, alone: str | None = None) -> Iterator[Connection]:
        """Open a transaction: all of it happens, or nothing. Never keep it open while a request is out.

        Args:
            alone: a name, of which nobody else has a transaction open meanwhile, so that it may write what follows from
                what it has read; where one at a time writes anyhow, nobody has.
        """
        with self._access.turn, self._access.write() as connection:
            if alone is not None and self.locks is not None:
                self.locks.hold(connection, alone)
            yield connection

    def transaction(self, workspace: str, *, alone: str | None = None) -> AbstractContextManager[Transaction]:
        """Open a transaction of one workspace: all of it happens, or nothing; ``alone`` as for ``writing``."""
        return MappedContext(self.writing(alone=alone), lambda lent: Transaction(lent, workspace))

    def read(self, workspace: str) -> AbstractContextManager[Transaction]:
        """Open a transaction of one workspace that only reads, and sees one state of the data."""
        return MappedContext(self._access.read(), lambda lent: Transaction(lent, workspace))

    def lookup(self, workspace: str) -> AbstractContextManager[Transaction]:
        """Let one statement read of one workspace, without a transaction around it."""
        return MappedContext(self._access.autocommit_read(), lambda lent: Transaction(lent, workspace))

    @contextmanager
    def read_across(self) -> Iterator[AcrossWorkspaces]:
        """Open a transaction that reads of all workspaces."""
        with self.reading() as connection:
            yield AcrossWorkspaces(connection)

    @contextmanager
    def across(self) -> Iterator[AcrossWorkspaces]:
        """Open a transaction of all workspaces: all of it happens, or nothing."""
        with self.writing() as connection:
            yield AcrossWorkspaces(connection)

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Let no other process have a transaction open of which ``writing`` was given this name."""
        held = None if self.locks is None else self.locks.acquire(name)
        try:
            yield
        finally:
            if held is not None:
                held.release()

    def create(self, part: SchemaPart) -> None:
        """Make a part's tables unless they are there, and refuse those that another version of the program made.

        Raises:
            SchemaVersionError: the tables are there, and another version made them.
            MissingPrivilegeError: they are there, and the database's role may not use them.
        """
        # version and tables are made in one transaction, so a process that is killed here leaves an empty database
        with self.writing() as connection:
            lock_schema(connection)
            make_part(connection, part)

    def close(self) -> None:
        """Give the connections back, and remove a temporary file."""
        self._access.close()
        if self._temporary:
            rmtree(self._temporary, ignore_errors=True)


class MappedContext(AbstractContextManager[T], Generic[S, T]):
    """A context that gives what is made of another's value.

    A class, as ``_Loan`` is one.
    """

    def __init__(self, context: AbstractContextManager[S], make: Callable[[S], T]) -> None:
        self._context = context
        self._make = make

    def __enter__(self) -> T:
        return self._make(self._context.__enter__())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._context.__exit__(kind, error, trace)


def _check_file(path: Path) -> None:
    """Look at a file that is there already, without changing a byte of it, as opening it for writing would.

    Raises:
        ForeignDatabaseError: it is another program's.
        DamagedDatabaseError: it is not as it was written, as far as can be seen quickly.
        sqlite3.Error: it cannot be read at all.
    """
    if not path.is_file() or not path.stat().st_size:
        return
    # read-only, since even a connection that changes nothing would make -wal and -shm files beside a stranger's
    # database
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        if tables and VERSIONS.name not in tables:
            raise ForeignDatabaseError(sorted(tables))
        if path.stat().st_size <= _QUICKLY_CHECKED:
            ((finding,),) = connection.execute("PRAGMA quick_check(1)")
            if finding != "ok":
                raise DamagedDatabaseError(str(finding).partition("\n")[0])


def remove_database(directory: Path) -> None:
    """Remove the database of a directory, if there is one, and no other file.

    Raises:
        ForeignDatabaseError: it is another program's.
        sqlite3.Error: it cannot be read at all; nothing was removed.
    """
    file = Path(_file_in(directory).database or "")
    with suppress(DamagedDatabaseError):
        _check_file(file)
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


def file_of(url: str | None) -> Path | None:
    """Return the file of a URL; None if it names none, as where a server keeps the data."""
    place = place_of(url) if url else None
    if place is None or place.get_backend_name() != "sqlite":
        return None
    return Path(place.database) if place.database and place.database != ":memory:" else None


def _file_in(directory: Path) -> URL:
    """Name the database of a directory; as a text, ``?`` and ``%`` in its name would mean something else."""
    return URL.create("sqlite", database=str(directory / "elements-local.sqlite3"))
