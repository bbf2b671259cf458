"""Connections to PostgreSQL that were cut: they are replaced, and what was done over one fails as a whole."""

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from elements_local.kit.storage.database_errors import is_away
from elements_local.kit.storage.postgresql import connect_timeout_s
from elements_local.kit.storage.prepared import Prepared
from elements_local.kit.storage.schema import VERSIONS

NAMES = Prepared(select(VERSIONS.c.part))


@pytest.fixture
def database_kind():
    return "postgresql"


@pytest.mark.parametrize("way", ["reading", "autocommit_read", "writing"])
def test_one_that_was_cut_while_nobody_had_it_is_replaced(database, cut, way):
    for _ in range(2):
        with getattr(database, way)() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
        cut()


def test_a_lock_is_had_over_a_new_one(database, cut):
    for _ in range(2):
        database.locks.acquire("a", timeout_s=0).release()
        cut()


def by_core(connection):
    connection.execute(text("SELECT 1"))


def prepared(connection):
    """Ask what the driver carries out, of which SQLAlchemy sees nothing."""
    NAMES.all(connection, {})


@pytest.mark.parametrize("ask", [by_core, prepared])
@pytest.mark.parametrize("way", ["reading", "autocommit_read", "writing"])
def test_one_that_is_cut_in_use_fails_once_and_is_lent_to_nobody_else(database, cut, caplog, way, ask):
    with pytest.raises(Exception, match="terminating") as failed, getattr(database, way)() as connection:  # noqa: PT012 - while it is lent
        cut()
        ask(connection)
    with getattr(database, way)() as connection:
        assert connection.scalar(text("SELECT 1")) == 1

    assert is_away(failed.value)
    assert [(each.event, each.exc_info) for each in caplog.records] == [("database_away", None)]


def test_however_often_it_fails_it_is_told_once_a_minute(database, cut, caplog):
    for _ in range(3):
        with pytest.raises(DBAPIError), database.reading() as connection:  # noqa: PT012 - while it is lent
            cut()
            connection.scalar(text("SELECT 1"))

    assert len(caplog.records) == 1


@pytest.mark.parametrize("statement", ["SELECT nothing FROM nowhere", "SELECT 1 / 0"])
def test_what_else_is_wrong_with_a_statement_is_not_that_the_database_is_away(database, caplog, statement):
    with pytest.raises(DBAPIError) as failed, database.reading() as connection:
        connection.exec_driver_sql(statement)

    assert not is_away(failed.value)
    assert caplog.records == []


@pytest.mark.parametrize(("query", "seconds"), [("", 5), ("?connect_timeout=70", 70)])
def test_a_connection_is_waited_for_as_long_as_its_url_says(query, seconds):
    assert connect_timeout_s(make_url(f"postgresql+psycopg://it@127.0.0.1/it{query}")) == seconds
