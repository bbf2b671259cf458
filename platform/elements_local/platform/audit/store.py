"""What is remembered of audits, in memory: what happens is reckoned with once, however often and by whomever it is asked for.

Each look reads what has come since the one before, and reckons anew the records that it concerns, as none counts for
another. If anything has changed but by addition, all is forgotten, and read again.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock, RLock
from typing import Any, TypeAlias

from msgspec import Struct

from elements_local.kit.storage.retention import Pruned
from elements_local.kit.values import replace
from elements_local.platform.audit import facts
from elements_local.platform.audit.verdicts import (
    CallbackHistory,
    RecordAudit,
    ReportedEvent,
    StampedChange,
    by_record,
)
from elements_local.platform.call import Call
from elements_local.platform.callbacks.store import Deliveries, Key
from elements_local.platform.callbacks.store_attempts import Attempts
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.poll import Poll
from elements_local.platform.elements.connector import VendorChange
from elements_local.platform.events.records import Attempt, DeliveryStatus
from elements_local.platform.events.store_notifications import Notifications
from elements_local.platform.explain.facts import EVERY, InstanceFacts, NotifiedRecord, notified
from elements_local.platform.polling.store import Polls, PollSearch

MOST = 100_000
"""Records of all audits together, of which the reckoning is kept; those asked for last are."""

_BESIDE_RECORDS = 200
"""What an audit holds beside its records, its instance and polls, in records: so those of deleted workspaces go soon."""


class Standing(Struct, frozen=True, kw_only=True):
    """Where the audit of an instance stands.

    Attributes:
        since: from when on its resources were polled.
        changes: that the CRM logged, by the collection.
        pruned: what is no longer kept; None if all is.
        records: the reckoning of each.
        revision: another one whenever something else came of it.
    """

    polled: Sequence[facts.AuditedResource]
    since: datetime
    changes: Mapping[str, Sequence[StampedChange]]
    pruned: Pruned | None
    records: Collection[RecordAudit]
    revision: int


_Place: TypeAlias = tuple[int, int]
"""Of an event: its notification, and which of it that is."""


class _Gathered:
    """What is known of an instance so far.

    Attributes:
        grounds: the resources without their polls, and what the vendor's log no longer has; None while nothing is known.
        edges: of each resource, how many polls there were, and how many were missed since the last.
        notified: by the notification.
        reports: by the resource, the record, and where they were reported.
        changes: by the collection and the record.
    """

    def __init__(self) -> None:
        self.grounds: object = None
        self.last_change = list[VendorChange]()
        self.polls = defaultdict[str, list[Poll]](list)
        self.last_poll = 0
        self.notified = defaultdict[int, list[NotifiedRecord]](list)
        self.states: dict[Key, tuple[str, int]] = {}
        self.reports = defaultdict[str, dict[str, dict[_Place, ReportedEvent]]](lambda: defaultdict(dict))
        self.changes = defaultdict[str, dict[str, list[StampedChange]]](lambda: defaultdict(list))
        self.records = defaultdict[str, dict[str, RecordAudit]](dict)
        self.edges: dict[str, tuple[int, int]] = {}

    def take_in(
        self, states: dict[Key, tuple[str, int]], attempts: Mapping[Key, list[Attempt]], changed: set[int]
    ) -> defaultdict[str, set[str]]:
        """Take in what became of some notifications, and return the records that they tell of, by the resource."""
        concerned = defaultdict[str, set[str]](set)
        tries = defaultdict[int, list[list[Attempt]]](list)
        standing = defaultdict[int, list[DeliveryStatus]](list)
        for (number, _), tried in attempts.items():
            tries[number].append(tried)
        for (number, _), (status, _tries) in states.items():
            if number in changed:
                standing[number].append(DeliveryStatus(status))
        for number in sorted(changed):
            for place, one in enumerate(self.notified[number]):
                callback = CallbackHistory(sent=one.at, tries=tries[number], states=standing[number])
                of_record = self.reports[one.event.object_type][one.event.object_id]
                of_record[number, place] = facts.reported(one, callback)
                concerned[one.event.object_type].add(one.event.object_id)
        self.states = states
        return concerned

    def take_polls(self, polls: Iterable[Poll]) -> None:
        """Take in the polls that have come."""
        for poll in polls:
            own = self.polls[poll.resource]
            if own and poll.at < own[-1].at:  # what had been due at a later one is due at this one
                self.grounds = self.grounds and "out of order"
            own.append(replace(poll, decisions=()))
            self.last_poll = poll.id

    def take_changes(self, changes: Sequence[VendorChange]) -> defaultdict[str, set[str]]:
        """Take in the changes that have come, and return the records that they are of, by the collection."""
        concerned = defaultdict[str, set[str]](set)
        for change in changes:
            self.changes[change.collection][change.record_id].append(facts.stamped(change))
            concerned[change.collection].add(change.record_id)
        self.last_change = [*changes[-1:]] or self.last_change
        return concerned

    def reckon(self, one: facts.AuditedResource, concerned: set[str], now: datetime) -> bool:
        """Reckon the records of a resource anew that something concerns, and say whether there were any."""
        changes, reports = self.changes.get(one.collection or "", {}), self.reports.get(one.resource, {})
        records, edge = self.records[one.resource], (len(one.polls), one.missed(now))
        if edge != self.edges.get(one.resource):
            concerned = concerned | {name for name, each in records.items() if not each.settled}
        self.edges[one.resource] = edge
        own = {one.collection or "": [each for name in concerned for each in changes.get(name, ())]}
        reported = [each for name in concerned for each in reports.get(name, {}).values()]
        if concerned:
            records |= by_record(one.followed(own, reported, until=now))
        return bool(concerned)


class KeptAudit:
    """The audit of one instance.

    Attributes:
        flight: of the request that computes the answer; another for the same meanwhile may have it.
        answers: how many there were.
        answered: the last, and to what.
        size: records of which it keeps the reckoning, and what it holds beside them.
    """

    def __init__(self) -> None:
        self.flight = Lock()
        self.answers = 0
        self.answered: tuple[Hashable, Any] = (None, None)
        self._turn = RLock()
        self._basis: object = None
        self._gathered = _Gathered()
        self._revision = 0
        self.size = _BESIDE_RECORDS

    def look(self, call: Call, instance: Instance) -> Standing:
        """Take in what has happened, and return where the audit stands.

        Raises:
            ProviderError, ConflictError: as for the vendor's log.
        """
        with self._turn:
            # Before anything is read: what a reset that comes meanwhile leaves is another generation's.
            generation = call.platform.workspaces.generation(call.workspace)
            reader = InstanceFacts(call, instance)
            with call.read() as tx:
                own_pruned = call.platform.history.pruned(tx)
                basis, known = (instance, generation, own_pruned), self._basis
                self._basis = None  # if something fails from here on, half of it may have been taken in
                if basis != known:
                    self._gathered = _Gathered()
                    self._revision += 1
                kept = self._gathered
                search = PollSearch(instance_id=instance.id, after=kept.last_poll)
                polls = Polls(tx).latest(search, limit=EVERY)
                notifications = Notifications(tx).of_instance(
                    instance.id, after=max(kept.notified, default=0)
                )
                states = Deliveries(tx).states_of(instance.id)
                differing = kept.states.items() ^ states.items() if kept.states != states else ()
                changed = {one.id for one in notifications} | {number for (number, _), _ in differing}
                attempts = Attempts(tx).of_each(changed)
            kept.take_polls(polls)
            for record in notified(notifications):
                kept.notified[record.notification_id].append(record)
            reader.polls = kept.polls
            polled = facts.polled(reader)
            since = min((one.since for one in polled), default=instance.created)
            last = kept.last_change
            reader.since, reader.after = since, last[0].seq - 1 if last else 0
            log = reader.log
            gone = _gone([own_pruned, log.pruned], since)
            polled = [one.kept_since(gone.before) for one in polled] if gone else polled
            grounds = [replace(one, polls=()) for one in polled], log.pruned
            if [*log.changes[: len(last)]] != last or kept.grounds not in (None, grounds):
                return self.look(call, instance)  # something has changed but by addition
            kept.grounds = grounds
            by_resource = kept.take_in(states, attempts, changed)
            by_collection = kept.take_changes(log.changes[len(last) :])
            for one in polled:
                concerned = by_resource[one.resource] | by_collection[one.collection or ""]
                self._revision += kept.reckon(one, concerned, call.now)
            self._revision += bool(polls)
            self._basis = basis
            records = [record for by_id in kept.records.values() for record in by_id.values()]
            self.size = _BESIDE_RECORDS + len(records)
            return Standing(
                polled=polled,
                since=since,
                changes={
                    name: [change for each in by_id.values() for change in each]
                    for name, by_id in kept.changes.items()
                },
                pruned=gone,
                records=records,
                revision=self._revision,
            )


class Audits:
    """The audits of one process."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._kept: OrderedDict[tuple[str, int], KeptAudit] = OrderedDict()

    def of(self, call: Call, instance: Instance) -> KeptAudit:
        """Return an instance's audit; the one that was longest not asked for makes room."""
        with self._turn:
            kept = self._kept.setdefault((call.workspace.name, instance.id), KeptAudit())
            self._kept.move_to_end((call.workspace.name, instance.id))
            while len(self._kept) > 1 and sum(each.size for each in self._kept.values()) > MOST:
                self._kept.popitem(last=False)
            return kept


def _gone(pruned: Iterable[Pruned | None], since: datetime) -> Pruned | None:
    """Return what is no longer kept of the time since an instant."""
    affected = [each for each in pruned if each and since < each.before]
    return max(affected, key=lambda each: each.before, default=None)
