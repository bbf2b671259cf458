"""Checks of the CRM itself: refusals, search, dates."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from elements_local.verify.check import form_of, named, objects
from elements_local.verify.tenant import OWN_NAME
from elements_local.verify.visit import Visit
from mock_kit.api.json_text import decode


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


CHECKS = named(wrong_crm_key, crm_search, crm_dates, crm_put, crm_error)
