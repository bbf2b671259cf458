"""The callbacks that came to the sink, as an inbox: searched, read, checked, sent again; and how the next are answered."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import NotFound

from elements_local.dashboard import copies
from elements_local.dashboard.context import (
    Answer,
    back,
    clients,
    page,
    page_or_copy,
    read,
    record_path,
    whose,
)
from elements_local.dashboard.search_words import search_words
from elements_local.errors import CallError
from elements_local.scenarios.records import COLLECTIONS

bp = Blueprint("callbacks", __name__, url_prefix="/callbacks")

_PAGE = 50
_LATEST = 10**18
_SHOWN_AT_ONCE = 20_000
"""Letters of a body that a page has; the rest is on a page of its own."""

FILTERS = ("q", "objectType", "eventType", "objectId", "instanceId", "status", "signature", "method", "path")


@bp.get("/")
def index() -> Answer:
    """List callbacks, the latest first."""
    return _inbox(None)


@bp.get("/latest")
def latest() -> Answer:
    """Lead to the latest callback."""
    found = _listed({"limit": 1})["callbacks"]
    return redirect(url_for(".show", callback_id=found[0]["id"]) if found else url_for(".index"))


@bp.get("/<int:callback_id>")
def show(callback_id: int) -> Answer:
    """Show a callback beside the list."""
    return _inbox(_callback(callback_id))


@bp.post("/<int:callback_id>/signature")
def check_signature(callback_id: int) -> Answer:
    """Compute a signature with a key, and hold it against the one that came; the key is kept nowhere."""
    callback = _callback(callback_id)
    computed = copies.signature_by(request.form.get("key", ""), callback["body"].encode())
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
    if not url:
        clients().sink.call("DELETE", f"/_local/forwards{whose('sink', bin=page().name)}")
        return back("Callbacks are sent on to nobody.")
    sent = {"bin": page().name, "url": url, "answers": answers}
    clients().sink.call("PUT", f"/_local/forwards{whose('sink')}", json=sent)
    return back(f"Callbacks are sent on to {url}.")


def _inbox(callback: dict[str, Any] | None) -> Answer:
    typed = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    asked = _asked(typed)
    error = ""
    listed: dict[str, Any] = {"callbacks": [], "next": None, "total": 0, "pruned": 0}
    try:
        listed = _listed({**asked, "before": request.args.get("before", type=int), "limit": _PAGE})
    except CallError as refused:
        error = refused.message
    whole = _listed({"limit": 1})["total"] if asked else listed["total"]
    return page_or_copy(
        "callbacks.html",
        copies.of_callback(callback, page().address("sink")) if callback else {},
        callback=callback,
        detail=_detail(callback) if callback else None,
        callbacks=listed["callbacks"],
        next=listed["callbacks"][-1]["id"] if listed["next"] else None,
        total=listed["total"],
        hidden=whole - listed["total"],
        pruned=listed["pruned"],
        asked={**dict.fromkeys(FILTERS, ""), **typed},
        narrows=bool(asked),
        error=error,
        closest=_closest(asked) if asked and not error and not listed["callbacks"] else [],
        title_of=copies.title_of,
        filters=typed,
        answers=read("sink", "responses", bin=page().name)["responses"],
        forward=read("sink", "forwards", bin=page().name),
    )


def _detail(callback: dict[str, Any]) -> dict[str, Any]:
    """Return what is shown of one callback beside itself."""
    text = copies.pretty(callback)
    notification = copies.header_of(callback, copies.WEBHOOK_ID)
    return {
        "text": text[:_SHOWN_AT_ONCE],
        "left": max(len(text) - _SHOWN_AT_ONCE, 0),
        "events": [_event(event) for event in copies.events_of(callback)],
        "signature": copies.header_of(callback, copies.SIGNATURE),
        "keys": read("sink", "signature-keys", bin=page().name)["keys"],
        "notification": notification if notification and notification.isdecimal() else None,
        "delivery": _delivery(notification),
    }


def _event(event: copies.Json) -> dict[str, Any]:
    """Return what is shown of an event, whose values may be anything, and the record that it is about."""
    resource, record_id = str(event.get("objectType")), str(event.get("objectId"))
    kind = COLLECTIONS.get(resource) if "crm" in page().runs else None
    return {
        "text": f"{resource}/{record_id}",
        "change": str(event.get("eventType")),
        "date": str(event.get("date") or "no date"),
        "record": record_path(kind, record_id),
    }


def _delivery(notification: str | None) -> dict[str, Any] | None:
    """Return the delivery that a callback was an attempt of, if the platform knows it."""
    if "platform" not in page().runs or not (notification or "").isdecimal():
        return None
    try:
        found = read("platform", "deliveries", notificationId=notification, limit=1)["deliveries"]
    except CallError:  # a number that a stranger made up
        return None
    return next(iter(found), None)


def latest_callbacks(**asked: object) -> list[dict[str, Any]]:
    """Return the callbacks that a search means, the latest first; none where there is no sink."""
    found: list[dict[str, Any]] = _listed(asked)["callbacks"] if "sink" in page().runs else []
    return found


def _listed(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a page of callbacks, the latest first."""
    listed = read("sink", "callbacks", **{**asked, "before": asked.get("before") or _LATEST})
    return {**listed, "callbacks": listed["callbacks"][::-1]}


def _asked(typed: dict[str, str]) -> dict[str, Any]:
    """Return the filters that are meant: a minus before the value of one leaves out what has it."""
    words = search_words(typed.get("q", ""), FILTERS)
    wanted = {**typed, "q": words.text, **words.wanted}
    without = {name for name, value in wanted.items() if name != "q" and value.startswith("-")}
    unwanted = [f"{name}:{wanted.pop(name)[1:]}" for name in sorted(without)]
    unwanted += [text if text.partition(":")[0] in FILTERS else f"q:{text}" for text in words.unwanted]
    return {name: value for name, value in {**wanted, "not": unwanted}.items() if value}


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


def _callback(callback_id: int) -> dict[str, Any]:
    try:
        return read("sink", f"callbacks/{callback_id}")
    except CallError as error:
        if error.status == NotFound.code:
            raise NotFound(error.message) from error
        raise
