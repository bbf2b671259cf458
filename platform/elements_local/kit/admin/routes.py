"""The routes every service has below ``/_local``: health, reset, faults, journal, metrics."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from hmac import compare_digest
from typing import Annotated

from flask import Blueprint, Flask, Request, Response, current_app, request
from msgspec import Meta, Struct, field

from elements_local.kit.admin.metrics import Measure, MetricsUnavailableError, exposition
from elements_local.kit.api.json_text import encode, read_json
from elements_local.kit.api.operations import (
    JSON,
    Answer,
    operation,
    operation_of,
    page_json,
    present_request,
)
from elements_local.kit.api.pages import LogQuery
from elements_local.kit.api.shapes import parameters_of, refuse_unknown_parameters
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_known
from elements_local.kit.traffic.fault_rules import FaultRuleError, parse_rules
from elements_local.kit.traffic.journal import JournalQuery
from elements_local.kit.web.guard import ADMIN, TOKEN_HEADER
from elements_local.kit.web.middleware import ServiceMiddleware
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.snapshots import SnapshotTooLargeError
from elements_local.kit.workspaces.table_rows import SnapshotError, TakenError

_EXTENSION = "elements-local-admin"

bp = Blueprint("admin", __name__, url_prefix=ADMIN)


class AdminRefusedError(Exception):
    """What only the owner of the stack may do was asked for without the token."""

    def __init__(self) -> None:
        super().__init__(f"send the token that `up` printed in the header {TOKEN_HEADER}")


class UnknownWorkspaceError(Exception):
    """The credentials of an admin call are nobody's."""


class ParameterError(ValueError):
    """A parameter of an admin call cannot be read."""


ADMIN_STATUSES: dict[type[Exception], int] = {
    AdminRefusedError: 403,
    UnknownWorkspaceError: 401,
    ParameterError: 400,
    FaultRuleError: 400,
    SnapshotError: 400,
    TakenError: 409,
    SnapshotTooLargeError: 413,
    MetricsUnavailableError: 501,
}


class Admin(Struct, frozen=True, kw_only=True):
    """What the admin routes of a service need.

    Attributes:
        workspace_of: whose workspace a request means; raises UnknownWorkspaceError for foreign credentials.
        reset: brings a workspace back to its start in this service.
        holding: keeps a workspace's jobs from running during a reset; raises if one runs already.
        addresses: where the services of the stack are called, by their names, as far as this one knows.
        whose: the query parameters by which ``workspace_of`` goes; any admin call may have them.
        secrets_of: what no answer shows, wherever it stands; see ``_UNMASKED``.
        measures: name -> what the service knows about itself, for health and metrics.
    """

    service: str
    workspaces: Workspaces
    workspace_of: Callable[[Request], Workspace]
    reset: Callable[[Workspace], None]
    middleware: ServiceMiddleware
    holding: Callable[[Workspace], AbstractContextManager[object]] = nullcontext
    addresses: Mapping[str, str] = field(default_factory=dict)
    whose: tuple[str, ...] = ()
    measures: Callable[[], Mapping[str, Measure]] = dict
    secrets_of: Callable[[Workspace], Iterable[str]] = lambda workspace: workspace.secrets.values()


def json_answer(value: object, status: int = 200) -> Response:
    """Answer with compact JSON."""
    return Response(encode(value), status=status, mimetype="application/json")


def add_admin(app: Flask, admin: Admin) -> None:
    """Give an application its admin routes."""
    app.extensions[_EXTENSION] = admin
    app.register_blueprint(bp)
    declare = operation(problems=_PROBLEMS, takes={JSON: admin.middleware.faults.shape})
    app.add_url_rule("/_local/faults", "admin.script_faults", declare(script_faults), methods=["PUT"])


_UNMASKED = frozenset(
    {"workspace", "workspaces", "snapshot", "export", "callbacks", "faults", "responses", "instance-body"}
)
"""What an owner reads to use it or to write it again, by the first segment of an admin path; of ``callbacks`` not the stream."""

_STREAM = "text/event-stream"


