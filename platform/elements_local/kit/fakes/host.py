"""The one face that the kit shows to a fake: what a stack hands to it, and what the fake says of itself in return."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from flask import Flask, Request
from msgspec import Struct, field
from sqlalchemy import MetaData

from elements_local.kit.admin.holders import FOREIGN, holder_of, named_or_held
from elements_local.kit.admin.routes import (
    ADMIN_STATUSES,
    Admin,
    UnknownWorkspaceError,
    add_admin,
    check_admin_call,
    without_secrets,
)
from elements_local.kit.admin.snapshot_routes import add_snapshots
from elements_local.kit.admin.standalone import (
    STANDALONE_STATUSES,
    StandaloneAdmin,
    add_standalone_admin,
    starting_anew,
)
from elements_local.kit.api.json_text import Json
from elements_local.kit.api.openapi import Description, serve_document
from elements_local.kit.api.views import View
from elements_local.kit.instants import format_instant
from elements_local.kit.shared.choice import fault_book_on
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.prepared import Row
from elements_local.kit.traffic.fault_book import FaultBook
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.middleware import LARGEST_BODY, Pages, ServiceMiddleware
from elements_local.kit.web.problems import answer_problems
from elements_local.kit.web.request_facts import RequestFacts, facts_of
from elements_local.kit.web.service_flask import ServiceFlask
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.snapshots import (
    Memory,
    Moved,
    Snapshots,
    Sound,
    anything,
    unmoved,
    workspace_snapshot_of,
)
from elements_local.kit.workspaces.table_rows import AllRows

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from elements_local.kit.web.in_process import WsgiResponse

FAKE_STATUSES: Mapping[type[Exception], int] = {**ADMIN_STATUSES, **STANDALONE_STATUSES}
"""What the kit's own errors are answered with."""


class ChangeJson(View):
    """A change as the admin route shows it."""

    seq: int
    resource: str
    record_id: str
    change: str
    at: str
    created: str
    updated: str

    @classmethod
    def of_row(cls, row: Row) -> Self:
        """Return a change of the log; the record's own dates are those after it, of a deleted one the last."""
        return cls(
            seq=row.seq,
            resource=row.kind,
            record_id=str(row.record_id),
            change=row.change,
            at=format_instant(row.at),
            created=format_instant(row.created),
            updated=format_instant(row.updated),
        )


class FakeService(Struct, frozen=True, kw_only=True):
    """What a fake says of itself.

    Attributes:
        key_in: the API key in a request's environment; None where there are no credentials at all.
        is_named: whether ``?workspace=`` says to admin calls which one is meant, in the place of credentials.
        tables: what it keeps.
        reset: forgets what it keeps of a workspace.
        faults: as its host has made them.
        memories, sound, moved: as ``Snapshots`` has them, beside faults and journal.
        application, finish: as ``ServiceMiddleware`` has them.
        before: looks at a call of the vendor's before its view.
        shown: what a user of a workspace has to know, of a fake that runs alone.
        fill, largest: as ``StandaloneAdmin`` has them.
    """

    key_in: "Callable[[WSGIEnvironment], str | None]"
    is_named: bool = True
    tables: MetaData
    reset: Callable[[Workspace], None]
    faults: FaultBook
    journal: Journal = field(default_factory=Journal)
    memories: Mapping[str, Memory] = field(default_factory=dict)
    sound: Sound = anything
    moved: Moved = unmoved
    application: "WSGIApplication | None" = None
    finish: "Callable[[WSGIEnvironment, WsgiResponse], WsgiResponse] | None" = None
    before: Callable[[Request], None] = lambda _asked: None
    shown: Callable[[Workspace], dict[str, object]] = lambda workspace: {**workspace.to_json()}
    fill: Callable[[Workspace, int], object] | None = None
    largest: int = 0


