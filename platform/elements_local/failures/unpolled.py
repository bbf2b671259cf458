"""Tests that pass since they saw no callback, where no poll has run that could have led to one."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from elements_local.clients import CrmClient, PlatformClient, SinkClient, WorkspaceClients
from elements_local.errors import HarnessError, OtherResourceError, UnpolledWarning
from elements_local.failures.observed import (
    JsonObject,
    Observed,
    happened_at,
    instant_of,
    observe,
    polled_from,
)
from elements_local.kit.text import other_form

_Sought = tuple[str | None, str | None]
"""Whose callbacks are looked for: the object's type and its id, of which None is any."""


@dataclass(frozen=True, kw_only=True)
class WatchedSink(SinkClient):
    """The sink of a test, whose empty answers are noted.

    Attributes:
        empty: what was looked for and not there, with how many changes of the CRM's there had been by then.
    """

    platform: PlatformClient
    crm: CrmClient
    empty: dict[_Sought, int] = field(default_factory=dict)

    def callbacks(self, **filters: object) -> list[dict[str, Any]]:
        """Return recorded callbacks, as any client of the sink does."""
        found = super().callbacks(**filters)
        if not found:
            self._note(filters)
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
        polled = [each["resource"] for poller in pollers for each in poller["resources"]]
        if near := other_form(object_type or "", polled):
            raise OtherResourceError(str(object_type), polled=near)
        self.empty[object_type, object_id] = changes


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
