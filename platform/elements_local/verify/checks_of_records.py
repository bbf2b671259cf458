"""Checks of records: the hub's pages and searches, and the CRM's refusals, search and dates."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from elements_local.verify.check import CONTACTS, form_of, objects
from elements_local.verify.tenant import OWN_NAME
from elements_local.verify.visit import Visit
from mock_kit.api.json_text import decode


def page_of_records(visit: Visit) -> Any:
    """A page of one contact where there are more: the status, and which of the headers are there."""
    where = quote(f"LAST_NAME='{OWN_NAME}' and FIRST_NAME like '{visit.tenant.run}%'") if visit.fresh else ""
    reply = visit.send("GET", f"{CONTACTS}?where={where}&pageSize=1", token=visit.instance["token"])
    names = ("elements-returned-count", "elements-total-count", "elements-next-page-token")
    return {"status": reply.status, "headers": [name for name in names if name in reply.headers]}


def record(visit: Visit) -> Any:
    """A contact through the hub: whether nulls are left out, and whether it has a key id."""
    token = visit.instance["token"]
    fields = dict(decode(visit.send("GET", f"{CONTACTS}/{visit.ids['before']}", token=token).body))  # type: ignore[arg-type]
    return {"nulls": None in fields.values(), "id": "id" in fields}


def clause_that_is_none(visit: Visit) -> Any:
    """A where that is no clause: the status."""
    path = f"{CONTACTS}?where={quote('this is none')}"
    return {"status": visit.status("GET", path, token=visit.instance["token"])}


def search_by_date(visit: Visit) -> Any:
    """The request that a poll sends: the status, and whether the contact of this visit is in it."""
    where = quote(f"updated_after_utc='2000-01-01 00:00:00' and LAST_NAME='{OWN_NAME}'")
    reply = visit.send("GET", f"{CONTACTS}?where={where}&pageSize=200", token=visit.instance["token"])
    found = [each.get("CONTACT_ID") for each in objects(reply)]
    return {"status": reply.status, "found": visit.ids["before"] in found}


def wrong_crm_key(visit: Visit) -> Any:
    """A wrong API key at the CRM: the status, the kind of body, and whether it says how to authenticate."""
    reply = visit.tenant.crm.send("GET", "/Contacts?top=1", headers={"Authorization": "Basic bm9ib2R5Og=="})
    return {
        "status": reply.status,
        "body": form_of(reply),
        "www-authenticate": "WWW-Authenticate" in reply.headers,
    }


def crm_search(visit: Visit) -> Any:
    """The CRM's search: by a name in other case, and by an instant that is the record's own."""
    contact = visit.tenant.crm.call_object("GET", f"/Contacts/{visit.ids['before']}")
    found = {
        "other case": f"field_name=FIRST_NAME&field_value={quote(contact['FIRST_NAME'].upper())}",
        "own instant": f"updated_after_utc={quote(contact['DATE_UPDATED_UTC'])}&field_name=FIRST_NAME&field_value="
        + quote(contact["FIRST_NAME"]),
    }
    return {
        name: bool(objects(visit.tenant.crm.send("GET", f"/Contacts/Search?{query}")))
        for name, query in found.items()
    }


def crm_dates(visit: Visit) -> Any:
    """The two dates of a new contact: how many seconds lie between them."""
    contact = visit.tenant.crm.call_object("GET", f"/Contacts/{visit.fresh}")
    created, updated = (
        datetime.fromisoformat(contact[key]) for key in ("DATE_CREATED_UTC", "DATE_UPDATED_UTC")
    )
    return {"between": (updated - created) / timedelta(seconds=1)}


def crm_put(visit: Visit) -> Any:
    """A contact is changed at the CRM, by its id in the body and in the path: the statuses."""
    record_id = visit.fresh
    body = {"CONTACT_ID": record_id, "LAST_NAME": OWN_NAME}
    replies = [
        visit.tenant.crm.send("PUT", path, json=body) for path in ("/Contacts", f"/Contacts/{record_id}")
    ]
    return {"by body": replies[0].status, "by path": replies[1].status}


def crm_error(visit: Visit) -> Any:
    """A lead without a last name at the CRM: the status, and the kind of body."""
    reply = visit.tenant.crm.send("POST", "/Leads", json={"FIRST_NAME": visit.tenant.run})
    if reply.ok:
        visit.made.records.append(("Leads", dict(decode(reply.body))["LEAD_ID"]))  # type: ignore[arg-type]
    return {"status": reply.status, "body": form_of(reply)}
