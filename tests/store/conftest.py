"""Databases for the stores: SQLite always, and PostgreSQL where it can be started."""

from contextlib import ExitStack, closing

import pytest
from sqlalchemy import create_engine, make_url, text

from elements_local.kit.storage.database import Database


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
