"""A database keeps which version of the program made it; what that made can be dropped, and nothing else."""

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, create_engine, inspect, make_url, text

from elements_local.kit.storage.database_errors import cure_of
from elements_local.kit.storage.postgresql import MissingPrivilegeError
from elements_local.kit.storage.schema import SchemaPart, SchemaVersionError, drop_all

ON_POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def part(*more, name="things"):
    """Return a part with one table, and what else it is to have."""
    metadata = MetaData()
    Table("things", metadata, Column("id", Integer, primary_key=True), *more)
    return SchemaPart(name, metadata)


def tables(database):
    """Return the names of all tables but Procrastinate's, which stay where the queue has been made."""
    with database.reading() as connection:
        return {
            name for name in inspect(connection).get_table_names() if not name.startswith("procrastinate_")
        }


@pytest.mark.parametrize(
    "other",
    [
        part(Column("size", Integer)),
        part(Column("size", Text, nullable=False)),
        part(Column("size", Integer, nullable=False), Index("by_size", "size")),
        SchemaPart("things", part(Column("size", Integer, nullable=False)).metadata, sql="SELECT 1"),
    ],
    ids=["may be null", "another type", "an index", "other statements"],
)
def test_with_another_declaration_a_part_has_another_version(other):
    before, again = (part(Column("size", Integer, nullable=False)).version for _ in range(2))

    assert before == again != other.version


def test_what_another_version_made_is_refused_with_both_versions_and_left_alone(database):
    ours, others = part(), part(Column("size", Integer))
    database.create(others)

    with pytest.raises(SchemaVersionError) as refusal:
        database.create(ours)

    assert str(refusal.value) == (
        f"its things tables were made by elements-local {others.version}, and this is elements-local {ours.version}; "
        "`elements-local up --fresh` begins anew and loses what is kept, and the version that made them still reads it"
    )
    database.create(others)


def test_all_that_another_version_made_is_dropped_and_a_table_of_others_stays(database):
    metadata = MetaData()
    made = Table("gone since", metadata, Column("id", Integer, primary_key=True), Index("gone_by_id", "id"))
    database.create(SchemaPart("gone", metadata))
    database.create(part(Column("size", Integer)))
    with database.writing() as connection:
        connection.execute(made.insert().values(id=1))
        connection.execute(text("CREATE TABLE things_of_others (name TEXT)"))
        connection.execute(text("INSERT INTO things_of_others VALUES ('kept')"))

    with database.writing() as connection:
        drop_all(connection)

    assert tables(database) == {"things_of_others"}
    with database.reading() as connection:
        assert connection.scalar(text("SELECT name FROM things_of_others")) == "kept"
    database.create(part())


def test_an_empty_database_has_nothing_to_drop(database):
    with database.writing() as connection:
        drop_all(connection)

    assert tables(database) == set()


@ON_POSTGRESQL
def test_functions_are_dropped_before_the_table_whose_rows_they_take(database):
    functions = """
        CREATE FUNCTION size_of(thing things) RETURNS int LANGUAGE sql AS 'SELECT thing.id';
        CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER seen AFTER INSERT ON things FOR EACH ROW EXECUTE FUNCTION seen();
    """
    database.create(part())
    database.create(SchemaPart("more", MetaData(), sql=functions, functions=("seen", "size_of")))

    with database.writing() as connection:
        drop_all(connection)
        left = connection.scalar(text("SELECT count(*) FROM pg_proc WHERE proname IN ('seen', 'size_of')"))

    assert (left, "things" in tables(database)) == (0, False)


@pytest.fixture
def as_guest(database_url, administration, make_database):
    """The database as it is opened by a role that has been granted nothing but what a test grants it."""
    name = f"guest_of_{make_url(database_url).database}"
    administration.execute(text(f"CREATE ROLE {name} LOGIN"))
    owner = create_engine(database_url, isolation_level="AUTOCOMMIT")

    def grant(what):
        with owner.connect() as connection:
            connection.execute(text(f"GRANT {what} TO {name}"))

    guest = make_database(make_url(database_url).set(username=name).render_as_string(hide_password=False))
    yield guest, grant
    guest.close()
    with owner.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
    owner.dispose()
    administration.execute(text(f"DROP ROLE {name}"))


@ON_POSTGRESQL
def test_who_may_make_no_table_is_refused_where_one_is_missing_and_not_where_all_are_there(
    database, as_guest
):
    guest, grant = as_guest
    database.create(part())
    grant("SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public")
    grant("USAGE ON ALL SEQUENCES IN SCHEMA public")

    guest.create(part())
    with pytest.raises(Exception, match="permission denied") as refusal:
        guest.create(part(name="more"))

    assert cure_of(refusal.value) == (
        "does not let its role do what a stack needs (permission denied for schema public); "
        "grant it that, or start once as who owns the schema"
    )


ONE_AFTER_ANOTHER = [
    (None, "SELECT, INSERT, UPDATE, DELETE on kit_schema_versions"),
    (
        "SELECT, INSERT, UPDATE, DELETE ON kit_schema_versions",
        "SELECT, INSERT, UPDATE, DELETE on things",
    ),
    ("SELECT, INSERT ON things", "UPDATE, DELETE on things, and on 1 more"),
    ("SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public", "USAGE on things_id_seq"),
]
"""What a role is granted, and what it is said to lack by then."""


@ON_POSTGRESQL
def test_what_a_role_may_not_do_with_tables_that_are_there_is_said_at_the_start(database, as_guest):
    guest, grant = as_guest
    database.create(part())

    for granted, lacking in ONE_AFTER_ANOTHER:
        if granted:
            grant(granted)
        with pytest.raises(MissingPrivilegeError, match=f"lacks {lacking}") as refusal:
            guest.create(part())
        assert "grant it SELECT, INSERT, UPDATE and DELETE on them, and USAGE on their sequences" in str(
            refusal.value
        )
