"""A service that runs alone keeps clock and workspaces itself; in a stack the platform keeps them for all three.

Nothing falls due in such a service: an advance moves the hands, and that is all.
"""

from collections.abc import Callable, Mapping
from typing import TypedDict

from flask import Blueprint, Flask, current_app
from msgspec import Struct

from elements_local.kit.admin.routes import ParameterError, asked_workspace, reset_workspace
from elements_local.kit.admin.workspace_requests import (
    AdvanceRequest,
    ClockJson,
    ClockRequest,
    NameQuery,
    WorkspaceRequest,
    chosen_clock,
    chosen_target,
    chosen_workspace,
    shown_clock,
)
from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.clock import ClockError, Mode, MovedBackError
from elements_local.kit.instants import UnreadableTimeError, format_instant
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.workspace import (
    DefaultWorkspaceError,
    WorkspaceExistsError,
    WorkspaceNameError,
)

Json = dict[str, object]

_EXTENSION = "elements-local-standalone-admin"

clock = Blueprint("clock", __name__, url_prefix="/_local/clock")
workspaces = Blueprint("workspaces", __name__, url_prefix="/_local/workspaces")


class NoSuchWorkspaceError(Exception):
    """A workspace is to go that is not there."""

    def __init__(self, name: str, names: list[str]) -> None:
        super().__init__(f"no workspace {name[:80]!r}; there are: {', '.join(names)}")


STANDALONE_STATUSES: Mapping[type[Exception], int] = {
    UnreadableTimeError: 400,
    MovedBackError: 400,
    ClockError: 409,
    WorkspaceNameError: 400,
    WorkspaceExistsError: 409,
    DefaultWorkspaceError: 409,
    NoSuchWorkspaceError: 404,
}


class StandaloneAdmin(Struct, frozen=True, kw_only=True):
    """What a service that runs alone needs to keep its workspaces.

    Attributes:
        shown: what a user of a workspace has to know.
        fill: fills in so many made-up records of each kind; None where there are no records.
        largest: how many of each it fills in at the most.
    """

    workspaces: Workspaces
    shown: Callable[[Workspace], Json]
    fill: Callable[[Workspace, int], object] | None = None
    largest: int = 0


Moved = TypedDict("Moved", {"workspace": str, "from": str, "now": str})
"""From where to where time was moved, and whose; ``from`` is a word of Python's."""


def add_standalone_admin(app: Flask, admin: StandaloneAdmin) -> None:
    """Give an application the routes of its clock and its workspaces."""
    app.extensions[_EXTENSION] = admin
    app.register_blueprint(clock)
    app.register_blueprint(workspaces)


def starting_anew(workspaces: Workspaces, reset: Callable[[Workspace], None]) -> Callable[[Workspace], None]:
    """Return a reset that also brings a virtual clock back to its start."""

    def run(workspace: Workspace) -> None:
        reset(workspace)
        workspaces.reset_clock(workspace)

    return run


@clock.get("")
@operation(problems=(401, 403))
def show() -> Answer[ClockJson]:
    """Show the time."""
    return Answer(shown_clock(asked_workspace()))


@clock.put("")
@operation(problems=(401, 403))
def put(body: ClockRequest) -> Answer[ClockJson]:
    """Change the mode, or set a virtual clock."""
    workspace = asked_workspace()
    mode, now = chosen_clock(body, mode=workspace.clock.mode)
    known = _admin().workspaces
    present = known.real_now(workspace) if mode is Mode.REAL else workspace.clock.now()
    known.set_clock(workspace, mode, now or present)
    return Answer(shown_clock(workspace))


@clock.post("/advance")
@operation(problems=(401, 403, 409))
def advance(body: AdvanceRequest) -> Answer[Moved]:
    """Move time."""
    workspace = asked_workspace()
    begin = workspace.clock.now()
    _admin().workspaces.move(workspace, chosen_target(body, now=begin))
    now = format_instant(workspace.clock.now())
    return Answer({"workspace": workspace.name, "from": format_instant(begin), "now": now})


@workspaces.get("")
@operation(problems=(403,))
def index() -> Answer[Json]:
    """List the workspaces with their credentials."""
    admin = _admin()
    return Answer({"workspaces": [admin.shown(workspace) for workspace in admin.workspaces]})


@workspaces.post("")
@operation(problems=(403, 409))
def create(body: WorkspaceRequest) -> Answer[Json]:
    """Make a workspace, with records if there are to be some."""
    admin = _admin()
    if body.records and admin.fill is None:
        raise ParameterError("there is no CRM here that could have records; leave out records")
    if body.records > admin.largest:
        raise ParameterError(
            f"records are {admin.largest} of each kind at the most; seed more of them afterwards"
        )
    workspace = admin.workspaces.create(chosen_workspace(body))
    if body.records and admin.fill is not None:
        admin.fill(workspace, body.records)
    return Answer(admin.shown(workspace))


@workspaces.delete("")
@operation(problems=(403, 404, 409))
def delete(query: NameQuery) -> Answer[Json]:
    """Delete the workspace that ``?name=`` says, with everything that is kept for it."""
    known = _admin().workspaces
    workspace = known.named(query.name)
    if workspace is None:
        raise NoSuchWorkspaceError(query.name, sorted(one.name for one in known))
    if workspace is known.default:
        raise DefaultWorkspaceError
    reset_workspace(workspace)
    known.delete(workspace)
    return Answer({})


def _admin() -> StandaloneAdmin:
    admin: StandaloneAdmin = current_app.extensions[_EXTENSION]
    return admin
