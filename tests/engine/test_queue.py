"""Workers on one PostgreSQL share what falls due by real clocks; here each engine stands for a process."""

import logging
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from threading import Event

import pytest
from hand_clock import Sent, following
from rooms import Room
from sqlalchemy import JSON, bindparam, inspect, text

from elements_local.clients.guide import instance_body
from elements_local.kit.clock import FastClock, Mode
from elements_local.kit.shared.choice import workspaces_on
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.schema import VERSIONS, SchemaVersionError, drop_all
from elements_local.kit.workspaces.registry import NewWorkspace
from elements_local.platform.bulk.job import BulkJob, BulkKind
from elements_local.platform.bulk.store import Bulk
from elements_local.platform.core.tables import subscriptions
from elements_local.platform.engine import create_tables
from elements_local.platform.errors import ConflictError
from elements_local.platform.events.store_subscriptions import Subscriptions
from elements_local.platform.jobs.store import JobKind, Jobs
from elements_local.platform.shared import job_queue

SOON = timedelta(milliseconds=300)


@pytest.fixture
def database_kind():
    return "postgresql"


@pytest.fixture
def benches(make_bench, database_url):
    """Two engines on one database, which notice soon that a worker is dead."""
    silence = timedelta(seconds=1)
    return [make_bench(url=database_url, worker_silence=silence, role=role) for role in ("all", "worker")]


@pytest.fixture
def workspace(benches):
    return benches[0].workspaces.create(NewWorkspace(name="acme", seed=7, mode=Mode.REAL))


@contextmanager
def working(*benches):
    """Let engines be workers."""
    with ExitStack() as workers:
        for bench in benches:
            workers.enter_context(following(bench.engine))
        yield


def poll_at(bench, workspace, instance, due=None):
    due = due or workspace.clock.now()
    with bench.database.transaction(workspace.name) as tx:
        Jobs(tx).drop(JobKind.POLL, str(instance.id))
        Jobs(tx).plan(JobKind.POLL, str(instance.id), due)


def now_at(database):
    """Return the time by the clock of the database."""
    with database.reading() as connection:
        return connection.scalar(text("SELECT now()"))


def waiting(bench):
    return job_queue.figures(bench.database)


def bodies(count):
    return [f"{number}".encode() for number in range(count)]


def test_a_poll_that_is_due_is_run_by_one_worker_and_planned_again(benches, workspace):
    sent = Sent(*benches)
    instance = benches[0].instance(workspace)
    begun = workspace.clock.now()
    poll_at(benches[0], workspace, instance)

    with working(*benches):
        sent.wait(1)
        # the other worker, if it begins meanwhile, plans what it finds under way, and then finds nothing to do
        while waiting(benches[0]).due:
            Event().wait(0.01)

    assert [method for _, method, *_ in sent.entries] == ["GET"]
    planned = Room(benches[1].database, Jobs, workspace.name).of(JobKind.POLL, str(instance.id))
    assert begun + timedelta(minutes=14) < planned.due <= workspace.clock.now() + timedelta(minutes=15)
    assert waiting(benches[0]) == job_queue.QueueFigures(
        due=0, planned=2, lag_s=0
    )  # that, and as it was made


@pytest.mark.parametrize("speed", [1, 3600])
def test_a_poll_that_falls_due_later_is_run_then(make_bench, database_url, speed):
    benches = [make_bench(url=database_url, real_clock=FastClock(speed)) for _ in range(2)]
    workspace = benches[0].workspaces.create(NewWorkspace(name="acme", mode=Mode.REAL))
    sent = Sent(*benches)
    instance = benches[0].instance(workspace)

    with working(benches[1]):
        due = workspace.clock.now() + SOON * speed
        poll_at(benches[0], workspace, instance, due)
        sent.wait(1)
        assert workspace.clock.now() >= due


def test_a_receiver_gets_one_callback_at_a_time_in_order_and_another_at_the_same_time(benches, workspace):
    sent = Sent(*benches)
    slow, other = (benches[0].instance(workspace, url=f"http://{name}.test/") for name in ("slow", "other"))
    sent.go_on.clear()

    with working(*benches):
        for number, body in enumerate(bodies(20)):
            benches[number % 2].owe(workspace, (slow, body))
        benches[0].owe(workspace, (other, b"other"))
        sent.wait(2)
        assert sorted(sent.under_way) == ["http://other.test/", "http://slow.test/"]
        sent.go_on.set()
        sent.wait(21)

    assert [body for body in sent.bodies if body != b"other"] == bodies(20)
    assert max(at_once.count("http://slow.test/") for at_once in sent.at_once) == 1


