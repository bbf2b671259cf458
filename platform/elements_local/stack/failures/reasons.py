"""Which changes have not come as callbacks, and why: the platform's explanation of each, in the reader's own words."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from elements_local.clients.errors import HarnessError
from elements_local.clients.records import RESOURCES
from elements_local.stack.failures.observed import JsonObject, Observed, happened_at, instant_of, polled_from

EXPLAINED = "; explained: "
"""What stands before the platform's explanation."""

_MOST_NAMED = 3
_MOST_CURED = 2
_MOST_EXPLAINED = 50
# An instant within a URL stays as it was asked for.
_INSTANT = re.compile(r"(?<![='\"\w])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class Wording(Protocol):
    """How records, instants and instances are called."""

    def record(self, resource: str, record_id: str) -> str:
        """Call a record of a resource, or of a collection of the CRM's that nothing polls."""

    def instant(self, at: str) -> str:
        """Write an instant of a service's answer."""

    def instance(self, instance_id: int) -> str:
        """Call an instance."""


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


class Explainer(Struct, frozen=True, kw_only=True):
    """Asks the platform why changes have not come, and writes its answers.

    Attributes:
        explain: asks the platform, as ``PlatformClient.explain`` does.
        cures: whether changes that would have helped are tried.
        fixture: whether a test could ask by a fixture; a URL would lead nowhere, as the workspace ends with the test.
    """

    explain: Callable[..., JsonObject]
    observed: Observed
    words: Wording
    cures: bool = True
    fixture: bool = False

    def lines(self, unreported: Iterable[UnreportedChange]) -> list[str]:
        """Return a line for each reason, with all records that have it."""
        alike: dict[tuple[str, str], list[UnreportedChange]] = defaultdict(list)
        fixes: dict[tuple[str, str], str] = {}
        asked = 0
        for one in unreported:
            if one.instance_id is None:
                why, fix = self._unpolled(one.resource), ""
            elif asked < _MOST_EXPLAINED:
                why, fix = self._explained(one, cures=self.cures and asked < _MOST_CURED)
                asked += 1
            else:
                why, fix = f"; the first {_MOST_EXPLAINED} alone are explained", ""
            reason = self._did(one), why
            alike[reason].append(one)
            fixes.setdefault(reason, fix)
        return [
            f"{self._together(changes)} {did}{why}{fixes[did, why]}" for (did, why), changes in alike.items()
        ]

    def _explained(self, one: UnreportedChange, *, cures: bool) -> tuple[str, str]:
        """Return why a change has not come, and what of the answer goes for this record alone."""
        try:
            said = self.explain(
                instance_id=one.instance_id, resource=one.resource, record_id=one.record_id, cures=cures
            )
        except HarnessError as error:
            return f"; the platform does not explain it: {str(error)[:200]}", ""
        cause = f"{said['cause']}, " if said["cause"] else ""
        fix = f"; fix: {said['fix']['text']}, {said['fix']['tried'] or 'not tried'}" if said["fix"] else ""
        asks = f' (elements_explain("{one.resource}", {one.record_id}) has all of it)' if self.fixture else ""
        return self._with_instants(f"{EXPLAINED}{cause}{said['why']}"), self._with_instants(fix) + asks

    def _with_instants(self, text: str) -> str:
        return _INSTANT.sub(lambda found: self.words.instant(found[0]), text)

    def _unpolled(self, resource: str) -> str:
        """Say why no instance can be asked."""
        pollers = self.observed.pollers
        if not pollers:
            return "; there is no instance in this workspace, so nothing is polled"
        if len(pollers) > 1:
            return f"; no instance polls {resource}"
        polled = ", ".join(each["resource"] for each in pollers[0]["resources"]) or "nothing"
        name = self.words.instance(pollers[0]["instanceId"])
        return f"; no instance polls {resource}: {name} polls {polled}; add it to event.poller.configuration"

    def _did(self, one: UnreportedChange) -> str:
        if one.change is None:
            return "not changed lately"
        return f"{one.change['change'].lower()} at {self.words.instant(one.change['at'])}"

    def _together(self, changes: Sequence[UnreportedChange]) -> str:
        """Name a few records, and say whether one or many ``was``."""
        named = ", ".join(self.words.record(one.resource, one.record_id) for one in changes[:_MOST_NAMED])
        more = f" and {len(changes) - _MOST_NAMED} more" if len(changes) > _MOST_NAMED else ""
        return f"{named}{more} {'was' if len(changes) == 1 else 'were'}"


_ID = "Elements-Webhook-Id"


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
        """Yield the change of each record, for each instance that polls it under any name."""
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