def without_secrets(asked: Request, response: Response) -> Response:
    """Hide the secrets of a workspace in what an admin call about it is answered, under any key."""
    meant = facts_of(asked).meant
    first = asked.path.strip("/").split("/")[1:2]
    if meant is None:
        return response
    if response.mimetype != _STREAM and not _UNMASKED.isdisjoint(first):
        return response
    secrets = [*_admin().secrets_of(meant[0])]
    if response.mimetype == _STREAM:
        chunks: Iterable[bytes] = response.iter_encoded()
        response.response = (mask_known(each.decode(), secrets).encode() for each in chunks)
    elif response.mimetype in {JSON, "text/plain", "text/html", "application/yaml"}:
        shown = response.get_data(as_text=True)
        text = mask_known(shown, secrets)
        if text != shown:
            response.set_data(text)
    return response


class ResetQuery(Struct):
    """How much is reset.

    Attributes:
        all: every workspace, instead of the one that the call means.
        check: only say whether it could be done.
    """

    all: bool = False
    check: bool = False


_PROBLEMS = (401, 403)


@bp.get("/health")
@operation(problems=(403,))
def health() -> Answer[dict[str, str | float]]:
    """Say that the service answers, where the services of its stack are, and what it knows about itself.

    Where several processes serve one environment, ``process`` says which one this is.
    """
    admin = _admin()
    # read anew from a database that others write to: while that is away, the service does not answer either
    admin.workspaces.refresh(admin.workspaces.default)
    measures = {name: measure.value for name, measure in admin.measures().items()}
    return Answer(
        {
            "service": admin.service,
            "status": "ok",
            **admin.workspaces.remembered_by,
            **admin.addresses,
            **measures,
        }
    )


@bp.post("/reset")
@operation(problems=(*_PROBLEMS, 409))
def reset(query: ResetQuery) -> Answer[dict[str, object]]:
    """Bring one workspace, or every one, back to its start in this service: all of them, or none if one is busy."""
    targets = list(_admin().workspaces) if query.all else [asked_workspace()]
    with ExitStack() as holds:
        for workspace in targets:
            holds.enter_context(_admin().holding(workspace))
        for workspace in [] if query.check else targets:
            _reset(workspace)
    return Answer({})


class FaultsQuery(Struct):
    """When the rules are listed.

    Attributes:
        wait: for so many seconds at the most, until a rule has held a call, or none is there that could.
    """

    wait: Annotated[float, Meta(ge=0, le=60)] = 0


@bp.get("/faults")
@operation(problems=_PROBLEMS)
def faults(query: FaultsQuery) -> Answer[dict[str, list[object]]]:
    """List the fault rules with their counts."""
    workspace = asked_workspace()
    _admin().middleware.faults.wait_for_held(workspace.name, query.wait)
    return _entries(workspace)


def script_faults() -> Answer[dict[str, list[object]]]:
    """Put fault rules in the place of those that are there."""
    workspace = asked_workspace()
    admin = _admin()
    rules = parse_rules(read_json(request), service=admin.service, shape=admin.middleware.faults.shape)
    now = workspace.clock.now()
    for rule in rules:
        if rule.until is not None and rule.until <= now:
            raise FaultRuleError(f"until is over, so the rule never applies: it is {format_instant(now)}")
    admin.middleware.faults.replace(workspace.name, rules)
    return _entries(workspace)


@bp.delete("/faults")
@operation(problems=_PROBLEMS)
def end_faults() -> Answer[dict[str, list[object]]]:
    """Take all fault rules away."""
    workspace = asked_workspace()
    _admin().middleware.faults.replace(workspace.name, [])
    return _entries(workspace)


@bp.get("/journal")
@operation(problems=_PROBLEMS)
def journal(query: JournalQuery) -> Answer[dict[str, object]]:
    """Show the latest exchanges, newest first, or those that are asked for.

    ``pruned`` counts those that made room for others since the last reset. Where several processes serve one
    environment, ``process`` says whose memory this is.
    """
    workspace = asked_workspace()
    secrets = [*workspace.secrets.values()]
    page = _admin().middleware.journal.page(workspace.name, query)
    return Answer(
        {
            "count": len(page.items),
            **page_json(page, "before"),
            "pruned": page.pruned,
            **_admin().workspaces.remembered_by,
            "exchanges": [{"number": number, **exchange.to_json(secrets)} for number, exchange in page.items],
        }
    )


