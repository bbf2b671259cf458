"""A transaction reaches the rows of its own workspace, and no others."""

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Text, bindparam, exists, func, select

from elements_local.kit.storage.prepared import Prepared
from elements_local.kit.storage.schema import SchemaPart, workspace_table
from elements_local.kit.storage.transaction import Forgetting, UnboundStatementError, WorkspaceStatement

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


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (select(func.count()).select_from(visits), [(2,)]),
        (select(visits.c.name).where(visits.c.number == 1), [("Ada north",)]),
        (select(visits.c.number, notes.c.text).join(notes, same_visit), []),
        (
            select(visits.c.number, notes.c.text).outerjoin(notes, same_visit).order_by(visits.c.number),
            [(1, None), (2, None)],
        ),
        (select(visits.c.name).where(exists().where(same_visit)), []),
        (select(others.c.name).where(others.c.number == 1), [("Ada north",)]),
    ],
    ids=["table", "condition", "join", "outer join", "subquery", "alias"],
)
def test_a_query_finds_rows_of_its_own_workspace(store, query, expected):
    assert found(store, query) == expected


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


@pytest.mark.parametrize(
    ("query", "table"),
    [
        (select(visits).outerjoin(notes, notes.c.visit == visits.c.number), "test_notes"),
        (select(visits).where(visits.c.number.in_(select(notes.c.visit))), "test_notes"),
        (select(select(notes.c.visit).subquery()), "test_notes"),
        (select(visits).where(exists().where(notes.c.workspace != visits.c.workspace)), "test_notes"),
        (visits.delete().where(exists().where(notes.c.visit == visits.c.number)), "test_notes"),
    ],
    ids=["outer join", "subquery", "derived table", "another workspace", "delete"],
)
def test_a_statement_that_reads_a_table_of_every_workspace_is_refused(store, query, table):
    with (
        store.read("north") as tx,
        pytest.raises(UnboundStatementError, match=f"reads {table} of every workspace"),
    ):
        tx.all(WorkspaceStatement(query))


def test_who_reads_across_sees_all_and_can_go_on_in_one(store):
    number_of_all = Prepared(select(func.count()).select_from(visits))

    with store.read_across() as tx:
        assert tx.scalar(number_of_all) == 4
        assert [row.name for row in tx.of("south").all(ALL)] == ["Ada south", "Bob south"]


def test_forgetting_leaves_other_workspaces_alone(store):
    with store.transaction("north") as tx:
        Forgetting(_metadata).run(tx)

    assert (names(store, "north"), names(store, "south")) == ([], ["Ada south", "Bob south"])
