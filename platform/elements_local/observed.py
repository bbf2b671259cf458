"""What the services know of a workspace, asked for when something has failed and has to be explained."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from elements_local.clients import Client, Doors
from mock_kit.json_text import decode

JsonObject: TypeAlias = dict[str, Any]

_ALL = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Observed:
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
    warnings: list[JsonObject] = field(default_factory=list)


def observe(doors: Doors) -> Observed:
    """Ask the services that run.

    Raises:
        HarnessError: one of them does not answer, or refuses.
    """
    clock = doors.clock.show()
    platform = doors.platform
    return Observed(
        workspace=doors.credentials.name,
        has_platform=bool(platform.url),
        bin_url=doors.credentials.callback_url,
        now=clock["now"],
        is_virtual=clock["mode"] == "virtual",
        keeps_ties=clock["mode"] == "real" or "keep_ties" in clock,
        changes=doors.crm.changes() if doors.crm.url else [],
        pollers=_listed(platform, "pollers"),
        polls=_listed(platform, "polls", f"?limit={_ALL}"),
        deliveries=_listed(platform, "deliveries", f"?limit={_ALL}"),
        callbacks=doors.sink.callbacks() if doors.sink.url else [],
        warnings=warnings_of(platform),
    )


def _listed(service: Client, what: str, query: str = "") -> list[JsonObject]:
    """Return what an admin route of a service lists under its own name."""
    if not service.url:
        return []
    found: list[JsonObject] = service.call("GET", f"/_local/{what}{query}")[what]
    return found


def warnings_of(platform: Client) -> list[JsonObject]:
    """Return the warnings of all instances; none from a platform that has no such route."""
    reply = platform.send("GET", "/_local/warnings") if platform.url else None
    if reply is None or not reply.ok:
        return []
    answer: Any = decode(reply.body)
    return [
        {"instanceId": each["instanceId"], **warning}
        for each in answer["warnings"]
        for warning in each["warnings"]
    ]
