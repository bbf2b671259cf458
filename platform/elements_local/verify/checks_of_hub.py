"""Checks of the hub: its records, pages and searches."""

from typing import Any
from urllib.parse import quote

from elements_local.verify.check import CONTACTS, named, objects
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


CHECKS = named(page_of_records, record, clause_that_is_none, search_by_date)
