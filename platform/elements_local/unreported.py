"""Why a change in the CRM has not come as a callback, as far as changes, polls and attempts tell. Pure.

It says the same of a scenario and of a test with fixtures, each in its own words for records and instants.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from elements_local.observed import JsonObject, Observed
from elements_local.records import ID_FIELDS, RESOURCES
from mock_kit.instants import format_instant, parse_instant
from mock_kit.masks import MASK, mask_target
from mock_kit.nearest import nearest

_MOST_NAMED = 3
_LATER = "a poll counts what is later, so let a second pass in between"


class Wording(Protocol):
    """How records, instants and instances are called."""

    def record(self, resource: str, record_id: str) -> str:
        """Call a record of a resource, or of a collection of the CRM's that nothing polls."""

    def instant(self, at: str) -> str:
        """Write an instant that a service told."""

    def instance(self, instance_id: int) -> str:
        """Call an instance."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a change has not come.

    Attributes:
        did: what happened to it, such as ``created at 10:00:00``.
        why: how that goes on.
    """

    record: str
    did: str
    why: str


@dataclass(frozen=True)
class _Follower:
    """A resource of an instance that leads to a collection of the CRM's."""

    poller: JsonObject
    polled: JsonObject
    polls: Sequence[JsonObject]

    @property
    def resource(self) -> str:
        return str(self.polled["resource"])


def sentences(reasons: Iterable[Reason]) -> list[str]:
    """Write reasons, each once for all records that have it."""
    records: dict[tuple[str, str], list[str]] = defaultdict(list)
    for reason in reasons:
        records[reason.did, reason.why].append(reason.record)
    return [f"{_together(names)} {did}{why}" for (did, why), names in records.items()]


