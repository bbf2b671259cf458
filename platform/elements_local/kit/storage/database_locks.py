"""Locks that hold for all processes on one PostgreSQL, and end with the process that has them."""

from contextlib import suppress
from math import ceil

from msgspec import Struct
from sqlalchemy import URL, Connection, Text, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from elements_local.kit.storage.postgresql import postgresql_engine, was_cut
from elements_local.kit.storage.prepared import Prepared

_LOCK_NOT_AVAILABLE = "55P03"
_NAMESPACE = "elements-local "

_hold = Prepared(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=Text), 0))))


class DatabaseLock(Struct, frozen=True):
    """A lock that is held."""

    _connection: Connection

    def is_held(self) -> bool:
        """Say whether it still is: once it was given back, or its connection has been cut, another may have it."""
        connection = self._connection
        if connection.closed or connection.invalidated:
            return False
        return not was_cut(connection.connection.dbapi_connection)

    def release(self) -> None:
        """Give it back, from whichever thread."""
        # the lock is the transaction's, which ends with the loan of the connection; one that is gone has none any more
        with suppress(DBAPIError):
            self._connection.close()


class DatabaseLocks:
    """Locks by name.

    Each that is held takes a connection of its own, beside those that read and write.
    """

    def __init__(self, url: URL) -> None:
        # without a limit: whoever holds one lock may need another before giving the first back
        self._engine = postgresql_engine(url, max_overflow=-1)

    def acquire(
        self, name: str, *, timeout_s: float | None = None, shared: bool = False
    ) -> DatabaseLock | None:
        """Take a lock, and return it; None if it could not be had in time.

        Args:
            timeout_s: None waits for as long as it takes.
            shared: others may have it at the same time, if they share it, too.
        """
        connection = self._engine.connect()
        key = func.hashtextextended(_NAMESPACE + name, 0)
        try:
            if self._locked(connection, key, timeout_s, mode="_shared" if shared else ""):
                return DatabaseLock(connection)
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None

    def hold(self, connection: Connection, name: str) -> None:
        """Take a lock for the transaction of a connection, with which it ends."""
        _hold.run(connection, {"name": _NAMESPACE + name})

    def close(self) -> None:
        """Close the connections that nobody has."""
        self._engine.dispose()

    def _locked(self, connection: Connection, key: object, timeout_s: float | None, *, mode: str) -> bool:
        if timeout_s == 0:
            taking = getattr(func, f"pg_try_advisory_xact_lock{mode}")
            return bool(connection.scalar(select(taking(key))))
        if timeout_s is not None:
            connection.execute(text(f"SET LOCAL lock_timeout = {ceil(timeout_s * 1000)}"))
        try:
            connection.execute(select(getattr(func, f"pg_advisory_xact_lock{mode}")(key)))
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            return False
        return True
