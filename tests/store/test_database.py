"""The database client: one way in for reading, one for writing, and instants that stay what they are."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text, func, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError
from threads import together

from elements_local.kit.storage.database import Database, Instant
from elements_local.kit.storage.schema import SchemaPart, SchemaVersionError

metadata = MetaData()
counters = Table(
    "counters", metadata, Column("name", Text, primary_key=True), Column("count", Integer, nullable=False)
)
stamps = Table(
    "stamps", metadata, Column("id", Integer, primary_key=True), Column("at", Instant, nullable=True)
)
parts = Table("parts", metadata, Column("of", ForeignKey("counters.name"), primary_key=True))
OTHER = SchemaPart("tests", MetaData())
"""Of another version, since it has other tables."""


@pytest.fixture
def prepared(database):
    database.create(SchemaPart("tests", metadata))
    with database.writing() as connection:
        connection.execute(insert(counters).values(name="a", count=0))
    return database


def count(connection) -> int:
    return connection.scalar(select(counters.c.count).where(counters.c.name == "a"))


def add(connection, more: int = 1) -> None:
    """Read, add, write: what loses an addition if two may do it at once."""
    found = connection.scalar(select(counters.c.count).where(counters.c.name == "a").with_for_update())
    connection.execute(update(counters).where(counters.c.name == "a").values(count=found + more))


class TestTransactions:
    def test_of_a_transaction_that_fails_nothing_is_kept_and_the_next_one_works(self, prepared):
        def fail():
            with prepared.writing() as connection:
                add(connection)
                connection.execute(insert(counters).values(name="a", count=0))

        for _ in range(20):
            with pytest.raises(IntegrityError):
                fail()

        with prepared.writing() as connection:
            assert count(connection) == 0
            add(connection)
        with prepared.reading() as connection:
            assert count(connection) == 1

    def test_a_reader_sees_what_was_there_before_a_writer_is_done_and_waits_for_nobody(self, prepared):
        with prepared.writing() as writer:
            add(writer)

            with prepared.reading() as reader:
                assert count(reader) == 0

    def test_a_reader_sees_one_state_for_as_long_as_it_reads(self, prepared):
        with prepared.reading() as reader:
            assert count(reader) == 0
            with prepared.writing() as writer:
                add(writer)

            assert count(reader) == 0

        with prepared.reading() as reader:
            assert count(reader) == 1

    def test_a_glance_sees_what_was_written_last_and_holds_up_nobody(self, prepared):
        with prepared.autocommit_read() as glance:
            assert count(glance) == 0
            with prepared.writing() as writer:
                add(writer)

            assert count(glance) == 1

    def test_no_addition_is_lost_among_many_threads_of_several_programs(self, prepared, open_database):
        def writing_to(database):
            def work():
                for _ in range(20):
                    with database.writing() as connection:
                        add(connection)

            return work

        programs = [prepared, open_database(), open_database()]
        together(*[writing_to(database) for database in programs for _ in range(4)])

        with prepared.reading() as connection:
            assert count(connection) == 240

    def test_readers_among_writers_see_only_whole_transactions(self, prepared):
        """Every writer adds two in two steps; an odd number was seen halfway."""
        seen: list[int] = []

        def write():
            for _ in range(20):
                with prepared.writing() as connection:
                    add(connection)
                    add(connection)

        def read():
            for _ in range(80):
                with prepared.reading() as connection:
                    seen.append(count(connection))

        together(write, write, write, read, read, read)

        assert [number for number in seen if number % 2] == []
        with prepared.reading() as connection:
            assert count(connection) == 120

    def test_a_reference_to_nothing_is_refused(self, prepared):
        with pytest.raises(IntegrityError), prepared.writing() as connection:
            connection.execute(insert(parts).values(of="nothing"))


class TestSchema:
    def test_tables_are_made_once_and_keep_their_rows(self, prepared, open_database):
        prepared.create(SchemaPart("tests", metadata))
        again = open_database()
        again.create(SchemaPart("tests", metadata))

        with again.reading() as connection:
            assert count(connection) == 0

    def test_many_may_make_the_tables_at_once(self, open_database):
        """As three services do that are started together."""
        at_once = Barrier(6)

        def start():
            at_once.wait()
            open_database().create(SchemaPart("tests", metadata))

        together(*[start] * 6)


class TestInstants:
    def stored(self, database, instant):
        with database.writing() as connection:
            key = connection.execute(insert(stamps).values(at=instant)).inserted_primary_key[0]
        with database.reading() as connection:
            return connection.scalar(select(stamps.c.at).where(stamps.c.id == key))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        instant=st.datetimes(
            datetime(1, 1, 2),  # noqa: DTZ001 - bounds; the strategy adds the zone
            datetime(9999, 12, 30),  # noqa: DTZ001 - as above
            timezones=st.timezones(),
        )
    )
    @example(instant=datetime.min.replace(tzinfo=UTC))
    @example(instant=datetime.max.replace(tzinfo=UTC))
    @example(instant=datetime(1970, 1, 1, tzinfo=UTC))
    @example(instant=datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1))
    @example(instant=datetime(2038, 1, 19, 3, 14, 8, 1, tzinfo=UTC))
    def test_any_instant_comes_back_as_itself_in_utc(self, prepared, instant):
        found = self.stored(prepared, instant)

        assert (found, found.tzinfo) == (instant.astimezone(UTC), UTC)

    def test_no_instant_comes_back_as_none_and_one_without_a_zone_is_refused(self, prepared):
        assert self.stored(prepared, None) is None
        with pytest.raises(StatementError, match="expected an aware instant"):
            self.stored(prepared, datetime(2026, 3, 2))  # noqa: DTZ001 - what is refused

    def test_instants_sort_and_compare_by_time(self, prepared):
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        steps = [timedelta(0), timedelta(days=-900), timedelta(microseconds=-1), timedelta(days=20_000)]
        with prepared.writing() as connection:
            connection.execute(insert(stamps), [{"at": epoch + step} for step in steps])

        with prepared.reading() as connection:
            in_order = list(connection.scalars(select(stamps.c.at).order_by(stamps.c.at)))
            before = connection.scalar(select(func.count()).where(stamps.c.at < epoch))
            latest = connection.scalar(select(func.max(stamps.c.at)))

        assert in_order == sorted(epoch + step for step in steps)
        assert (before, latest) == (2, epoch + timedelta(days=20_000))


class TestFiles:
    def test_without_an_address_a_temporary_file_is_used_and_removed(self):
        database = Database()
        directory = database._temporary
        database.create(SchemaPart("tests", metadata))
        assert (directory / "elements-local.sqlite3").exists()

        database.close()

        assert not directory.exists()

    @pytest.mark.parametrize(("file", "synchronous"), [(None, 0), ("kept.sqlite3", 1)])
    def test_the_disk_is_waited_for_unless_the_file_is_temporary(self, tmp_path, file, synchronous):
        database = Database(file and f"sqlite:///{tmp_path / file}")
        with closing(database), database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == synchronous

    def test_two_temporary_databases_do_not_meet(self):
        first, second = Database(), Database()
        try:
            first.create(SchemaPart("tests", metadata))
            second.create(OTHER)
            first.close()
            second.create(OTHER)
        finally:
            second.close()

    def test_a_directory_is_made_and_keeps_what_was_written(self, tmp_path):
        names = [
            "data",
            "made/on/the/way",
            "with space",
            "größe",
            "a?b=c",
            "a#b",
            "100%",
            "%41",
            "a'b",
            'a"b',
            "a;b",
        ]
        for name in names:
            directory = tmp_path / name
            with closing(Database.in_directory(directory)) as first:
                first.create(SchemaPart("tests", metadata))
            with closing(Database.in_directory(directory)) as again, pytest.raises(SchemaVersionError):
                again.create(OTHER)
            assert (directory / "elements-local.sqlite3").exists(), name

        assert {path.name for path in tmp_path.iterdir()} == {name.partition("/")[0] for name in names}

    def test_closing_leaves_one_file_that_holds_everything(self, tmp_path):
        """What a reader finds beside it while the database is open is folded in."""
        database = Database.in_directory(tmp_path)
        database.create(SchemaPart("tests", metadata))
        database.close()

        assert [path.name for path in tmp_path.iterdir()] == ["elements-local.sqlite3"]