class Unreported:
    """Says of records why their latest change has not come."""

    def __init__(self, observed: Observed, wording: Wording) -> None:
        self._observed = observed
        self._words = wording
        self._changes: dict[tuple[str, str], list[JsonObject]] = defaultdict(list)
        for change in observed.changes:
            self._changes[change["resource"], str(change["recordId"])].append(change)

    def all(self) -> Iterator[Reason]:
        """Yield why changes have not come, a reason for each record and each instance that polls it."""
        for (collection, record_id), changes in self._changes.items():
            followers = self._followers(collection)
            if not followers:
                resource = RESOURCES.get(collection, collection)
                yield self._reason(resource, record_id, changes[-1:], self._followed_by_nobody(resource))
            for follower in followers:
                yield from self._of(follower, record_id, changes)

    def of(self, resource: str, collection: str, record_id: str) -> Iterator[Reason]:
        """Yield why the latest change of one record has not come, by each instance that polls the resource."""
        changes = self._changes.get((collection, record_id), [])
        followers = [each for each in self._followers(collection) if each.resource == resource]
        if changes and not followers:
            yield self._reason(resource, record_id, changes[-1:], self._followed_by_nobody(resource))
        for follower in followers if changes else ():
            yield from self._of(follower, record_id, changes)

    def _followers(self, collection: str) -> list[_Follower]:
        return [
            _Follower(poller, polled, self._polls(poller["instanceId"], polled["resource"]))
            for poller in self._observed.pollers
            for polled in poller["resources"]
            if polled["collection"] == collection.lower()
        ]

    def _polls(self, instance_id: int, resource: str) -> list[JsonObject]:
        return [
            poll
            for poll in self._observed.polls
            if (poll["instanceId"], poll["resource"]) == (instance_id, resource)
        ]

    def _followed_by_nobody(self, resource: str) -> str:
        pollers = self._observed.pollers
        if not pollers:
            return "; no instance was made in this workspace, so nothing is polled"
        if len(pollers) > 1:
            return f"; no instance polls {resource}"
        polled = ", ".join(each["resource"] for each in pollers[0]["resources"]) or "nothing"
        name = self._words.instance(pollers[0]["instanceId"])
        return f"; no instance polls {resource}: {name} polls {polled}"

    def _of(self, by: _Follower, record_id: str, changes: Sequence[JsonObject]) -> Iterator[Reason]:
        """Say what became of a record's changes with one instance; nothing if they came one by one."""
        found = _reported(by.polls, record_id, changes[-1])
        if found is None:
            yield self._reason(by.resource, record_id, changes[-1:], self._unseen(by, record_id, changes[-1]))
            return
        poll, decision = found
        why = self._undelivered(by, poll, decision)
        before = [each for each in by.polls if _at(each) < _at(poll) and each["error"] is None]
        together = [each for each in changes if not before or _at(each) >= _at(before[-1])]
        together = [each for each in together if _at(each) <= _at(poll)]
        if why:
            yield self._reason(by.resource, record_id, changes[-1:], why)
        elif len(together) > 1:
            told = f"before the poll at {self._at(poll['at'])}, which tells one event of a record"
            yield self._reason(by.resource, record_id, together, f" {told}: {decision['verdict']}")

    def _unseen(self, by: _Follower, record_id: str, last: JsonObject) -> str:
        """Say why no poll has reported a change."""
        if last["change"] == "DELETED":
            return "; polling reports no deletions: what is gone is in no answer"
        dated = _instant(last["updated"])
        since = [poll for poll in by.polls if _at(poll) >= _at(last)]
        chances = [poll for poll in since if _second(poll["from"]) < dated and _at(poll) > _at(last)]
        if chances:
            return self._missed(by, record_id, chances)
        froms = [poll["from"] for poll in since] + [by.polled["from"]]
        bound = next((each for each in froms if each and _second(each) >= dated), None)
        return self._too_early(by, bound, dated) if bound else self._not_polled(by, last)

    def _missed(self, by: _Follower, record_id: str, chances: Sequence[JsonObject]) -> str:
        """Say what went wrong in a poll that had the chance to see a change."""
        poll = next((each for each in chances if each["error"] is None), chances[0])
        which = f"the poll at {self._at(poll['at'])}"
        if poll["error"] is not None:
            return f"; {which} {_brief(poll['error'])}{self._next(by)}"
        decision = next((each for each in poll["records"] if each["id"] == record_id), None)
        if decision:
            return f"; {which} passed it over: {decision['why']}"
        named_otherwise = [each["id"] for each in poll["records"] if not each["id"].isdecimal()]
        if named_otherwise:
            return f"; {which} saw a record {_no_id(by.polled, named_otherwise[0])}"
        return f"; {which} did not find it: it asked GET {poll['request']['url']}"

    def _too_early(self, by: _Follower, bound: str, dated: datetime) -> str:
        """Say what a change has to be later than, and is not."""
        if _second(bound) > dated:
            shown = self._at(format_instant(dated))
            return f", but is dated {shown}; polls ask for what is later than {self._at(bound)}"
        polled = any(poll["at"] == bound and poll["error"] is None for poll in by.polls)
        name = self._words.instance(by.poller["instanceId"])
        if polled:
            what = f"{by.resource} were polled"
        elif _second(by.poller["made"]) == dated:
            what = f"{name} was made"
        else:
            what = f"{name} began to poll {by.resource}"
        return f", the very second in which {what}; {_LATER}"

    def _not_polled(self, by: _Follower, last: JsonObject) -> str:
        """Say why there has been no poll since a change, and when there will be."""
        if by.poller["silent"]:
            return f"; {by.resource} are not polled: {by.poller['silent']}"
        if by.polled["from"] is None:
            name = self._words.instance(by.poller["instanceId"])
            return f"; {by.resource} are not polled: {name} has not begun to"
        now = self._observed.now
        stands = self._observed.is_virtual and now == last["at"]
        clock = "; the clock has not moved since" if stands else f"; it is {self._at(now)} now"
        return f"; {by.resource} have not been polled since{self._next(by)}{clock}"

    def _next(self, by: _Follower) -> str:
        due = by.poller["nextPoll"]
        name = self._words.instance(by.poller["instanceId"])
        return f"; {name} polls next at {self._at(due)}" if due else ""

    def _undelivered(self, by: _Follower, poll: JsonObject, decision: JsonObject) -> str:
        """Say why the callback about what a poll reported is not at the sink; nothing if it is."""
        event = f"{by.resource}/{decision['id']} {decision['verdict']}"
        owed = [
            each
            for each in self._observed.deliveries
            if each["instanceId"] == by.poller["instanceId"]
            and each["created"] == poll["at"]
            and event in each["events"]
        ]
        if not owed:
            has_url = bool(by.poller["callbackUrl"])
            why = "its notification has no subscriber" if has_url else "there is no callback URL"
            return f"; the poll at {self._at(poll['at'])} reported it, but {why}"
        return next(filter(None, map(self._not_taken, owed)), "")

    def _not_taken(self, delivery: JsonObject) -> str:
        attempts = delivery["attempts"]
        if delivery["status"] == "delivered":
            url = attempts[-1]["url"] if attempts else delivery["url"]
            if _is_below(url, self._observed.bin_url):
                return ""
            return f"; its callback was taken by {shown_url(url)}, which is not the workspace's bin {self._observed.bin_url}"
        came = ", ".join(f"{_answer(each)} at {self._at(each['at'])}" for each in attempts[-_MOST_NAMED:])
        sent = f"its callback was answered {came}" if came else "its callback has not been sent"
        if delivery["due"]:
            return f"; {sent}; it is tried {'again ' if came else ''}at {self._at(delivery['due'])}"
        return f"; {sent}; it is {delivery['status']}, and not tried again"

    def _reason(self, resource: str, record_id: str, changes: Sequence[JsonObject], why: str) -> Reason:
        did = " and ".join(f"{each['change'].lower()} at {self._at(each['at'])}" for each in changes[-3:])
        return Reason(record=self._words.record(resource, record_id), did=did, why=why)

    def _at(self, at: str) -> str:
        return self._words.instant(at)


