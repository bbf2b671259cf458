"""The state of a workspace: taken, put back, reset; workspaces made and deleted; what happened as a scenario."""

from flask import Blueprint, Response, request, url_for

from elements_local.clients.service_client import SERVICES
from elements_local.dashboard.context import DEFAULT, Answer, back, clients, dependencies, page, page_or_copy
from elements_local.kit.api.json_text import MalformedJsonError, decode, encode
from elements_local.stack.listed_settings import written

bp = Blueprint("state", __name__, url_prefix="/state")


@bp.get("/")
def index() -> Answer:
    """Show who may call the workspace and how, what the stack goes by, and what can be done with the workspace as a whole."""
    credentials, runs = clients().credentials, [name for name in SERVICES if name in page().runs]
    settings = dependencies().settings()
    shown = [each for each in settings if each.origin != "default" or request.args.get("settings") == "all"]
    every = {
        "platform": ("Authorization", clients().platform.headers["Authorization"]),
        "crm": ("CRM API key", credentials.crm_api_key),
    }
    secrets = dict(every[name] for name in runs if name in every)
    return page_or_copy(
        "state.html",
        {**{name: page().address(name) for name in runs}, **secrets},
        default=DEFAULT,
        secrets=secrets,
        credentials=credentials,
        settings=shown,
        is_short=len(shown) < len(settings),
        written=written,
    )


@bp.post("/snapshot")
def snapshot() -> Response:
    """Return all that is remembered of the workspace as a file, secrets included."""
    name = f"{page().name}-{page().clock['now'].replace(':', '')}.json"
    return _file(encode(clients().snapshot()), name, "application/json")


@bp.post("/restore")
def restore() -> Answer:
    """Put the workspace back to a snapshot."""
    file = request.files.get("snapshot")
    try:
        clients().restore(decode(file.read() if file else b""))
    except MalformedJsonError as error:
        return back(f"The file is not a snapshot: {error}.", good=False)
    return back(f"Workspace {page().name} is as it was then.", to=url_for("overview.index"))


@bp.post("/rewind")
def rewind() -> Answer:
    """Put the workspace back to what it was before time was last moved until a callback."""
    wanted = (page().name, request.args.get("to"))
    before = next((one for one in dependencies().ways_back if (one.workspace, one.at) == wanted), None)
    if before is None:
        return back("What the workspace was like then is no longer kept.", good=False)
    clients().restore(before.snapshot)
    return back(f"Workspace {page().name} is as it was at {before.at}.", to=url_for("overview.index"))


@bp.post("/reset")
def reset() -> Answer:
    """Bring the workspace back to its start."""
    clients().reset()
    return back(f"Workspace {page().name} is at its start again.", to=url_for("overview.index"))


@bp.get("/scenario.yaml")
def scenario() -> Response:
    """Return what was done so far as a scenario."""
    text = dependencies().scenario(dependencies().stack, page().name)
    return _file(text.encode(), f"{page().name}.yaml", "application/yaml")


@bp.post("/workspaces")
def make() -> Answer:
    """Make a workspace, and go there."""
    form = request.form
    choices = {name: form[name].strip() for name in ("name", "clock", "start") if form.get(name, "").strip()}
    numbers = {name: int(form[name]) for name in ("seed", "records") if form.get(name, "").isdecimal()}
    made = dependencies().stack.new_workspace(**choices, **numbers).credentials.name
    return back(f"Workspace {made} is made.", to=url_for("overview.index", workspace=made))


@bp.post("/workspaces/delete")
def delete() -> Answer:
    """Delete the workspace."""
    dependencies().stack.delete_workspace(page().name)
    to = url_for("overview.index", workspace=DEFAULT)
    return back(f"Workspace {page().name} is deleted.", to=to)


def _file(content: bytes, name: str, kind: str) -> Response:
    safe = "".join(letter if letter.isalnum() or letter in "-._" else "-" for letter in name)
    disposition = f'attachment; filename="{safe}"' if safe.isascii() else "attachment"
    return Response(content, content_type=kind, headers={"Content-Disposition": disposition})