def test_two_workers_call_more_slow_receivers_at_the_same_time_than_one(make_bench, database_url):
    benches = [make_bench(url=database_url, role="worker", worker_jobs=2) for _ in range(2)]
    workspace = benches[0].workspaces.create(NewWorkspace(name="acme", mode=Mode.REAL))
    sent = Sent(*benches)
    sent.go_on.clear()
    for number in range(5):
        instance = benches[0].instance(workspace, url=f"http://receiver{number}.test/")
        benches[0].owe(workspace, (instance, b"a"))

    with working(benches[0]):
        sent.wait(2)
        with working(benches[1]):
            sent.wait(4)
            assert [sender for sender, *_ in sent.entries] == [0, 0, 1, 1]
            sent.go_on.set()
            sent.wait(5)


def test_a_worker_that_calls_many_receivers_has_five_connections_which_say_whose_they_are(benches, workspace):
    sent = Sent(*benches)
    sent.go_on.clear()
    for number in range(12):
        instance = benches[0].instance(workspace, url=f"http://receiver{number}.test/")
        benches[0].owe(workspace, (instance, b"a"))

    with working(benches[1]):
        sent.wait(12)
        with benches[0].database.reading() as connection:
            names = connection.scalars(
                text("SELECT application_name FROM pg_stat_activity WHERE datname = current_database()")
            ).all()
        sent.go_on.set()

    assert 3 <= len([name for name in names if name.startswith("elements-local worker")]) <= 5


def test_polls_and_bulk_jobs_of_one_instance_are_run_one_at_a_time(benches, workspace):
    first, _ = benches
    sent = Sent(*benches)
    sent.go_on.clear()
    instance, other = (first.instance(workspace) for _ in range(2))
    now = workspace.clock.now()
    times = {"created": now, "updated": now}

    with working(*benches):
        poll_at(first, workspace, instance)
        sent.wait(1)
        Room(first.database, Bulk).add(
            BulkJob(id=0, instance_id=instance.id, kind=BulkKind.QUERY, object_name="contacts", **times),
            first_id=1,
        )
        poll_at(first, workspace, other)
        sent.wait(2)  # of the other one
        assert len(sent.under_way) == 2
        sent.go_on.set()
        sent.wait(4)

    methods = [method for _, method, *_ in sent.entries]
    assert (methods.count("GET"), methods.count("POST")) == (3, 1)  # what was asked, and who was told
    assert max(sum(not url.endswith(".test/") for url in at_once) for at_once in sent.at_once) == 2
    assert Room(first.database, Jobs, "acme").count() == 2  # the polls of next time


def test_what_one_transaction_owes_a_receiver_is_one_job_of_the_queue(benches, workspace):
    sent = Sent(*benches)
    instance = benches[0].instance(workspace)
    before = waiting(benches[0]).planned
    now = workspace.clock.now()

    with benches[0].database.transaction(workspace.name) as tx:
        for number in range(50):
            Jobs(tx).plan(JobKind.DELIVER, f"{number}/7", now, subscription_id=7)
    assert waiting(benches[0]).planned == before + 1

    benches[0].owe(workspace, *[(instance, body) for body in bodies(50)])
    with working(*benches):
        sent.wait(50)
    assert sent.bodies == bodies(50)


def test_a_receiver_that_moves_gets_what_is_left_where_it_is_by_then(benches, workspace):
    first, second = benches
    sent = Sent(*benches)
    instance = first.instance(workspace, url="http://before.test/")
    sent.go_on.clear()

    def move(_method, url, _body):
        if url == "http://before.test/":
            (subscription,) = Room(first.database, Subscriptions, workspace.name).all()
            with first.database.writing() as connection:
                connection.execute(
                    subscriptions.update()
                    .values(url="http://after.test/")
                    .where(subscriptions.c.id == subscription.id)
                )

    sent.answer = move
    with working(first):
        second.owe(workspace, *[(instance, body) for body in bodies(3)])
        sent.wait(1)
        sent.go_on.set()
        sent.wait(3)

    assert [url for _, _, url, _ in sent.entries] == ["http://before.test/"] + ["http://after.test/"] * 2
    assert sent.bodies == bodies(3)


def test_virtual_workspaces_are_in_no_queue_until_their_clock_is_real(benches):
    first, second = benches
    virtual = first.workspaces.create(NewWorkspace(name="virtual", seed=7))
    instance = first.instance(virtual)
    poll_at(first, virtual, instance)
    assert waiting(first).planned == 0

    sent = Sent(*benches)
    with working(second):
        first.engine.set_clock(virtual, Mode.REAL)
        sent.wait(1)
    assert waiting(first).planned == 1

    first.engine.set_clock(virtual, Mode.VIRTUAL)
    real = first.workspaces.create(NewWorkspace(name="real", seed=8, mode=Mode.REAL))
    with working(first):
        poll_at(first, virtual, instance)
        first.owe(real, (first.instance(real), b"done"))
        sent.wait(2)
    assert sent.bodies == [b"done"]


