"""A transaction reaches the rows of its own workspace, and no others."""

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Text, bindparam, exists, func, select

from elements_local.kit.storage.narrowing import UnboundStatementError, WorkspaceStatement
from elements_local.kit.storage.prepared import Prepared, row_stream
from elements_local.kit.storage.schema import SchemaPart, workspace_table
from elements_local.kit.storage.transaction import WorkspaceDeletion

_metadata = MetaData()
visits = workspace_table(
    _metadata,
    "test_visits",
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)
notes = workspace_table(
    _metadata,
    "test_notes",
    Column("visit", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
)
others = visits.alias("others")
same_visit = (notes.c.workspace == visits.c.workspace) & (notes.c.visit == visits.c.number)
ALL = WorkspaceStatement(select(visits.c.number, visits.c.name).order_by(visits.c.number))


@pytest.fixture
def store(database):
    """Two workspaces with the same two visits; the second has a note on each."""
    database.create(SchemaPart("test", _metadata))
    for workspace in ("north", "south"):
        with database.transaction(workspace) as tx:
            rows = [{"number": 1, "name": f"Ada {workspace}"}, {"number": 2, "name": f"Bob {workspace}"}]
            tx.run_each(WorkspaceStatement(visits.insert()), rows)
    with database.transaction("south") as tx:
        for visit in (1, 2):
            tx.run(WorkspaceStatement(notes.insert()), visit=visit, text="seen")
    return database


def names(store, workspace):
    with store.read(workspace) as tx:
        return [row.name for row in tx.all(ALL)]


def found(store, query):
    with store.read("north") as tx:
        return [tuple(row) for row in tx.all(WorkspaceStatement(query))]


QUERIES = {
    "table": (select(func.count()).select_from(visits), [(2,)]),
    "condition": (select(visits.c.name).where(visits.c.number == 1), [("Ada north",)]),
    "join": (select(visits.c.number, notes.c.text).join(notes, same_visit), []),
    "outer join": (
        select(visits.c.number, notes.c.text).outerjoin(notes, same_visit).order_by(visits.c.number),
        [(1, None), (2, None)],
    ),
    "subquery": (select(visits.c.name).where(exists().where(same_visit)), []),
    "alias": (select(others.c.name).where(others.c.number == 1), [("Ada north",)]),
}


def test_a_query_finds_rows_of_its_own_workspace(store):
    assert {kind: found(store, query) for kind, (query, _) in QUERIES.items()} == {
        kind: expected for kind, (_, expected) in QUERIES.items()
    }


def test_a_stream_has_rows_of_its_own_workspace(store):
    with store.read("south") as tx:
        rows = list(tx.stream(visits.select().order_by(visits.c.number), at_once=1))

    assert [row.name for row in rows] == ["Ada south", "Bob south"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (visits.update().where(visits.c.number == bindparam("of")).values(name="Eve"), ["Eve", "Bob north"]),
        (visits.delete().where(visits.c.number == bindparam("of")), ["Bob north"]),
    ],
    ids=["update", "delete"],
)
def test_a_change_reaches_rows_of_its_own_workspace(store, statement, expected):
    with store.transaction("north") as tx:
        assert tx.run(WorkspaceStatement(statement), of=1) == 1

    assert names(store, "north") == expected
    assert names(store, "south") == ["Ada south", "Bob south"]


def test_a_transaction_that_fails_leaves_everything_as_it_was(store):
    def fail():
        with store.transaction("north") as tx:
            tx.run(WorkspaceStatement(visits.delete()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert names(store, "north") == ["Ada north", "Bob north"]


UNBOUND = {
    "outer join": select(visits).outerjoin(notes, notes.c.visit == visits.c.number),
    "subquery": select(visits).where(visits.c.number.in_(select(notes.c.visit))),
    "derived table": select(select(notes.c.visit).subquery()),
    "another workspace": select(visits).where(exists().where(notes.c.workspace != visits.c.workspace)),
    "delete": visits.delete().where(exists().where(notes.c.visit == visits.c.number)),
}


def test_a_statement_that_reads_a_table_of_every_workspace_is_refused(store):
    refused = {}
    with store.read("north") as tx:
        for kind, query in UNBOUND.items():
            with pytest.raises(UnboundStatementError) as refusal:
                tx.all(WorkspaceStatement(query))
            refused[kind] = str(refusal.value)

    assert {
        kind: "reads test_notes of every workspace" in told for kind, told in refused.items()
    } == dict.fromkeys(UNBOUND, True)


def test_who_reads_across_sees_all_and_can_go_on_in_one(store):
    number_of_all = Prepared(select(func.count()).select_from(visits))

    with store.read_across() as tx:
        assert tx.scalar(number_of_all) == 4
        assert [row.name for row in tx.of("south").all(ALL)] == ["Ada south", "Bob south"]


def test_forgetting_leaves_other_workspaces_alone(store):
    with store.transaction("north") as tx:
        WorkspaceDeletion(_metadata).run(tx)

    assert (names(store, "north"), names(store, "south")) == ([], ["Ada south", "Bob south"])


@pytest.mark.parametrize("at_once", [1, 3, 10])
def test_rows_that_are_read_some_at_a_time_come_all_in_order(store, at_once):
    with store.transaction("west") as tx:
        tx.run_each(WorkspaceStatement(visits.insert()), [{"number": nth, "name": "x"} for nth in range(10)])

    with store.read("west") as tx:
        rows = tx.stream(visits.select().order_by(visits.c.number), at_once=at_once)
        assert [row.number for row in rows] == list(range(10))


def test_who_wants_no_more_of_a_stream_leaves_nothing_open(store):
    """A cursor that is left open is a warning of PostgreSQL's driver, and so an error here."""
    with store.reading() as connection:
        for _ in range(3):
            assert (
                next(row_stream(connection, visits.select().order_by(visits.c.number), at_once=2)).number == 1
            )

        if connection.dialect.name == "postgresql":
            assert connection.exec_driver_sql("SELECT count(*) FROM pg_cursors").scalar() == 0
