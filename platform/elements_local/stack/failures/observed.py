"""What the services know of a workspace, asked for when something has to be explained; and what has not been polled."""

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from elements_local.clients.errors import (
    HarnessError,
    NotPolledWarning,
    OtherResourceError,
    RefusedWarning,
    UnpolledWarning,
)
from elements_local.clients.workspace_clients import (
    BASE_PATH,
    SERVICES,
    CrmClient,
    Fields,
    PlatformClient,
    ServiceClient,
    SinkClient,
    WorkspaceClients,
)
from elements_local.kit.api.json_text import decode
from elements_local.kit.caching import bounded_cache
from elements_local.kit.instants import parse_instant
from elements_local.kit.text import nearest, other_form

JsonObject: TypeAlias = dict[str, Any]

_LATEST = 500
"""Calls among which a refused one is looked for."""


class Observed(Struct, frozen=True, kw_only=True):
    """What the services know of a workspace; nothing of those that do not run.

    Attributes:
        has_platform: whether a platform runs, and not the CRM or the sink alone.
        bin_url: where the sink takes its callbacks.
        now, is_virtual: what its clock shows, and whether that moves only on request.
        changes: what clients changed in the CRM, oldest first.
        pollers: its instances, whether they are polled or not.
        polls: with every decision, oldest first.
        deliveries: callbacks to be delivered, with every attempt.
        callbacks: what came to the sink, oldest first.
        pruned_changes: ``at`` when what is older than ``before`` was forgotten; None if nothing was.
        pruned_callbacks_at: when the last callback made room for others in the sink; None if none did.
        warnings: mistakes in the configuration of instances.
        refused: the latest call of the test or its receiver that a service refused.
        unmet: fault rules that no call has met, each with its ``service``.
        unmade: calls that were to make an instance, and did not, with what a fault ``struck`` as they were answered.
    """

    workspace: str
    has_platform: bool = True
    bin_url: str
    now: str
    is_virtual: bool
    changes: list[JsonObject] = msgspec.field(default_factory=list)
    pollers: list[JsonObject] = msgspec.field(default_factory=list)
    polls: list[JsonObject] = msgspec.field(default_factory=list)
    deliveries: list[JsonObject] = msgspec.field(default_factory=list)
    callbacks: list[JsonObject] = msgspec.field(default_factory=list)
    pruned_changes: JsonObject | None = None
    pruned_callbacks_at: str | None = None
    warnings: list[JsonObject] = msgspec.field(default_factory=list)
    unmade: list[JsonObject] = msgspec.field(default_factory=list)
    refused: JsonObject | None = None
    unmet: list[JsonObject] = msgspec.field(default_factory=list)


def observe(clients: WorkspaceClients, *, traffic: bool = False) -> Observed:
    """Ask the services that run.

    Args:
        traffic: whether they are asked for calls and faults, too.

    Raises:
        HarnessError: one of them does not answer, or refuses.
    """
    clock = clients.clock.show()
    platform = clients.platform
    pollers = clients.pollers() if platform.url else []
    calls = sorted(_latest_calls(clients), key=itemgetter("number")) if traffic else []
    unmade = [] if pollers or not (platform.url and clients.crm.url) else list(_unmade(clients))
    return Observed(
        workspace=clients.credentials.name,
        has_platform=bool(platform.url),
        bin_url=clients.credentials.callback_url,
        now=clock["now"],
        is_virtual=clock["mode"] == "virtual",
        changes=clients.changes(),
        pollers=pollers,
        polls=platform.polls() if platform.url else [],
        deliveries=platform.filtered("deliveries", {}) if platform.url else [],
        pruned_changes=_one(clients.crm, "changes").get("pruned"),
        pruned_callbacks_at=_one(clients.sink, "callbacks", f"&workspace={clients.credentials.name}").get(
            "pruned_at"
        ),
        # not as a test asks, whose look is watched
        callbacks=SinkClient.callbacks(clients.sink) if clients.sink.url else [],
        warnings=[*warnings_of(platform), *_warned(calls)],
        unmade=unmade,
        refused=None if unmade else next((each for each in reversed(calls) if each["status"] >= 400), None),
        unmet=list(_unmet(clients)) if traffic else [],
    )


def _latest_calls(clients: WorkspaceClients) -> Iterator[JsonObject]:
    """Yield the latest calls of the vendors' APIs from outside, with their service's URL."""
    for client in (clients.platform, clients.crm):
        last = _one(client, "journal/calls").get("last", 0)
        after = f"/_local/journal/calls?after={max(last - _LATEST, 0)}"
        for call in client.listed(after, "calls") if last else []:
            if not call["target"].startswith("/_local/"):
                yield {**call, "url": client.url}


