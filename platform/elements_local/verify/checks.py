"""What the battery looks at, in the order in which it is made: each check returns what it saw, in a form without values."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from elements_local.verify.comparison import SECONDS, form
from elements_local.verify.tenant import OWN_NAME
from elements_local.verify.visit import NotSeenError, Visit
from mock_kit.api.json_text import MalformedJsonError, decode
from mock_kit.web.wire import Reply

Check = Callable[[Visit], Any]
BATTERY: dict[str, Check] = {}
"""The checks by their names, in the order in which they are made; a ledger's row says which of them look at it."""

_MASK = "********"
_NOBODY = 1
_MOST_PAGES = 5


def check(seen: Check) -> Check:
    """Put a check into the battery, under its function's name."""
    BATTERY[seen.__name__.replace("_", "-")] = seen
    return seen


@check
def creation(visit: Visit) -> Any:
    """An instance is made: keys of the answer, types of the configuration's values, what is masked."""
    made = visit.instance
    configuration = made["configuration"]
    chosen = ("username", "password", "event.notification.enabled", "event.poller.refresh_interval")
    return {
        "keys": sorted(made),
        "configuration": {key: form(configuration.get(key)) for key in chosen},
        "unset": form(configuration.get("event.notification.basic.username")),
        "password": configuration.get("password") == _MASK,
        "signature key": configuration.get("event.notification.signature.key") == _MASK,
    }


@check
def missing_keys(visit: Visit) -> Any:
    """Required keys are missing at creation: the status, and which of them the message names."""
    reply = visit.send(
        "POST", "/instances", json={"element": {"key": "insightly"}, "configuration": {}, "name": "x"}
    )
    if reply.ok:
        visit.made.instances.append(dict(decode(reply.body))["id"])  # type: ignore[arg-type]
    text = reply.body.decode("utf-8", "replace")
    return {"status": reply.status, "names": [key for key in ("username", "password") if key in text]}


@check
def order_of_instances(visit: Visit) -> Any:
    """Two instances in the list: the later one first, or last."""
    second = visit.second
    pair = {visit.instance["id"], second["id"]}
    listed = [each["id"] for each in _instances(visit) if each["id"] in pair]
    if len(listed) != len(pair):
        raise NotSeenError(f"the instances are not among the first {_MOST_PAGES} pages")
    return {"later first": listed[0] == second["id"]}


@check
def name_and_tags_alone(visit: Visit) -> Any:
    """A PUT with name and tags alone: the status, and whether credentials stay."""
    instance = visit.second
    body = {"name": instance["name"], "tags": [*instance["tags"], "and another"]}
    reply = visit.send("PUT", f"/instances/{instance['id']}", json=body)
    return {"status": reply.status, "credentials": visit.status("GET", _CONTACTS, token=instance["token"])}


@check
def mask_sent_back(visit: Visit) -> Any:
    """A masked password is sent back: the status, and whether the stored one goes on working."""
    instance = visit.second
    body = {"configuration": {"password": _MASK}}
    status = visit.status("PATCH", f"/instances/{instance['id']}", json=body)
    return {"status": status, "credentials": visit.status("GET", _CONTACTS, token=instance["token"])}


@check
def unknown_key(visit: Visit) -> Any:
    """A configuration key that the element does not have: the status, and whether it is shown afterwards."""
    path = f"/instances/{visit.second['id']}"
    reply = visit.send("PATCH", path, json={"configuration": {"elements-local.verify": "1"}})
    shown = visit.tenant.platform.call_object("GET", path)["configuration"]
    return {"status": reply.status, "shown": "elements-local.verify" in shown}


@check
def unhydrated(visit: Visit) -> Any:
    """hydrate=false: which of our instance's keys are in the list."""
    for each in _instances(visit, "&hydrate=false"):
        if each["id"] == visit.instance["id"]:
            return {"token": "token" in each, "configuration": bool(each.get("configuration"))}
    raise NotSeenError(f"the instance is not among the first {_MOST_PAGES} pages")


@check
def foreign_instance(visit: Visit) -> Any:
    """An instance that is not ours to see: the status."""
    return {"status": visit.status("GET", f"/instances/{_NOBODY}")}


@check
def foreign_token(visit: Visit) -> Any:
    """A token that is nobody's: the status."""
    return {"status": visit.status("GET", _CONTACTS, token="bm9ib2R5J3MgdG9rZW4sIHVudGlsIHRoZXJlIGlzIG8=")}  # noqa: S106 - nobody's


