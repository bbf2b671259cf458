"""What was made at a tenant, so that it is taken away again, and nothing else."""

from collections.abc import Iterator

from msgspec import Struct, field

from elements_local.errors import CallError, HarnessError
from elements_local.service_client import ServiceClient


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


def _deleted(service: ServiceClient, path: str, what: str) -> Iterator[str]:
    try:
        service.call("DELETE", path)
    except HarnessError as error:
        if not (isinstance(error, CallError) and error.status == 404):
            yield f"{what}: {error}"
