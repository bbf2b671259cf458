"""The platform as a Flask application."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge

from mock_kit.admin import ADMIN_STATUSES, Admin, Guard, UnknownWorkspaceError, add_admin, json_answer
from mock_kit.database import Database
from mock_kit.fault_book import FaultBook
from mock_kit.front import LARGEST_BODY, Front
from mock_kit.instants import UnreadableTimeError
from mock_kit.journal import Journal
from mock_kit.json_text import Json
from mock_kit.openapi import serve_document
from mock_kit.problems import answer_problems
from mock_kit.wire import Http, InProcess
from mock_kit.workspaces import (
    DefaultWorkspaceError,
    Workspace,
    WorkspaceExistsError,
    WorkspaceNameError,
    Workspaces,
)
from mock_platform.callers import Callers
from mock_platform.composer import Composer
from mock_platform.delivery_task import DeliveryTask
from mock_platform.description import DESCRIPTION
from mock_platform.domain import errors
from mock_platform.engine import Engine
from mock_platform.inbound import Inbound
from mock_platform.poll_task import BASE_PATH, PollTask
from mock_platform.provider import Provider
from mock_platform.request_ids import RequestIds
from mock_platform.routes import (
    account_instances,
    accounts,
    clock,
    element_instances,
    elements,
    event_analytics,
    events,
    hubs,
    inbound,
    instance_configuration,
    instances,
    login,
    one_instance,
    organizations,
    polls,
    roles,
    users,
)
from mock_platform.routes import workspaces as workspace_routes
from mock_platform.routes.named_instance import register_both_ways
from mock_platform.routes.parts import EXTENSION, Parts, authorization, calling
from mock_platform.settings import Settings
from mock_platform.store import Store

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

STATUSES: Mapping[type[Exception], int] = {
    **ADMIN_STATUSES,
    errors.InvalidRequestError: 400,
    errors.InvalidCredentialsError: 401,
    errors.InstanceDisabledError: 403,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.NothingFoundError: 404,
    errors.ConflictError: 409,
    UnreadableTimeError: 400,
    WorkspaceNameError: 400,
    WorkspaceExistsError: 409,
    DefaultWorkspaceError: 409,
}
"""Which status each error becomes; a provider's error brings its own."""

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Elements-Async-Request, Elements-Version",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Expose-Headers": (
        "Elements-Returned-Count, Elements-Total-Count, Elements-Request-Id, Elements-Next-Page-Token, "
        "Elements-Trace-Id, Elements-Error, Content-Disposition"
    ),
}
"""For pages of other origins, such as Postman's web client; what is exposed is observed, the rest ours."""

_ADMINISTRATION = (users.bp, accounts.bp, organizations.bp, roles.bp, login.bp)
"""The blueprints of who works with the platform."""

_LONGEST_MESSAGE = 2000
"""Letters of an error: it quotes what came, which may be as long as a body."""


