"""What the engine's tests share: stacks of their own, a receiver on a socket, and a bench with a scripted wire."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from deadline import DEADLINE
from examples import LONG
from rooms import add_instance
from werkzeug import Request, Response

from elements_local.clients.guide import instance_body
from elements_local.kit.api.json_text import encode
from elements_local.kit.http_message import Reply
from elements_local.kit.shared.choice import workspaces_on
from elements_local.kit.storage.database import Database
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces
from elements_local.platform import PlatformSettings
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.activity.store import Activities
from elements_local.platform.bulk.task import BulkCallbacks, BulkTask
from elements_local.platform.callbacks.task import DeliveryTask, Receivers
from elements_local.platform.configuration.instance_json import InstanceRequest
from elements_local.platform.core import identities
from elements_local.platform.core.hub_client import HubClient
from elements_local.platform.core.settings import WorkerChoices
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.engine import Engine, create_tables
from elements_local.platform.events.event import topic
from elements_local.platform.events.store import history_retention
from elements_local.platform.events.store_notifications import NewNotification, Notifications
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances.instance import plan
from elements_local.platform.polling.task import PollTask
from elements_local.start import Options, in_process

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
DATES = {
    "updatedDateField": "DATE_UPDATED_UTC",
    "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
    "createdDateField": "DATE_CREATED_UTC",
    "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
}
CONTACTS = {
    "url": "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
    "idField": "CONTACT_ID",
    "datesConfiguration": DATES,
}


@pytest.fixture(params=["sqlite", "postgresql"] if LONG else ["sqlite"])
def database_kind(request):
    return request.param


@pytest.fixture
def own_stack(new_database_url):
    """Return a function that starts a stack without sockets: with options, or environment variables, of its own."""

    def start(options=None, **environment):
        variables = {f"ELEMENTS_LOCAL_{name}": value for name, value in environment.items()}
        return closing.enter_context(
            in_process(options or Options(database=new_database_url(), environment=variables))
        )

    with ExitStack() as closing:
        yield start


@pytest.fixture
def poll_contacts():
    """Return a function that makes an instance which polls contacts alone, with other settings where given."""

    def make(clients, *, configuration=None, dates=None, **entry):
        contacts = CONTACTS | entry | {"datesConfiguration": DATES | (dates or {})}
        body = instance_body(clients.credentials)
        body["configuration"] |= {"event.poller.configuration": {"contacts": contacts}} | (
            configuration or {}
        )
        return clients.platform.create_instance(body)

    return make


@pytest.fixture
def events():
    """Return the events that a workspace's sink was told of, as (time, type, object id)."""

    def told(clients):
        return [
            (callback["received_at"][11:19], event["eventType"], event["objectId"])
            for callback in clients.sink.callbacks()
            for event in callback["json"]["message"]["events"]
        ]

    return told


class Receiver:
    """A receiver of callbacks on a socket of its own, which may do something before it answers."""

    def __init__(self):
        self.listener = listen("127.0.0.1", 0)
        self.url = f"{url_of(self.listener)}/callbacks"
        self.bodies = []
        self.headers = []
        self.meanwhile = lambda: None
        self.status = 200
        self.answer = b"{}"
        self.failures = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.bodies.append(request.get_data())
        self.headers.append(dict(request.headers))
        try:
            self.meanwhile()
        except AssertionError as failure:
            self.failures.append(failure)
        return Response(self.answer, status=self.status)(environ, start_response)


@pytest.fixture
def receiver():
    made = Receiver()
    server = Server(made, made.listener)
    yield made
    server.close()
    assert made.failures == []


@dataclass
class Wire:
    """Notes what is sent and answers as it is told; polls find nothing and callbacks are taken unless it is told.

    Attributes:
        answer: (method, url, body) -> an answer, or None for the usual one.
    """

    sent: list = field(default_factory=list)
    answer: object = None

    def send(self, method, url, *, headers=None, body=b""):
        self.sent.append((method, url, dict(headers or {}), body))
        told = self.answer(method, url, body) if self.answer else None
        return told or Reply(status=200, body=b"[]" if method == "GET" else b"{}")

    @property
    def callbacks(self):
        return [(url, headers, body) for method, url, headers, body in self.sent if method == "POST"]