class FakeFacts(RequestFacts):
    """What a fake knows of a request.

    Args:
        key_in: as ``FakeService`` has it.
        workspaces: whose API keys open the fake.
    """

    def __init__(
        self,
        environ: "WSGIEnvironment",
        key_in: "Callable[[WSGIEnvironment], str | None]",
        workspaces: Workspaces,
    ) -> None:
        super().__init__(environ)
        self._key_in = key_in
        self._workspaces = workspaces

    @cached_property
    def key(self) -> str | None:
        """The API key that it carries; None where there are no credentials at all."""
        return self._key_in(self.environ)

    @cached_property
    def caller(self) -> Workspace | None:
        """The workspace whose API key it carries; None if that is nobody's."""
        return None if self.key is None else self._workspaces.with_api_key(self.key)

    @property
    def workspace(self) -> Workspace:
        """Whose request it is."""
        return self.caller or self._workspaces.default


class FakeHost(Struct, frozen=True, kw_only=True):
    """What a stack hands to a fake.

    Attributes:
        name: of the service; no other of the stack has it.
        workspaces: whose API keys open it, and whose clocks it goes by.
        database: where it keeps things.
        guard: says who may call admin routes.
        alone: whether there is no platform that keeps clock and workspaces.
        pages: for people, to which the root leads browsers.
        change_retention: for how long the log of changes is kept, by the workspace's clock.
        limited: whether the vendor's limits hold.
    """

    name: str
    workspaces: Workspaces
    database: Database
    guard: Guard
    alone: bool = False
    pages: Pages | None = None
    change_retention: timedelta = timedelta(days=90)
    limited: bool = False

    def flask(
        self,
        module: str,
        *,
        statuses: Mapping[type[Exception], int],
        problem: Callable[[int, str, Exception], Json],
        describe: Callable[[], Description],
    ) -> ServiceFlask:
        """Return an application without routes, but for its OpenAPI document.

        Args:
            statuses: the fake's own errors -> status.
            problem: an error's body, from status, message and error.
        """
        app = ServiceFlask(module)
        app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
        app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
        answer_problems(app, {**FAKE_STATUSES, **statuses}, problem)
        serve_document(app, describe)
        return app

    def fault_book(self, shape: Any) -> FaultBook:
        """Return the fault rules of the fake, which have this shape."""
        return fault_book_on(self.database, service=self.name, shape=shape)

    def serve(self, app: ServiceFlask, fake: FakeService) -> Flask:
        """Give an application, once it has its routes, all that stands around them."""

        def of_admin_call(asked: Request) -> Workspace:
            facts: FakeFacts = facts_of(asked)
            holder = facts.caller or holder_of(self.workspaces, asked.headers.get("Authorization", ""))
            if holder is None and facts.key is not None:
                raise UnknownWorkspaceError(FOREIGN)
            name = asked.args.get("workspace") if fake.is_named else None
            return named_or_held(self.workspaces, name, holder) or self.workspaces.default

        middleware = ServiceMiddleware(
            app,
            guard=self.guard,
            faults=fake.faults,
            journal=fake.journal,
            facts_of=lambda environ: FakeFacts(environ, fake.key_in, self.workspaces),
            pages=self.pages,
            application=fake.application,
            finish=fake.finish,
        )
        app.wsgi_app = middleware  # type: ignore[method-assign]  # Flask's own way to wrap an application
        app.before_view = lambda asked: (
            check_admin_call(asked) if facts_of(asked).is_admin else fake.before(asked)
        )
        app.after_view = without_secrets
        admin = Admin(
            service=self.name,
            workspaces=self.workspaces,
            workspace_of=of_admin_call,
            reset=starting_anew(self.workspaces, fake.reset) if self.alone else fake.reset,
            middleware=middleware,
            whose=("workspace",) if fake.is_named else (),
        )
        add_admin(app, admin)
        alone = workspace_snapshot_of(self.workspaces) if self.alone else {}
        snapshots = Snapshots(
            service=self.name,
            database=self.database,
            tables=AllRows(fake.tables),
            memories={"faults": fake.faults, "journal": fake.journal, **fake.memories, **alone},
            quiescers=(fake.faults.quiesce,),
            sound=fake.sound,
            moved=fake.moved,
        )
        add_snapshots(app, snapshots)
        if self.alone:
            keeper = StandaloneAdmin(
                workspaces=self.workspaces, shown=fake.shown, fill=fake.fill, largest=fake.largest
            )
            add_standalone_admin(app, keeper)
        app.bind_routes()
        return app
