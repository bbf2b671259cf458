"""Rows that are read some at a time."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.storage.transaction import row_stream

metadata = MetaData()
numbers = Table("numbers", metadata, Column("number", Integer, primary_key=True, autoincrement=False))


@pytest.fixture
def connection(database):
    database.create(SchemaPart("test", metadata))
    with database.writing() as writer:
        writer.execute(numbers.insert(), [{"number": number} for number in range(10)])
    with database.reading() as reader:
        yield reader


@pytest.mark.parametrize("at_once", [1, 3, 10, 100])
def test_all_come_in_order(connection, at_once):
    found = row_stream(connection, numbers.select().order_by(numbers.c.number), at_once=at_once)

    assert [row.number for row in found] == list(range(10))


def test_who_wants_no_more_leaves_nothing_open(connection):
    """A cursor that is left open is a warning of PostgreSQL's driver, and so an error here."""
    for _ in range(3):
        assert next(row_stream(connection, numbers.select(), at_once=2)).number == 0

    if connection.dialect.name == "postgresql":
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_cursors").scalar() == 0
