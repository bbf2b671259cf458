"""The two buttons of a page on which nothing has happened yet."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import NotFound

from elements_local.clients.service_client import SERVICES
from elements_local.dashboard.context import Answer, back, dependencies, page, whole_page
from elements_local.dashboard.first_minute import lost_change, new_workspace, send_test_event
from elements_local.dashboard.routes.overview import timeline

bp = Blueprint("first_minute", __name__, url_prefix="/first")

_MOST_STORIES = 100


@bp.before_request
def _refuse_where_a_service_is_missing() -> None:
    if missing := sorted({*SERVICES} - page().runs):
        raise NotFound(
            f"No {missing[0]} runs here; elements-local up without --role starts all three services."
        )


@bp.post("/lost-change")
def lose() -> Answer:
    """Lose a change and cure it in a workspace of its own, and lead to what was done."""
    clients = new_workspace(dependencies().stack, "lost-change")
    stories, name = dependencies().stories, clients.credentials.name
    stories[name] = [*lost_change(clients)]
    for oldest in [*stories][:-_MOST_STORIES]:
        stories.pop(oldest, None)  # another request may have been quicker
    return redirect(url_for(".show", workspace=name), code=303)


@bp.get("/lost-change")
def show() -> Answer:
    """Show what was done, step by step, below the timeline."""
    steps = dependencies().stories.get(page().name)
    if steps is None:
        raise NotFound("No lost change was shown in this workspace since the stack was started.")
    return whole_page("lost_change.html", steps=steps, **timeline())


@bp.post("/test-event")
def send() -> Answer:
    """Send one signed callback to a URL, from a workspace of its own, and lead to what came of it."""
    clients = new_workspace(dependencies().stack, "test-event")
    delivery, outcome = send_test_event(clients, request.form.get("url", "").strip())
    to = url_for(
        "notifications.show", notification_id=delivery["notificationId"], workspace=clients.credentials.name
    )
    sent = f"One signed event was sent to {delivery['url']}: {outcome}."
    return back(sent, good=outcome == "delivered", to=to)
