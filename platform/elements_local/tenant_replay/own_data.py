"""What is ours at a tenant, so that it is taken away again, and nothing else: what a run has made, and what has our name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from msgspec import Struct, field

from elements_local.errors import CallError, HarnessError
from elements_local.records import COLLECTIONS, ID_FIELDS, NAME_FIELDS
from elements_local.service_client import ServiceClient
from elements_local.tenant_replay.tenant import OWN_NAME, Tenant

_PAGE = 200


class OwnData(Struct, frozen=True):
    """The instances and records that a run has made at a tenant.

    Attributes:
        platform: below the base path.
        crm: below its version.
        instances: their ids.
        records: each a collection and an id.
    """

    platform: ServiceClient
    crm: ServiceClient
    instances: list[int] = field(default_factory=list)
    records: list[tuple[str, int]] = field(default_factory=list)

    def take_away(self) -> Iterator[str]:
        """Delete all of it, and yield what could not be; what is gone already is as good."""
        for instance_id in self.instances:
            yield from _deleted(self.platform, f"/instances/{instance_id}", f"instance {instance_id}")
        for collection, record_id in self.records:
            yield from _deleted(self.crm, f"/{collection}/{record_id}", f"{collection} {record_id}")


def left_behind(tenant: Tenant) -> Iterator[tuple[str, tuple[ServiceClient, str]]]:
    """Yield what there is of ours, as words, and the service and the path that delete it.

    Raises:
        HarnessError: platform or CRM cannot be asked.
    """
    for instance in _instances(tenant.platform):
        if instance["name"].startswith(f"{OWN_NAME} "):
            words = f"instance {instance['id']}, {instance['name']}"
            yield words, (tenant.platform, f"/instances/{instance['id']}")
    for kind in COLLECTIONS:
        for record in _records(tenant, kind):
            path = f"{COLLECTIONS[kind]}/{record[ID_FIELDS[kind]]}"
            yield path.replace("/", " "), (tenant.crm, f"/{path}")


def clean(tenant: Tenant) -> Iterator[tuple[str, HarnessError | None]]:
    """Delete it, and yield of each what it is and why it could not be deleted."""
    for what, (service, path) in [*left_behind(tenant)]:
        try:
            service.call("DELETE", path)
        except HarnessError as error:
            yield what, error
        else:
            yield what, None


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


def _instances(platform: ServiceClient) -> Iterator[dict[str, Any]]:
    """Yield a tenant's instances, without their configurations, page after page."""
    token = ""
    while True:
        reply = platform.send("GET", f"/instances?pageSize={_PAGE}&hydrate=false{token}")
        if reply.status == 404:  # an empty list, as the platform answers it
            return
        page = platform.checked("GET", "/instances", reply)
        yield from page
        following = reply.headers.get("elements-next-page-token")
        if not following or not page:
            return
        token = f"&nextPage={quote(following)}"


def _deleted(service: ServiceClient, path: str, what: str) -> Iterator[str]:
    try:
        service.call("DELETE", path)
    except HarnessError as error:
        if not (isinstance(error, CallError) and error.status == 404):
            yield f"{what}: {error}"
