"""Databases for the stores: SQLite always, and PostgreSQL where it can be started."""

from contextlib import ExitStack, closing

import pytest

from mock_kit.storage.database import Database


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
