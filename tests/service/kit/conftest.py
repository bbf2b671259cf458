"""A small service of the kit's own: it counts things, in as many workspaces as there are."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask, Request, request
from known_facts import known_by

from elements_local.kit.admin.routes import (
    ADMIN_STATUSES,
    Admin,
    UnknownWorkspaceError,
    add_admin,
    check_admin_call,
    json_answer,
    without_secrets,
)
from elements_local.kit.api.json_text import decode, encode, read_json
from elements_local.kit.storage.database import Database
from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.middleware import LARGEST_BODY, ServiceMiddleware
from elements_local.kit.web.problems import answer_problems
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import NewWorkspace, Workspace, Workspaces

ORIGIN = "http://127.0.0.1:4709"


@dataclass
class Service:
    """The service with its parts, and a caller who sends bytes to it."""

    app: Flask
    workspaces: Workspaces
    faults: FaultBook
    journal: Journal
    middleware: ServiceMiddleware
    guard: Guard
    things: Counter[str] = field(default_factory=Counter)

    def send(self, method, target, *, json=None, body=b"", headers=None, workspace=None):
        """Send a request and return the bare reply, or that there was none."""
        sent = dict(headers or {})
        if workspace is not None:
            sent["Authorization"] = f"User {workspace.user_secret}"
        http = InProcess({ORIGIN: self.app}, timeout=timedelta(seconds=30))
        return http.send(method, ORIGIN + target, headers=sent, body=body if json is None else encode(json))

    def shown(self, target, **given):
        """Return the JSON that a GET is answered with."""
        reply = self.send("GET", target, **given)
        assert reply.status == 200, reply.body
        return decode(reply.body)

    def script(self, *rules, workspace=None):
        """Put fault rules in force."""
        reply = self.send("PUT", "/_local/faults", json={"faults": rules}, workspace=workspace)
        assert reply.status == 200, reply.body

    def another(self, name):
        """Make another workspace."""
        return self.workspaces.create(NewWorkspace(name=name))


def build(database: Database, guard: Guard) -> Service:
    """Put the service together on a database."""
    app = Flask("counting", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    workspaces = Workspaces(database)
    faults = FaultBook(database, service="counting")
    journal = Journal()

    def named_by(header: str | None) -> Workspace | None:
        return workspaces.with_user_secret((header or "").removeprefix("User "))

    def of_admin_call(asked: Request) -> Workspace:
        header = asked.headers.get("Authorization")
        found = workspaces.default if header is None else named_by(header)
        if found is None:
            raise UnknownWorkspaceError("nobody's credentials")
        return found

    def quietly(environ) -> Workspace:
        return named_by(environ.get("HTTP_AUTHORIZATION")) or workspaces.default

    middleware = ServiceMiddleware(
        app, guard=guard, faults=faults, journal=journal, facts_of=known_by(quietly)
    )
    app.wsgi_app = middleware
    app.before_request(lambda: check_admin_call(request) if facts_of(request).is_admin else None)
    app.after_request(lambda response: without_secrets(request, response))
    service = Service(
        app=app, workspaces=workspaces, faults=faults, journal=journal, middleware=middleware, guard=guard
    )
    admin = Admin(
        service="counting",
        workspaces=workspaces,
        workspace_of=of_admin_call,
        reset=lambda workspace: service.things.pop(workspace.name, None),
        middleware=middleware,
    )
    add_admin(app, admin)

    @app.route("/things", methods=["GET", "POST"])
    @app.route("/things/<path:_rest>", methods=["GET", "POST"])
    def things(_rest=""):
        name = quietly(request.environ).name
        if request.method == "POST":
            service.things[name] += 1
        return json_answer({"things": service.things[name]})

    @app.put("/echo")
    def echo():
        return json_answer(read_json(request))

    answer_problems(app, ADMIN_STATUSES, lambda _status, message, _error: {"message": message})
    return service


@pytest.fixture
def database(database_url):
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def service(database):
    return build(database, Guard())


@pytest.fixture
def build_service(database):
    return lambda guard: build(database, guard)


@pytest.fixture
def locked_error(tmp_path):
    """What SQLite says of a file in which another program writes."""
    with (
        closing(sqlite3.connect(tmp_path / "a", timeout=0)) as one,
        closing(sqlite3.connect(tmp_path / "a", timeout=0)) as other,
    ):
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as failed:
            other.execute("BEGIN IMMEDIATE")
    return failed.value