@check
def missing_event(visit: Visit) -> Any:
    """An event that is not there: the status."""
    return {"status": visit.status("GET", f"/instances/{visit.instance['id']}/events/{'0' * 20}")}


@check
def analytics(visit: Visit) -> Any:
    """Analytics of events without a parameter: the status, and the kind of answer."""
    reply = visit.send("GET", "/instances/events/analytics")
    return {"status": reply.status, "list": reply.ok and isinstance(decode(reply.body), list)}


@check
def no_transformations(visit: Visit) -> Any:
    """Transformations are deleted where there are none: the status."""
    return {"status": visit.status("DELETE", f"/instances/{visit.instance['id']}/transformations")}


@check
def page_of_records(visit: Visit) -> Any:
    """A page of one contact where there are more: the status, and which of the headers are there."""
    where = quote(f"LAST_NAME='{OWN_NAME}' and FIRST_NAME like '{visit.tenant.run}%'") if visit.fresh else ""
    reply = visit.send("GET", f"{_CONTACTS}?where={where}&pageSize=1", token=visit.instance["token"])
    names = ("elements-returned-count", "elements-total-count", "elements-next-page-token")
    return {"status": reply.status, "headers": [name for name in names if name in reply.headers]}


@check
def record(visit: Visit) -> Any:
    """A contact through the hub: whether nulls are left out, and whether it has a key id."""
    token = visit.instance["token"]
    fields = dict(decode(visit.send("GET", f"{_CONTACTS}/{visit.ids['before']}", token=token).body))  # type: ignore[arg-type]
    return {"nulls": None in fields.values(), "id": "id" in fields}


@check
def clause_that_is_none(visit: Visit) -> Any:
    """A where that is no clause: the status."""
    path = f"{_CONTACTS}?where={quote('this is none')}"
    return {"status": visit.status("GET", path, token=visit.instance["token"])}


@check
def search_by_date(visit: Visit) -> Any:
    """The request that a poll sends: the status, and whether the contact of this visit is in it."""
    where = quote(f"updated_after_utc='2000-01-01 00:00:00' and LAST_NAME='{OWN_NAME}'")
    reply = visit.send("GET", f"{_CONTACTS}?where={where}&pageSize=200", token=visit.instance["token"])
    found = [each.get("CONTACT_ID") for each in _objects(reply)]
    return {"status": reply.status, "found": visit.ids["before"] in found}


@check
def wrong_crm_key(visit: Visit) -> Any:
    """A wrong API key at the CRM: the status, the kind of body, and whether it says how to authenticate."""
    reply = visit.tenant.crm.send("GET", "/Contacts?top=1", headers={"Authorization": "Basic bm9ib2R5Og=="})
    return {
        "status": reply.status,
        "body": _form_of(reply),
        "www-authenticate": "WWW-Authenticate" in reply.headers,
    }


@check
def crm_search(visit: Visit) -> Any:
    """The CRM's search: by a name in other case, and by an instant that is the record's own."""
    contact = visit.tenant.crm.call_object("GET", f"/Contacts/{visit.ids['before']}")
    found = {
        "other case": f"field_name=FIRST_NAME&field_value={quote(contact['FIRST_NAME'].upper())}",
        "own instant": f"updated_after_utc={quote(contact['DATE_UPDATED_UTC'])}&field_name=FIRST_NAME&field_value="
        + quote(contact["FIRST_NAME"]),
    }
    return {
        name: bool(_objects(visit.tenant.crm.send("GET", f"/Contacts/Search?{query}")))
        for name, query in found.items()
    }


@check
def crm_dates(visit: Visit) -> Any:
    """The two dates of a new contact: how many seconds lie between them."""
    contact = visit.tenant.crm.call_object("GET", f"/Contacts/{visit.fresh}")
    created, updated = (
        datetime.fromisoformat(contact[key]) for key in ("DATE_CREATED_UTC", "DATE_UPDATED_UTC")
    )
    return {"between": (updated - created) / timedelta(seconds=1)}


