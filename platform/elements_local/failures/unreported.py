"""Which changes in the CRM have not come as callbacks, as far as changes and deliveries tell. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from elements_local.failures.observed import JsonObject, Observed, happened_at, instant_of, polled_from
from elements_local.records import RESOURCES

_ID = "Elements-Webhook-Id"


class UnreportedChange(Struct, frozen=True, kw_only=True):
    """The latest change of a record, if fewer callbacks came than the record has changes, or none since.

    Attributes:
        change: None if what the CRM has logged of the record was pruned.
        instance_id: the instance that polls it; None if none does.
    """

    resource: str
    record_id: str
    change: JsonObject | None
    instance_id: int | None


class Unreported:
    """Finds the changes that have not come, for each instance that polls them."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._changes: dict[tuple[str, str], list[JsonObject]] = defaultdict(list)
        for change in observed.changes:
            self._changes[change["resource"], str(change["recordId"])].append(change)
        self._came: dict[tuple[int, str], list[JsonObject]] = defaultdict(list)
        for delivery in filter(self._is_taken, observed.deliveries):
            for event in delivery["events"]:
                self._came[delivery["instanceId"], event.partition(" ")[0]].append(delivery)

    def all(self) -> Iterator[UnreportedChange]:
        """Yield the change of each record, for each instance that polls it under whatever name."""
        for collection, record_id in self._changes if self._observed.has_platform else ():
            polled = [(poller, each["resource"]) for poller, each in polled_from(self._observed, collection)]
            yield from self._of_record(RESOURCES.get(collection, collection), collection, record_id, polled)

    def of(self, resource: str, collection: str, record_id: str) -> Iterator[UnreportedChange]:
        """Yield the change of one record, for each instance that polls the resource."""
        polled = [
            (poller, resource)
            for poller in self._observed.pollers
            if any(each["resource"] == resource for each in poller["resources"])
        ]
        yield from self._of_record(resource, collection, record_id, polled)

    def _of_record(
        self, resource: str, collection: str, record_id: str, polled: Sequence[tuple[JsonObject, str]]
    ) -> Iterator[UnreportedChange]:
        changes = self._changes.get((collection, record_id), [])
        latest = changes[-1] if changes else None
        if latest is None and not self._observed.pruned_changes:
            return
        if not polled:
            yield UnreportedChange(resource=resource, record_id=record_id, change=latest, instance_id=None)
        for poller, name in polled:
            if not self._has_come(poller, f"{name}/{record_id}", changes):
                yield UnreportedChange(
                    resource=name, record_id=record_id, change=latest, instance_id=poller["instanceId"]
                )

    def _has_come(self, poller: JsonObject, event: str, changes: Sequence[JsonObject]) -> bool:
        came = self._came[poller["instanceId"], event]
        since = [one for one in changes if happened_at(one) >= instant_of(poller["made"])]
        latest = max((instant_of(one["created"]) for one in came), default=None)
        return latest is not None and latest >= happened_at(changes[-1]) and len(came) >= len(since)

    def _is_taken(self, delivery: JsonObject) -> bool:
        """Say whether the workspace's bin of the sink took a callback, and still has it."""
        if delivery["channel"] != "webhook" or delivery["status"] != "delivered":
            return False
        attempts, own = delivery["attempts"], self._observed.bin_url
        url = attempts[-1]["url"] if attempts else delivery["url"]
        if url != own and not url.startswith((f"{own}/", f"{own}?")):
            return False
        number = str(delivery.get("notificationId"))
        arrived = (one["headers"].get(_ID) for one in self._observed.callbacks)
        return self._observed.pruned_callbacks_at is None or number in arrived
