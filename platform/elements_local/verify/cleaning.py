"""Takes away what earlier visits have left at a tenant: only what has our name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from elements_local.errors import HarnessError
from elements_local.verify.tenant import OWN_NAME, Tenant

_ID_FIELDS = {"Contacts": "CONTACT_ID", "Leads": "LEAD_ID"}
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
    for collection, id_field in _ID_FIELDS.items():
        for record in _records(tenant, collection):
            if not str(record.get("FIRST_NAME")).startswith(run):
                continue
            yield f"{collection} {record[id_field]}", f"crm /{collection}/{record[id_field]}"


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


def _records(tenant: Tenant, collection: str) -> Iterator[dict[str, Any]]:
    """Yield the records whose last name is ours; the CRM's search may find more than that."""
    found: list[dict[str, Any]] = []
    while True:
        query = f"field_name=LAST_NAME&field_value={OWN_NAME}&skip={len(found)}&top={_PAGE}"
        page = tenant.crm.call("GET", f"/{collection}/Search?{query}")
        found += page
        if len(page) < _PAGE:
            break
    yield from (each for each in found if each.get("LAST_NAME") == OWN_NAME)
