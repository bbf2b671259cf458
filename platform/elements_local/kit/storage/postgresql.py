"""What PostgreSQL alone has: connections that may be cut, locks that hold for all processes, and a role's privileges.

A connection that was cut meanwhile is replaced; a lock ends with the process that has it.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from math import ceil
from threading import Event, Lock, RLock
from time import monotonic
from typing import Any

from msgspec import Struct
from sqlalchemy import URL, Connection, Engine, Text, bindparam, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError

from elements_local.kit.storage.database_errors import cure_of, is_away
from elements_local.kit.storage.prepared import Prepared

_CONNECT_TIMEOUT = "connect_timeout"
_CONNECT_TIMEOUT_S = 5
_PAUSE_S = 60
_log = logging.getLogger(__name__)


def postgresql_engine(url: URL, *, called: str, **choices: Any) -> Engine:
    """Return an engine that lends no connection which was cut while nobody had it.

    Args:
        called: what its connections are called at the server, unless the URL says so.
        choices: as ``create_engine`` takes them.
    """
    named = url.update_query_dict({"application_name": url.query.get("application_name", called)})
    engine = create_engine(named, connect_args={_CONNECT_TIMEOUT: connect_timeout_s(url)}, **choices)
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
    """Logs that a database is away, once a minute at the most, for any number of requests."""

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


_AT_ONCE = {
    shared: select(
        getattr(func, f"pg_try_advisory_lock{mode}")(func.hashtextextended(bindparam("name", type_=Text), 0))
    )
    for shared, mode in ((False, ""), (True, "_shared"))
}
_GIVEN_BACK = {
    shared: select(
        getattr(func, f"pg_advisory_unlock{mode}")(func.hashtextextended(bindparam("name", type_=Text), 0))
    )
    for shared, mode in ((False, ""), (True, "_shared"))
}
_waited_for = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
    "AND (classid::bigint << 32 | objid::bigint) = hashtextextended(:name, 0))"
)
_BETWEEN_LOOKS_S = 0.02


class DatabaseLock(Struct, frozen=True):
    """A lock that is held."""

    is_held: Callable[[], bool]
    """Says whether it still is: once it was given back, or its connection has been cut, another may have it."""

    release: Callable[[], None]
    """Gives it back, from whichever thread."""


class _Session:
    """The connection that holds locks for all threads of a process: to PostgreSQL they are one, so it says who of them has which."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = RLock()
        self._holders: dict[str, tuple[bool, int]] = {}
        self._ended = False

    def is_alive(self) -> bool:
        """Say whether it can be used; once it was cut, all that it held is another's."""
        with self._turn:
            if not self._ended and was_cut(self._connection.connection.dbapi_connection):
                self.end()
            return not self._ended

    def end(self) -> None:
        """Give all of it back."""
        with self._turn, suppress(DBAPIError):
            if not self._ended:
                self._ended = True
                self._connection.invalidate()  # given back to the pool, it would keep what it holds
                self._connection.close()

    def acquire(self, name: str, *, shared: bool) -> DatabaseLock | None:
        """Take a lock, if it can be had without waiting, and nobody who came before waits for it."""
        with self._turn, self._ending_if_it_fails():
            is_shared, count = self._holders.get(name, (shared, 0))
            if count and (not (shared and is_shared) or self._connection.scalar(_waited_for, {"name": name})):
                return None
            if not self._connection.scalar(_AT_ONCE[shared], {"name": name}):
                return None
            self._holders[name] = (shared, count + 1)
        held = [True]

        def release() -> None:
            with self._turn, suppress(DBAPIError):
                if held and self.is_alive():
                    self._give_back(name)
                held.clear()

        return DatabaseLock(lambda: bool(held) and self.is_alive(), release)

    def _give_back(self, name: str) -> None:
        shared, count = self._holders.pop(name)
        if count > 1:
            self._holders[name] = (shared, count - 1)
        with self._ending_if_it_fails():
            self._connection.execute(_GIVEN_BACK[shared], {"name": name})

    @contextmanager
    def _ending_if_it_fails(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError:
            self.end()
            raise


class DatabaseLocks:
    """Locks by name.

    One connection holds all that can be had at once; who waits for one that nobody shares has another for that, and holds it there.

    Args:
        waits_on: lends the connection of the one thread that may wait so at the same time; None lets any number wait, as
            the holder of one lock may need another before giving the first back.
    """

    def __init__(self, url: URL, *, called: str = "elements-local", waits_on: Engine | None = None) -> None:
        self._engine = postgresql_engine(url, called=f"{called} locks", pool_size=1, max_overflow=-1)
        self._waits_on = waits_on or self._engine
        self._places: AbstractContextManager[object] = nullcontext() if waits_on is None else Lock()
        self._opening = Lock()
        self._session: _Session | None = None

    def acquire(
        self, name: str, *, timeout_s: float | None = None, shared: bool = False
    ) -> DatabaseLock | None:
        """Take a lock, and return it; None if it could not be had in time.

        Args:
            timeout_s: None waits for as long as it takes.
            shared: others may have it at the same time, if they share it, too.
        """
        end = None if timeout_s is None else monotonic() + timeout_s
        while True:
            held = self._living_session().acquire(_NAMESPACE + name, shared=shared)
            if held is not None or timeout_s == 0:
                return held
            if not shared:
                return self._waited(name, timeout_s)
            if end is not None and monotonic() > end:
                return None
            Event().wait(_BETWEEN_LOOKS_S)

    def hold(self, connection: Connection, name: str) -> None:
        """Take a lock for the transaction of a connection, with which it ends."""
        _hold.run(connection, {"name": _NAMESPACE + name})

    def close(self) -> None:
        """Close the connections that nobody has, and give back what is held at once."""
        if self._session is not None:
            self._session.end()
        self._engine.dispose()

    def _living_session(self) -> _Session:
        with self._opening:
            if self._session is None or not self._session.is_alive():
                self._session = _Session(
                    self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
                )
            return self._session

    def _waited(self, name: str, timeout_s: float | None) -> DatabaseLock | None:
        """Wait for a lock in a transaction of its own, with which it ends."""
        with ExitStack() as waiting:
            waiting.enter_context(self._places)
            connection = waiting.enter_context(self._waits_on.connect())
            if not self._locked(connection, func.hashtextextended(_NAMESPACE + name, 0), timeout_s):
                return None
            holding = waiting.pop_all()

        def is_held() -> bool:
            if connection.closed or connection.invalidated:
                return False
            return not was_cut(connection.connection.dbapi_connection)

        def release() -> None:
            with suppress(DBAPIError):  # of one that was cut
                holding.close()

        return DatabaseLock(is_held, release)

    def _locked(self, connection: Connection, key: object, timeout_s: float | None) -> bool:
        if timeout_s is not None:
            connection.execute(text(f"SET LOCAL lock_timeout = {ceil(timeout_s * 1000)}"))
        try:
            connection.execute(select(func.pg_advisory_xact_lock(key)))
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
        more = f", and on {len(others)} more" if others else ""
        super().__init__(
            f"the role {role} lacks {privileges} on {name}{more}; let the owner of these tables grant it SELECT, INSERT, "
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
