"""Bulk jobs as due work: page by page, to the end once, whatever happens on the way."""

from datetime import timedelta

import pytest
from hand_clock import START, HandClock
from rooms import Room

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.http_message import Reply
from elements_local.platform.bulk.job import BulkJob, BulkKind, BulkStatus
from elements_local.platform.bulk.store import Bulk
from elements_local.platform.bulk.store import results as bulk_results
from elements_local.platform.bulk.task import BulkCallbacks, BulkTask
from elements_local.platform.callbacks.task import Receivers
from elements_local.platform.core import identities
from elements_local.platform.core.hub_client import HubClient
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.platform.jobs.store import Jobs


def page(*numbers, token=None):
    headers = [("Elements-Next-Page-Token", token)] if token else []
    return Reply(status=200, header_list=headers, body=encode([{"ID": number} for number in numbers]))


@pytest.fixture
def acme(bench):
    return bench.workspace("acme")


@pytest.fixture
def make_job(bench, acme):
    def add(kind=BulkKind.QUERY, sources=(), **others):
        instance = bench.instance(acme)
        now = acme.clock.now()
        new = BulkJob(
            id=0,
            instance_id=instance.id,
            kind=kind,
            object_name="contacts",
            created=now,
            updated=now,
            **others,
        )
        return Room(bench.database, Bulk, "acme").add(
            new, first_id=identities.first_bulk_id(acme), sources=sources
        )

    return add


@pytest.fixture
def run(bench, acme):
    """Run what is due, and return a job as it is then."""

    def advance(job):
        bench.engine.advance(acme, acme.clock.now())
        return Room(bench.database, Bulk, "acme").get(job.id)

    return advance


@pytest.fixture
def results(bench):
    return lambda job: [decode(body)["ID"] for body in bulk_results(bench.database, "acme", job)]


@pytest.fixture
def hub(bench):
    """Let the hub answer with pages or what a function does, one after the other; callbacks are taken."""

    def script(*answers):
        waiting = list(answers)

        def answer(_method, url, _body):
            if "/hubs/" not in url:
                return None
            first = waiting.pop(0)
            return first() if callable(first) else first

        bench.wire.answer = answer
        return lambda: [url for _, url, _, _ in bench.wire.sent if "/hubs/" in url]

    return script


class Torn(BaseException):
    """What tears a job down."""


def tear():
    raise Torn


def test_a_job_that_was_torn_down_goes_on_where_it_was(bench, make_job, run, results, hub):
    asked = hub(page(1, token="t-2"), tear, page(2))
    job = make_job()
    with pytest.raises(Torn):
        run(job)
    assert Room(bench.database, Bulk, "acme").get(job.id).status is BulkStatus.RUNNING

    done = run(job)

    assert (done.status, done.records) == (BulkStatus.COMPLETED, 2)
    assert results(job) == [1, 2]
    assert ["nextPage=t-2" in url for url in asked()] == [False, True, True]


def test_an_upload_that_was_torn_down_makes_no_record_twice(bench, make_job, run, results, hub):
    hub(Reply(status=200, body=b'{"ID": 1}'), tear, Reply(status=200, body=b'{"ID": 2}'))
    job = make_job(BulkKind.UPLOAD, sources=['{"A": 1}', '{"A": 2}'])
    with pytest.raises(Torn):
        run(job)

    done = run(job)

    assert (done.status, done.records, done.taken) == (BulkStatus.COMPLETED, 2, 2)
    assert results(job) == [1, 2]
    assert [body for method, url, _, body in bench.wire.sent if "/hubs/" in url] == [
        b'{"A": 1}',
        b'{"A": 2}',
        b'{"A": 2}',
    ]


