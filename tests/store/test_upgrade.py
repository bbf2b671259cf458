"""Tables of an earlier version become those of this one, with their rows, on either database."""

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, inspect, select

from elements_local.stack.schema_parts import PARTS
from mock_kit.storage.schema import VERSIONS, OlderSchemaError, SchemaPart, SchemaVersionError
from mock_kit.storage.upgrade import PartVersion, differences, upgrade, versions_of

STEPS = "things_migrations"

first = MetaData()
first_things = Table(
    "things",
    first,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
)
FIRST = SchemaPart("things", first, version=1)

latest = MetaData()
things = Table(
    "things",
    latest,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer),
    Column("owner", Text, nullable=False),
    Index("things_of_owner", "owner"),
)
Table(
    "notes",
    latest,
    Column("thing", Integer, primary_key=True),
    Column("text", Text, nullable=False),
)
LATEST = SchemaPart("things", latest, version=3, migrations=STEPS)


@pytest.fixture
def older(database):
    """A database that the first version made, with a row."""
    database.create(FIRST)
    with database.writing() as connection:
        connection.execute(first_things.insert().values(id=7, size=3))
    return database


def test_a_new_database_is_made_at_once_and_as_all_steps_together_make_it(
    older, new_database_url, make_database
):
    fresh = make_database(new_database_url())
    fresh.create(LATEST)

    upgrade(older, [LATEST])

    assert differences(older, [LATEST]) == differences(fresh, [LATEST]) == []


def test_rows_stay_and_versions_are_told(older):
    assert versions_of(older, [LATEST]) == [PartVersion("things", 1, 3)]
    assert upgrade(older, [LATEST]) == [PartVersion("things", 1, 3)]
    assert upgrade(older, [LATEST]) == [PartVersion("things", 3, 3)]

    older.create(LATEST)
    with older.reading() as connection:
        assert connection.execute(select(things)).all() == [(7, 3, "nobody")]


def test_an_older_database_is_refused_with_what_to_run(older):
    with pytest.raises(OlderSchemaError) as refusal:
        older.create(LATEST)

    assert str(refusal.value) == (
        "the database's things tables have schema version 1, this program reads 3; "
        "run `elements-local database upgrade` on it"
    )


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(SchemaPart("things", latest, version=5, migrations=STEPS), id="a step is missing"),
        pytest.param(SchemaPart("things", latest, version=3), id="there are no steps"),
        pytest.param(SchemaPart("things", first, version=0, migrations=STEPS), id="it is a later one"),
    ],
)
def test_where_no_steps_lead_on_nothing_is_changed(older, part):
    other = SchemaPart("more", MetaData(), version=1)
    with pytest.raises(SchemaVersionError, match="start with an empty --data directory"):
        upgrade(older, [other, part])
    with pytest.raises(SchemaVersionError, match="start with an empty --data directory"):
        older.create(part)

    assert versions_of(older, [other, part]) == [
        PartVersion("more", None, 1),
        PartVersion("things", 1, part.version),
    ]
    assert differences(older, [FIRST]) == []


def test_a_step_that_fails_undoes_those_before_it(older):
    with older.writing() as connection:
        Table("notes", MetaData(), Column("mine", Text)).create(connection)

    with pytest.raises(Exception, match="exists"):
        upgrade(older, [LATEST])

    assert versions_of(older, [LATEST]) == [PartVersion("things", 1, 3)]
    assert differences(older, [FIRST]) == []


def test_a_part_that_is_missing_is_made(database):
    assert upgrade(database, [LATEST]) == [PartVersion("things", None, 3)]
    assert versions_of(database, [LATEST]) == [PartVersion("things", 3, 3)]


def test_the_tables_of_a_stack_are_as_they_are_declared(database):
    upgrade(database, PARTS)

    assert differences(database, PARTS) == []


def test_the_platforms_tables_of_its_first_release_are_upgraded(database):
    for part in PARTS:
        database.create(part)
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE platform_past_configurations")
        connection.execute(VERSIONS.update().where(VERSIONS.c.part == "platform").values(version=12))

    upgrade(database, PARTS)

    assert differences(database, PARTS) == []


def test_what_somebody_changed_by_hand_is_named(database):
    upgrade(database, PARTS)
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE kit_faults ADD COLUMN mine TEXT")
        connection.exec_driver_sql("DROP TABLE sink_usage")
        connection.exec_driver_sql("CREATE TABLE somebodys (id INTEGER)")

    assert differences(database, PARTS) == ["add table: sink_usage", "remove column: kit_faults mine"]


def test_looking_makes_no_table(make_database, tmp_path):
    database = make_database(f"sqlite:///{tmp_path}/empty.sqlite3")

    assert versions_of(database, [LATEST]) == [PartVersion("things", None, 3)]
    assert inspect(database.engine).get_table_names() == []
