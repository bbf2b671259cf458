"""Takes away what earlier visits have left at a tenant: only what has our name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from elements_local.errors import HarnessError
from elements_local.scenarios.records import COLLECTIONS, ID_FIELDS, NAME_FIELDS
from elements_local.verify.tenant import OWN_NAME, Tenant

_OF_VISITS = ("contacts", "leads")
_PAGE = 200


def left_behind(tenant: Tenant, *, run: str = "") -> Iterator[tuple[str, str]]:
    """Yield what there is of ours, as words and as ``platform`` or ``crm`` with the path to delete it by.

    Args:
        run: of one visit alone; of all of them if it is empty.

    Raises:
        HarnessError: platform or CRM cannot be asked.
    """
    for instance in _instances(tenant):
        if instance["name"].startswith(f"{OWN_NAME} {run}"):
            yield f"instance {instance['id']}, {instance['name']}", f"platform /instances/{instance['id']}"
    for kind in _OF_VISITS if run else COLLECTIONS:
        for record in _records(tenant, kind):
            if run and not str(record.get("FIRST_NAME")).startswith(run):
                continue
            path = f"{COLLECTIONS[kind]}/{record[ID_FIELDS[kind]]}"
            yield path.replace("/", " "), f"crm /{path}"


def clean(tenant: Tenant, *, run: str = "") -> Iterator[tuple[str, HarnessError | None]]:
    """Delete it, and yield of each what it is and why it could not be deleted."""
    for what, place in [*left_behind(tenant, run=run)]:
        service, path = place.split(" ", 1)
        client = tenant.platform if service == "platform" else tenant.crm
        try:
            client.call("DELETE", path)
        except HarnessError as error:
            yield what, error
        else:
            yield what, None


def _instances(tenant: Tenant) -> Iterator[dict[str, Any]]:
    token = ""
    while True:
        reply = tenant.platform.send("GET", f"/instances?hydrate=false&pageSize={_PAGE}{token}")
        if reply.status == 404:  # an empty list, as the platform answers it
            return
        page = tenant.platform.checked("GET", "/instances", reply)
        yield from page
        following = reply.headers.get("elements-next-page-token")
        if not following or not page:
            return
        token = f"&nextPage={quote(following)}"


def _records(tenant: Tenant, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a kind that are called by our name; the CRM's search may find more than that."""
    found: list[dict[str, Any]] = []
    while True:
        query = f"field_name={NAME_FIELDS[kind]}&field_value={OWN_NAME}&skip={len(found)}&top={_PAGE}"
        page = tenant.crm.call("GET", f"/{COLLECTIONS[kind]}/Search?{query}")
        found += page
        if len(page) < _PAGE:
            break
    yield from (each for each in found if each.get(NAME_FIELDS[kind]) == OWN_NAME)