def test_a_lane_that_is_looked_at_while_its_clock_becomes_known_as_real_is_not_forgotten(benches):
    first, second = benches
    sent = Sent(*benches)
    workspace = first.workspace()
    known = second.workspaces.named(workspace.name)
    first.owe(workspace, (first.instance(workspace), b"a"))

    with (
        working(second),
        known.clock.lock.local,
    ):  # as a thread has that is reading what another process has changed
        first.engine.set_clock(workspace, Mode.REAL)
        while waiting(first).due:
            Event().wait(0.01)
        known.clock.lock.local.release()
        sent.wait(1)
        known.clock.lock.local.acquire()


def test_who_resets_a_workspace_waits_for_its_poll_and_is_waited_for(
    benches, workspace, make_bench, database_url
):
    first, second = benches
    sent = Sent(*benches)
    instance = first.instance(workspace)
    hurried = make_bench(url=database_url, patience=timedelta(milliseconds=50))
    sent.go_on.clear()

    with working(second):
        poll_at(first, workspace, instance)
        sent.wait(1)
        with pytest.raises(ConflictError), hurried.engine.exclusive(hurried.workspaces.named("acme")):
            pass
        sent.go_on.set()
        with first.engine.exclusive(workspace):
            poll_at(first, workspace, instance)
            assert len(sent.entries) == 1
        sent.wait(2)


def test_who_takes_a_snapshot_waits_for_a_receiver_and_who_polls_does_not(
    benches, workspace, make_bench, database_url
):
    first, second = benches
    sent = Sent(*benches)
    hurried = make_bench(url=database_url, patience=timedelta(milliseconds=50))
    instance = first.instance(workspace)
    sent.go_on.clear()

    with working(second):
        first.owe(workspace, (instance, b"slow"))
        sent.wait(1)
        same = hurried.workspaces.named("acme")
        with hurried.engine.exclusive(same):
            pass
        with pytest.raises(ConflictError, match="under way"), hurried.engine.quiesce(same):
            pass
        sent.go_on.set()
        with first.engine.quiesce(workspace):
            assert sent.under_way == []


def test_a_poll_that_is_asked_for_is_run_by_who_was_asked_and_what_it_owes_by_a_worker(
    benches, workspace, found
):
    first, second = benches
    sent = Sent(*benches)
    sent.answer = lambda method, *_: found((1, 10**6 * 5, 10**6 * 5)) if method == "GET" else None
    instance = first.instance(workspace)

    with working(second):
        first.engine.poll_now(workspace, instance)
        assert [(sender, method) for sender, method, *_ in sent.entries] == [(0, "GET"), (1, "POST")]


def test_a_poll_that_is_asked_for_does_not_wait_for_ever_for_a_worker(
    make_bench, workspace, database_url, found
):
    hurried = make_bench(url=database_url, patience=timedelta(milliseconds=50))
    sent = Sent(hurried)
    sent.answer = lambda *_: found((1, 10**6 * 5, 10**6 * 5))

    ran = hurried.engine.poll_now(workspace, hurried.instance(workspace))

    assert (ran.polls, ran.attempts) == (1, 0)
    assert sent.bodies == []


def test_a_defect_is_logged_and_tried_again_after_a_while(benches, workspace, caplog):
    first, second = benches
    sent = Sent(*benches)
    unlucky, sound = (first.instance(workspace) for _ in range(2))

    def fail(_method, _url, _body):
        if first.wire.sent[-1][2]["Authorization"].endswith(unlucky.token):
            raise ZeroDivisionError("a defect of ours")

    sent.answer = fail
    begun = now_at(first.database)
    with caplog.at_level(logging.ERROR), working(first):
        poll_at(second, workspace, unlucky)
        sent.wait(1)
        poll_at(second, workspace, sound)
        sent.wait(2)

    assert "real_time_failed" in [getattr(record, "event", "") for record in caplog.records]
    with first.database.reading() as connection:
        (again,) = connection.scalars(
            text(
                "SELECT scheduled_at FROM procrastinate_jobs WHERE scheduled_at < now() + interval '2 minutes'"
            )
        ).all()
    assert begun + timedelta(minutes=1) <= again <= now_at(first.database) + timedelta(minutes=1)


def test_what_cannot_be_looked_for_as_it_falls_due_is_planned_again_and_holds_up_nobody(benches, workspace):
    first, second = benches
    sent = Sent(*benches)
    instance = first.instance(workspace)
    with second.database.writing() as connection:
        connection.execute(text("SELECT platform_plan('acme', 'deliver', 'no number', now())"))
    begun = now_at(first.database)

    with working(first):
        poll_at(second, workspace, instance)
        sent.wait(1)

    with first.database.reading() as connection:
        again = connection.scalars(
            text("SELECT scheduled_at FROM procrastinate_jobs WHERE args ->> 'subject' = 'no number'")
        ).all()
    latest = now_at(first.database) + timedelta(minutes=1)
    assert [begun + timedelta(minutes=1) <= at <= latest for at in again] == [True]


