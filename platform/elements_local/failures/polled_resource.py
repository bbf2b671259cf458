"""What is polled of the CRM: each resource of each instance, with its polls and what they decided."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from elements_local.failures.observed import JsonObject, Observed
from mock_kit.workspaces.instants import parse_instant


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