@check
def crm_put(visit: Visit) -> Any:
    """A contact is changed at the CRM, by its id in the body and in the path: the statuses."""
    record_id = visit.fresh
    body = {"CONTACT_ID": record_id, "LAST_NAME": OWN_NAME}
    replies = [
        visit.tenant.crm.send("PUT", path, json=body) for path in ("/Contacts", f"/Contacts/{record_id}")
    ]
    return {"by body": replies[0].status, "by path": replies[1].status}


@check
def crm_error(visit: Visit) -> Any:
    """A lead without a last name at the CRM: the status, and the kind of body."""
    reply = visit.tenant.crm.send("POST", "/Leads", json={"FIRST_NAME": visit.tenant.run})
    if reply.ok:
        visit.made.records.append(("Leads", dict(decode(reply.body))["LEAD_ID"]))  # type: ignore[arg-type]
    return {"status": reply.status, "body": _form_of(reply)}


@check
def first_poll(visit: Visit) -> Any:
    """After one interval: what is said of a contact made since, and of one that is older than the instance."""
    told = visit.first_poll
    return {"made since": visit.events("first", told), "older": visit.events("before", told)}


@check
def empty_block(visit: Visit) -> Any:
    """A resource whose block is empty: what is said of a lead."""
    return {"lead": visit.events("lead", visit.first_poll)}


@check
def callback_body(visit: Visit) -> Any:
    """The form of a callback's body."""
    body = form(visit.first_poll[0]["json"])
    raw = body.get("message", {}).get("raw", {})
    for key, value in raw.items():
        if isinstance(value, list):
            raw[key] = ["record"]
    return body


@check
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


@check
def change(visit: Visit) -> Any:
    """A contact that was changed after it was told of."""
    return {"events": visit.events("first", visit.second_poll)}


@check
def made_and_changed(visit: Visit) -> Any:
    """A contact that was made and, some seconds later, changed between two polls."""
    return {"events": visit.events("made and changed", visit.second_poll)}


@check
def made_and_deleted(visit: Visit) -> Any:
    """A contact that was made and deleted between two polls."""
    return {"events": visit.events("made and deleted", visit.second_poll)}


@check
def batches(visit: Visit) -> Any:
    """Fourteen changes in one poll: how many each callback tells of, and how many records come along."""
    told = [each["json"]["message"] for each in visit.second_poll]
    sizes = [len(message["events"]) for message in told]
    return {"events": sizes, "records": [len(message["raw"].get("contacts", ())) for message in told]}


@check
def retries(visit: Visit) -> Any:
    """A callback that is refused twice: when it comes again, and whether bytes and ids are the same."""
    attempts = visit.retries
    began, *later = (datetime.fromisoformat(each["received_at"]) for each in attempts)
    return {
        SECONDS: [round((at - began) / timedelta(seconds=1)) for at in later],
        "same bytes": len({each["body"] for each in attempts}) == 1,
        "same ids": len({each["headers"].get("Elements-Webhook-Id") for each in attempts}) == 1,
    }


@check
def disabled(visit: Visit) -> Any:
    """A contact made while the instance was disabled: what is said of it then, and once it is enabled."""
    meanwhile, afterwards = visit.disabled
    return {"meanwhile": meanwhile, "afterwards": afterwards}


@check
def token_of_a_deleted_instance(visit: Visit) -> Any:
    """The token of an instance that was deleted: the status."""
    with_it = visit.instance
    visit.tenant.platform.call("DELETE", f"/instances/{with_it['id']}")
    return {"status": visit.status("GET", _CONTACTS, token=with_it["token"])}


_CONTACTS = "/hubs/crm/contacts"


def _form_of(reply: Reply) -> Any:
    """Return the form of a body, which need not be JSON."""
    try:
        return form(decode(reply.body)) if reply.body else "nothing"
    except MalformedJsonError:
        return "no JSON"


def _objects(reply: Reply) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing of an answer that is none."""
    page = decode(reply.body) if reply.ok else []
    return [each for each in page if isinstance(each, dict)] if isinstance(page, list) else []


def _instances(visit: Visit, query: str = "") -> list[dict[str, Any]]:
    """Return the first pages of the list of instances."""
    found: list[dict[str, Any]] = []
    token = ""
    for _ in range(_MOST_PAGES):
        reply = visit.send("GET", f"/instances?pageSize=200{query}{token}")
        found += _objects(reply)
        following = reply.headers.get("elements-next-page-token")
        if not following:
            break
        token = f"&nextPage={quote(following)}"
    return found
