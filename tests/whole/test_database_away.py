"""A PostgreSQL that is away for a while: every request says so, and when it is back all is as it was."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Semaphore

import pytest
from deadline import DEADLINE_S
from msgspec.json import decode
from postgresql import PostgresqlServer
from sqlalchemy import NullPool, create_engine, make_url
from werkzeug import Response

from elements_local.clients.guide import instance_body
from elements_local.kit.http_message import Reply
from elements_local.start import Options, in_process, on_ports

INSTANCES = "/elements/api-v2/instances"
CONTACTS = "/v3.1/Contacts"
ASKED = {
    "platform": [
        ("GET", INSTANCES),
        ("POST", INSTANCES),
        ("GET", "/elements/api-v2/nowhere"),
        ("GET", "/elements/api-v2/hubs/crm/contacts"),
        ("GET", "/_local/polls"),
        ("POST", "/_local/clock/advance"),
        ("POST", "/_local/snapshot"),
        ("GET", "/_local/workspaces"),
        ("GET", "/_local/health"),
    ],
    "crm": [
        ("GET", CONTACTS),
        ("POST", CONTACTS),
        ("GET", "/v2.2/Contacts"),
        ("GET", "/_local/changes"),
        ("GET", "/_local/health"),
    ],
    "sink": [
        ("POST", "/default"),
        ("GET", "/default?returnQueue"),
        ("GET", "/_local/callbacks"),
        ("POST", "/_local/callbacks/wait"),
        ("GET", "/_local/callbacks/stream?timeout_s=0"),
        ("GET", "/_local/health"),
    ],
}


@pytest.fixture(scope="module")
def server(postgresql_server, testrun_uid):  # noqa: ARG001 - skips where none can be started
    """A PostgreSQL that this module has for itself."""
    with PostgresqlServer.started(f"{testrun_uid}-away-{os.getpid()}") as started:
        yield started


@pytest.fixture(scope="module")
def database_url(server):
    with server.database() as url:
        yield url


@pytest.fixture(scope="module")
def stack(database_url):
    with on_ports(Options(database=database_url, ports=(0, 0, 0))) as running:
        yield running


@pytest.fixture
def away(server):
    """Return a block during which the server is away."""

    @contextmanager
    def stopped():
        server.stop()
        try:
            yield
        finally:
            server.start()

    return stopped


def ask(clients, service, method, path):
    body = {"POST": {"timeout_s": 0} if path.endswith("/wait") else {}}.get(method)
    return getattr(clients, service).send(method, path, json=body)


def test_every_request_is_503_in_its_services_shape_and_answered_when_it_is_back(stack, away, caplog):
    clients = stack.new_workspace()
    asked = [(service, *each) for service, calls in ASKED.items() for each in calls]

    with away():
        answers = {each: ask(clients, *each) for each in asked}
    again = [ask(clients, *each).status for each in asked]

    assert {each: reply.status for each, reply in answers.items()} == dict.fromkeys(asked, 503)
    for (service, _, path), reply in answers.items():
        told = decode(reply.body)
        assert "the database is away" in told.pop("Message" if path.startswith("/v") else "message")
        assert set(told) == ({"requestId"} if service == "platform" else set())
        assert int(reply.headers["Retry-After"]) > 0
        assert reply.headers["Content-Type"].startswith("application/json")
    assert max(again) < 500
    assert not [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"]
    assert len([record for record in caplog.records if "database is away" in record.message]) <= 1


def test_what_the_memory_has_of_the_database_is_right_afterwards(stack, away):
    clients = stack.new_workspace()
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("15m")
    rule = {"match": {"method": "GET"}, "effect": {"status": 418}, "when": {"first_n": 1}}
    clients.crm.call("PUT", "/_local/faults", json={"faults": [rule]})

    with away():
        # in the second of a poll, so that it would move the clock
        assert ask(clients, "crm", "POST", CONTACTS).status == 503
        assert ask(clients, "crm", "GET", CONTACTS).status == 503

    assert clients.clock.show()["now"] == "2026-03-02T10:15:00Z"
    assert clients.crm.call("GET", "/_local/faults")["faults"][0]["seen"] == 0
    assert [ask(clients, "crm", "GET", CONTACTS).status for _ in range(2)] == [418, 200]


def test_an_advance_in_whose_midst_the_database_was_away_ends_before_its_next_job(stack, away, httpserver):
    clients = stack.new_workspace()

    def restart(_request):
        with away():
            return Response("{}")

    httpserver.expect_ordered_request("/hook").respond_with_handler(restart)
    httpserver.expect_request("/hook").respond_with_data("{}")
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = httpserver.url_for("/hook")
    instance = clients.platform.create_instance(body)
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    ended = clients.clock.send("POST", "/_local/clock/advance", json={"duration": "1h"})

    assert ended.status == 503
    assert clients.clock.show()["now"] == "2026-03-02T10:15:00Z"
    clients.clock.advance("1h")
    audit = clients.platform.audit(instance["id"])
    assert (len(audit["reported"]), audit["duplicate"]) == (1, [])


# SQLAlchemy leaves a cursor open whose connection was cut
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_restarted_in_the_midst_of_requests_it_has_what_was_said_to_be_kept(stack, server):
    clients = stack.new_workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    statuses, made, kept, ended = set(), [], Semaphore(0), Event()

    def change(number):
        while not ended.is_set():
            reply = clients.crm.send("POST", CONTACTS, json={"FIRST_NAME": f"{number}"})
            statuses.add(reply.status if isinstance(reply, Reply) else reply.reason)
            if isinstance(reply, Reply) and reply.status == 201:
                made.append(decode(reply.body)["CONTACT_ID"])
                kept.release()

    def look():
        while not ended.is_set():
            for service, path in (("platform", INSTANCES), ("sink", "/_local/callbacks")):
                statuses.add(ask(clients, service, "GET", path).status)

    with ThreadPoolExecutor(4) as working:
        under_way = [working.submit(change, number) for number in range(3)] + [working.submit(look)]
        for _ in range(2):
            assert all(kept.acquire(timeout=DEADLINE_S) for _ in range(10))
            server.stop()
            server.start()
        ended.set()
        for each in under_way:
            each.result()

    assert statuses <= {200, 201, 503}
    assert {*made} <= {contact["CONTACT_ID"] for contact in clients.crm.call("GET", f"{CONTACTS}?top=500")}
    clients.clock.advance("30m")
    audit = clients.platform.audit(instance["id"])
    assert audit["owed"] >= len(made)
    assert (audit["lost"], audit["duplicate"], audit["misclassified"]) == ([], [], [])


def test_health_says_when_no_connection_is_left(server):
    with server.database() as url:
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        limited = make_url(url).set(username="limited").render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.exec_driver_sql(
                "CREATE ROLE limited LOGIN IN ROLE pg_read_all_data, pg_write_all_data"
            )
            connection.exec_driver_sql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO limited")
            connection.exec_driver_sql("GRANT ALL ON SCHEMA public TO limited")
            with in_process(Options(database=limited)) as stack:
                connection.exec_driver_sql("ALTER ROLE limited CONNECTION LIMIT 0")
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'limited'"
                )
                reply = stack.admin().send("GET", "/_local/health")
            connection.exec_driver_sql("DROP OWNED BY limited")
            connection.exec_driver_sql("DROP ROLE limited")

    assert (reply.status, decode(reply.body)["message"]) == (
        503,
        "the database has no connection left; send this again later, or have its server allow more",
    )
