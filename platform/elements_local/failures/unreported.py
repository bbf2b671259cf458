"""Why a change in the CRM has not come as a callback, as far as changes, polls and attempts tell. Pure.

It says the same of a scenario and of a test with fixtures, each in its own words for records and instants.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from elements_local.failures.observed import (
    JsonObject,
    Observed,
    PolledResource,
    happened_at,
    instant_of,
    polled_resources,
    second_of,
)
from elements_local.failures.reason import MOST_NAMED, Reason
from elements_local.scenarios.records import ID_FIELDS, RESOURCES
from mock_kit.admin.masks import mask_target, mask_url
from mock_kit.api.nearest import nearest
from mock_kit.workspaces.instants import format_instant

_ID = "Elements-Webhook-Id"
_LATER = "a poll counts what is later, so let a second pass in between"
_BEFORE = "a poll counts what is later, so change it after that"


class Wording(Protocol):
    """How records, instants and instances are called."""

    def record(self, resource: str, record_id: str) -> str:
        """Call a record of a resource, or of a collection of the CRM's that nothing polls."""

    def instant(self, at: str) -> str:
        """Write an instant that a service told."""

    def instance(self, instance_id: int) -> str:
        """Call an instance."""


class Unreported:
    """Says of records why their latest change has not come."""

    def __init__(self, observed: Observed, wording: Wording) -> None:
        self._observed = observed
        self._words = wording
        self._changes: dict[tuple[str, str], list[JsonObject]] = defaultdict(list)
        for change in observed.changes:
            self._changes[change["resource"], str(change["recordId"])].append(change)
        self._polled = polled_resources(observed)
        self._owed: dict[tuple[int, str], list[JsonObject]] = defaultdict(list)
        for delivery in observed.deliveries:
            self._owed[delivery["instanceId"], delivery["created"]].append(delivery)

    def all(self) -> Iterator[Reason]:
        """Yield why changes have not come, a reason for each record and each instance that polls it."""
        for collection, record_id in self._changes if self._observed.has_platform else ():
            resource = RESOURCES.get(collection, collection)
            yield from self._of_record(resource, collection, record_id, self._polled[collection.lower()])

    def of(self, resource: str, collection: str, record_id: str) -> Iterator[Reason]:
        """Yield why the latest change of one record has not come, by each instance that polls the resource."""
        polled = [each for each in self._polled[collection.lower()] if each.resource == resource]
        yield from self._of_record(resource, collection, record_id, polled)

    def _of_record(
        self, resource: str, collection: str, record_id: str, polled: Sequence[PolledResource]
    ) -> Iterator[Reason]:
        changes = self._changes.get((collection, record_id), [])
        pruned = self._observed.pruned_changes
        if not changes and pruned:
            why = f"; what was changed before {self._at(pruned['before'])} was pruned at {self._at(pruned['at'])}"
            yield Reason(record=self._words.record(resource, record_id), did="not changed lately", why=why)
        if changes and not polled:
            yield self._reason(resource, record_id, changes[-1:], self._polled_by_nobody(resource))
        for by in polled if changes else ():
            yield from self._of(by, record_id, changes)

    def _polled_by_nobody(self, resource: str) -> str:
        pollers = self._observed.pollers
        if not pollers:
            return "; there is no instance in this workspace, so nothing is polled"
        if len(pollers) > 1:
            return f"; no instance polls {resource}"
        polled = ", ".join(each["resource"] for each in pollers[0]["resources"]) or "nothing"
        name = self._words.instance(pollers[0]["instanceId"])
        return f"; no instance polls {resource}: {name} polls {polled}; add it to event.poller.configuration"

    def _of(self, by: PolledResource, record_id: str, changes: Sequence[JsonObject]) -> Iterator[Reason]:
        """Say what became of a record's changes with one instance; nothing if they came one by one."""
        last = changes[-1:]
        report = by.reported(record_id, happened_at(changes[-1]))
        if report is None:
            yield self._reason(by.resource, record_id, last, self._unseen(by, record_id, changes[-1]), by)
            return
        poll, decision = report
        before = by.last_before(happened_at(poll))
        merged = [
            change
            for change in changes
            if (before is None or happened_at(change) >= before) and happened_at(change) <= happened_at(poll)
        ]
        if why := self._undelivered(by, poll, decision):
            yield self._reason(by.resource, record_id, last, why, by)
        elif len(merged) > 1:
            when = f"before the poll at {self._at(poll['at'])}, which tells one event of a record"
            yield self._reason(by.resource, record_id, merged, f" {when}: {decision['verdict']}")

    def _unseen(self, by: PolledResource, record_id: str, last: JsonObject) -> str:
        """Say why no poll has reported a change."""
        if last["change"] == "DELETED":
            return "; polling reports no deletions: what is gone is in no answer"
        pruned = self._observed.pruned_polls
        if pruned and happened_at(last) < instant_of(pruned["before"]):
            return f"; what was polled before {self._at(pruned['before'])} was pruned at {self._at(pruned['at'])}"
        dated = instant_of(last["updated"])
        since = by.since(happened_at(last))
        chances = [
            poll
            for poll in since
            # Both: the poll came after the change, and asked for what has its date.
            if second_of(poll["from"]) < dated and happened_at(poll) > happened_at(last)
        ]
        if chances:
            return self._missed(by, record_id, last, chances)
        froms = [poll["from"] for poll in since] + [by.polled["from"]]
        bound = next((instant for instant in froms if instant and second_of(instant) >= dated), None)
        return self._too_early(by, bound, dated) if bound else self._not_polled(by, last)

    def _missed(
        self, by: PolledResource, record_id: str, last: JsonObject, chances: Sequence[JsonObject]
    ) -> str:
        """Say what went wrong in a poll that had the chance to see a change."""
        poll = next((each for each in chances if each["error"] is None), chances[0])
        which = f"the poll at {self._at(poll['at'])}"
        if poll["error"] is not None:
            return f"; {which} {failure_text(poll['error'])}{self._next(by)}"
        decision = by.decision(record_id, poll)
        if decision:
            return f"; {which} passed it over: {decision['why']}{_misread(decision, last)}"
        other_id = next((each["id"] for each in poll["records"] if not each["id"].isdecimal()), None)
        if other_id is not None:
            return f"; {which} saw a record {_no_id(by.polled, other_id)}"
        count = len(poll["records"])
        outcome = f"named it in none of the {count} records that it saw" if count else "did not find it"
        return f"; {which} {outcome}: it asked GET {mask_target(poll['request']['url'])}"

    def _too_early(self, by: PolledResource, bound: str, dated: datetime) -> str:
        """Say what a change has to be later than, and is not."""
        if second_of(bound) > dated:
            shown = self._at(format_instant(dated))
            return f", but is dated {shown}; polls ask for what is later than {self._at(bound)}"
        name = self._words.instance(by.poller["instanceId"])
        if by.succeeded_at(instant_of(bound)):
            what = f"{by.resource} were polled"
        elif second_of(by.poller["made"]) == dated:
            what = f"{name} was made"
        else:
            what = f"{name} began to poll {by.resource}"
        if not self._observed.keeps_ties:  # a change from outside after that would have begun the next second
            return f", before {what} in that second, or by a job that was due in it; {_BEFORE}"
        return f", the very second in which {what}; {_LATER}"

    def _not_polled(self, by: PolledResource, last: JsonObject) -> str:
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

    def _next(self, by: PolledResource) -> str:
        due = by.poller["nextPoll"]
        name = self._words.instance(by.poller["instanceId"])
        return f"; {name} polls next at {self._at(due)}" if due else ""

    def _undelivered(self, by: PolledResource, poll: JsonObject, decision: JsonObject) -> str:
        """Say why the callback about what a poll reported is not at the sink; nothing if it is."""
        event = f"{by.resource}/{decision['id']} {decision['verdict']}"
        of_poll = self._owed[by.poller["instanceId"], poll["at"]]
        deliveries = [delivery for delivery in of_poll if event in delivery["events"]]
        if not deliveries:
            has_url = bool(by.poller["callbackUrl"])
            why = "its notification has no subscriber" if has_url else "there is no callback URL"
            return f"; the poll at {self._at(poll['at'])} reported it, but {why}"
        return next(filter(None, map(self._not_taken, deliveries)), "")

    def _not_taken(self, delivery: JsonObject) -> str:
        attempts = delivery["attempts"]
        if delivery["channel"] != "webhook":
            return ""
        if delivery["status"] == "delivered":
            url = attempts[-1]["url"] if attempts else delivery["url"]
            if _is_below(url, self._observed.bin_url):
                return self._pruned_by_sink(delivery)
            return f"; its callback was taken by {mask_url(url)}, which is not the workspace's bin {self._observed.bin_url}"
        latest = attempts[-MOST_NAMED:]
        answers = ", ".join(
            f"{each['status'] or each['outcome']} at {self._at(each['at'])}" for each in latest
        )
        result = "was answered" if all(each["status"] for each in latest) else "did not get through:"
        sent = (
            f"its callback {result} {answers}{self._relayed(delivery)}"
            if answers
            else "its callback has not been sent"
        )
        if delivery["due"]:
            return f"; {sent}; it is tried {'again ' if answers else ''}at {self._at(delivery['due'])}"
        return f"; {sent}; it is {delivery['status']}, and not tried again"

    def _pruned_by_sink(self, delivery: JsonObject) -> str:
        """Say of a callback that the sink took that it has made room for others, if it has."""
        at = self._observed.pruned_callbacks_at
        if at is None or self._at_sink(delivery):
            return ""
        return f"; its callback came, and made room for others in the sink: pruned at {self._at(at)}"

    def _relayed(self, delivery: JsonObject) -> str:
        """Say which URL the sink relayed a callback to: its path may not be where the receiver takes callbacks."""
        urls = [each["forwards"][-1]["url"] for each in self._at_sink(delivery) if each.get("forwards")]
        return f" by the receiver at {mask_url(urls[-1])}" if urls else ""

    def _at_sink(self, delivery: JsonObject) -> list[JsonObject]:
        number = str(delivery.get("notificationId"))
        return [each for each in self._observed.callbacks if each["headers"].get(_ID) == number]

    def _reason(
        self,
        resource: str,
        record_id: str,
        changes: Sequence[JsonObject],
        why: str,
        by: PolledResource | None = None,
    ) -> Reason:
        did = " and ".join(f"{each['change'].lower()} at {self._at(each['at'])}" for each in changes[-3:])
        about = (by.poller["instanceId"], resource, record_id) if by else None
        return Reason(record=self._words.record(resource, record_id), did=did, why=why, about=about)

    def _at(self, at: str) -> str:
        return self._words.instant(at)


