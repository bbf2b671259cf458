"""``/_local/snapshot``: all that a service remembers of a workspace, and the way back to it.

A snapshot holds secrets: those of the workspace, and all that was sent with its requests. Both routes are guarded like
every admin route.
"""

from typing import TypedDict

from flask import Blueprint, Flask, current_app, request
from msgspec import Struct
from werkzeug.exceptions import RequestEntityTooLarge

from elements_local.kit.admin.routes import asked_workspace, renew
from elements_local.kit.api.json_text import read_json
from elements_local.kit.api.operations import JSON, Answer, operation
from elements_local.kit.workspaces.snapshots import Snapshot, Snapshots, SnapshotTooLargeError

LARGEST_SNAPSHOT = 256 * 1024 * 1024
"""Bytes of a snapshot that is taken back."""

_EXTENSION = "elements-local-snapshots"
_DEEPEST = 100
"""Levels of a snapshot's JSON: more than those of all that is in it."""

_PROBLEMS = (401, 403, 409)

bp = Blueprint("snapshots", __name__, url_prefix="/_local/snapshot")


class RestoreQuery(Struct):
    """How far it goes.

    Attributes:
        check: only say whether the snapshot could be taken back; nothing changes.
    """

    check: bool = False


class RestoredJson(TypedDict):
    """Which workspace is as it was, and how many rows it has."""

    workspace: str
    rows: int


def add_snapshots(app: Flask, snapshots: Snapshots) -> None:
    """Give an application the two routes."""
    app.extensions[_EXTENSION] = snapshots
    app.register_blueprint(bp)


@bp.post("")
@operation(problems=_PROBLEMS)
def take() -> Answer[Snapshot]:
    """Return all that this service remembers of a workspace, secrets included: the same state is the same bytes."""
    return Answer(_snapshots().take(asked_workspace()))


@bp.put("")
@operation(problems=(400, *_PROBLEMS, 413, 415), takes={JSON: Snapshot})
def restore(query: RestoreQuery) -> Answer[RestoredJson]:
    """Put a workspace back to a snapshot, its clock included: all of it, or nothing if something in it cannot be kept.

    Name, credentials and addresses stay those of the workspace that it is restored into.
    """
    workspace = asked_workspace()
    request.max_content_length = LARGEST_SNAPSHOT
    try:
        document = read_json(request, deepest=_DEEPEST)
    except RequestEntityTooLarge as error:
        raise SnapshotTooLargeError(request.content_length, largest=LARGEST_SNAPSHOT) from error
    rows = _snapshots().restore(workspace, document, check=query.check)
    if not query.check:
        renew(workspace)
    return Answer({"workspace": workspace.name, "rows": rows})


def _snapshots() -> Snapshots:
    snapshots: Snapshots = current_app.extensions[_EXTENSION]
    return snapshots
