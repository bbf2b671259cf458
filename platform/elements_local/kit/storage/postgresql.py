"""What PostgreSQL alone has: connections that may be cut, locks that hold for all processes, and a role's privileges.

A connection that was cut meanwhile is replaced; a lock ends with the process that has it.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any

from msgspec import Struct
from sqlalchemy import URL, Connection, Engine, Text, bindparam, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError

from elements_local.kit.storage.database_errors import cure_of, is_away
from elements_local.kit.storage.transaction import Prepared

_CONNECT_TIMEOUT = "connect_timeout"
_CONNECT_TIMEOUT_S = 5
_PAUSE_S = 60
_log = logging.getLogger(__name__)


def postgresql_engine(url: URL, **choices: Any) -> Engine:
    """Return an engine that lends no connection which was cut while nobody had it.

    Args:
        choices: as ``create_engine`` takes them.
    """
    engine = create_engine(url, connect_args={_CONNECT_TIMEOUT: connect_timeout_s(url)}, **choices)
    event.listen(engine, "checkout", _refuse_cut)
    return engine


def connect_timeout_s(url: URL) -> int:
    """Return how long a connection is waited for, which a URL may say."""
    return int(str(url.query.get(_CONNECT_TIMEOUT, _CONNECT_TIMEOUT_S)))


def was_cut(connection: Any) -> bool:
    """Say whether the server has ended a connection of psycopg's on which nothing is under way."""
    # reading what has come asks the server nothing, so that it costs 1 us; SQLAlchemy's ping is a statement, and costs 35
    try:
        for _ in range(2):  # a server that stops says so before it hangs up
            connection.pgconn.consume_input()
    except connection.OperationalError:
        return True
    return False


def _refuse_cut(connection: Any, _record: object, _proxy: object) -> None:
    if was_cut(connection):
        raise DisconnectionError  # for which SQLAlchemy opens another


class Outages:
    """Tells of a database that is away, once a minute at the most, whatever number of requests meet with it."""

    def __init__(self) -> None:
        self._telling = Lock()
        self._told: float | None = None

    @contextmanager
    def noticed(self, lend: Callable[[], AbstractContextManager[Connection]]) -> Iterator[Connection]:
        """Lend a connection as a function does; one that breaks meanwhile is not lent again."""
        try:
            with lend() as connection:
                try:
                    yield connection
                except Exception as error:
                    # of prepared statements, which the driver carries out, SQLAlchemy does not know that they failed
                    if is_away(error):
                        connection.invalidate(error)
                    raise
        except Exception as error:
            if is_away(error):
                self._tell(error)
            raise

    def _tell(self, error: Exception) -> None:
        with self._telling:
            now = monotonic()
            if self._told is not None and now - self._told < _PAUSE_S:
                return
            self._told = now
        _log.warning("the database is away: it %s", cure_of(error), extra={"event": "database_away"})


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


_LACKING = text(
    """
    WITH ours AS (SELECT to_regclass(quote_ident(name))::oid AS id FROM unnest(CAST(:tables AS text[])) AS name),
    needed AS (
        SELECT id, privilege, has_table_privilege(id, privilege) AS is_granted
        FROM ours, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
        UNION ALL
        SELECT objid, 'USAGE', CASE relkind WHEN 'S' THEN has_sequence_privilege(objid, 'USAGE') END
        FROM pg_depend JOIN ours ON refobjid = id JOIN pg_class ON pg_class.oid = objid
    )
    SELECT id::regclass::text AS name, string_agg(privilege, ', ') AS privileges, current_user AS role
    FROM needed WHERE NOT is_granted GROUP BY id ORDER BY name
    """
)
"""Of tables, and of the sequences that number their rows."""


class MissingPrivilegeError(Exception):
    """The role that a database is used as may not do with its tables what this program does."""

    def __init__(self, role: str, lacking: Sequence[tuple[str, str]]) -> None:
        (name, privileges), *others = lacking
        more = f", nor what is needed on {len(others)} more" if others else ""
        super().__init__(
            f"the role {role} may not {privileges} on {name}{more}; let the owner of these tables grant it SELECT, INSERT, "
            "UPDATE and DELETE on them, and USAGE on their sequences"
        )


def check_privileges(connection: Connection, tables: Sequence[str]) -> None:
    """Check that a role may read and write tables of a PostgreSQL; of one that is not there, nothing is said.

    Raises:
        MissingPrivilegeError: says what it may not do.
    """
    lacking = connection.execute(_LACKING, {"tables": list(tables)}).all()
    if lacking:
        raise MissingPrivilegeError(lacking[0].role, [(row.name, row.privileges) for row in lacking])
