"""The platform as a Flask application."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Request

from elements_local.kit.admin.calls import ENGINE, InternalHttp
from elements_local.kit.admin.journal import Journal
from elements_local.kit.admin.routes import Admin, UnknownWorkspaceError, add_admin
from elements_local.kit.admin.snapshot_routes import add_snapshots
from elements_local.kit.api.openapi import IdConverter, serve_document
from elements_local.kit.shared.choice import fault_book_on
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.snapshots import Snapshots
from elements_local.kit.storage.table_rows import AllRows
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.middleware import LARGEST_BODY, Pages, ServiceMiddleware
from elements_local.kit.web.outbound import NonAdminHttp, Outbound
from elements_local.kit.web.wire import Http
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.workspace_snapshot import WORKSPACE, WorkspaceSnapshot
from elements_local.platform.accounts.calling import Callers
from elements_local.platform.activity.lines import restored
from elements_local.platform.activity.store import Activities
from elements_local.platform.blueprints import add_routes
from elements_local.platform.bulk.callback import BulkCallbacks
from elements_local.platform.bulk.task import BulkTask
from elements_local.platform.callbacks.task import DeliveryTask
from elements_local.platform.core.choices import WorkerChoices
from elements_local.platform.core.dependencies import EXTENSION, PlatformDependencies
from elements_local.platform.core.hub_client import HubClient
from elements_local.platform.core.paths import BASE_PATH
from elements_local.platform.core.registry import Registry
from elements_local.platform.core.request_ids import RequestIds
from elements_local.platform.core.settings import PlatformSettings
from elements_local.platform.core.tables import metadata
from elements_local.platform.description import DESCRIPTION
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.platform.elements.connector import Connector
from elements_local.platform.engine import Engine
from elements_local.platform.explain.cures import CureDesk, CureTrier
from elements_local.platform.hub.refusals import refuse_what_is_not_imitated
from elements_local.platform.hub.routing import HubRouting
from elements_local.platform.inbound import routes as inbound
from elements_local.platform.inbound.service import Inbound
from elements_local.platform.polling.task import PollTask
from elements_local.platform.response_policy import add_response_policy
from elements_local.platform.soundness import check_sound
from elements_local.platform.store import PlatformStore

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


def create_app(  # noqa: PLR0913 - what a platform is made of; all of it by name
    settings: PlatformSettings,
    *,
    workspaces: Workspaces,
    database: Database,
    http: Http,
    guard: Guard,
    receivers: Http | None = None,
    connectors: Iterable[Connector] = (),
    cures: CureTrier | None = None,
    pages: Pages | None = None,
) -> Flask:
    """Make the platform.

    Args:
        connectors: for elements beside those that are shipped.
        http: reaches the other services.
        receivers: reaches the receivers of callbacks, as far as they may be reached; the same unless told otherwise.
        guard: who may call the admin routes.
        cures: tries what would have helped; without it nothing is tried.
        pages: for people, at ``/_local/``.

    Raises:
        ConflictError: two connectors have one element, or one is of a hub that there is not.
    """
    app = HubRouting("elements_local.platform", base_path=BASE_PATH)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    app.url_map.converters["id"] = IdConverter
    store = PlatformStore(
        database,
        event_retention=settings.event_retention,
        history_retention=settings.history_retention,
    )
    outbound = _guarded(settings, receivers or http)
    own = InternalHttp(NonAdminHttp(InProcess({settings.url: app}, otherwise=http)), ENGINE)
    hub = HubClient(http=own, url=settings.url)
    catalogue = Catalogue((*shipped(crm_url=settings.crm_url), *connectors))
    engine = _engine(settings, database, store, workspaces, hub=hub, catalogue=catalogue, receivers=outbound)
    app.extensions[EXTENSION] = PlatformDependencies(
        settings=settings,
        workspaces=workspaces,
        store=store,
        engine=engine,
        outbound=outbound,
        services=Registry(
            [
                engine,
                Callers(workspaces=workspaces, store=store),
                catalogue,
                CureDesk(cures),
                Inbound(store=store, workspaces=workspaces, settings=settings),
            ]
        ),
        http=http,
        inside=InternalHttp(http, "platform"),
        faults=fault_book_on(database, service="platform"),
        journal=Journal(settings.journal_bytes),
        admin_headers=guard.headers,
    )
    _add_admin(app, workspaces, guard, pages)
    _add_snapshots(app, database)
    add_routes(app)
    add_response_policy(app, RequestIds(store.starts))
    app.before_request(refuse_what_is_not_imitated)
    serve_document(app, DESCRIPTION)
    return app


def _guarded(settings: PlatformSettings, http: Http) -> Outbound:
    """Return what reaches receivers, as far as they may be reached."""
    return Outbound(
        http=http,
        remedy="allow it with up --allow-host {host} or ELEMENTS_LOCAL_PLATFORM_ALLOW_HOSTS={host}",
        allowed=settings.allow_hosts,
        own=frozenset({settings.url, settings.crm_url, settings.sink_url}),
    )


def _engine(  # noqa: PLR0913 - as create_app
    settings: PlatformSettings,
    database: Database,
    store: PlatformStore,
    workspaces: Workspaces,
    *,
    hub: HubClient,
    catalogue: Catalogue,
    receivers: Outbound,
) -> Engine:
    """Return what runs the due work."""
    callbacks = BulkCallbacks(receivers=receivers, settings=settings)
    return Engine(
        database=database,
        store=store,
        workspaces=workspaces,
        polls=PollTask(store=store, workspaces=workspaces, hub=hub, catalogue=catalogue, settings=settings),
        deliveries=DeliveryTask(store=store, http=receivers, settings=settings),
        bulk=BulkTask(store=store, hub=hub, catalogue=catalogue, callbacks=callbacks),
        lanes=settings.delivery_lanes,
        workers=WorkerChoices(at_once=settings.worker_jobs, silence=settings.worker_silence),
    )


def engine_of(app: Flask) -> Engine:
    """Return what runs the due work of a platform; whoever serves it lets it follow real clocks."""
    found: PlatformDependencies = app.extensions[EXTENSION]
    return found.services[Engine]


def _add_snapshots(app: Flask, database: Database) -> None:
    dependencies: PlatformDependencies = app.extensions[EXTENSION]
    workspace_snapshot = WorkspaceSnapshot(
        workspaces=dependencies.workspaces, sink_url=dependencies.settings.sink_url
    )
    snapshots = Snapshots(
        service="platform",
        database=database,
        tables=AllRows(metadata),
        memories={
            WORKSPACE: workspace_snapshot,
            "faults": dependencies.faults,
            "journal": dependencies.journal,
        },
        quiescers=(dependencies.services[Engine].quiesce, dependencies.faults.quiesce),
        moved=workspace_snapshot.moved,
        sound=partial(check_sound, dependencies.services[Catalogue]),
        restored=lambda workspace: dependencies.store[Activities].tell(workspace, restored(workspace.name)),
    )
    add_snapshots(app, snapshots)


def _add_admin(app: Flask, workspaces: Workspaces, guard: Guard, pages: Pages | None) -> None:
    dependencies: PlatformDependencies = app.extensions[EXTENSION]

    def quietly(environ: "WSGIEnvironment") -> Workspace:
        return (
            dependencies.services[Callers].workspace_of(environ.get("HTTP_AUTHORIZATION"))
            or workspaces.default
        )

    def of_admin_call(asked: Request) -> Workspace:
        header = asked.headers.get("Authorization")
        if header is None:
            return workspaces.default
        found = dependencies.services[Callers].workspace_of(header)
        if found is None:
            raise UnknownWorkspaceError("the Authorization header names no workspace of this stack")
        return found

    middleware = ServiceMiddleware(
        app,
        guard=guard,
        faults=dependencies.faults,
        journal=dependencies.journal,
        workspace_of=quietly,
        pages=pages,
        changing=(f"{BASE_PATH}{inbound.bp.url_prefix}/",),
    )
    app.wsgi_app = middleware  # type: ignore[method-assign]  # Flask's own way to wrap an application
    admin = Admin(
        service="platform",
        workspaces=workspaces,
        workspace_of=of_admin_call,
        reset=dependencies.services[Engine].reset,
        holding=dependencies.engine.exclusive,
        middleware=middleware,
        addresses={
            "platform": dependencies.settings.url,
            "crm": dependencies.settings.crm_url,
            "sink": dependencies.settings.sink_url,
        },
        measures=dependencies.services[Engine].measures,
    )
    add_admin(app, admin)
