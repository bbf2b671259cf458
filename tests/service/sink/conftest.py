"""A sink made of its real parts, on a database of its own."""

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callback_sink import SinkSettings, create_app
from elements_local.kit.http_message import NoReply
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces

ORIGIN = "http://localhost:4702"
LOCAL = "http://127.0.0.1:4702"


class Nobody:
    """A network on which nobody answers."""

    def send(self, method, url, *, headers=None, body=b""):  # noqa: ARG002 - as the seam has it
        return NoReply(reason="connection refused")


@dataclass(frozen=True, kw_only=True)
class Sink:
    app: Flask
    client: FlaskClient
    workspaces: Workspaces

    @property
    def wire(self):
        """Speak to the sink as the platform does when both run in one process."""
        return InProcess({ORIGIN: self.app}, otherwise=OverNetwork(), timeout=timedelta(seconds=30))

    def send(self, path="/default", *, method="POST", headers=None, body=b""):
        return self.wire.send(method, f"{ORIGIN}{path}", headers=headers or {}, body=body)

    def callbacks(self, **filters):
        answer = self.client.get("/_local/callbacks", query_string=filters)
        assert answer.status_code == 200
        assert answer.json["count"] == len(answer.json["callbacks"])
        return answer.json["callbacks"]

    def one(self, **filters):
        (callback,) = self.callbacks(**filters)
        return callback

    def answer(self, *responses, bin_="default"):
        told = self.client.put("/_local/responses", json={"bin": bin_, "responses": list(responses)})
        assert told.status_code == 200

    def know(self, *keys, bin_="default"):
        told = self.client.put("/_local/signature-keys", json={"bin": bin_, "keys": list(keys)})
        assert told.json == {"bin": bin_, "keys": len(keys)}


@pytest.fixture
def database(database_url):
    with closing(Database(database_url)) as database:
        yield database


@pytest.fixture
def make_sink(database):
    def make(settings=None, *, guard=None, others=None):
        workspaces = Workspaces(database)
        applications = dict(others or {})
        app = create_app(
            settings or SinkSettings(),
            workspaces=workspaces,
            database=database,
            http=InProcess(applications, otherwise=Nobody()),
            guard=guard or Guard(),
        )
        applications[ORIGIN] = applications[LOCAL] = app
        return Sink(app=app, client=app.test_client(use_cookies=False), workspaces=workspaces)

    return make


@pytest.fixture
def sink(make_sink):
    return make_sink()


@pytest.fixture
def acme(sink):
    return sink.workspaces.create(NewWorkspace(name="acme", seed=7))