def test_what_is_cancelled_while_the_hub_is_asked_keeps_no_more(bench, acme, make_job, run, results, hub):
    def cancel():
        Room(bench.database, Bulk, "acme").cancel(job.id, at=acme.clock.now())
        return page(2, token="t-3")

    hub(page(1, token="t-2"), cancel)
    job = make_job()

    cancelled = run(job)

    assert (cancelled.status, cancelled.records) == (BulkStatus.CANCELLED, 1)
    assert results(job) == [1]
    assert bench.wire.callbacks == []
    assert Room(bench.database, Jobs, "acme").first_due(until=acme.clock.now()) is None


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (page(1, token="t-2"), "has come before"),
        (Reply(status=200, body=b"{}"), "expected an array of records"),
        (Reply(status=200, body=b"<html>"), "Malformed JSON"),
        (Reply(status=500, body=b"<html>"), "<html>"),
        (Reply(status=429, body=b'{"message": "slow down"}'), "slow down"),
        (Reply(status=429, body=b'{"message": 1}'), '{"message": 1}'),
    ],
)
def test_a_hub_that_makes_no_sense_fails_a_query(bench, make_job, run, hub, answer, says):
    hub(page(0, token="t-2"), answer)
    job = make_job()

    failed = run(job)

    assert (failed.status, failed.records, failed.failed) == (BulkStatus.FAILED, 1, 1)
    (error,) = (decode(body) for body in Room(bench.database, Bulk, "acme").errors(job.id, offset=0, limit=9))
    assert says in error["message"]
    assert error["number"] == 2
    assert len(bench.wire.callbacks) == 1


def test_records_that_sort_alike_stay_as_they_came_over_many_pages(bench, make_job, run, hub):
    rows = [{"N": number, "K": number % 3} for number in range(1203)]
    hub(Reply(status=200, body=encode(rows)))
    job = make_job(order_field="K", descending=True)
    run(job)

    found = [decode(body) for body in bulk_results(bench.database, "acme", job)]

    assert found == sorted(rows, key=lambda row: -row["K"])


@pytest.fixture
def follow(bench, acme):
    """Let a real clock come to some seconds after the start, and return a job as it is then."""
    receivers = Receivers(on_real=bench.wire, on_virtual=bench.wire)
    task = BulkTask(
        database=bench.database,
        hub=HubClient(http=bench.wire, url=bench.settings.url),
        catalogue=Catalogue(shipped()),
        callbacks=BulkCallbacks(receivers=receivers, settings=bench.settings),
    )
    clock = HandClock()
    acme.clock.use(clock)

    def come_to(seconds, job):
        clock.time = START + timedelta(seconds=seconds)
        while due := Room(bench.database, Jobs, "acme").first_due(until=clock.time, deliveries=False):
            task.run(acme, due)
        return Room(bench.database, Bulk, "acme").get(job.id)

    return come_to


def test_on_a_real_clock_a_query_takes_two_seconds_a_thousand_records(make_job, follow, hub):
    hub(page(*range(500), token="t-2"), page(*range(500, 1000)))
    job = make_job()
    come = [(seconds, follow(seconds, job)) for seconds in (0, 0.9, 1, 1.9, 2)]

    assert [(seconds, each.status.value, each.records) for seconds, each in come] == [
        (0, "CREATED", 0),
        (0.9, "CREATED", 0),
        (1, "RUNNING", 1000),
        (1.9, "RUNNING", 1000),
        (2, "COMPLETED", 1000),
    ]


def test_on_a_real_clock_an_upload_that_is_cancelled_has_made_what_its_time_had_come_for(
    bench, make_job, follow, hub
):
    hub(*[Reply(status=200, body=b'{"ID": 1}')] * 520)
    job = make_job(BulkKind.UPLOAD, sources=["{}"] * 520)
    assert follow(1.02, job).taken == 511
    Room(bench.database, Bulk, "acme").cancel(job.id, at=START)

    cancelled = follow(5, job)

    assert (cancelled.status, cancelled.taken) == (BulkStatus.CANCELLED, 511)


def test_on_a_real_clock_a_jobs_end_is_told(stack_on_ports):
    clients = stack_on_ports.new_workspace(clock="real")
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    hub = clients.platform.hub(instance["token"])
    made = clients.platform.http.send(
        "POST",
        f"{clients.platform.url}{BASE_PATH}/bulk/query?q=select%20*%20from%20contacts",
        headers=hub.headers,
    )

    (callback,) = clients.sink.wait(1)

    assert callback["json"]["message"]["bulk"]["id"] == decode(made.body)["id"]
    assert callback["json"]["message"]["bulk"]["status"] == "COMPLETED"
    stack_on_ports.delete_workspace(clients.credentials.name)
