"""The ways into a database: how SQLite and PostgreSQL lend connections, and who may write."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from threading import Lock
from typing import Any

from msgspec import Struct
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from elements_local.kit.storage.postgresql import DatabaseLocks, Outages, postgresql_engine

_OPENING_AT_ONCE = 20


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
        # `pop` is atomic, so this needs no lock: two that ask at once get two connections, or open one more
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            driver: Any = connection.connection.dbapi_connection
            if begin:
                driver.execute(begin)
            yield connection
            if connection.in_transaction():  # by SQLAlchemy's count, which begins with a statement of its own
                connection.commit()
            elif begin:
                driver.commit()
        except BaseException:
            # a connection is idle again only after a clean end: closing one rolls back what it has open
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Close those that nobody has borrowed."""
        while self._idle:
            self._idle.pop().close()


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
    engine = create_engine(url, poolclass=NullPool)
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
        read=partial(connections.one, "BEGIN"),
        autocommit_read=partial(connections.one, None),
        # one that reads and then writes may find that another was quicker; who asks for the turn to write first does not
        write=partial(connections.one, "BEGIN IMMEDIATE"),
        close=close,
    )


def postgresql_access(url: URL) -> Access:
    """Open a database of PostgreSQL, which has its own locks for rows."""
    engine, outages = postgresql_engine(url), Outages()
    locks = DatabaseLocks(url)

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
    for pragma in ("busy_timeout=30000", f"synchronous={synchronous}", "foreign_keys=ON"):
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
