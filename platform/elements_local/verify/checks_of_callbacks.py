"""Checks of polls and callbacks: what is told, in which form, when again; and of an instance once it is deleted."""

from datetime import datetime, timedelta
from typing import Any

from elements_local.verify.check import CONTACTS, SECONDS, form
from elements_local.verify.visit import NotSeenError, Visit


def first_poll(visit: Visit) -> Any:
    """After one interval: what is said of a contact made since, and of one that is older than the instance."""
    told = visit.first_poll
    return {"made since": visit.events("first", told), "older": visit.events("before", told)}


def empty_block(visit: Visit) -> Any:
    """A resource whose block is empty: what is said of a lead."""
    return {"lead": visit.events("lead", visit.first_poll)}


def callback_body(visit: Visit) -> Any:
    """The form of a callback's body."""
    body = form(visit.first_poll[0]["json"])
    raw = body.get("message", {}).get("raw", {})
    for key, value in raw.items():
        if isinstance(value, list):
            raw[key] = ["record"]
    return body


def callback_headers(visit: Visit) -> Any:
    """The platform's headers of a callback, its signature, and whether the webhook id is the notification's."""
    (first, *_) = visit.first_poll
    if "headers" not in first:
        raise NotSeenError("the collector shows no headers; use --listen")
    ours = {
        key.lower(): value for key, value in first["headers"].items() if key.lower().startswith("elements-")
    }
    same = str(first["json"].get("id")) == ours.get("elements-webhook-id")
    return {"headers": sorted(ours), "signature": first.get("signature"), "id is the notification's": same}


def change(visit: Visit) -> Any:
    """A contact that was changed after it was told of."""
    return {"events": visit.events("first", visit.second_poll)}


def made_and_changed(visit: Visit) -> Any:
    """A contact that was made and, some seconds later, changed between two polls."""
    return {"events": visit.events("made and changed", visit.second_poll)}


def made_and_deleted(visit: Visit) -> Any:
    """A contact that was made and deleted between two polls."""
    return {"events": visit.events("made and deleted", visit.second_poll)}


def batches(visit: Visit) -> Any:
    """Fourteen changes in one poll: how many each callback tells of, and how many records come along."""
    told = [each["json"]["message"] for each in visit.second_poll]
    sizes = [len(message["events"]) for message in told]
    return {"events": sizes, "records": [len(message["raw"].get("contacts", ())) for message in told]}


def retries(visit: Visit) -> Any:
    """A callback that is refused twice: when it comes again, and whether bytes and ids are the same."""
    attempts = visit.retries
    began, *later = (datetime.fromisoformat(each["received_at"]) for each in attempts)
    return {
        SECONDS: [round((at - began) / timedelta(seconds=1)) for at in later],
        "same bytes": len({each["body"] for each in attempts}) == 1,
        "same ids": len({each["headers"].get("Elements-Webhook-Id") for each in attempts}) == 1,
    }


def disabled(visit: Visit) -> Any:
    """A contact made while the instance was disabled: what is said of it then, and once it is enabled."""
    meanwhile, afterwards = visit.disabled
    return {"meanwhile": meanwhile, "afterwards": afterwards}


def token_of_a_deleted_instance(visit: Visit) -> Any:
    """The token of an instance that was deleted: the status."""
    with_it = visit.instance
    visit.tenant.platform.call("DELETE", f"/instances/{with_it['id']}")
    return {"status": visit.status("GET", CONTACTS, token=with_it["token"])}
