"""Databases for the stores: SQLite always, and PostgreSQL where it can be started."""

from contextlib import ExitStack, closing
from datetime import UTC, datetime

import pytest
from rooms import add_instance, polled
from sqlalchemy import create_engine, make_url, text

from elements_local.kit.storage.database import Database
from elements_local.kit.values import replace
from elements_local.platform.core.instance import Instance
from elements_local.platform.engine import create_tables

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request):
    return request.param


@pytest.fixture
def make_database():
    """Return a function that opens the database of a URL, until the test ends."""
    with ExitStack() as databases:
        yield lambda url: databases.enter_context(closing(Database(url)))


@pytest.fixture
def open_database(database_url, make_database):
    """Return a function that opens the database, as a program does that is started again."""
    return lambda: make_database(database_url)


@pytest.fixture
def database(open_database):
    return open_database()


@pytest.fixture
def administration(database_url):
    """A connection of the administrator's to a PostgreSQL."""
    url = make_url(database_url)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def cut(administration, database_url):
    """Return a function that ends all connections to the database, as a server does that stops."""
    end = text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name")
    return lambda: administration.execute(end, {"name": make_url(database_url).database}).all()


@pytest.fixture
def store(database):
    """A database with the platform's tables."""
    create_tables(database)
    return database


@pytest.fixture
def add(store):
    """Return a function that adds an instance, which polls contacts unless told otherwise."""

    def make(workspace="acme", *, planned=None, **changes):
        def instance(number):
            plain = Instance(
                id=number,
                token=f"token-{workspace}-{number}",
                name="Mine",
                tags=("a", "b"),
                element_key="insightly",
                configuration={"username": "ada", "password": None},
                created=NOON,
            )
            return replace(plain, **changes)

        return add_instance(store, workspace, instance, planned or polled("contacts"), first_id=100, now=NOON)

    return make
