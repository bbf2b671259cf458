"""The platform as a Flask application: its blueprints, and below what they are reached."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from flask import Flask, Request

from elements_local.kit.admin.holders import FOREIGN, holder_of
from elements_local.kit.admin.routes import Admin, UnknownWorkspaceError, add_admin
from elements_local.kit.admin.snapshot_routes import add_snapshots
from elements_local.kit.api.openapi import IdConverter, serve_document
from elements_local.kit.http_message import Http
from elements_local.kit.shared.choice import fault_book_on
from elements_local.kit.storage.database import Database
from elements_local.kit.traffic.calls import ENGINE, InternalHttp
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.middleware import LARGEST_BODY, Pages, ServiceMiddleware
from elements_local.kit.web.outbound import NonAdminHttp, Outbound
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.snapshots import WORKSPACE, Snapshots, WorkspaceSnapshot
from elements_local.kit.workspaces.table_rows import AllRows
from elements_local.platform.accounts import routes as accounts
from elements_local.platform.accounts import routes_instance_body as instance_body
from elements_local.platform.accounts import routes_login as login
from elements_local.platform.accounts import routes_users as users
from elements_local.platform.accounts import routes_workspaces as workspace_routes
from elements_local.platform.activity.store import Activities, restored
from elements_local.platform.audit import routes as audit
from elements_local.platform.bulk import routes as bulk
from elements_local.platform.bulk.task import BulkCallbacks, BulkTask
from elements_local.platform.call import EXTENSION, Platform, PlatformFacts
from elements_local.platform.callbacks import routes as deliveries
from elements_local.platform.callbacks import routes_outbox as outbox
from elements_local.platform.callbacks.task import DeliveryTask, Receivers
from elements_local.platform.core.callers import Callers
from elements_local.platform.core.hub_client import HubClient
from elements_local.platform.core.paths import BASE_PATH
from elements_local.platform.core.polled_instances import PolledInstances
from elements_local.platform.core.settings import PlatformSettings, WorkerChoices
from elements_local.platform.core.tables import metadata
from elements_local.platform.description import DESCRIPTION
from elements_local.platform.documents import routes as docs
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.platform.elements.connector import Connector
from elements_local.platform.engine import Engine, create_tables
from elements_local.platform.events import routes_notifications as notifications
from elements_local.platform.events import routes_subscriptions as subscriptions
from elements_local.platform.events.store import history_retention
from elements_local.platform.explain.cause import FixFinder, FixRunner
from elements_local.platform.explain.routes import explain_routes
from elements_local.platform.hub import routes as hubs
from elements_local.platform.hub import routes_catalogue as hub_catalogue
from elements_local.platform.hub import routes_elements as elements
from elements_local.platform.hub import routes_hosts as hosts
from elements_local.platform.hub import routes_objects as hub_objects
from elements_local.platform.hub import routes_records as own_records
from elements_local.platform.hub.routing import HubRouting
from elements_local.platform.inbound import routes as inbound
from elements_local.platform.instances import routes as instances
from elements_local.platform.instances import routes_configuration as instance_configuration
from elements_local.platform.instances import routes_events as events
from elements_local.platform.instances import routes_lint as lint
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs import routes_activity as activity
from elements_local.platform.jobs import routes_clock as clock
from elements_local.platform.jobs import routes_timeline as timeline
from elements_local.platform.polling import routes as polls
from elements_local.platform.polling import routes_jobs as jobs
from elements_local.platform.polling.task import PollTask
from elements_local.platform.provider.service import RedirectingHttp, with_calls
from elements_local.platform.request_policy import RequestIds, add_request_policy
from elements_local.platform.soundness import check_sound
from elements_local.platform.transformations import routes as transformations

_MASKED_INSTANCES = 1000
"""Whose secrets are looked for in answers to admin calls: the latest, as all of them are read for each answer."""

_LOCAL = (
    clock.bp,
    workspace_routes.bp,
    instance_body.bp,
    polls.bp,
    audit.pollers,
    outbox.bp,
    audit.bp,
    activity.bp,
    timeline.bp,
    lint.config_warnings,
    lint.bp,
    hosts.bp,
    login.console,
)
"""What stands beside the API: the admin routes, and the older way of signing in."""

_API = (
    *(users.bp, accounts.bp, users.organizations, login.bp),
    *(instances.bp, instances.of_element, instances.of_account),
    *(events.bp, events.event_analytics, inbound.bp, jobs.bp, bulk.bp),
    *(notifications.bp, subscriptions.bp, deliveries.bp),
    *(elements.bp, elements.oauth, hub_catalogue.bp, docs.bp, instances.traces),
    *(hub_objects.bp, docs.of_objects, hubs.bp),
)
_OF_ONE_INSTANCE = (instances.one, instance_configuration.bp, docs.of_instance, transformations.bp)
"""What is reached by an instance's id, and by its token."""


