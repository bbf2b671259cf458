"""Prepared statements do what Core does with the same statements."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import BigInteger, Boolean, Column, MetaData, Table, Text, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.prepared import Prepared
from elements_local.kit.storage.schema import SchemaPart

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

_metadata = MetaData()
visits = Table(
    "test_visits",
    _metadata,
    Column("number", BigInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", Instant),
    Column("seen", Boolean, nullable=False),
    Column("rank", BigInteger, server_default="7"),
)
ADA = {"number": 1, "name": "Ada", "at": NOON, "seen": True}
BOB = {"number": 2, "name": "Bob", "at": None, "seen": False}


@pytest.fixture
def connection(database):
    database.create(SchemaPart("test", _metadata))
    with database.writing() as connection:
        yield connection


@pytest.fixture
def two_visits(connection):
    Prepared(visits.insert()).run_each(connection, [ADA, BOB])


def core(connection):
    return [tuple(row) for row in connection.execute(select(visits).order_by(visits.c.number))]


def test_an_insert_names_the_columns_that_are_given_and_leaves_the_others_to_the_database(connection):
    add = Prepared(visits.insert())

    assert add.run(connection, ADA) == 1
    add.run(connection, {**BOB, "at": NOON + timedelta(microseconds=1)})

    assert core(connection) == [
        (1, "Ada", NOON, True, 7),
        (2, "Bob", NOON + timedelta(microseconds=1), False, 7),
    ]


@pytest.mark.usefixtures("two_visits")
def test_rows_come_with_their_columns_values_and_names(connection):
    ordered = Prepared(select(visits).where(visits.c.number > bindparam("above")).order_by(visits.c.number))

    ada, bob = ordered.all(connection, {"above": 0})

    assert [tuple(ada), tuple(bob)] == core(connection)
    assert (ada.name, ada.at, ada.seen, bob.at, bob.seen) == ("Ada", NOON, True, None, False)
    assert ordered.first(connection, {"above": 1}) == bob
    assert ordered.first(connection, {"above": 2}) is None
    assert ordered.all(connection, {"above": 2}) == []


@pytest.mark.usefixtures("two_visits")
def test_values_are_converted_wherever_a_parameter_stands_and_constants_too(connection):
    since = Prepared(
        select(visits.c.number).where(
            visits.c.at >= bindparam("since"),
            visits.c.at == bindparam("since"),
            visits.c.seen == bindparam("seen"),
        )
    )
    fixed = Prepared(select(visits.c.number).where(visits.c.at == NOON, visits.c.name == bindparam("of")))

    assert since.scalar(connection, {"since": NOON, "seen": True}) == 1
    assert since.scalar(connection, {"since": NOON, "seen": False}) is None
    assert fixed.scalar(connection, {"of": "Ada"}) == 1


@pytest.mark.usefixtures("two_visits")
def test_a_change_says_how_many_rows_it_changed_and_gives_back_what_it_returns(connection):
    this = visits.c.number == bindparam("of")
    move = Prepared(visits.update().where(this).values(at=bindparam("to"), seen=False))
    count = Prepared(
        visits.update().where(this).values(rank=visits.c.rank + bindparam("more")).returning(visits.c.rank)
    )

    assert move.run(connection, {"of": 1, "to": NOON + timedelta(days=1)}) == 1
    assert move.run(connection, {"of": 3, "to": NOON}) == 0
    assert count.scalar(connection, {"of": 2, "more": 3}) == 10
    assert core(connection) == [(1, "Ada", NOON + timedelta(days=1), False, 7), (2, "Bob", None, False, 10)]
    assert Prepared(visits.delete().where(this)).run(connection, {"of": 1}) == 1
    assert [row[0] for row in core(connection)] == [2]


@pytest.mark.usefixtures("two_visits")
def test_the_databases_own_insert_says_what_becomes_of_a_row_that_is_there(connection):
    ranked = Prepared(
        lambda insert: (
            insert(visits)
            .on_conflict_do_update(
                index_elements=[visits.c.number], set_={"rank": visits.c.rank + bindparam("more")}
            )
            .returning(visits.c.rank)
        )
    )
    unless_there = Prepared(lambda insert: insert(visits).on_conflict_do_nothing())
    eve = {"number": 3, "name": "Eve", "at": NOON, "seen": True}

    assert ranked.scalar(connection, {**eve, "more": 2}) == 7
    assert ranked.scalar(connection, {**eve, "name": "Evelyn", "more": 2}) == 9
    assert unless_there.run(connection, {**BOB, "name": "Robert"}) == 0
    assert unless_there.run(connection, {**BOB, "number": 4}) == 1
    unless_there.run_each(connection, [ADA, {**ADA, "number": 5}])
    assert [row[:2] for row in core(connection)] == [
        (1, "Ada"),
        (2, "Bob"),
        (3, "Eve"),
        (4, "Bob"),
        (5, "Ada"),
    ]


@pytest.mark.usefixtures("two_visits")
def test_what_has_no_name_can_be_counted(connection):
    assert (
        Prepared(select(func.count()).where(visits.c.seen == bindparam("seen"))).scalar(
            connection, {"seen": True}
        )
        == 1
    )
    latest = Prepared(select(func.max(visits.c.at)).where(visits.c.number >= bindparam("from")))
    assert latest.scalar(connection, {"from": 1}) == NOON


def test_it_is_part_of_the_transaction_that_it_runs_in(database):
    database.create(SchemaPart("test", _metadata))
    add = Prepared(visits.insert())

    with pytest.raises(DBAPIError), database.writing() as connection:  # noqa: PT012 - undone with what went before
        add.run(connection, ADA)
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with database.writing() as connection:
        add.run(connection, BOB)

    with database.reading() as connection:
        assert [row[1] for row in core(connection)] == ["Bob"]


def test_a_reader_sees_one_state_of_the_data(database, open_database):
    database.create(SchemaPart("test", _metadata))
    count = Prepared(select(func.count()).where(visits.c.number >= bindparam("from")))

    with database.reading() as reader:
        before = count.scalar(reader, {"from": 0})
        with open_database().writing() as writer:
            Prepared(visits.insert()).run(writer, ADA)
        after = count.scalar(reader, {"from": 0})
    with database.autocommit_read() as glance:
        at_last = count.scalar(glance, {"from": 0})

    assert (before, after, at_last) == (0, 0, 1)
