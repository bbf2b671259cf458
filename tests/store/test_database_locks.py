"""Locks that hold for all processes on one PostgreSQL; here each database that is opened stands for a process."""

from threading import Event, Thread

import pytest
from deadline import DEADLINE_S
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from elements_local.kit.shared.shared_workspaces import ProcessLock
from elements_local.platform.jobs.task import RunLocks


@pytest.fixture
def database_kind():
    return "postgresql"


@pytest.fixture
def locks(open_database):
    """The locks of two processes."""
    return open_database().locks, open_database().locks


def test_one_at_a_time_has_a_lock(locks):
    here, there = locks
    held = here.acquire("a", timeout_s=0)

    assert there.acquire("a", timeout_s=0) is None
    assert here.acquire("a", timeout_s=0) is None
    assert there.acquire("a", timeout_s=0.01) is None
    there.acquire("b", timeout_s=0).release()

    held.release()
    there.acquire("a", timeout_s=0.01).release()
    here.acquire("a").release()


def test_who_shares_a_lock_has_it_with_others_who_do_and_not_with_who_wants_it_alone(locks):
    here, there = locks
    shared = [each.acquire("a", timeout_s=0, shared=True) for each in locks]
    assert here.acquire("a", timeout_s=0) is None

    shared[0].release()
    assert there.acquire("a", timeout_s=0.01) is None
    shared[1].release()
    alone = here.acquire("a", timeout_s=0)
    assert alone.is_held()
    assert there.acquire("a", timeout_s=0.01, shared=True) is None
    alone.release()
    assert not alone.is_held()


def test_who_waits_gets_it_when_it_is_given_back(locks):
    here, there = locks
    held = here.acquire("a")
    taken = Event()

    def take():
        there.acquire("a").release()
        taken.set()

    waiting = Thread(target=take)
    waiting.start()
    assert not taken.is_set()
    held.release()
    waiting.join(timeout=DEADLINE_S)

    assert taken.is_set()


def test_a_process_that_ends_gives_back_what_it_had(database, open_database):
    ending = open_database()
    held = ending.locks.acquire("a")
    assert database.locks.acquire("a", timeout_s=0) is None

    with database.writing() as connection:  # as the end of a process ends its connections
        end = text(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()"
        )
        connection.execute(end)

    database.locks.acquire("a").release()
    assert not held.is_held()
    held.release()


def test_a_run_lock_that_could_not_be_had_is_free(database, make_database):
    nowhere = make_database(str(database.engine.url.set(database="nowhere")))
    locks = RunLocks(nowhere.locks)
    for _ in range(2):
        with pytest.raises(DBAPIError, match="nowhere"):
            locks.acquire("acme")


class TestProcessLocks:
    @pytest.fixture
    def entered(self):
        return []

    @pytest.fixture
    def pair(self, locks, entered):
        """The same lock in two processes."""
        return [
            ProcessLock(each, "a", entered=lambda number=number: entered.append(number))
            for number, each in enumerate(locks)
        ]

    def test_its_owner_may_take_it_again_and_looks_once_for_what_others_did(self, pair, entered):
        here, there = pair
        with here, here:
            assert here.acquire(blocking=False)
            here.release()
            assert not there.acquire(blocking=False)
            assert not there.acquire(timeout=0.01)
        with there:
            assert not here.acquire(blocking=False)

        assert entered == [0, 1]

    def test_another_thread_of_the_process_waits_too(self, pair):
        here, _ = pair
        taken = []
        with here:
            other = Thread(target=lambda: taken.append(here.acquire(timeout=0)))
            other.start()
            other.join(timeout=DEADLINE_S)

        assert taken == [False]

    def test_it_is_free_again_if_looking_fails(self, locks):
        def fail():
            raise ValueError("nothing to see")

        failing, other = ProcessLock(locks[0], "a", entered=fail), ProcessLock(locks[1], "a", entered=list)

        for _ in range(2):
            with pytest.raises(ValueError, match="nothing to see"):
                failing.acquire()
        assert other.acquire(blocking=False)
        other.release()
