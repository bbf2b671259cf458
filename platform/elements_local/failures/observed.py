"""What the services know of a workspace, asked for when something has failed and has to be explained."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from msgspec import Struct, field

from elements_local.clients import ServiceClient, WorkspaceClients
from mock_kit.api.json_text import decode
from mock_kit.workspaces.instants import parse_instant

JsonObject: TypeAlias = dict[str, Any]


class Observed(Struct, frozen=True, kw_only=True):
    """What the services know of a workspace; nothing of those that do not run.

    Attributes:
        has_platform: whether a platform runs, and not the CRM or the sink alone.
        bin_url: where the sink takes its callbacks.
        now, is_virtual: what its clock shows, and whether that moves only when told.
        keeps_ties: whether a change may fall into the second of a poll before it.
        changes: what clients changed in the CRM, oldest first.
        pollers: its instances, whether they are polled or not.
        polls: with every decision, oldest first.
        deliveries: callbacks that are owed, with every attempt.
        callbacks: what came to the sink, oldest first.
        pruned_polls, pruned_changes: ``at`` when what is older than ``before`` was forgotten; None if nothing was.
        pruned_callbacks_at: when the last callback made room for others in the sink; None if none did.
        warnings: slips in the configuration of instances.
    """

    workspace: str
    has_platform: bool = True
    bin_url: str
    now: str
    is_virtual: bool
    keeps_ties: bool = True
    changes: list[JsonObject] = field(default_factory=list)
    pollers: list[JsonObject] = field(default_factory=list)
    polls: list[JsonObject] = field(default_factory=list)
    deliveries: list[JsonObject] = field(default_factory=list)
    callbacks: list[JsonObject] = field(default_factory=list)
    pruned_polls: JsonObject | None = None
    pruned_changes: JsonObject | None = None
    pruned_callbacks_at: str | None = None
    warnings: list[JsonObject] = field(default_factory=list)


def observe(clients: WorkspaceClients) -> Observed:
    """Ask the services that run.

    Raises:
        HarnessError: one of them does not answer, or refuses.
    """
    clock = clients.clock.show()
    platform = clients.platform
    return Observed(
        workspace=clients.credentials.name,
        has_platform=bool(platform.url),
        bin_url=clients.credentials.callback_url,
        now=clock["now"],
        is_virtual=clock["mode"] == "virtual",
        keeps_ties=clock["mode"] == "real" or "keep_ties" in clock,
        changes=clients.crm.changes() if clients.crm.url else [],
        pollers=platform.pollers() if platform.url else [],
        polls=platform.polls() if platform.url else [],
        deliveries=platform.filtered("deliveries", {}) if platform.url else [],
        pruned_polls=_one(platform, "polls").get("pruned"),
        pruned_changes=_one(clients.crm, "changes").get("pruned"),
        pruned_callbacks_at=_one(clients.sink, "callbacks", f"&workspace={clients.credentials.name}").get(
            "pruned_at"
        ),
        callbacks=clients.sink.callbacks() if clients.sink.url else [],
        warnings=warnings_of(platform),
    )


def _one(service: ServiceClient, what: str, query: str = "") -> JsonObject:
    """Return the shortest page of a list, for what stands beside its items."""
    answer: JsonObject = service.call("GET", f"/_local/{what}?limit=1{query}") if service.url else {}
    return answer


def warnings_of(platform: ServiceClient) -> list[JsonObject]:
    """Return the warnings of all instances; none from a platform that has no such route."""
    reply = platform.send("GET", "/_local/warnings") if platform.url else None
    if reply is None or not reply.ok:
        return []
    answer: Any = decode(reply.body)
    return [
        {"instanceId": entry["instanceId"], **warning}
        for entry in answer["warnings"]
        for warning in entry["warnings"]
    ]


class PolledResource:
    """A resource of an instance that leads to a collection of the CRM's, and its polls, oldest first."""

    def __init__(self, poller: JsonObject, polled: JsonObject, polls: Sequence[JsonObject]) -> None:
        self.poller = poller
        self.polled = polled
        self.resource = str(polled["resource"])
        self._polls = polls
        self._ats = [happened_at(poll) for poll in polls]
        self._decided: dict[str, list[tuple[JsonObject, JsonObject]]] = defaultdict(list)
        for poll in polls:
            for decision in poll["records"]:
                self._decided[decision["id"]].append((poll, decision))

    def since(self, at: datetime) -> Sequence[JsonObject]:
        """Return the polls at an instant and later."""
        return self._polls[bisect_left(self._ats, at) :]

    def last_before(self, at: datetime) -> datetime | None:
        """Return when the last poll before an instant was that succeeded."""
        before = reversed(self._polls[: bisect_left(self._ats, at)])
        return next((happened_at(poll) for poll in before if poll["error"] is None), None)

    def succeeded_at(self, at: datetime) -> bool:
        """Say whether there was a poll at an instant that succeeded."""
        return any(happened_at(poll) == at and poll["error"] is None for poll in self.since(at)[:1])

    def reported(self, record_id: str, at: datetime) -> tuple[JsonObject, JsonObject] | None:
        """Return the first poll at an instant or later that reported a record, and its decision."""
        decided = self._decided.get(record_id, ())
        return next(
            (each for each in decided if happened_at(each[0]) >= at and each[1]["verdict"] != "ignored"), None
        )

    def decision(self, record_id: str, poll: JsonObject) -> JsonObject | None:
        """Return what a poll decided on a record."""
        return next((decision for each, decision in self._decided.get(record_id, ()) if each is poll), None)


def polled_resources(observed: Observed) -> dict[str, list[PolledResource]]:
    """Return what is polled of each collection, which is named in lower case."""
    polls: dict[tuple[int, str], list[JsonObject]] = defaultdict(list)
    for poll in observed.polls:
        polls[poll["instanceId"], poll["resource"]].append(poll)
    resources: dict[str, list[PolledResource]] = defaultdict(list)
    for poller in observed.pollers:
        for polled in poller["resources"]:
            own = polls[poller["instanceId"], polled["resource"]]
            resources[polled["collection"] or ""].append(PolledResource(poller, polled, own))
    return resources


def happened_at(entry: JsonObject) -> datetime:
    """Return when something was."""
    return instant_of(entry["at"])


def second_of(text: str) -> datetime:
    """Return the second that an instant is in: what dates of records and of requests are cut to."""
    return instant_of(text).replace(microsecond=0)


@lru_cache(maxsize=4096)
def instant_of(text: str) -> datetime:
    """Read an instant that a service told."""
    return parse_instant(text)