@pytest.fixture
def leave(benches, workspace):
    """Return a function that leaves a poll that is due with a worker, of a number, that has taken it."""
    first, _ = benches
    instance = first.instance(workspace)
    args = {"workspace": "acme", "kind": "poll", "subject": str(instance.id), "receiver": ""}
    take = text(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id) "
        "VALUES ('elements-local', 'run', :lock, :args, 'doing', :worker)"
    ).bindparams(bindparam("args", type_=JSON))

    def taken(worker):
        poll_at(first, workspace, instance)
        with first.database.writing() as connection:
            connection.execute(take, {"lock": f"instance acme {instance.id}", "args": args, "worker": worker})

    return taken


@pytest.fixture
def other_worker(benches):
    """A worker that is in none of the engines, and is dead unless somebody has its lock."""
    with benches[0].database.writing() as connection:
        return connection.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))


def test_what_a_living_worker_is_doing_is_not_taken_over(benches, workspace, leave, other_worker):
    first, _ = benches
    sent = Sent(*benches)
    living = first.database.locks.acquire(f"worker {other_worker}")
    leave(other_worker)
    other = first.instance(workspace)

    with working(*benches):
        # others have looked several times by then
        poll_at(first, workspace, other, workspace.clock.now() + timedelta(seconds=2))
        sent.wait(1)
        tokens = [headers["Authorization"] for bench in benches for _, _, headers, _ in bench.wire.sent]
        assert [token.endswith(other.token) for token in tokens] == [True]
        living.release()
        sent.wait(2)


def test_a_worker_that_was_taken_for_dead_sends_no_more(benches, workspace):
    first, second = benches
    sent = Sent(*benches)
    instance = first.instance(workspace)
    sent.go_on.clear()
    taken = text(
        "UPDATE procrastinate_jobs SET worker_id = NULL WHERE status = 'doing' AND task_name = 'run'"
    )

    with working(first):
        second.owe(workspace, *[(instance, body) for body in bodies(3)])
        sent.wait(1)
        with second.database.writing() as connection:
            assert connection.execute(taken).rowcount == 1
        with working(second):
            sent.wait(2)
            sent.go_on.set()
            sent.until(lambda: set(sent.bodies) == set(bodies(3)))

    assert sent.bodies.count(b"0") == 2  # the first was on its way
    assert sorted(sent.bodies[2:]) == bodies(3)[1:]


def test_what_a_worker_has_done_and_could_not_say_holds_up_nobody(benches, workspace, leave):
    first, _ = benches
    sent = Sent(*benches)

    with working(first):
        first.owe(workspace, (first.instance(workspace), b"once it works"))
        sent.wait(1)
        with first.database.reading() as connection:
            (its_number,) = connection.scalars(text("SELECT id FROM procrastinate_workers")).all()
        leave(its_number)
        sent.wait(2)

    assert [method for _, method, *_ in sent.entries] == ["POST", "GET"]


def test_health_and_metrics_of_a_platform_say_what_waits_in_the_queue(own_stack):
    clients = own_stack().new_workspace(clock="real")
    body = instance_body(clients.credentials)
    clients.platform.create_instance(body)

    health = clients.platform.call("GET", "/_local/health")
    metrics = clients.platform.send("GET", "/_local/metrics").body.decode()

    assert (health["queue_due"], health["queue_planned"], health["queue_lag_seconds"]) == (0, 1, 0)
    assert "elements_local_platform_queue_planned 1.0" in metrics


def test_the_queue_is_made_beside_procrastinates_own_tables_or_with_them_and_begins_empty(postgresql_server):
    with postgresql_server.empty_database() as url, closing(Database(url)) as database:
        create_tables(database)
        workspaces_on(database)
        job_queue.prepare(database)
        job_queue.prepare(database)
        with database.writing() as connection:
            connection.execute(text("SELECT platform_plan('acme', 'poll', '1', now())"))
            drop_all(connection)
            assert inspect(connection).has_table("procrastinate_jobs")
        create_tables(database)
        workspaces_on(database)
        job_queue.prepare(database)
        assert job_queue.figures(database) == job_queue.QueueFigures(0, 0, 0)


def test_a_queue_of_another_version_is_refused(benches):
    with benches[0].database.writing() as connection:
        connection.execute(VERSIONS.update().where(VERSIONS.c.part == "queue").values(version="0.0.9"))

    with pytest.raises(SchemaVersionError, match=r"queue tables were made by elements-local 0\.0\.9"):
        job_queue.prepare(benches[0].database)
