"""Connections to PostgreSQL, of which those that were cut meanwhile are replaced."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from elements_local.kit.storage.database_errors import cure_of, is_away

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
