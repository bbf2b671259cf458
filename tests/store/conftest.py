"""Databases for the stores: SQLite always, and PostgreSQL where it can be started."""

import pytest

from mock_kit.storage.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request):
    return request.param


@pytest.fixture
def open_database(database_url):
    """Return a function that opens the database, as a program does that is started again."""
    opened = []

    def open_it() -> Database:
        opened.append(Database(database_url))
        return opened[-1]

    yield open_it
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database):
    return open_database()