def create_app(
    settings: Settings, *, workspaces: Workspaces, database: Database, http: Http, guard: Guard
) -> Flask:
    """Make the platform.

    Args:
        http: reaches the CRM and the receivers of callbacks.
        guard: who may call the admin routes.
    """
    app = Flask("mock_platform", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    store = Store(database)
    faults = FaultBook(database, service="platform")
    journal = Journal()
    engine = Engine(
        store=store,
        workspaces=workspaces,
        polls=PollTask(store=store, http=InProcess({settings.url: app}, otherwise=http), settings=settings),
        deliveries=DeliveryTask(store=store, http=http, settings=settings),
    )
    app.extensions[EXTENSION] = Parts(
        settings=settings,
        workspaces=workspaces,
        callers=Callers(workspaces=workspaces, store=store, visibility=settings.visibility),
        store=store,
        engine=engine,
        provider=Provider(http=http, crm_url=settings.crm_url),
        inbound=Inbound(
            store=store,
            workspaces=workspaces,
            composer=Composer(store=store, settings=settings),
            settings=settings,
        ),
        http=http,
        faults=faults,
        journal=journal,
        admin_headers=guard.headers,
    )
    _add_admin(app, workspaces, guard)
    for blueprint in (clock.bp, workspace_routes.bp, polls.bp, login.console):
        app.register_blueprint(blueprint)
    for blueprint in (
        *_ADMINISTRATION,
        instances.bp,
        element_instances.bp,
        account_instances.bp,
        events.bp,
        event_analytics.bp,
        inbound.bp,
        elements.bp,
        hubs.bp,
    ):
        app.register_blueprint(blueprint, url_prefix=BASE_PATH + (blueprint.url_prefix or ""))
    for blueprint in (one_instance.bp, instance_configuration.bp):
        register_both_ways(app, blueprint, base_path=BASE_PATH)
    _add_manners(app, RequestIds(store.starts))
    serve_document(app, DESCRIPTION)
    return app


def engine_of(app: Flask) -> Engine:
    """Return what runs the due work of a platform; whoever serves it lets it follow real clocks."""
    found: Parts = app.extensions[EXTENSION]
    return found.engine


def _add_admin(app: Flask, workspaces: Workspaces, guard: Guard) -> None:
    parts: Parts = app.extensions[EXTENSION]

    def quietly(environ: "WSGIEnvironment") -> Workspace:
        return parts.callers.workspace_of(environ.get("HTTP_AUTHORIZATION")) or workspaces.default

    def of_admin_call(asked: Request) -> Workspace:
        header = asked.headers.get("Authorization")
        if header is None:
            return workspaces.default
        found = parts.callers.workspace_of(header)
        if found is None:
            raise UnknownWorkspaceError("the Authorization header names no workspace of this stack")
        return found

    front = Front(app.wsgi_app, faults=parts.faults, journal=parts.journal, workspace_of=quietly)
    app.wsgi_app = front  # type: ignore[method-assign]  # the way Flask documents for middleware
    admin = Admin(
        service="platform",
        workspaces=workspaces,
        workspace_of=of_admin_call,
        reset=parts.engine.reset,
        faults=parts.faults,
        journal=parts.journal,
        front=front,
        guard=guard,
    )
    add_admin(app, admin)


def _add_manners(app: Flask, ids: RequestIds) -> None:
    """Give every answer a request id, every error its shape, and other origins' pages what they may read."""
    parts: Parts = app.extensions[EXTENSION]

    def request_id() -> str:
        if "request_id" not in g:
            found = parts.callers.workspace_of(request.headers.get("Authorization"))
            g.request_id = ids.next((found or parts.workspaces.default).clock.now())
        known: str = g.request_id
        return known

    def body(_status: int, message: str, error: Exception) -> Json:
        said = getattr(error, "provider_message", None)
        provider = {} if said is None else {"providerMessage": said}
        words = _own_words(error) or message
        return {"requestId": request_id(), "message": words[:_LONGEST_MESSAGE], **provider}

    @app.before_request
    def credentials_before_paths() -> None:
        """Refuse strangers before saying that a path is not there (observed: 401 comes before 404)."""
        if request.routing_exception is not None and request.path.startswith(f"{BASE_PATH}/"):
            calling(authorization())

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["Elements-Request-Id"] = request_id()
        if request.path.startswith(BASE_PATH):
            response.content_type = "application/json;charset=UTF-8"
            if "Origin" in request.headers:
                response.headers.extend(_CORS)
        return response

    @app.errorhandler(errors.ProviderError)
    def provider_refused(error: errors.ProviderError) -> Response:
        return json_answer(body(error.status, str(error), error), error.status)

    answer_problems(app, STATUSES, body)


def _own_words(error: Exception) -> str | None:
    """Say of a request that reached no route, or was cut short, what would have; None leaves an error's own words."""
    match error:
        case NotFound():
            return str(errors.NotFoundError("resource", request.path, named="path"))
        case MethodNotAllowed():
            takes = ", ".join(sorted(error.valid_methods or ()))
            return f"{request.path} does not take {request.method}; it takes {takes}"
        case RequestEntityTooLarge():
            return f"a body may have {LARGEST_BODY} bytes; this one has {request.content_length}"
        case _:
            return None
