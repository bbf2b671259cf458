"""The CRM as a WSGI application."""

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import MethodNotAllowed

from elements_local.kit.api.json_text import Json
from elements_local.kit.fakes.host import FAKE_STATUSES, FakeHost, FakeService
from elements_local.kit.storage.database import Database
from elements_local.kit.traffic.journal import Journal
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.middleware import LARGEST_BODY, Pages
from elements_local.kit.web.problems import KIT_STATUSES, unrouted
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.snapshots import Snapshot, rewording
from elements_local.kit.workspaces.table_rows import Reworded
from mock_insightly import errors
from mock_insightly.account.account import api_key
from mock_insightly.account.allowance import Allowance
from mock_insightly.account.grants import Grants
from mock_insightly.crm import EXTENSION, Crm
from mock_insightly.faults import CrmRules
from mock_insightly.middleware import InsightlyMiddleware, compress_if_asked
from mock_insightly.routes import admin, consent, exchange
from mock_insightly.routes.answers import answer_errors
from mock_insightly.routes.api import add_api
from mock_insightly.routes.call import check_request
from mock_insightly.sample_data.seed import LARGEST
from mock_insightly.settings import CrmSettings
from mock_insightly.store import RecordStore, check_sound
from mock_insightly.tables import metadata
from mock_insightly.versions.known import chosen

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from elements_local.kit.api.openapi import Description

SERVICE = "crm"

_ROUTES = (admin.bp, admin.vendor_pages, exchange.bp, consent.bp)

STATUSES: dict[type[Exception], int] = {
    errors.AuthorizationDeniedError: 401,
    errors.XmlNotServedError: 406,
    errors.BadRequestError: 400,
    errors.NoSuchRecordError: 404,
    errors.NoSuchResourceError: 404,
    errors.NoSuchRowError: 404,
    errors.EmptyUploadError: 417,
    errors.InUseError: 409,
    errors.OutOfPlanError: 403,
    errors.HiddenByPlanError: 404,
    errors.NotImitatedError: 501,
    errors.PlanLimitError: 402,
    errors.SingularResourceError: 405,
}


def create_app(  # noqa: PLR0913 - what a CRM is made of; all of it by name
    settings: CrmSettings,
    *,
    workspaces: Workspaces,
    database: Database,
    guard: Guard,
    alone: bool = False,
    pages: Pages | None = None,
) -> Flask:
    """Put the CRM together.

    Args:
        workspaces: whose API keys open it.
        database: where records are kept.
        guard: says who may call admin routes.
        alone: whether there is no platform that keeps clock and workspaces.
        pages: for people, to which the root leads browsers.
    """
    host = FakeHost(
        name=SERVICE, workspaces=workspaces, database=database, guard=guard, alone=alone, pages=pages
    )
    app = host.flask(__name__, statuses=STATUSES, problem=problem, describe=partial(_description, settings))
    crm = Crm(
        settings=settings,
        workspaces=workspaces,
        store=RecordStore(database, change_retention=settings.change_retention),
        allowance=_allowance_on(database, rolling=settings.limits_reset == "rolling"),
        versions=chosen(settings),
        grants=Grants(database),
        faults=host.fault_book(CrmRules),
        journal=Journal(settings.journal_bytes),
    )
    app.extensions[EXTENSION] = crm
    answer_errors(app, settings, {**KIT_STATUSES, **FAKE_STATUSES, **STATUSES})
    add_api(app)
    for routes in _ROUTES:
        app.register_blueprint(routes)
    fake = FakeService(
        key_in=_key_in,
        is_named=False,
        tables=metadata,
        reset=crm.reset,
        faults=crm.faults,
        journal=crm.journal,
        memories={"allowance": crm.allowance},
        sound=check_sound,
        moved=_moved,
        application=InsightlyMiddleware(app.wsgi_app, crm),
        finish=compress_if_asked,
        before=check_request,
        shown=_shown,
        fill=partial(admin.make_up, crm),
        largest=LARGEST,
    )
    return host.serve(app, fake)


def _description(settings: CrmSettings) -> "Description":
    from mock_insightly.document import describe  # noqa: PLC0415 - only where a document is wanted

    return describe(settings)


def problem(status: int, message: str, error: Exception) -> Json:
    """Return the body of an error: the vendor's shape for the API, the kit's for admin routes.

    Source: ``Message`` is what clients read (observed); the words of 404 and 405 for what has no route are the stock
        text of the vendor's web framework (assumed).
    """
    if request.path.startswith("/_local"):
        return {"message": unrouted(error) or message}
    if status == 413:
        message = f"The body has {request.content_length} bytes; at most {LARGEST_BODY} are accepted."
    elif status == 404 and request.routing_exception is not None:
        message = f"No HTTP resource was found that matches the request URI '{request.url}'."
        if request.path == "/":
            message += " The API is below /v3.1 and the like; GET /_local/openapi.json lists the routes."
    elif isinstance(error, MethodNotAllowed):
        message = f"The requested resource does not support http method '{request.method}'."
    return {"Message": message}


def _shown(workspace: Workspace) -> dict[str, object]:
    """Return what a client that calls the CRM for a workspace has to know."""
    kept = ("name", "crm_username", "crm_api_key", "seed")
    return {name: value for name, value in workspace.to_json().items() if name in kept}


def _key_in(environ: "WSGIEnvironment") -> str | None:
    authorization = environ.get("HTTP_AUTHORIZATION")
    return None if authorization is None else api_key(authorization) or ""


def _moved(snapshot: Snapshot, workspace: Workspace) -> Reworded:
    """Give a workspace's users their addresses in the one that is restored into."""
    return rewording({f"{snapshot.workspace}.example": f"{workspace.name}.example"})


def _allowance_on(database: Database, *, rolling: bool) -> Allowance:
    """Return what counts calls: in memory, or in a database where other processes count, too."""
    if database.locks is None:
        return Allowance(rolling=rolling)
    from mock_insightly.account.shared_allowance import SharedAllowance  # noqa: PLC0415 - not needed by one process

    return SharedAllowance(database, rolling=rolling)
