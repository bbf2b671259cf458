"""A poll's events and its new last-poll time are written together or not at all."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from mock_platform.domain.models import JobKind, LastPoll, Poll
from mock_platform.store import tables

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
POLLED = START + timedelta(minutes=15)


class WriteFailedError(Exception):
    """What the test lets go wrong."""


@pytest.fixture
def failing(bench):
    """Return a function that lets the nth insert into a table fail."""
    listeners = []

    def fail(table, nth=1):
        seen = []

        def listen(_connection, _cursor, statement, _parameters, _context, _many):
            if statement.startswith(f"INSERT INTO {table} "):
                seen.append(statement)
                if len(seen) == nth:
                    raise WriteFailedError(table)

        event.listen(bench.database.engine, "before_cursor_execute", listen)
        listeners.append(listen)

    yield fail
    for listen in listeners:
        if event.contains(bench.database.engine, "before_cursor_execute", listen):
            event.remove(bench.database.engine, "before_cursor_execute", listen)


def rows(bench, table):
    with bench.database.reading() as connection:
        return connection.execute(table.select()).all()


PLACES = {
    "the first notification": ("platform_notifications", 1),
    "the second notification": ("platform_notifications", 2),
    "the first delivery": ("platform_deliveries", 1),
    "the last delivery's turn": ("platform_jobs", 3),
    "the poll itself": ("platform_polls", 1),
}


@pytest.mark.parametrize(("table", "nth"), PLACES.values(), ids=PLACES)
def test_if_a_write_fails_in_the_middle_of_a_poll_nothing_of_it_is_there_and_the_next_one_reports_all(
    bench, failing, found, table, nth
):
    workspace = bench.workspace()
    instance = bench.instance(workspace)
    changes = [(number, 1, 1) for number in range(1, 24)]
    bench.wire.answer = lambda method, *_: found(*changes) if method == "GET" else None
    failing(table, nth)

    with pytest.raises(WriteFailedError):
        bench.engine.advance(workspace, POLLED)
    kept = [
        rows(bench, each) for each in (tables.polls, tables.notifications, tables.deliveries, tables.attempts)
    ]
    last_polls = bench.store.instances.last_polls(workspace.name, instance.id)
    jobs = rows(bench, tables.jobs)
    ran = bench.engine.advance(workspace, POLLED)

    assert kept == [[], [], [], []]
    assert last_polls == {"contacts": LastPoll(at=START, failures=0)}
    assert [(job.kind, job.due) for job in jobs] == [("poll", POLLED)]
    assert (ran.polls, ran.events, ran.deliveries) == (1, 23, 3)
    assert len(bench.wire.callbacks) == 3
    assert bench.store.instances.last_polls(workspace.name, instance.id) == {"contacts": LastPoll(at=POLLED)}


def test_if_a_notification_cannot_be_composed_nothing_is_kept(bench):
    workspace = bench.workspace()
    instance = bench.instance(workspace)
    poll = Poll(
        instance_id=instance.id,
        resource="contacts",
        window_from=START,
        at=POLLED,
        request_url="/hubs/crm/contacts",
        request_status=200,
        seen=1,
        events=1,
    )

    def compose(next_id):
        next_id()
        raise WriteFailedError("compose")
        yield

    with pytest.raises(WriteFailedError):
        bench.store.polls.succeeded(workspace.name, instance, poll, compose, first_id=1)

    assert rows(bench, tables.polls) == rows(bench, tables.notifications) == []
    assert bench.store.instances.last_polls(workspace.name, instance.id) == {"contacts": LastPoll(at=START)}
    assert "notification" not in {row.name for row in rows(bench, tables.counters)}


def test_if_the_outcome_of_an_attempt_cannot_be_written_the_delivery_is_still_due(bench, failing, found):
    workspace = bench.workspace()
    bench.instance(workspace)
    bench.wire.answer = lambda method, *_: found((1, 1, 1)) if method == "GET" else None
    failing("platform_attempts")

    with pytest.raises(WriteFailedError):
        bench.engine.advance(workspace, POLLED)
    (delivery,) = rows(bench, tables.deliveries)
    (notification,) = rows(bench, tables.notifications)
    job = bench.store.jobs.first_due(workspace.name, until=POLLED)
    ran = bench.engine.advance(workspace, POLLED)

    assert (delivery.status, delivery.failures, notification.status) == ("created", 0, "NEW")
    assert (job.kind, job.due) == (JobKind.DELIVER, POLLED)
    assert (ran.attempts, ran.deliveries) == (1, 1)
    first, second = bench.wire.callbacks
    assert first == second


def test_a_failed_poll_and_its_count_are_written_together(bench, failing):
    workspace = bench.workspace()
    instance = bench.instance(workspace)
    poll = Poll(
        instance_id=instance.id, resource="contacts", window_from=START, at=POLLED, request_url="", request_status=502,
        error="502",
    )  # fmt: skip
    failing("platform_polls")

    with pytest.raises(WriteFailedError):
        bench.store.polls.failed(workspace.name, instance, poll, limit=1)

    assert bench.store.instances.last_polls(workspace.name, instance.id) == {
        "contacts": LastPoll(at=START, failures=0)
    }
    assert bench.store.instances.get(workspace.name, instance.id).polling_disabled is False