def _warned(calls: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield what answers of hub calls warned of; what is said of instances is listed by the platform."""
    for call in calls:
        headers = call["reply_headers"]
        instance = headers.get("Elements-Element-Instance-Id")
        for warning in json.loads(headers.get("Elements-Local-Warnings", "[]")) if instance else []:
            yield {"instanceId": int(instance), **warning}


def _unmet(clients: WorkspaceClients) -> Iterator[JsonObject]:
    whose = {"sink": f"?workspace={clients.credentials.name}"}
    for service in SERVICES:
        client: ServiceClient = getattr(clients, service)
        rules = client.call("GET", f"/_local/faults{whose.get(service, '')}")["faults"] if client.url else []
        yield from ({**rule, "service": service} for rule in rules if not rule["seen"])


def _unmade(clients: WorkspaceClients) -> Iterator[JsonObject]:
    """Yield the calls that made no instance, as a fault struck them or what the platform asked the CRM for them."""
    path = f"{BASE_PATH}/instances"
    struck = clients.crm.call("GET", "/_local/journal?struck=true")["exchanges"]
    for made in clients.platform.call("GET", f"/_local/journal?q={path}")["exchanges"]:
        if (made["method"], made["target"]) == ("POST", path) and made["status"] >= 400:
            own = [{**made, "service": "platform"}] if made["fault"] else []
            asked = [{**each, "service": "crm"} for each in struck if each["at"] == made["at"]]
            if own + asked:
                yield {**made, "struck": (own + asked)[0]}


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


@bounded_cache(4096)
def instant_of(text: str) -> datetime:
    """Read an instant of a service's answer."""
    return parse_instant(text)


_Sought = tuple[str | None, str | None]
"""Whose callbacks are looked for: the object's type and its id, of which None is any."""


@dataclass(frozen=True, kw_only=True, repr=False)
class WatchedSink(SinkClient):
    """The sink of a test, whose empty answers are noted.

    Attributes:
        empty: what was looked for and not there, with how many changes of the CRM's there had been by then.
        scripted: the bins with answers that the test has scripted.
    """

    platform: PlatformClient
    crm: CrmClient
    empty: dict[_Sought, int] = field(default_factory=dict)
    scripted: set[str | None] = field(default_factory=set)

    def respond(self, *responses: Fields, to_bin: str | None = None) -> None:
        """Tell how the next callbacks are answered, as any client of the sink does."""
        self.scripted.add(to_bin)
        super().respond(*responses, to_bin=to_bin)

    def callbacks(self, **filters: object) -> list[dict[str, Any]]:
        """Return recorded callbacks, as any client of the sink does."""
        found = super().callbacks(**filters)
        if not found:
            self._note(filters)
        statuses = [each["status"] for each in found]
        if not self.scripted and "status" not in filters and statuses and all(map(_is_refusal, statuses)):
            warnings.warn(RefusedWarning(statuses), stacklevel=2)
        return found

    def verify(self, **expected: object) -> int:
        """Hold what is expected against what came, as any client of the sink does."""
        count = super().verify(**expected)
        match = expected.get("match")
        if not count:
            self._note(match if isinstance(match, Mapping) else {})
        return count

    def _note(self, filters: Mapping[str, object]) -> None:
        """Note an empty answer.

        Raises:
            OtherResourceError: what was looked for is the singular of a resource, or its name in other letters.
        """
        asked = filters.get("objectType"), filters.get("objectId")
        object_type, object_id = (None if each is None else str(each) for each in asked)
        try:
            pollers = self.platform.pollers()
            changes: int = self.crm.call("GET", "/_local/changes?limit=1")["total"]
        except HarnessError:  # the answer itself is good
            return
        polled = {each["resource"]: each["collection"] for poller in pollers for each in poller["resources"]}
        if near := other_form(object_type or "", polled):
            raise OtherResourceError(str(object_type), polled=near)
        if object_type and polled and object_type not in polled:
            of_crm = (name for name, collection in polled.items() if collection == object_type.casefold())
            near = next(of_crm, nearest(object_type, polled))
            warnings.warn(NotPolledWarning(object_type, near=near, polled=list(polled)), stacklevel=3)
        self.empty[object_type, object_id] = changes


def _is_refusal(status: int | None) -> bool:
    return status is None or not 200 <= status < 300


def watched(clients: WorkspaceClients) -> SinkClient:
    """Return a workspace's sink with its empty answers noted, unless a service is missing that would have to be asked."""
    sink = clients.sink
    if not (sink.url and clients.platform.url and clients.crm.url):
        return sink
    own = {name: getattr(sink, name) for name in SinkClient.__dataclass_fields__}
    return WatchedSink(platform=clients.platform, crm=clients.crm, **own)


def warn_of_unpolled(clients: WorkspaceClients) -> None:
    """Warn of changes that the sink was asked about in vain, and that have not been polled since either."""
    sink = clients.sink
    if not (isinstance(sink, WatchedSink) and sink.empty):
        return
    empty = dict(sink.empty)  # before it is asked here as well
    try:
        lines = list(dict.fromkeys(unpolled(observe(clients), empty)))
    except HarnessError:  # a test may have taken a service away
        return
    if lines:
        warnings.warn(UnpolledWarning(lines), stacklevel=1)


def unpolled(observed: Observed, empty: Mapping[_Sought, int]) -> Iterator[str]:
    """Yield a line for each change that no poll has come after, and that an empty answer was about.

    Args:
        empty: as ``WatchedSink`` notes it.
    """
    for (object_type, object_id), changes in empty.items():
        for change in observed.changes[:changes]:
            record_id = str(change["recordId"])
            if change["change"] == "DELETED" or object_id not in {None, record_id}:
                continue
            for poller, polled in polled_from(observed, change["resource"]):
                resource = polled["resource"]
                if object_type in {None, resource} and _awaits_poll(observed, poller, polled, change):
                    yield (
                        f"{resource} {record_id} was {change['change'].lower()} at {change['at']}; {resource} have not been "
                        f"polled since; instance {poller['instanceId']} polls next at {poller['nextPoll']}"
                    )


def _awaits_poll(observed: Observed, poller: JsonObject, polled: JsonObject, change: JsonObject) -> bool:
    """Say whether a change is for a poll to find that is still to come."""
    begins, at = polled["from"], happened_at(change)
    if poller["silent"] or begins is None or at <= instant_of(begins):
        return False
    own = poller["instanceId"], polled["resource"]
    return all(
        (poll["instanceId"], poll["resource"]) != own or happened_at(poll) < at for poll in observed.polls
    )
