"""What can be wrong with a database, said so that it can be mended."""

import re
import sqlite3

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from elements_local.kit.masks import MASK, mask_target

_CURES = (
    (sqlite3.SQLITE_NOTADB, "is not a database", "move it away, or choose another directory"),
    (sqlite3.SQLITE_CORRUPT, "is damaged", "put a copy in its place, or start with an empty one"),
    (sqlite3.SQLITE_READONLY, "cannot be written to", "give this user the right to write, or choose another place"),
    (sqlite3.SQLITE_CANTOPEN, "cannot be opened", "see whether it is there, and may be read and written"),
    (sqlite3.SQLITE_PERM, "cannot be opened", "give this user the right to, or choose another place"),
    (sqlite3.SQLITE_FULL, "has no room", "make room on the disk, or choose another place"),
    (sqlite3.SQLITE_IOERR, "cannot be read or written", "look after the disk, or choose another place"),
    (sqlite3.SQLITE_BUSY, "is locked by another program", "stop that one, or choose another place"),
)  # fmt: skip
"""SQLite's primary codes, what they mean, and what is to be done."""

_EXPECTED = "postgresql+psycopg://user:password@host/name or sqlite:////path/to/file"
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""Schemes of URLs, and what is used of SQLAlchemy for them."""

_ALL_TAKEN = r"too many (connections|clients)|connection slots"
_NOT_LET_IN = (
    (r"password authentication failed|no password supplied", "does not take this user with this password; correct them"),
    (r'role ".*" does not exist', "has no such role; create it, or name another user"),
    (r'database ".*" does not exist', "is not there on its server; create it, or choose another name"),
    (r"pg_hba\.conf", "does not let this user in from here; have its server's pg_hba.conf say so"),
)  # fmt: skip
"""What PostgreSQL says in English to who is not let in, without a code, and what is to be done."""

_NO_ROOM_IN_POSTGRESQL = "53100"
_MAY_NOT = ("42501", "3F000")
"""A privilege is missing, or that to use any schema is."""

_AWAY = ("08", "57P", "53300")
"""How PostgreSQL's codes begin of connections that fail, of a server that stops or starts, and of one that lets nobody else in."""


class ForeignDatabaseError(Exception):
    """A database has tables, and none of this program's."""

    def __init__(self, tables: list[str]) -> None:
        names = ", ".join(tables[:3]) + (" and others" if tables[3:] else "")
        super().__init__(f"is another program's: it has the tables {names}")


class DamagedDatabaseError(Exception):
    """A database is not as it was written."""

    def __init__(self, finding: str) -> None:
        super().__init__(f"is damaged ({finding})")


class LostLockError(Exception):
    """The connection was cut over which a lock was held that other processes ask for, too."""

    def __init__(self) -> None:
        super().__init__("has forgotten a lock: it was away meanwhile")


class DatabaseUrlError(Exception):
    """A text is not a URL of a database that can be used."""

    def __init__(self) -> None:
        super().__init__(f"is not a URL of a database that keeps a stack; expected one such as {_EXPECTED}")


def cure_of(error: Exception) -> str:
    """Return what is wrong with a database and what is to be done, to follow its name.

    >>> cure_of(ForeignDatabaseError(["users"]))
    "is another program's: it has the tables users; choose another place, nothing was changed"
    """
    code = _sqlite_code(error)
    for primary, reason, cure in _CURES:
        if code == primary:
            return f"{reason}; {cure}"
    match error:
        case ForeignDatabaseError():
            return f"{error}; choose another place, nothing was changed"
        case DamagedDatabaseError():
            return f"{error}; put a copy in its place, or start with an empty directory"
        case DatabaseUrlError():
            return str(error)
        case ImportError():
            return f"needs the module {error.name!r}; pip install procrastinate 'psycopg[binary]'"
        case _:
            return _refusal_of_server(error)


def _refusal_of_server(error: Exception) -> str:
    """Say what a server refused; without a code of its there was none that said anything."""
    if has_no_connection_left(error):
        return "has no connection left; close some, or have its server allow more"
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    if state is None:
        known = (cure for words, cure in _NOT_LET_IN if re.search(words, str(cause)))
        return next(
            known,
            "cannot be reached, or does not let this user in; see whether it runs there, "
            "and whether user, password and name of the database are right",
        )
    said = getattr(getattr(cause, "diag", None), "message_primary", None)
    if state in _MAY_NOT:
        return f"does not let its role do what a stack needs ({said}); grant it that, or start once as who owns the schema"
    return f"cannot be used ({said or f'code {state}'}); see whether it is there, and may be used"


def has_no_room(error: Exception) -> bool:
    """Say whether a statement failed because there is no room left."""
    if _sqlite_code(error) == sqlite3.SQLITE_FULL:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) == _NO_ROOM_IN_POSTGRESQL


def has_no_connection_left(error: Exception) -> bool:
    """Say whether all connections are taken: those of a server, or those that this process may have."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(error, PoolTimeoutError) or bool(re.search(_ALL_TAKEN, str(cause)))


def is_away(error: Exception) -> bool:
    """Say whether a statement failed because the database cannot be reached, or is another's; later the same may succeed."""
    if isinstance(error, LostLockError | PoolTimeoutError) or _sqlite_code(error) == sqlite3.SQLITE_BUSY:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", "")
    # without a code it was no server that said so: what psycopg says itself is of PEP 249's kind for what becomes of connections
    said_by_driver = any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)
    return said_by_driver if state is None else state.startswith(_AWAY)


def _sqlite_code(error: Exception) -> int | None:
    """Return SQLite's primary code, without what an extended one adds."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def place_of(url: str | URL) -> URL:
    """Read where a database is.

    Raises:
        DatabaseUrlError: it is nowhere that a stack is kept.
    """
    try:
        place = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError from error
    if place.drivername not in _DRIVERS:
        raise DatabaseUrlError
    return place.set(drivername=_DRIVERS[place.drivername])


def shown_url(url: object) -> str:
    """Name a database's URL in a message, without its secrets."""
    try:
        shown = make_url(str(url)).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        shown = repr(re.sub("://.*@", f"://{MASK}@", str(url))[:60])
    return f"--database {mask_target(shown)}"