def _no_id(polled: JsonObject, given: str) -> str:
    """Say why an id is none of the CRM's."""
    field = polled["idField"]
    if not field:
        return "whose id could not be read: its resource has no idField"
    near = nearest(field, ID_FIELDS.values())
    meant = f" (did you mean {near}?)" if near and near != field else ""
    if not given:
        return f"whose id could not be read: idField {field!r} names nothing in it{meant}"
    return f"by the id {given!r}, which is none of the CRM's: idField {field!r} names another field{meant}"


def failure_text(error: str) -> str:
    """Say why a poll failed, in the words of the platform's answer rather than with all of it."""
    from mock_platform.explain.poll_errors import failed  # noqa: PLC0415 - loads the platform, which few need

    return failed(error)


def _misread(decision: JsonObject, last: JsonObject) -> str:
    """Say that a date was read as another than the CRM meant; nothing if it was read rightly, or not at all."""
    read_as = decision["date"]
    if read_as is None or decision["updated"] is None or second_of(read_as) == second_of(last["updated"]):
        return ""
    meant = format_instant(second_of(last["updated"]))
    return (
        f"; the CRM's {decision['updated']!r} means {meant} and was read as {read_as}: "
        "see updatedDateFormat and updatedDateTimezone"
    )


def _is_below(url: str, bin_url: str) -> bool:
    return url == bin_url or url.startswith((f"{bin_url}/", f"{bin_url}?"))
