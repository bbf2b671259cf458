"""A poll's events and its new last-poll time are written together or not at all."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from rooms import Room

from elements_local.platform.core import tables
from elements_local.platform.core.poll import LastPoll
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.store import JobKind, Jobs
from elements_local.platform.polling.store import Polls

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
POLLED = START + timedelta(minutes=15)
REFUSALS = {
    "sqlite": (
        "{trigger} WHEN {is_refused} BEGIN SELECT RAISE(ABORT, 'refused'); END",
        "DROP TRIGGER refuse",
    ),
    "postgresql": (
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF {is_refused} THEN RAISE integrity_constraint_violation USING MESSAGE = 'refused'; END IF;
            RETURN NEW;
        END $$;
        {trigger} FOR EACH ROW EXECUTE FUNCTION refuse()
        """,
        "DROP FUNCTION refuse CASCADE",
    ),
}
"""How each database is told to refuse a write, and to do so no longer."""


@contextmanager
def failing(bench, table, nth=1, write="INSERT"):
    """Let the database refuse the nth row more of a table, or any change of one, and expect it to."""
    count = f"(SELECT COUNT(*) FROM {table})"  # noqa: S608 - a table of ours
    with bench.database.writing() as connection:
        dialect = connection.dialect
        before = connection.exec_driver_sql(f"SELECT {count}").scalar()
        refusal, removal = REFUSALS[dialect.name]
        trigger = f"CREATE TRIGGER refuse BEFORE {write} ON {table}"
        is_refused = f"{count} >= {before + nth - 1}"
        connection.exec_driver_sql(refusal.format(trigger=trigger, is_refused=is_refused))
    # a statement that is prepared raises the driver's own error
    with pytest.raises(dialect.loaded_dbapi.IntegrityError, match="refused"):
        yield
    with bench.database.writing() as connection:
        connection.exec_driver_sql(removal)


def rows(bench, table):
    with bench.database.reading() as connection:
        return connection.execute(table.select()).all()


PLACES = {
    "the first notification": ("platform_notifications", 1, "INSERT"),
    "the second notification": ("platform_notifications", 2, "INSERT"),
    "the first delivery": ("platform_deliveries", 1, "INSERT"),
    "the last delivery's turn": ("platform_jobs", 3, "INSERT"),
    "the poll itself": ("platform_polls", 1, "INSERT"),
    "the poller's next turn": ("platform_jobs", 1, "UPDATE"),
}


@pytest.mark.parametrize(("table", "nth", "write"), PLACES.values(), ids=PLACES)
def test_if_a_write_fails_in_the_middle_of_a_poll_nothing_of_it_is_there_and_the_next_one_reports_all(
    bench, found, table, nth, write
):
    workspace = bench.workspace()
    instance = bench.instance(workspace)
    changes = [(number, 1, 1) for number in range(1, 24)]
    bench.wire.answer = lambda method, *_: found(*changes) if method == "GET" else None

    with failing(bench, table, nth, write):
        bench.engine.advance(workspace, POLLED)
    kept = [
        rows(bench, each) for each in (tables.polls, tables.notifications, tables.deliveries, tables.attempts)
    ]
    last_polls = Room(bench.database, Instances, workspace.name).last_polls(instance.id)
    jobs = rows(bench, tables.jobs)
    ran = bench.engine.advance(workspace, POLLED).ran

    assert kept == [[], [], [], []]
    assert last_polls == {"contacts": LastPoll(at=START, failures=0)}
    assert [(job.kind, job.due) for job in jobs] == [("poll", POLLED)]
    assert (ran.polls, ran.events, ran.deliveries) == (1, 23, 3)
    assert len(bench.wire.callbacks) == 3
    assert Room(bench.database, Instances, workspace.name).last_polls(instance.id) == {
        "contacts": LastPoll(at=POLLED)
    }


def test_if_the_outcome_of_an_attempt_cannot_be_written_the_delivery_is_still_due(bench, found):
    workspace = bench.workspace()
    bench.instance(workspace)
    bench.wire.answer = lambda method, *_: found((1, 1, 1)) if method == "GET" else None

    with failing(bench, "platform_attempts"):
        bench.engine.advance(workspace, POLLED)
    (delivery,) = rows(bench, tables.deliveries)
    (notification,) = rows(bench, tables.notifications)
    job = Room(bench.database, Jobs, workspace.name).first_due(until=POLLED)
    ran = bench.engine.advance(workspace, POLLED).ran

    assert (delivery.status, delivery.failures, notification.status) == ("created", 0, "NEW")
    assert (job.kind, job.due) == (JobKind.DELIVER, POLLED)
    assert (ran.attempts, ran.deliveries) == (1, 1)
    first, second = bench.wire.callbacks
    assert first == second


THREE = {
    "event.poller.configuration": {
        name: {"url": f"/hubs/crm/{name}?updated=${{date}}"} for name in ("first", "second", "third")
    }
}


def test_polls_of_a_turn_that_see_nothing_are_written_together(bench):
    workspace = bench.workspace()
    instance = bench.instance(workspace, configuration=THREE)

    with failing(bench, "platform_polls", nth=3):
        bench.engine.advance(workspace, POLLED)
    kept = rows(bench, tables.polls)
    ran = bench.engine.advance(workspace, POLLED).ran

    assert kept == []
    assert ran.polls == 3
    assert [
        (poll.id, poll.resource) for poll in Room(bench.database, Polls, workspace.name).latest(limit=10)
    ] == [
        (1, "first"),
        (2, "second"),
        (3, "third"),
    ]
    assert set(Room(bench.database, Instances, workspace.name).last_polls(instance.id).values()) == {
        LastPoll(at=POLLED)
    }


def test_what_a_poll_finds_is_kept_before_the_next_resource_is_read(bench, found):
    workspace = bench.workspace()
    bench.instance(workspace, configuration=THREE)
    kept_by_then = {}

    def answer(method, url, _body):
        kept = Room(bench.database, Polls, workspace.name).latest(limit=10)
        kept_by_then[url.partition("?")[0].rpartition("/")[2]] = [poll.resource for poll in kept]
        return found((1, 1, 1)) if method == "GET" and "/second?" in url else None

    bench.wire.answer = answer

    bench.engine.advance(workspace, POLLED)

    assert kept_by_then["second"] == []
    assert kept_by_then["third"] == ["first", "second"]
