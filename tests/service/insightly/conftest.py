"""The CRM on a database of its own, and a caller with an API key."""

from base64 import b64encode
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces
from mock_insightly import CrmSettings, create_app

ORIGIN = "http://127.0.0.1:4701"


class Crm:
    """A caller of the CRM.

    Attributes:
        version: put before paths that do not say theirs.
    """

    def __init__(self, app, workspaces, workspace, version="v3.1"):
        self.app = app
        self.workspaces = workspaces
        self.workspace = workspace
        self.version = version
        self._http = InProcess({ORIGIN: app.wsgi_app})

    def at(self, version):
        """Return the same caller at another version."""
        return Crm(self.app, self.workspaces, self.workspace, version)

    def within(self, name):
        """Return the caller that another workspace has."""
        return Crm(self.app, self.workspaces, self.workspaces.named(name), self.version)

    def without_key(self, method, path):
        """Send a request that does not say whose it is."""
        return self._http.send(method, ORIGIN + path)

    def send(self, method, path, *, json=None, body=b"", headers=None):
        """Send a request and return the bare reply."""
        sent = {"Authorization": basic(f"{self.workspace.crm_api_key}:")}
        if json is not None:
            sent["Content-Type"] = "application/json"
        target = path if path.startswith("/") else f"/{self.version}/{path}"
        return self._http.send(
            method,
            ORIGIN + target,
            headers=sent | (headers or {}),
            body=body if json is None else encode(json),
        )

    def shown(self, path, **more):
        """Return the JSON that a GET is answered with."""
        return self._json("GET", path, 200, **more)

    def create(self, resource, **fields):
        """Create a record and return it."""
        return self._json("POST", resource, 201, json=fields)

    def update(self, path, **fields):
        """Change a record and return it."""
        return self._json("PUT", path, 200, json=fields)

    def delete(self, path):
        """Delete a record."""
        reply = self.send("DELETE", path)
        assert (reply.status, reply.body) == (202, b"")

    def refused(self, status, method, path, **more):
        """Return the words in which a request is refused."""
        reply = self.send(method, path, **more)
        assert reply.status == status, reply.body
        if reply.headers["Content-Type"].startswith("text/plain"):
            return reply.body.decode()
        said = decode(reply.body)
        assert list(said) == (["message"] if path.startswith("/_local") else ["Message"])
        return next(iter(said.values()))

    def total(self, path):
        """Return what X-Total-Count says."""
        return int(self.send("GET", path).headers["X-Total-Count"])

    def changes(self, query=""):
        """Return the ground truth."""
        return self.shown(f"/_local/changes{query}")["changes"]

    def seed(self, records, **more):
        """Fill in made-up records."""
        return self._json("POST", "/_local/seed", 200, json={"records": records, **more})

    def advance(self, **duration):
        """Move the workspace's clock."""
        clock = self.workspace.clock
        self.workspaces.move(self.workspace, clock.now() + timedelta(**duration))

    def _json(self, method, path, status, **more):
        reply = self.send(method, path, **more)
        assert reply.status == status, reply.body
        return decode(reply.body)


def basic(text):
    """Return a Basic Authorization header."""
    return f"Basic {b64encode(text.encode()).decode()}"


@pytest.fixture(scope="session")
def opened(shared_database_url):
    """Open a workspace of a CRM, and leave nothing of it behind."""
    database = Database(shared_database_url)
    workspaces = Workspaces(database)
    app = create_app(CrmSettings(), workspaces=workspaces, database=database, guard=Guard())

    @contextmanager
    def opened_(**choices):
        workspace = workspaces.create(NewWorkspace(**choices))
        caller = Crm(app, workspaces, workspace)
        yield caller
        assert caller.send("POST", "/_local/reset").status == 200
        workspaces.delete(workspace)

    yield opened_
    database.close()


@pytest.fixture
def crm(opened):
    """A caller from a workspace of its own, with seed 7, on v3.1."""
    with opened(name="test", seed=7) as caller:
        yield caller


@pytest.fixture
def another(opened):
    """Open a further workspace."""
    with ExitStack() as stack:
        yield lambda **choices: stack.enter_context(opened(**choices))


@pytest.fixture
def configured(new_database_url):
    """Make a CRM with other settings."""
    databases = []

    def make(**settings):
        databases.append(Database(new_database_url()))
        workspaces = Workspaces(databases[-1])
        app = create_app(
            CrmSettings(**settings), workspaces=workspaces, database=databases[-1], guard=Guard()
        )
        return Crm(app, workspaces, workspaces.default)

    yield make
    for database in databases:
        database.close()


@pytest.fixture
def alone(database_url):
    """A caller of a CRM that runs without a platform."""
    database = Database(database_url)
    workspaces = Workspaces(database)
    app = create_app(CrmSettings(), workspaces=workspaces, database=database, guard=Guard(), alone=True)
    yield Crm(app, workspaces, workspaces.default)
    database.close()
