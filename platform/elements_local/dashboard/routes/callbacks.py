"""The callbacks that came to the sink, as an inbox: searched, read, checked, sent again; and how the next are answered."""

from typing import Any

from flask import Blueprint, request, url_for

from elements_local.clients.errors import CallError
from elements_local.clients.records import COLLECTIONS
from elements_local.dashboard import copies
from elements_local.dashboard.context import Answer, back, clients, page, read, record_path, whose
from elements_local.dashboard.lists import Listing, list_page
from elements_local.kit.masks import MASK
from elements_local.kit.text import NO_ID, record_name
from elements_local.kit.web.signature import sign

bp = Blueprint("callbacks", __name__, url_prefix="/callbacks")

_SHOWN_AT_ONCE = 20_000
"""Letters of a body that a page has; the rest is on a page of its own."""

_FILTERS = ("q", "objectType", "eventType", "objectId", "instanceId", "status", "signature", "method", "path")
CALLBACKS = Listing(name="callbacks", one="callback", service="sink", filters=_FILTERS, names_filters=True)


@bp.get("/")
def index() -> Answer:
    """List callbacks, the latest first."""
    return _inbox(None)


@bp.get("/latest")
def latest() -> Answer:
    """Lead to the latest callback."""
    return CALLBACKS.latest()


@bp.get("/<int:callback_id>")
def show(callback_id: int) -> Answer:
    """Show a callback beside the list."""
    return _inbox(CALLBACKS.find(callback_id))


@bp.post("/<int:callback_id>/signature")
def check_signature(callback_id: int) -> Answer:
    """Compute a signature with a key, and hold it against the one that came; the key is kept nowhere."""
    callback = CALLBACKS.find(callback_id)
    computed = sign(callback["body"].encode(), request.form.get("key", ""))
    came = copies.header_of(callback, copies.SIGNATURE)
    good = computed == came
    words = "is the one that came" if good else f"is not what came: {came or 'no signature'}"
    return back(f"With that key the signature is {computed}, which {words}.", good=good)


@bp.post("/<int:callback_id>/replay")
def replay(callback_id: int) -> Answer:
    """Send a callback again, to a URL or to where its bin is forwarded."""
    url = request.form.get("url", "").strip()
    sent = clients().sink.replay(callback_id, url=url or None)
    answer = f"answered {sent['status']}" if sent["status"] else f"gave no answer: {sent['reason']}"
    return back(f"Sent again; {sent['url']} {answer}.", good=bool(sent["status"]))


@bp.post("/forget")
def forget() -> Answer:
    """Forget all callbacks of the workspace."""
    removed = clients().sink.call("DELETE", f"/_local/callbacks{whose('sink')}")["removed"]
    return back(f"{removed} callbacks are forgotten.", to=url_for(".index"))


@bp.post("/answers")
def answer() -> Answer:
    """Say how the next callbacks are answered."""
    form = request.form
    try:
        scripted: dict[str, Any] = {"status": int(form.get("status", "200"))}
        if form.get("times", "").strip():
            scripted["times"] = int(form["times"])
        if form.get("delay_s", "").strip():
            scripted["delay_s"] = float(form["delay_s"])
    except ValueError:
        return back("Status, times and seconds are numbers.", good=False)
    scripted |= {"drop": True} if form.get("drop") else {}
    scripted |= {"body": form["body"]} if form.get("body") else {}
    clients().sink.respond(scripted)
    return back("The next callbacks are answered so.")


@bp.post("/answers/forget")
def forget_answers() -> Answer:
    """Go back to 200."""
    clients().sink.call("DELETE", f"/_local/responses{whose('sink', bin=page().name)}")
    return back("Callbacks are answered with 200 again.")


@bp.post("/forward")
def forward() -> Answer:
    """Send callbacks on to a URL, or nowhere any more."""
    url, answers = request.form.get("url", "").strip(), request.form.get("answers", "sink")
    if MASK in url:
        return back(f"Write the URL's secrets instead of {MASK}.", good=False)
    if not url:
        clients().sink.call("DELETE", f"/_local/forwards{whose('sink', bin=page().name)}")
        return back("Callbacks are not forwarded.")
    sent = {"bin": page().name, "url": url, "answers": answers}
    clients().sink.call("PUT", f"/_local/forwards{whose('sink')}", json=sent)
    return back(f"Callbacks are sent on to {url}.")


def _inbox(callback: dict[str, Any] | None) -> Answer:
    return list_page(
        CALLBACKS,
        lambda each: copies.of_callback(each, page().address("sink")),
        of={},
        one=callback,
        detail_of=_detail,
        closest=_closest,
        title_of=copies.title_of,
        answers=read("sink", "responses", bin=page().name)["responses"],
        forwarded=read("sink", "forwards", bin=page().name),
    )


def _detail(callback: dict[str, Any]) -> dict[str, Any]:
    text, notification = copies.pretty(callback), copies.header_of(callback, copies.WEBHOOK_ID)
    delivery = _delivery(notification)
    return {
        "text": text[:_SHOWN_AT_ONCE],
        "left": max(len(text) - _SHOWN_AT_ONCE, 0),
        "events": [_event(event, delivery) for event in copies.events_of(callback)],
        "signature": copies.header_of(callback, copies.SIGNATURE),
        "keys": read("sink", "signature-keys", bin=page().name)["keys"],
        "notification": notification if notification and notification.isdecimal() else None,
        "delivery": delivery,
    }


def _event(event: copies.Json, delivery: dict[str, Any] | None) -> dict[str, Any]:
    """Return what is shown of an event, whose values may be anything, and the record that it is about."""
    resource, record_id = str(event.get("objectType")), event.get("objectId")
    kind = _polled_kind(delivery, resource) or (COLLECTIONS.get(resource) if "crm" in page().runs else None)
    record = record_path(kind, "" if record_id is None else str(record_id))
    if delivery and delivery["instanceId"] and record_id in (None, ""):
        record = url_for("explain.show", instanceId=delivery["instanceId"], resource=resource, recordId=NO_ID)
    return {
        "text": record_name(resource, record_id),
        "change": str(event.get("eventType")),
        "date": str(event.get("date") or "no date"),
        "record": record,
    }


def _polled_kind(delivery: dict[str, Any] | None, resource: str) -> str | None:
    """Return the kind of record that the instance polls as a resource."""
    poller = page().poller(delivery["instanceId"]) if delivery and delivery["instanceId"] else None
    polled = poller["resources"] if poller else ()
    return next((each["collection"] for each in polled if each["resource"] == resource), None)


def _delivery(notification: str | None) -> dict[str, Any] | None:
    if "platform" not in page().runs or not (notification or "").isdecimal():
        return None
    try:
        found = read("platform", "deliveries", notificationId=notification, limit=1)["deliveries"]
    except CallError:  # a number that a stranger made up
        return None
    return next(iter(found), None)


def latest_callbacks(**asked: object) -> list[dict[str, Any]]:
    """Return the callbacks that a search means, the latest first; none where there is no sink."""
    found: list[dict[str, Any]] = CALLBACKS.read({}, **asked)["rows"] if "sink" in page().runs else []
    return found


def _closest(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the callbacks that nearly match, with what differs."""
    match = dict(asked)
    if match.get("status", "").isdecimal():
        match["status"] = int(match["status"])
    try:
        clients().sink.wait(1, timeout_s=0, **match)
    except CallError as error:
        answer = copies.parsed(error.body)
        found: list[dict[str, Any]] = answer.get("closest", []) if isinstance(answer, dict) else []
        return found
    return []
