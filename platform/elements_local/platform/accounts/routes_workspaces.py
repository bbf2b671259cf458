"""``/_local/workspaces``: worlds to work in, each with credentials, data and a clock of its own."""

from base64 import b64encode
from contextlib import suppress
from typing import NotRequired, TypedDict

from flask import Blueprint
from msgspec import to_builtins

from elements_local.kit.admin.workspace_requests import NameQuery, WorkspaceRequest, chosen_workspace
from elements_local.kit.api.json_text import encode
from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.http_message import Http, NoReply
from elements_local.kit.workspaces.registry import Workspace
from elements_local.kit.workspaces.workspace import DefaultWorkspaceError
from elements_local.platform.call import OpenCall, Platform
from elements_local.platform.elements.connector import Connector, VendorKind
from elements_local.platform.errors import InvalidRequestError, NotFoundError, ProviderError

Json = dict[str, object]


class FakeCrmJson(TypedDict):
    """A further fake of a stack: where it is, what of a configuration lets an instance in, and its kinds of records."""

    url: str
    credentials: dict[str, str]
    kinds: dict[str, dict[str, object]]


class WorkspaceJson(TypedDict):
    """A workspace: its credentials, and by the keys of their elements the further fakes of the stack."""

    name: str
    organization_secret: str
    user_secret: str
    crm_username: str
    crm_api_key: str
    seed: int
    callback_url: str
    crms: NotRequired[dict[str, FakeCrmJson]]


class WorkspaceListJson(TypedDict):
    """The workspaces of a stack."""

    workspaces: list[WorkspaceJson]


bp = Blueprint("workspaces", __name__, url_prefix="/_local/workspaces")


@bp.get("")
@operation(problems=(403,))
def index(call: OpenCall) -> Answer[WorkspaceListJson]:
    """List the workspaces with their credentials."""
    return Answer({"workspaces": [workspace_json(call, workspace) for workspace in call.platform.workspaces]})


@bp.post("")
@operation(problems=(403, 409, 502))
def create(call: OpenCall, body: WorkspaceRequest) -> Answer[WorkspaceJson]:
    """Make a workspace, and fill its CRM if records are asked for."""
    platform = call.platform
    workspace = platform.workspaces.create(chosen_workspace(body))
    if body.records:
        try:
            _tell_crm(platform, workspace, "/_local/seed", {"records": body.records}, by=platform.http)
            _tell_fakes(platform, workspace, "/_local/seed", {"records": body.records}, by=platform.http)
        except (ProviderError, InvalidRequestError):
            with suppress(ProviderError, InvalidRequestError):
                _tell_crm(platform, workspace, "/_local/reset", {}, by=platform.inside)
                _tell_fakes(platform, workspace, "/_local/reset", {}, by=platform.inside)
            platform.workspaces.delete(workspace)
            raise
    return Answer(workspace_json(call, workspace))


@bp.delete("")
@operation(problems=(403, 404, 409, 502))
def delete(call: OpenCall, query: NameQuery) -> Answer[Json]:
    """Delete the workspace that ``?name=`` says, with everything that any service keeps for it."""
    workspace = call.platform.workspaces.named(query.name)
    if workspace is None:
        raise NotFoundError("workspace", repr(query.name[:80]), named="name")
    _remove(call.platform, workspace)
    return Answer({})


def _remove(platform: Platform, workspace: Workspace) -> None:
    """Forget a workspace, in every service.

    Raises:
        DefaultWorkspaceError: it is the one that stays.
        ConflictError: its time is being moved; nothing is forgotten.
    """
    if workspace is platform.workspaces.default:
        raise DefaultWorkspaceError
    with platform.engine.exclusive(workspace):
        _tell_crm(platform, workspace, "/_local/reset", {}, by=platform.inside)
        _tell_fakes(platform, workspace, "/_local/reset", {}, by=platform.inside)
        _send(
            platform,
            f"{platform.settings.sink_url}/_local/reset?workspace={workspace.name}",
            {},
            {},
            by=platform.inside,
        )
        platform.faults.replace(workspace.name, [])
        platform.journal.clear(workspace.name)
        platform.engine.forget(workspace)
        platform.activities.forget(workspace.name)
        platform.workspaces.delete(workspace)


def _tell_crm(platform: Platform, workspace: Workspace, path: str, body: Json, *, by: Http) -> None:
    key = b64encode(f"{workspace.crm_api_key}:".encode()).decode()
    _send(platform, platform.settings.crm_url + path, body, {"Authorization": f"Basic {key}"}, by=by)


def _tell_fakes(platform: Platform, workspace: Workspace, path: str, body: Json, *, by: Http) -> None:
    for url in platform.fakes.values():
        _send(platform, f"{url}{path}?workspace={workspace.name}", body, {}, by=by)


def _send(platform: Platform, url: str, body: Json, headers: dict[str, str], *, by: Http) -> None:
    """Have another service do its part.

    Args:
        by: the way there; calls that are to be kept as the caller's own go from outside.

    Raises:
        InvalidRequestError: it refuses.
        ProviderError: it does not answer.
    """
    headers = {**platform.admin_headers, **headers, "Content-Type": "application/json"}
    reply = by.send("POST", url, headers=headers, body=encode(body))
    if isinstance(reply, NoReply):
        raise ProviderError(status=502, message=f"{url} did not answer: {reply.reason}")
    if not reply.ok:
        raise InvalidRequestError(
            f"{url} answered {reply.status}: {reply.body[:500].decode('utf-8', 'replace')}"
        )


def workspace_json(call: OpenCall, workspace: Workspace) -> WorkspaceJson:
    """Return what a user of the workspace has to know."""
    shown: WorkspaceJson = {
        "name": workspace.name,
        "organization_secret": workspace.organization_secret,
        "user_secret": workspace.user_secret,
        "crm_username": workspace.crm_username,
        "crm_api_key": workspace.crm_api_key,
        "seed": workspace.seed,
        "callback_url": f"{call.settings.sink_url}/{workspace.name}",
    }
    crms: dict[str, FakeCrmJson] = {
        key: {
            "url": url,
            "credentials": dict(fake.credentials(workspace.crm_api_key)),
            "kinds": {name: _kind_json(connector, name, kind) for name, kind in fake.kinds.items()},
        }
        for key, url in call.platform.fakes.items()
        if (fake := (connector := call.catalogue.connector(key)).fake)
    }
    if crms:
        shown["crms"] = crms
    return shown


def _kind_json(connector: Connector, resource: str, kind: VendorKind) -> Json:
    """Return how records of a resource are made, found, called and polled."""
    there, polled = connector.collection(resource), connector.element.poller_defaults.get(resource, {})
    found = {"collection": there.name, "idField": there.id_field, "poller": dict(polled)}
    return {**to_builtins(kind), **found}
