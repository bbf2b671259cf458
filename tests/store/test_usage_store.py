"""Usage is kept call by call: with what is written anyhow, or by itself."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from mock_kit.storage.database import Database
from mock_kit.values import replace
from mock_platform.core.analytics import Interval, buckets
from mock_platform.store import PlatformStore
from mock_platform.usage.analytics_view import CallDurations, times
from mock_platform.usage.record import UsageRecord
from mock_platform.usage.store import UsageCriteria, UsageStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COUNT = "SELECT COUNT(*) FROM platform_usage"


@pytest.fixture
def store(database):
    return PlatformStore(database, usage_retention=timedelta(days=30))


def call(number=0, *, workspace="acme", at=NOON, **others):
    return UsageRecord(
        workspace=workspace,
        at=at,
        user_id=7,
        method="GET",
        uri=f"/x?{number}",
        path="/x",
        status=200,
        ip="127.0.0.1",
        request_id=f"r-{number}",
        **others,
    )


def wanted(workspace="acme", **others):
    everything = {"since": NOON - timedelta(days=365), "until": NOON + timedelta(days=365), "user_ids": (7,)}
    return UsageCriteria(**({"workspace": workspace} | everything | others))


def found(store, **others):
    calls, total = store[UsageStore].find(wanted(**others), offset=0, limit=9999)
    assert total == len(calls)
    return calls


def test_a_call_comes_back_as_it_was_noted_with_the_next_number(store):
    noted = call(instance_id=5, element_key="insightly", process_ms=12)
    store[UsageStore].note(noted)
    store[UsageStore].note(call(1))

    latest, first = found(store)

    assert (latest.id, first.id) == (2, 1)
    assert first == replace(noted, id=1)


def test_numbers_go_on_from_one_batch_to_the_next_and_are_each_workspaces_own(store):
    for number in range(1100):
        store[UsageStore].note(call(number))
    store[UsageStore].note(call(workspace="other"))

    assert [each.id for each in found(store)] == list(range(1100, 0, -1))
    assert [each.id for each in found(store, workspace="other")] == [1]


def test_what_is_noted_is_kept_by_itself_if_nobody_writes(store, database):
    store[UsageStore].note(call(1))
    assert kept(database) == 0

    store[UsageStore].keep_unless_busy()

    assert kept(database) == 1


def test_whatever_is_written_next_is_followed_by_it(store, database):
    store[UsageStore].note(call(1))

    with database.writing():
        pass

    assert kept(database) == 1


def test_what_is_noted_while_somebody_writes_waits_for_nobody_and_is_kept_afterwards(store, database):
    with database.writing() as connection:
        store[UsageStore].note(call(1))
        other = Thread(target=store[UsageStore].keep_unless_busy)
        other.start()
        other.join()
        during = connection.exec_driver_sql(COUNT).scalar()

    one_at_a_time = database.engine.dialect.name == "sqlite"
    assert (during, kept(database)) == (0 if one_at_a_time else 1, 1)


def test_it_is_kept_although_what_was_written_meanwhile_was_undone(store, database):
    with pytest.raises(DBAPIError), database.writing() as connection:  # noqa: PT012 - as it is being written
        store[UsageStore].note(call(1))
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    assert kept(database) == 1


def test_it_can_be_part_of_another_transaction(store, database):
    store[UsageStore].note(call(1))

    with pytest.raises(DBAPIError), database.writing() as connection:  # noqa: PT012 - undone together
        store[UsageStore].keep(connection, [])
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    assert kept(database) == 0


def test_a_clock_that_was_set_back_hides_nothing_that_is_too_old(store):
    for at in (NOON, NOON - timedelta(days=29), NOON + timedelta(days=2)):
        store[UsageStore].note(call(at=at))
        store[UsageStore].flush()

    assert [each.at for each in found(store)] == [NOON + timedelta(days=2), NOON]


def kept(database):
    with database.reading() as connection:
        return connection.exec_driver_sql(COUNT).scalar()


def test_what_has_become_too_old_goes_when_something_new_is_kept(store, database):
    store[UsageStore].note(call(1, at=NOON))
    store[UsageStore].note(call(2, at=NOON, workspace="other"))
    store[UsageStore].flush()

    store[UsageStore].note(call(3, at=NOON + timedelta(days=30)))
    store[UsageStore].flush()
    assert kept(database) == 3
    store[UsageStore].note(call(4, at=NOON + timedelta(days=30, microseconds=1)))
    store[UsageStore].flush()

    assert kept(database) == 3
    assert [each.request_id for each in found(store)] == ["r-4", "r-3"]


def test_a_reset_forgets_what_is_kept_and_what_is_noted(store):
    store[UsageStore].note(call(1))
    store[UsageStore].flush()
    store[UsageStore].note(call(2))
    store[UsageStore].note(call(3, workspace="other"))

    store.reset("acme")

    assert found(store) == []
    assert len(found(store, workspace="other")) == 1


def test_calls_are_counted_in_units_before_1970_too(store):
    for at in (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)):
        store[UsageStore].note(call(at=at, process_ms=3))

    asked = wanted(since=datetime(1960, 1, 1, tzinfo=UTC))
    hour = timedelta(hours=1)
    hours = [datetime(1969, 12, 31, 23, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]

    assert [(tally.at, tally.count) for tally in store[UsageStore].tally(asked, hour)] == [
        (at, 1) for at in hours
    ]
    assert [each.at for each in store[UsageStore].durations(asked, hour)] == hours


def test_the_shortest_the_longest_and_all_of_the_time_that_calls_took_are_known(store):
    for number, took in enumerate((7, 3, 20), start=1):
        store[UsageStore].note(call(number, process_ms=took))

    assert store[UsageStore].durations(wanted(), timedelta(hours=1)) == [
        CallDurations(at=NOON, count=3, shortest=3, longest=20, total=30)
    ]


@given(took=st.lists(st.tuples(st.integers(0, 7199), st.integers(0, 1000)), min_size=1, max_size=20))
def test_times_of_a_bucket_are_those_of_all_its_calls_however_they_were_counted(took):
    cut = buckets(NOON, NOON + timedelta(hours=2), Interval.HOUR, limit=10)
    units = [
        CallDurations(at=NOON + timedelta(seconds=at), count=1, shortest=ms, longest=ms, total=ms)
        for at, ms in took
    ]
    by_hour = [[ms for at, ms in took if at // 3600 == hour] for hour in range(3)]

    for entry, within in zip(times(cut, units), by_hour, strict=True):
        assert entry["count"] == len(within)
        assert (entry.get("min"), entry.get("max")) == (min(within, default=None), max(within, default=None))
        assert entry.get("avg") == (sum(within) / len(within) if within else None)


def with_a_poll(usage, database):
    with database.writing() as connection:
        usage.keep(connection, [])


def after_a_write(_usage, database):
    with database.writing():
        pass


@pytest.mark.parametrize("keep", [lambda usage, _: usage.keep_unless_busy(), with_a_poll, after_a_write])
@pytest.mark.parametrize("lasting", [True, False])
def test_calls_are_kept_one_by_one_where_they_would_be_lost_and_else_fifty_together(
    *, tmp_path, lasting, keep
):
    with closing(Database.in_directory(tmp_path) if lasting else Database()) as database:
        usage = PlatformStore(database, usage_retention=timedelta(days=30))[UsageStore]

        counts = []
        for number in range(50):
            usage.note(call(number))
            keep(usage, database)
            counts.append(kept(database))

    assert counts == ([*range(1, 51)] if lasting else [*[0] * 49, 50])


@pytest.mark.parametrize("name", ["nobody's", "\0", "9" * 30])
def test_a_name_that_no_call_has_finds_none(store, name):
    store[UsageStore].note(call(1))

    assert store[UsageStore].get(wanted(), name) is None


class TestAway:
    """On a PostgreSQL that is away for a while."""

    @pytest.fixture
    def database_kind(self):
        return "postgresql"

    def test_what_was_undone_with_a_poll_is_kept_with_what_is_written_next(self, store, database, cut):
        usage = store[UsageStore]
        usage.note(call(1))
        with pytest.raises(DBAPIError), usage.noting_again() as taken, database.writing() as connection:  # noqa: PT012 - undone together
            usage.keep(connection, taken)
            cut()
            connection.exec_driver_sql("SELECT 1")

        with database.writing():
            pass

        assert kept(database) == 1

    def test_what_cannot_be_kept_now_fails_no_call_and_is_kept_later(self, store, database, away):
        usage = store[UsageStore]
        with away():
            for number in range(2):
                usage.note(call(number))
                usage.keep_unless_busy()
            with pytest.raises(DBAPIError):
                usage.flush()

        usage.keep_unless_busy()

        assert kept(database) == 2
