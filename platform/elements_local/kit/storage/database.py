"""The database: a URL becomes an engine, and there is one way in for reading and one for writing."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType

from sqlalchemy import URL, BigInteger, Connection, Dialect, make_url
from sqlalchemy.types import TypeDecorator

from elements_local.kit.clock import NaiveInstantError
from elements_local.kit.storage.access import postgresql_access, sqlite_access
from elements_local.kit.storage.database_errors import DamagedDatabaseError, ForeignDatabaseError
from elements_local.kit.storage.schema import VERSIONS, SchemaPart, lock_schema, make_part
from elements_local.kit.storage.transaction import AcrossWorkspaces, Transaction

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
    """A SQLAlchemy engine with short transactions, on SQLite in WAL mode unless told otherwise.

    Args:
        url: an SQLAlchemy URL; without one a temporary file is used and removed on ``close``.

    Attributes:
        locks: those that hold for all processes on it; None where this process has it for itself.
    """

    def __init__(self, url: str | URL | None = None) -> None:
        place = make_url(url) if url else None
        if place is not None and place.get_backend_name() == "sqlite" and place.database:
            _check_file(Path(place.database))
        self._temporary = None if place else Path(mkdtemp(prefix="elements-local-"))
        place = place or _file_in(self._temporary or Path())
        self._access = (
            sqlite_access(place, temporary=self.is_temporary)
            if place.get_backend_name() == "sqlite"
            else postgresql_access(place)
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

    @contextmanager
    def transaction(self, workspace: str, *, alone: str | None = None) -> Iterator[Transaction]:
        """Open a transaction of one workspace: all of it happens, or nothing; ``alone`` as for ``writing``."""
        with self.writing(alone=alone) as connection:
            yield Transaction(connection, workspace)

    def read(self, workspace: str) -> AbstractContextManager[Transaction]:
        """Open a transaction of one workspace that only reads, and sees one state of the data."""
        return _Reading(self._access.read(), workspace)

    def lookup(self, workspace: str) -> AbstractContextManager[Transaction]:
        """Let one statement read of one workspace, without a transaction around it."""
        return _Reading(self._access.autocommit_read(), workspace)

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
        """Let no other process have a transaction open of which ``writing`` was told this name."""
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


class _Reading(AbstractContextManager[Transaction]):
    """A connection that is lent, as a transaction of one workspace."""

    def __init__(self, loan: AbstractContextManager[Connection], workspace: str) -> None:
        self._loan = loan
        self._workspace = workspace

    def __enter__(self) -> Transaction:
        return Transaction(self._loan.__enter__(), self._workspace)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._loan.__exit__(kind, error, trace)


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
    place = make_url(url) if url else None
    if place is None or place.get_backend_name() != "sqlite":
        return None
    return Path(place.database) if place.database and place.database != ":memory:" else None


def _file_in(directory: Path) -> URL:
    """Name the database of a directory; as a text, ``?`` and ``%`` in its name would mean something else."""
    return URL.create("sqlite", database=str(directory / "elements-local.sqlite3"))
