"""Databases for the stores: SQLite always, and PostgreSQL where ``ELEMENTS_LOCAL_TEST_DATABASE`` names one.

Its tables may be dropped.
"""

import os

import pytest
from sqlalchemy import MetaData

from mock_kit.storage.database import Database

_OTHER = os.environ.get("ELEMENTS_LOCAL_TEST_DATABASE")


@pytest.fixture(params=["sqlite", "other"] if _OTHER else ["sqlite"])
def url(request, tmp_path):
    """Name a database that outlives whoever has it open."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/stack.sqlite3"
        return
    yield _OTHER
    database = Database(_OTHER)
    tables = MetaData()
    tables.reflect(database.engine)
    tables.drop_all(database.engine)
    database.close()


@pytest.fixture
def open_database(url):
    """Return a function that opens the database, as a program does that is started again."""
    opened = []

    def open_it() -> Database:
        opened.append(Database(url))
        return opened[-1]

    yield open_it
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database):
    return open_database()
