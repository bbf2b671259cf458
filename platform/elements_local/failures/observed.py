"""What the services know of a workspace, asked for when something has failed and has to be explained."""

from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from msgspec import Struct, field

from elements_local.clients import ServiceClient, WorkspaceClients
from elements_local.kit.api.json_text import decode
from elements_local.kit.workspaces.instants import parse_instant

JsonObject: TypeAlias = dict[str, Any]


class Observed(Struct, frozen=True, kw_only=True):
    """What the services know of a workspace; nothing of those that do not run.

    Attributes:
        has_platform: whether a platform runs, and not the CRM or the sink alone.
        bin_url: where the sink takes its callbacks.
        now, is_virtual: what its clock shows, and whether that moves only when told.
        changes: what clients changed in the CRM, oldest first.
        pollers: its instances, whether they are polled or not.
        polls: with every decision, oldest first.
        deliveries: callbacks that are owed, with every attempt.
        callbacks: what came to the sink, oldest first.
        pruned_changes: ``at`` when what is older than ``before`` was forgotten; None if nothing was.
        pruned_callbacks_at: when the last callback made room for others in the sink; None if none did.
        warnings: slips in the configuration of instances.
    """

    workspace: str
    has_platform: bool = True
    bin_url: str
    now: str
    is_virtual: bool
    changes: list[JsonObject] = field(default_factory=list)
    pollers: list[JsonObject] = field(default_factory=list)
    polls: list[JsonObject] = field(default_factory=list)
    deliveries: list[JsonObject] = field(default_factory=list)
    callbacks: list[JsonObject] = field(default_factory=list)
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
        changes=clients.crm.changes() if clients.crm.url else [],
        pollers=platform.pollers() if platform.url else [],
        polls=platform.polls() if platform.url else [],
        deliveries=platform.filtered("deliveries", {}) if platform.url else [],
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


def polled_from(observed: Observed, collection: str) -> list[tuple[JsonObject, JsonObject]]:
    """Return the instances that poll a collection of the CRM's, each with the resource under which it does."""
    return [
        (poller, polled)
        for poller in observed.pollers
        for polled in poller["resources"]
        if (polled["collection"] or "") == collection.lower()
    ]


def happened_at(entry: JsonObject) -> datetime:
    """Return when something was."""
    return instant_of(entry["at"])


@lru_cache(maxsize=4096)
def instant_of(text: str) -> datetime:
    """Read an instant that a service told."""
    return parse_instant(text)