@dataclass
class Bench:
    """An engine on a real store, with a wire that does what it is told."""

    database: Database
    workspaces: Workspaces
    wire: Wire
    engine: Engine
    settings: PlatformSettings

    def workspace(self, name="acme", *, start=START):
        return self.workspaces.create(NewWorkspace(name=name, seed=7, start=start))

    def instance(self, workspace, *, url="http://receiver.test/", configuration=None, first_id=None):
        """Make an instance that polls contacts every 15 minutes."""
        body = InstanceRequest(
            name="Mine",
            configuration={
                "username": "ada",
                "password": "0123",
                "event.notification.enabled": True,
                "event.notification.callback.url": url,
                "event.poller.configuration": {"contacts": CONTACTS},
            }
            | (configuration or {}),
        )
        now = workspace.clock.now()

        def make(number):
            token = identities.element_token(workspace, number)
            return rules.make(body, INSIGHTLY, instance_id=number, token=token, now=now)

        return add_instance(
            self.database,
            workspace.name,
            make,
            lambda made: plan(None, made, INSIGHTLY, empty_block=self.settings.empty_block, now=now),
            first_id=first_id or identities.first_instance_id(workspace),
            now=now,
        )

    def owe(self, workspace, *told):
        """Owe instances' receivers callbacks, in one transaction.

        Args:
            told: instances, and the bodies that these are told.
        """
        first = identities.first_notification_id(workspace)
        with self.database.transaction(workspace.name) as tx:
            notifications = Notifications(tx)
            for made, body in told:
                number, now = notifications.take_ids(first=first), workspace.clock.now()
                notifications.publish(
                    NewNotification(
                        id=number, topic=topic(made), created=now, body=body, owner=user_of(workspace)
                    )
                )


@pytest.fixture
def make_bench(new_database_url):
    """Return a function that puts a bench together, on a database of its own or on a given one."""
    with ExitStack() as closing:

        def make(
            *, url=None, polls=None, patience=DEADLINE, real_clock=None, role="all", lanes=64, **settings
        ):
            database = Database(url or new_database_url(), role=role)
            closing.callback(database.close)
            chosen = PlatformSettings(**settings)
            create_tables(database)
            workspaces, wire, activities = (
                workspaces_on(database, real_clock=real_clock),
                Wire(),
                Activities(),
            )
            hub, catalogue = HubClient(http=wire, url=chosen.url), Catalogue(shipped())
            receivers = Receivers(on_real=wire, on_virtual=wire)
            callbacks = BulkCallbacks(receivers=receivers, settings=chosen)
            engine = Engine(
                workspaces=workspaces,
                activities=activities,
                polls=polls
                or PollTask(
                    database=database,
                    activities=activities,
                    history=history_retention(
                        keep=chosen.history_retention, keep_events=chosen.event_retention
                    ),
                    workspaces=workspaces,
                    hub=hub,
                    catalogue=catalogue,
                    settings=chosen,
                ),
                deliveries=DeliveryTask(
                    database=database, activities=activities, receivers=receivers, settings=chosen
                ),
                lanes=lanes,
                patience=patience,
                bulk=BulkTask(database=database, hub=hub, catalogue=catalogue, callbacks=callbacks),
                database=database,
                workers=WorkerChoices(at_once=chosen.worker_jobs, silence=chosen.worker_silence),
            )
            return Bench(database, workspaces, wire, engine, chosen)

        yield make


@pytest.fixture
def bench(make_bench):
    return make_bench()


@pytest.fixture
def found():
    """Return a function that makes a poll's answer: contacts by (id, created, updated), in minutes after the start."""

    def page(*records, token=None):
        def stamp(minutes):
            return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")

        rows = [
            {"CONTACT_ID": number, "DATE_CREATED_UTC": stamp(created), "DATE_UPDATED_UTC": stamp(updated)}
            for number, created, updated in records
        ]
        headers = [("elements-next-page-token", token)] if token else []
        return Reply(status=200, header_list=headers, body=encode(rows))

    return page
