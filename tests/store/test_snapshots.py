"""Snapshots by what tables say of themselves: rows of any kind go out and come back, or nothing changes."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    select,
)

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.shared.choice import fault_book_on, workspaces_on
from elements_local.kit.storage.database import Database, Instant
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.traffic.fault_rules import parse_rules
from elements_local.kit.workspaces.registry import NewWorkspace
from elements_local.kit.workspaces.snapshots import Snapshots
from elements_local.kit.workspaces.table_rows import (
    ANEW,
    AllRows,
    SnapshotError,
    TableKindError,
    TableRows,
    TakenError,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

metadata = MetaData()
things = Table(
    "test_things",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("weight", Float),
    Column("good", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("secret", Text),
    Index("test_things_by_secret", "secret", unique=True),
)
turns = Table(
    "test_turns",
    metadata,
    Column(
        "number",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
        info=ANEW,
    ),
    Column("workspace", Text, nullable=False),
    Column("whose", Text, nullable=False),
    sqlite_autoincrement=True,
)


class Remembered:
    """A memory that keeps a list of texts."""

    kept_shape = list[str]

    def __init__(self):
        self.of = {}

    def recall(self, workspace):
        return self.of.get(workspace.name, [])

    def restore(self, _connection, workspace, value):
        if "refused" in value:
            raise SnapshotError("not that")
        return lambda: self.of.update({workspace.name: value})


class Service:
    """A service of two tables and a memory, in two workspaces."""

    def __init__(self, database):
        database.create(SchemaPart("test", metadata))
        self.database = database
        self.workspaces = workspaces_on(database)
        self.mine = self.workspaces.default
        self.other = self.workspaces.create(NewWorkspace(name="other"))
        self.memory = Remembered()
        self.quiet = 0
        self.snapshots = Snapshots(
            service="test",
            database=database,
            tables=AllRows(metadata),
            memories={"said": self.memory},
            quiescers=(self.quiesce,),
            moved=lambda snapshot, workspace: (
                lambda _column, text: text.replace(snapshot.workspace, workspace.name)
            ),
        )

    @contextmanager
    def quiesce(self, _workspace):
        self.quiet += 1
        try:
            yield
        finally:
            self.quiet -= 1

    def add(self, *names, of=None, **values):
        workspace = of or self.mine
        with self.database.writing() as connection:
            for name in names:
                row = {"count": 1, "good": True, "at": NOON, "content": b"\0\xff", **values}
                connection.execute(things.insert(), {"workspace": workspace.name, "name": name, **row})
                connection.execute(turns.insert(), {"workspace": workspace.name, "whose": name})

    def rows(self, table=things, of=None):
        workspace = of or self.mine
        with self.database.reading() as connection:
            wanted = select(table).where(table.c.workspace == workspace.name)
            return [tuple(row) for row in connection.execute(wanted.order_by(*table.primary_key))]

    def bytes(self, of=None):
        return encode(self.snapshots.take(of or self.mine))

    def document(self, **changed):
        return {**decode(self.bytes()), **changed}

    def restore(self, raw, of=None, **how):
        return self.snapshots.restore(of or self.mine, decode(raw) if isinstance(raw, bytes) else raw, **how)


@pytest.fixture
def service(database):
    return Service(database)


@pytest.fixture(scope="module")
def lasting():
    """A service for many examples."""
    database = Database()
    yield Service(database)
    database.close()


def test_a_snapshot_says_whose_it_is_and_has_the_rows_of_that_workspace_alone(service):
    assert service.document()["tables"] == {}
    service.add("b", "a", weight=0.1)
    service.add("c", of=service.other)
    service.memory.of["default"] = ["hello"]

    assert decode(service.bytes()) == {
        "version": 1,
        "service": "test",
        "workspace": "default",
        "tables": {
            "test_things": {
                "columns": ["name", "count", "weight", "good", "at", "content", "secret"],
                "rows": [
                    ["a", 1, 0.1, True, "2026-03-02T12:00:00Z", "AP8=", None],
                    ["b", 1, 0.1, True, "2026-03-02T12:00:00Z", "AP8=", None],
                ],
            },
            "test_turns": {"columns": ["whose"], "rows": [["b"], ["a"]]},
        },
        "memory": {"said": ["hello"]},
    }


def test_whatever_has_happened_since_is_undone(service):
    service.add("a")
    service.memory.of["default"] = ["before"]
    taken, rows = service.bytes(), service.rows()
    service.add("b", "c")
    with service.database.writing() as connection:
        connection.execute(
            things.update().where(things.c.name == "a").values(count=9, at=NOON + timedelta(1))
        )
    service.memory.of["default"] = ["after"]

    assert service.restore(taken) == 2

    assert service.rows() == rows
    assert service.memory.of == {"default": ["before"]}
    assert service.bytes() == taken
    assert service.quiet == 0


def test_other_workspaces_keep_what_they_have_and_what_is_made_anew_keeps_its_order(service):
    """Whoever took the numbers meanwhile, and however often it is made."""
    service.add("b", "a")
    taken = service.bytes()
    service.add("x", "y", of=service.other)
    theirs = service.rows(of=service.other), service.rows(turns, of=service.other)

    for _ in range(2):
        service.restore(taken)

    assert (service.rows(of=service.other), service.rows(turns, of=service.other)) == theirs
    numbers = [row[0] for row in service.rows(turns)]
    assert [row[2] for row in service.rows(turns)] == ["b", "a"]
    assert numbers == sorted(numbers)
    assert service.bytes() == taken


def test_a_snapshot_goes_into_another_workspace_with_its_texts_reworded(service):
    service.add("default/a", secret="default's")

    taken = service.bytes()
    with service.database.writing() as connection:
        connection.execute(things.delete())
    service.restore(taken, of=service.other)

    ((workspace, name, *_, secret),) = service.rows(of=service.other)
    assert (workspace, name, secret) == ("other", "other/a", "other's")


def test_a_check_says_what_would_be_refused_and_changes_nothing(service):
    service.add("a")
    taken = service.bytes()
    service.add("b")
    service.memory.of["default"] = ["after"]
    before = service.bytes()

    assert service.restore(taken, check=True) == 2
    with pytest.raises(SnapshotError):
        service.restore({**decode(taken), "memory": {"said": ["refused"]}}, check=True)

    assert service.bytes() == before
    assert service.quiet == 0


def rows(*rows, columns=("name", "count", "weight", "good", "at", "content", "secret")):
    return {"tables": {"test_things": {"columns": list(columns), "rows": list(rows)}}}


GOOD = ["a", 1, 0.5, True, "2026-03-02T12:00:00Z", "AP8=", None]


def test_columns_may_stand_in_any_order(service):
    service.restore(service.document(**rows(GOOD)))
    before = service.bytes()

    columns = rows()["tables"]["test_things"]["columns"]
    service.restore(service.document(**rows(GOOD[::-1], columns=columns[::-1])))

    assert service.bytes() == before


def but(place, value):
    return rows([*GOOD[:place], value, *GOOD[place + 1 :]])


def test_a_column_that_a_later_release_has_added_is_null(service):
    columns = ("name", "count", "weight", "good", "at", "content")

    service.restore(service.document(**rows(GOOD[:-1], columns=columns)))

    assert decode(service.bytes())["tables"]["test_things"] == rows(GOOD)["tables"]["test_things"]


REFUSED = {
    "columns that are not null": (
        rows(GOOD[:3], columns=("name", "count", "weight")),
        "expected name, count, weight, good",
    ),
    "a later version": ({"version": 2}, "the snapshot has version 2; this program reads version 1"),
    "an earlier version": ({"version": 0}, "the snapshot has version 0"),
    "a version that is no number": ({"version": "1"}, 'the snapshot.version must be a whole number; got "1"'),
    "another service": ({"service": "crm"}, "this is a snapshot of 'crm'; put it to that service"),
    "an unknown key": ({"more": 1}, "unknown key 'more'"),
    "an unknown table": (
        {"tables": {"test_thinks": rows()["tables"]["test_things"]}},
        "did you mean 'test_things'?",
    ),
    "a table of nobody's": (
        {"tables": {"x": rows()["tables"]["test_things"]}},
        "there are test_things, test_turns",
    ),
    "an unknown column": (rows(columns=["name", "colour"]), "expected name, count, weight"),
    "no columns": (rows(columns=[]), "got none"),
    "a column twice": (
        rows(columns=["name", "name", *rows()["tables"]["test_things"]["columns"][2:]]),
        "expected name, count",
    ),
    "a row that is too short": (
        rows(GOOD[:-1]),
        "tables.test_things.rows[0] must be a list of 7 values; got ",
    ),
    "a row that is no list": (rows({"name": "a"}), "the snapshot.tables"),
    "a number for a text": (but(0, 1), "tables.test_things.rows[0][0] must be a text; got 1"),
    "a text for a number": (
        rows(GOOD, *but(1, "1")["tables"]["test_things"]["rows"]),
        "rows[1][1] must be a whole number from ",
    ),
    "a fraction for a number": (
        but(1, 1.5),
        "rows[0][1] must be a whole number from -9223372036854775808 to 9223372036854775807; got 1.5",
    ),
    "a number beyond the database": (but(1, 2**63), "to 9223372036854775807; got 9223372036854775808"),
    "null where there is none": (but(3, None), "rows[0][3] must be true or false; got null"),
    "an instant without a zone": (
        but(4, "2026-03-02T12:00:00"),
        "rows[0][4] must be an instant with a zone, such as ",
    ),
    "an instant that is none": (but(4, "soon"), "rows[0][4] must be an instant with a zone, such as "),
    "bytes that are no base64": (but(5, "%"), 'rows[0][5] must be a text in base64; got "%"'),
    "a memory too few": ({"memory": {}}, "memory: expected said; got nothing"),
    "a memory too many": ({"memory": {"said": [], "heard": []}}, "memory: expected said; got said, heard"),
    "a memory of another shape": ({"memory": {"said": [1]}}, "memory.said[0] must be a text; got 1"),
    "a memory that is refused": ({"memory": {"said": ["refused"]}}, "not that"),
}


NO_SNAPSHOTS = [None, [], 1, "{}", {}, {"version": 1}, {"version": True}]


def test_what_cannot_be_taken_back_is_refused_with_its_place_and_changes_nothing(service):
    service.add("kept")
    service.memory.of["default"] = ["kept"]
    before = service.bytes()

    for what, (changed, told) in REFUSED.items():
        with pytest.raises(SnapshotError) as refusal:
            service.restore(service.document(**changed))
        assert told in str(refusal.value), what
    for document in NO_SNAPSHOTS:
        with pytest.raises(SnapshotError, match="the snapshot"):
            service.restore(document)

    assert service.bytes() == before


def test_a_row_that_stands_twice_is_refused(service):
    service.add("kept")
    before = service.bytes()

    with pytest.raises(TakenError, match="a row of test_things stands twice"):
        service.restore(service.document(**rows(GOOD, GOOD)))

    assert service.bytes() == before


def test_what_only_one_workspace_may_have_is_not_taken_from_another(service):
    service.add("theirs", of=service.other, secret="s")
    service.add("kept")
    before = service.bytes(), service.bytes(service.other)

    with pytest.raises(TakenError, match="another workspace has what only one may have"):
        service.restore(service.document(**but(6, "s")))

    assert (service.bytes(), service.bytes(service.other)) == before


def test_a_table_without_a_workspace_and_a_column_of_an_unknown_kind_are_defects():
    lost = Table("test_lost", MetaData(), Column("id", Integer, primary_key=True))
    dated = Table("test_dated", MetaData(), Column("workspace", Text, primary_key=True), Column("day", Date))

    with pytest.raises(TableKindError, match="test_lost has no column 'workspace'"):
        AllRows(lost.metadata)
    with pytest.raises(TableKindError, match=r"test_dated\.day is Date"):
        TableRows(dated)


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
_values = st.tuples(
    _texts,
    st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.datetimes(timezones=st.just(UTC)),
    st.binary(max_size=5),
    st.none(),
)


@given(st.lists(_values, unique_by=lambda row: row[0]))
def test_any_rows_come_back_as_they_were(lasting, made):
    names = [column.name for column in things.c][1:]
    with lasting.database.writing() as connection:
        connection.execute(things.delete())
        for row in made:
            connection.execute(
                things.insert(), {"workspace": "default", **dict(zip(names, row, strict=True))}
            )
    taken, there = lasting.bytes(), lasting.rows()
    with lasting.database.writing() as connection:
        connection.execute(things.delete())

    lasting.restore(taken)

    assert lasting.rows() == there
    assert lasting.bytes() == taken


def test_fault_rules_that_came_back_are_found_by_whoever_opens_the_database_again(database):
    workspace = workspaces_on(database).default
    book = fault_book_on(database, service="test")
    book.replace("default", parse_rules({"faults": [{"effect": {"drop": True}}]}, service="test"))
    book.apply("default", "GET", "/", now=NOON)
    kept = convert(book.recall(workspace), book.kept_shape)
    book.replace("default", [])

    with database.writing() as connection:
        put_in_force = book.restore(connection, workspace, kept)
    put_in_force()

    again = fault_book_on(database, service="test")
    assert book.entries("default") == again.entries("default")
    assert [entry.struck for entry in again.entries("default")] == [1]
