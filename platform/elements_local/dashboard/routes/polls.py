"""The polls with every decision; and what became of a notification, attempt by attempt."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import NotFound

from elements_local.clients.service_client import query_of
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.dashboard.context import Answer, back, clients, page, page_or_copy, read, whole_page
from elements_local.dashboard.copies import WEBHOOK_ID, of_value
from elements_local.dashboard.lists import LARGEST, Listing, list_page
from elements_local.dashboard.routes.callbacks import latest_callbacks
from elements_local.kit.text import record_name

bp = Blueprint("polls", __name__, url_prefix="/polls")
notifications = Blueprint("notifications", __name__, url_prefix="/notifications")

_NEAR = 200
_SHOWN = 50

POLLS = Listing(name="polls", one="poll", service="platform", filters=("instanceId", "resource", "idle"))


@bp.get("/")
def index() -> Answer:
    """List polls, the latest first."""
    return list_page(POLLS, of={})


@bp.get("/latest")
def latest() -> Answer:
    """Lead to the latest poll."""
    return POLLS.latest()


@bp.get("/<int:poll_id>")
def show(poll_id: int) -> Answer:
    """Show a poll with its decisions, and the deliveries that came of it."""
    poll = POLLS.find(poll_id)
    sent = read("platform", "deliveries", limit=_NEAR)["deliveries"]
    return page_or_copy(
        "poll.html",
        of_value(f"poll of {poll['resource']} at {poll['at']}", poll),
        poll=poll,
        poller=page().poller(poll["instanceId"]),
        deliveries=[each for each in sent if _is_told(poll, each)],
    )


@notifications.get("/", endpoint="index")
def index_of_notifications() -> str:
    """List notifications with what became of each, the latest first."""
    listed = read("platform", "deliveries", before=request.args.get("before"), limit=_SHOWN)
    return whole_page("notifications.html", listed=listed, deliveries=listed["deliveries"][::-1])


@notifications.get("/<int:notification_id>", endpoint="show")
def show_notification(notification_id: int) -> Answer:
    """Show a notification: the polls that it came of, its attempts, and what the receiver answered."""
    deliveries = read("platform", "deliveries", notificationId=min(notification_id, LARGEST))["deliveries"]
    if not deliveries:
        raise NotFound("There is no such notification in this workspace, or it had no receiver.")
    return page_or_copy(
        "notification.html",
        of_value(f"notification {notification_id}", deliveries),
        number=notification_id,
        deliveries=deliveries,
        events=[_event(deliveries[0], text) for text in deliveries[0]["events"]],
        polls=_polls_of(deliveries[0]),
        callbacks=latest_callbacks(header=f"{WEBHOOK_ID}: {notification_id}", limit=50),
    )


@notifications.get("/latest")
def latest_notification() -> Answer:
    """Lead to the latest notification with a subscriber."""
    found = read("platform", "deliveries", limit=1)["deliveries"]
    to = {"notification_id": found[0]["notificationId"]} if found else None
    return redirect(url_for("notifications.show", **to) if to else url_for("notifications.index"))


@notifications.post("/<int:notification_id>/again")
def again(notification_id: int) -> Answer:
    """Deliver a notification again to everybody who subscribed."""
    where = query_of({"where": f"notificationId={notification_id}"})
    clients().platform.call("PUT", f"{BASE_PATH}/notifications/subscriptions/deliveries{where}")
    return back(f"Notification {notification_id} is delivered again.")


def _event(delivery: dict[str, Any], text: str) -> dict[str, Any]:
    """Return an event as deliveries list it, ``contacts/1 CREATED``, with what leads to its record."""
    resource, _, record_id = text.rpartition(" ")[0].partition("/")
    about = {"resource": resource, "recordId": record_id, "instanceId": delivery["instanceId"]}
    return {"text": text, **about}


def _polls_of(delivery: dict[str, Any]) -> list[dict[str, Any]]:
    if delivery["instanceId"] is None:
        return []
    polls = read("platform", "polls", instanceId=delivery["instanceId"], limit=_NEAR)["polls"]
    return [each for each in polls if _is_told(each, delivery)]


def _is_told(poll: dict[str, Any], delivery: dict[str, Any]) -> bool:
    reported = {text.rpartition(" ")[0] for text in delivery["events"]}
    return (delivery["instanceId"], delivery["created"]) == (poll["instanceId"], poll["at"]) and any(
        record_name(poll["resource"], record["id"]) in reported for record in poll["records"]
    )