def shown_url(url: str) -> str:
    """Return a URL without the password before its host, and without the secrets in its query."""
    try:
        parts = urlsplit(url)
    except ValueError:  # it is none, and nothing is sent there
        return mask_target(url)
    _, at, host = parts.netloc.rpartition("@")
    return mask_target(parts._replace(netloc=f"{MASK}@{host}" if at else host).geturl())


def _reported(
    polls: Sequence[JsonObject], record_id: str, last: JsonObject
) -> tuple[JsonObject, JsonObject] | None:
    """Return the first poll that reported a record after its latest change, and its decision."""
    return next(
        (
            (poll, decision)
            for poll in polls
            for decision in poll["records"]
            if _at(poll) >= _at(last) and decision["id"] == record_id and decision["verdict"] != "ignored"
        ),
        None,
    )


def _no_id(polled: JsonObject, came: str) -> str:
    """Say why an id is none of the CRM's."""
    field = polled["idField"]
    if not field:
        return "whose id could not be read: its resource has no idField"
    near = nearest(field, ID_FIELDS.values())
    meant = f" (did you mean {near}?)" if near and near != field else ""
    if not came:
        return f"whose id could not be read: idField {field!r} names nothing in it{meant}"
    return f"by the id {came!r}, which is none of the CRM's: idField {field!r} names another field{meant}"


def _brief(error: str) -> str:
    """Say why a poll failed, in a few words."""
    from mock_platform.audit.reasons import failed  # noqa: PLC0415 - loads the platform, which few need

    return failed(error)


def _answer(attempt: JsonObject) -> str:
    return str(attempt["status"] or attempt["outcome"])


def _is_below(url: str, bin_url: str) -> bool:
    return url == bin_url or url.startswith((f"{bin_url}/", f"{bin_url}?"))


def _together(records: Sequence[str]) -> str:
    """Name a few records, and say whether one or many ``was``."""
    named = ", ".join(records[:_MOST_NAMED])
    more = f" and {len(records) - _MOST_NAMED} more" if len(records) > _MOST_NAMED else ""
    return f"{named}{more} {'was' if len(records) == 1 else 'were'}"


def _at(happened: JsonObject) -> datetime:
    return _instant(happened["at"])


def _second(text: str) -> datetime:
    """Return the second that an instant is in: what dates of records and of requests are cut to."""
    return _instant(text).replace(microsecond=0)


@lru_cache(maxsize=4096)
def _instant(text: str) -> datetime:
    return parse_instant(text)
