"""The sink as a WSGI application."""

from collections.abc import Callable
from functools import partial

from flask import Flask, Request, Response, request

from callback_sink import errors
from callback_sink.call import EXTENSION, Sink, SinkFacts, refuse_raw_query
from callback_sink.description import DESCRIPTION
from callback_sink.forwarding import Forwarder
from callback_sink.routes import bins, callbacks
from callback_sink.settings import SinkSettings
from callback_sink.snapshots import check_sound, moved
from callback_sink.store import SinkStore
from callback_sink.stream import ArrivalNotifier, StreamSlots
from callback_sink.tables import metadata
from callback_sink.usage import used_by_all
from elements_local.kit.admin.metrics import Measure
from elements_local.kit.admin.routes import (
    ADMIN_STATUSES,
    Admin,
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
from elements_local.kit.api.openapi import serve_document
from elements_local.kit.http_message import Http
from elements_local.kit.shared.choice import fault_book_on, look_after_on
from elements_local.kit.storage.database import Database
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.middleware import Pages, ServiceMiddleware
from elements_local.kit.web.outbound import Outbound
from elements_local.kit.web.problems import answer_problems, unrouted
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.web.service_flask import ServiceFlask
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.snapshots import Snapshots, workspace_snapshot_of
from elements_local.kit.workspaces.table_rows import AllRows

SERVICE = "sink"
_REMEDY = "allow it with ELEMENTS_LOCAL_SINK_ALLOW_HOSTS={host}"

_ROUTES = (
    callbacks.bp,
    callbacks.exports,
    bins.forwards,
    bins.responses,
    bins.signature_keys,
    bins.reported,
    callbacks.streams,
)

STATUSES: dict[type[Exception], int] = {
    **ADMIN_STATUSES,
    **STANDALONE_STATUSES,
    errors.ForeignBinError: 400,
    errors.OtherObjectTypeError: 400,
    errors.NoSuchCallbackError: 404,
    errors.CameTooFewError: 408,
    errors.NotAsExpectedError: 409,
    errors.NoTargetError: 409,
    errors.ForwardRefusedError: 400,
    errors.TooManyStreamsError: 503,
    errors.BodyTooLargeError: 413,
}


def create_app(  # noqa: PLR0913 - what a sink is made of; all of it by name
    settings: SinkSettings,
    *,
    workspaces: Workspaces,
    database: Database,
    http: Http,
    guard: Guard,
    alone: bool = False,
    pages: Pages | None = None,
) -> Flask:
    """Put the sink together.

    Args:
        workspaces: whose names are the names of their own bins.
        database: where callbacks and the settings of bins are kept.
        http: reaches the targets that callbacks are sent on to.
        guard: says who may call admin routes.
        alone: whether there is no platform that keeps clock and workspaces.
        pages: for people, to which the root leads browsers.
    """
    app = ServiceFlask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.largest_body
    sink = _parts(settings, workspaces=workspaces, database=database, http=http)
    app.extensions[EXTENSION] = sink
    answer_problems(app, STATUSES, _problem)
    app.before_view = partial(_before_view, sink)
    app.after_view = _after_view
    for routes in _ROUTES:
        app.register_blueprint(routes)
    reset = starting_anew(workspaces, sink.reset) if alone else sink.reset
    _add_middleware(app, sink, guard=guard, reset=reset, pages=pages)
    _add_snapshots(app, sink, database, alone=alone)
    if alone:
        add_standalone_admin(app, StandaloneAdmin(workspaces=workspaces, shown=_shown))
    serve_document(app, DESCRIPTION)
    app.bind_routes()
    return app


def _before_view(sink: Sink, asked: Request) -> Response | None:
    if not facts_of(asked).is_admin:
        return bins.receive(sink, asked)
    # a stranger's query need not be readable, an admin call's must be
    refuse_raw_query(asked)
    check_admin_call(asked)
    return None


def _after_view(asked: Request, response: Response) -> Response:
    after = without_secrets if facts_of(asked).is_admin else bins.let_page_read
    return after(asked, response)


def _parts(settings: SinkSettings, *, workspaces: Workspaces, database: Database, http: Http) -> Sink:
    """Make what views find at the application."""
    return Sink(
        settings=settings,
        workspaces=workspaces,
        store=SinkStore(database),
        arrivals=ArrivalNotifier(look_after=look_after_on(database)),
        forwarder=Forwarder(http=Outbound(http=http, remedy=_REMEDY, allowed=settings.allow_hosts)),
        stream_slots=StreamSlots(settings.streams),
        faults=fault_book_on(database, service=SERVICE),
        journal=Journal(settings.journal_bytes),
    )


def _problem(_status: int, message: str, error: Exception) -> dict[str, object]:
    """Give every error the shape that the document names ``SinkProblem``."""
    details = error.details if isinstance(error, errors.SinkError) else {}
    return {"message": unrouted(error) or message, **details}


def _shown(workspace: Workspace) -> dict[str, object]:
    """Return what a sender of callbacks to a workspace's bin has to know."""
    return {
        "name": workspace.name,
        "callback_url": f"{request.url_root}{workspace.name}",
        "seed": workspace.seed,
    }


def _add_middleware(
    app: Flask,
    sink: Sink,
    *,
    guard: Guard,
    reset: Callable[[Workspace], None],
    pages: Pages | None,
) -> None:
    """Give the application its middleware, and the admin routes that show what passes it."""
    middleware = ServiceMiddleware(
        app,
        guard=guard,
        faults=sink.faults,
        journal=sink.journal,
        facts_of=lambda environ: SinkFacts(environ, sink),
        pages=pages,
        # any request to a bin is recorded, and ``?returnQueue`` empties it
        changing=("/",),
        largest_body=sink.settings.largest_body,
        keeps_calls=False,
        faulty=[bins.reported.url_prefix or ""],
    )
    app.wsgi_app = middleware  # type: ignore[method-assign]  # Flask's own way to wrap an application
    add_admin(
        app,
        Admin(
            service=SERVICE,
            workspaces=sink.workspaces,
            workspace_of=sink.workspace_of,
            reset=reset,
            middleware=middleware,
            whose=("workspace", "bin"),
            measures=lambda: _measures(sink),
        ),
    )


def _add_snapshots(app: Flask, sink: Sink, database: Database, *, alone: bool) -> None:
    snapshots = Snapshots(
        service=SERVICE,
        database=database,
        tables=AllRows(metadata),
        memories={
            "faults": sink.faults,
            "journal": sink.journal,
            **(workspace_snapshot_of(sink.workspaces) if alone else {}),
        },
        quiescers=(sink.quiesce, sink.faults.quiesce),
        moved=moved,
        sound=check_sound,
    )
    add_snapshots(app, snapshots)


def _measures(sink: Sink) -> dict[str, Measure]:
    with sink.store.read_across() as tx:
        used = used_by_all(tx)
    return {
        "callbacks": Measure("Callbacks that are kept.", used.callbacks),
        "bytes": Measure("About how many bytes they take.", used.bytes),
        "pruned": Measure("Callbacks that made room for others since the last reset.", used.pruned),
        "streams": Measure("Live streams that are open.", sink.stream_slots.open),
    }