class CallsQuery(LogQuery, kw_only=True):
    """Which calls are asked for.

    Attributes:
        reads: false leaves out those that only read.
    """

    reads: bool = True


@bp.get("/journal/calls")
@operation(problems=_PROBLEMS)
def calls(query: CallsQuery) -> Answer[dict[str, object]]:
    """Show what was asked from outside, oldest first, page by page; admin calls that change something are among it.

    ``resets`` counts how often all of it was forgotten, ``last`` is the number of the latest, and ``pruned`` and
    ``prunedReads`` are those of the latest change and the latest read that made room for others, 0 if none did.
    Where several processes serve one environment, ``process`` says whose memory this is.
    """
    workspace = asked_workspace()
    kept = _admin().middleware.journal.calls
    page = kept.after(workspace.name, query.after, limit=query.limit, reads=query.reads)
    return Answer(
        {
            "resets": page.resets,
            "last": page.last,
            "pruned": page.pruned,
            "prunedReads": page.pruned_reads,
            **page_json(page, "after"),
            **_admin().workspaces.remembered_by,
            "calls": [call.to_json(workspace) for call in page.items],
        }
    )


@bp.get("/metrics")
@operation(problems=(403, 501), gives={"text/plain": None})
def metrics() -> Response:
    """Show the counts of answers as Prometheus reads them."""
    admin = _admin()
    text, content_type = exposition(admin.service, admin.middleware.answered, admin.measures())
    return Response(text, content_type=content_type)


def reset_workspace(workspace: Workspace) -> None:
    """Forget all that the present application keeps for a workspace."""
    with _admin().holding(workspace):
        _reset(workspace)


def _reset(workspace: Workspace) -> None:
    admin = _admin()
    admin.reset(workspace)  # first, as it may refuse
    admin.middleware.faults.replace(workspace.name, [])
    admin.middleware.journal.clear(workspace.name)
    admin.workspaces.renew(workspace)


def renew(workspace: Workspace) -> None:
    """Note that the present application has put a workspace back to a snapshot."""
    _admin().workspaces.renew(workspace)


def asked_workspace() -> Workspace:
    """Return the workspace that the present admin call means.

    Raises:
        UnknownWorkspaceError: its credentials are nobody's.
    """
    asked = present_request()
    return mean(asked, _admin().workspace_of(asked))


def mean(asked: Request, workspace: Workspace) -> Workspace:
    """Note whose workspace an admin call is about, so that it is kept there."""
    facts = facts_of(asked)
    if facts.meant is None:
        facts.meant = workspace, workspace.clock.now()
    return workspace


def _admin() -> Admin:
    admin: Admin = current_app.extensions[_EXTENSION]
    return admin


def check_token() -> None:
    """Refuse the present request if the stack has a token that it does not carry.

    Raises:
        AdminRefusedError: it does not.
    """
    token = _admin().middleware.guard.token
    sent = request.headers.get(TOKEN_HEADER, "")
    if token is not None and not compare_digest(sent.encode(), token.encode()):
        raise AdminRefusedError


def check_admin_call(asked: Request) -> None:
    """Refuse an admin call that may not be made, or that has a parameter which nothing reads.

    Raises:
        AdminRefusedError: the stack has a token that it does not carry.
        ShapeError: names the parameter.
    """
    check_token()
    if asked.query_string and asked.endpoint is not None:
        _refuse_unknown_parameters(asked, current_app.view_functions[asked.endpoint])


def _refuse_unknown_parameters(asked: Request, view: Callable[..., object]) -> None:
    """Refuse what an admin route does not read; the vendors' routes pass over it, as the vendors do."""
    declared = operation_of(view)
    if declared is not None:
        refuse_unknown_parameters(
            asked.args, dict.fromkeys([*parameters_of(declared.query), *_admin().whose])
        )


def _entries(workspace: Workspace) -> Answer[dict[str, list[object]]]:
    return Answer(
        {"faults": [entry.to_json() for entry in _admin().middleware.faults.entries(workspace.name)]}
    )