def add_routes(app: Flask, cures: FixFinder) -> None:
    """Give the platform its routes."""
    for blueprint in (*_LOCAL, explain_routes(cures)):
        app.register_blueprint(blueprint)
    for blueprint in _API:
        app.register_blueprint(blueprint, url_prefix=BASE_PATH + (blueprint.url_prefix or ""))
    for blueprint in _OF_ONE_INSTANCE:
        app.register_blueprint(blueprint, url_prefix=f"{BASE_PATH}/instances/<instance_id>")
        app.register_blueprint(
            blueprint, url_prefix=f"{BASE_PATH}/instances", name=f"{blueprint.name}_of_token"
        )


def create_app(  # noqa: PLR0913 - what a platform is made of; all of it by name
    settings: PlatformSettings,
    *,
    workspaces: Workspaces,
    database: Database,
    http: Http,
    guard: Guard,
    receivers: Receivers | None = None,
    connectors: Sequence[Connector] = (),
    fakes: Mapping[str, str] = MappingProxyType({}),
    cures: FixRunner | None = None,
    pages: Pages | None = None,
) -> Flask:
    """Make the platform.

    Args:
        connectors: for elements beside those that are shipped.
        fakes: element -> where this stack plays its vendor.
        http: reaches the other services.
        receivers: reaches the receivers of callbacks, as far as they may be reached; by default the same.
        guard: who may call the admin routes.
        cures: tries what would have helped; without it nothing is tried.
        pages: for people, at ``/_local/``.

    Raises:
        ConflictError: two connectors have one element.
    """
    origins = {
        one.fake.origin: fakes[one.element.key] for one in connectors if one.fake and one.element.key in fakes
    }
    if origins:
        http = RedirectingHttp(http=http, origins=origins)
    app = HubRouting("elements_local.platform", base_path=BASE_PATH)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    app.url_map.converters["id"] = IdConverter
    starts = create_tables(database)
    reaching = receivers or Receivers(on_real=http, on_virtual=http)
    outbound = _guarded(settings, reaching.on_real)
    guarded = Receivers(on_real=outbound, on_virtual=_guarded(settings, reaching.on_virtual))
    own = InternalHttp(NonAdminHttp(InProcess({settings.url: app}, otherwise=http)), ENGINE)
    catalogue = Catalogue((*shipped(crm_url=settings.crm_url), *connectors))
    activities = Activities()
    history = history_retention(keep=settings.history_retention, keep_events=settings.event_retention)
    hub = HubClient(http=own, url=settings.url)
    polled = PolledInstances()
    engine = Engine(
        database=database,
        workspaces=workspaces,
        activities=activities,
        polls=PollTask(
            database=database,
            activities=activities,
            history=history,
            workspaces=workspaces,
            hub=hub,
            catalogue=catalogue,
            settings=settings,
            polled=polled,
        ),
        deliveries=DeliveryTask(
            database=database, activities=activities, receivers=guarded, settings=settings
        ),
        bulk=BulkTask(
            database=database,
            hub=hub,
            catalogue=catalogue,
            callbacks=BulkCallbacks(receivers=guarded, settings=settings),
        ),
        workers=WorkerChoices(at_once=settings.worker_jobs, silence=settings.worker_silence),
    )
    platform = Platform(
        settings=settings,
        workspaces=workspaces,
        callers=Callers(workspaces=workspaces, database=database),
        database=database,
        activities=activities,
        history=history,
        catalogue=catalogue,
        engine=engine,
        http=http,
        inside=InternalHttp(http, "platform"),
        outbound=outbound,
        faults=fault_book_on(database, service="platform"),
        journal=Journal(settings.journal_bytes),
        admin_headers=guard.headers,
        fakes=fakes,
        polled=polled,
    )
    app.extensions[EXTENSION] = platform
    _add_admin(app, platform, engine, guard, pages)
    _add_snapshots(app, platform, engine)
    add_routes(app, FixFinder(cures))
    if fakes:
        app.register_blueprint(own_records.bp)
    serve_document(app, DESCRIPTION)
    app.bind_routes()
    add_request_policy(app, platform, RequestIds(starts))
    return app


def _guarded(settings: PlatformSettings, http: Http) -> Outbound:
    """Return what reaches receivers, as far as they may be reached."""
    return Outbound(
        http=http,
        remedy="allow it with up --allow-host {host} or ELEMENTS_LOCAL_PLATFORM_ALLOW_HOSTS={host}",
        allowed=settings.allow_hosts,
        own=frozenset({settings.url, settings.crm_url, settings.sink_url}),
    )


def engine_of(app: Flask) -> Engine:
    """Return what runs the due work of a platform; the server lets it follow real clocks."""
    engine: Engine = app.extensions[EXTENSION].engine
    return engine


def _add_snapshots(app: Flask, platform: Platform, engine: Engine) -> None:
    workspace_snapshot = WorkspaceSnapshot(
        workspaces=platform.workspaces, sink_url=platform.settings.sink_url
    )
    snapshots = Snapshots(
        service="platform",
        database=platform.database,
        tables=AllRows(metadata),
        memories={
            WORKSPACE: workspace_snapshot,
            "faults": platform.faults,
            "journal": platform.journal,
        },
        quiescers=(engine.quiesce, platform.faults.quiesce),
        moved=workspace_snapshot.moved,
        sound=partial(check_sound, platform.catalogue),
        restored=lambda workspace: platform.activities.publish(workspace, restored(workspace.name)),
    )
    add_snapshots(app, snapshots)


def _add_admin(app: Flask, platform: Platform, engine: Engine, guard: Guard, pages: Pages | None) -> None:
    workspaces, settings = platform.workspaces, platform.settings

    def secrets_of(workspace: Workspace) -> list[str]:
        with platform.database.lookup(workspace.name) as tx:
            of_instances = Instances(tx).secrets(_MASKED_INSTANCES)
        return [*workspace.secrets.values(), *of_instances]

    def of_admin_call(asked: Request) -> Workspace:
        if "Authorization" not in asked.headers:
            return workspaces.default
        known: Workspace | None = facts_of(asked).caller.known
        found = known or holder_of(workspaces, asked.headers["Authorization"])
        if found is None:
            raise UnknownWorkspaceError(FOREIGN)
        return found

    middleware = ServiceMiddleware(
        app,
        guard=guard,
        faults=platform.faults,
        journal=platform.journal,
        facts_of=lambda environ: PlatformFacts(environ, platform),
        pages=pages,
        finish=with_calls,
        changing=(f"{BASE_PATH}{inbound.bp.url_prefix}/",),
    )
    app.wsgi_app = middleware  # type: ignore[method-assign]  # Flask's own way to wrap an application
    admin = Admin(
        service="platform",
        workspaces=workspaces,
        workspace_of=of_admin_call,
        reset=engine.reset,
        holding=engine.exclusive,
        middleware=middleware,
        addresses={"platform": settings.url, "crm": settings.crm_url, "sink": settings.sink_url},
        measures=engine.measures,
        secrets_of=secrets_of,
    )
    add_admin(app, admin)
