"""What was expected, compared with what was reported: which events were reported, late, duplicate, misclassified or lost. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.audit.oracle import (
    ExpectedEvent,
    ExpectedEventType,
    LoggedChange,
    PollingHistory,
    expected_events,
)
from elements_local.platform.core.poll import Poll
from elements_local.platform.events.records import Attempt, DeliveryStatus

_SECOND = timedelta(seconds=1)
_PROMPT = timedelta(minutes=1)
"""A callback that is taken within the shortest interval there is, at its first try, is not late."""

_PLANNED = frozenset({DeliveryStatus.CREATED, DeliveryStatus.RETRY})


class AuditVerdict(Enum):
    """What became of an event that was expected, or what is wrong with one that was reported.

    Every expected event is one of the first four; besides, what names no record of the CRM's is misclassified, and
    what was reported unexpectedly is a duplicate.
    """

    REPORTED = "reported"
    LATE = "late"
    MISCLASSIFIED = "misclassified"
    LOST = "lost"
    DUPLICATE = "duplicate"


class CallbackHistory(Struct, frozen=True, kw_only=True):
    """What became of one notification.

    Attributes:
        sent: when it was first to be sent to anybody.
        tries: the attempts to tell each subscriber, in their order.
        states: of its deliveries; empty if there is no subscriber.
    """

    sent: datetime
    tries: Sequence[Sequence[Attempt]] = ()
    states: Collection[DeliveryStatus] = ()

    @property
    def taken(self) -> Attempt | None:
        """The first attempt that a receiver took."""
        delivered = [attempt for tried in self.tries for attempt in tried if not attempt.reason]
        return min(delivered, key=lambda attempt: attempt.at, default=None)

    @property
    def times(self) -> int:
        """How often one receiver took it, or may have: an attempt whose answer did not come may have come through."""
        if self.taken is None:
            return 0
        # By receiver: two that took it once each have each got it once.
        return max(sum(not one.reason or one.is_unheard for one in tried) for tried in self.tries)

    @property
    def is_late(self) -> bool:
        """Whether it was taken, but neither at the first try nor within the shortest interval that there is."""
        delivered = self.taken
        return delivered is not None and (bool(self._failed()) or delivered.at - self.sent > _PROMPT)

    @property
    def is_given_up(self) -> bool:
        """Whether nothing is going to be sent any more, unless somebody does something about it."""
        return self.taken is None and _PLANNED.isdisjoint(self.states)

    def _failed(self) -> list[Attempt]:
        """Return the failed attempts before that of the subscriber that took it first; of all, if none did."""
        delivered = self.taken
        if delivered is None:
            return [attempt for tried in self.tries for attempt in tried]
        first = next(tried for tried in self.tries if delivered in tried)
        return [attempt for attempt in first[: first.index(delivered)] if attempt.reason]


@dataclass(frozen=True, kw_only=True)
class ReportedEvent:
    """An event that a notification tells of.

    Attributes:
        record_id: empty if it names none.
        date: of the record, as the poller read it, to the second.
        poll_at: of the poll that found it.
    """

    record_id: str
    event_type: ExpectedEventType
    date: datetime
    poll_at: datetime
    callback: CallbackHistory


class AuditFinding(Struct, frozen=True, kw_only=True):
    """One event, and the verdict on it.

    Attributes:
        change: what was expected; of what was not, what was reported.
        at: when that happened; of what was not expected, when it was reported.
        why: how an expected event was reported as it should; of all else ``explain`` says it.
        poll_at: of what was not expected, when the poll came that reported it.
    """

    verdict: AuditVerdict
    resource: str
    record_id: str
    change: ExpectedEventType
    at: datetime
    why: str = ""
    poll_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StampedChange(LoggedChange):
    """A change as the CRM logged it, and the date that the record bore after it."""

    updated: datetime


@dataclass(frozen=True, kw_only=True)
class ResourceHistory:
    """All that is known of one resource of an instance.

    Attributes:
        changes: of the CRM's collection that it polls.
        polls: of this resource, oldest first.
        ended: whether there is no poll to come.
    """

    resource: str
    changes: Sequence[StampedChange]
    watch: PollingHistory
    polls: Sequence[Poll]
    reports: Sequence[ReportedEvent]
    ended: bool = False


class RecordAudit(Struct, frozen=True, kw_only=True):
    """The reckoning of one record, of one resource.

    Attributes:
        delivered: events in callbacks that were taken, each as often as that.
        settled: whether neither a poll nor the passing of time can change it.
    """

    owed: int
    delivered: int
    findings: Sequence[AuditFinding]
    settled: bool


class Audit(Struct, frozen=True, kw_only=True):
    """The reckoning of an instance.

    Attributes:
        delivered: events in callbacks that were taken, each as often as that.
    """

    owed: int
    delivered: int
    findings: Sequence[AuditFinding]


def summed(audits: Collection[RecordAudit]) -> Audit:
    """Put the reckonings of records together."""
    findings = [finding for each in audits for finding in each.findings]
    return Audit(
        owed=sum(each.owed for each in audits),
        delivered=sum(each.delivered for each in audits),
        findings=sorted(findings, key=lambda finding: (finding.at, finding.resource, finding.record_id)),
    )


def with_seen_at_once(followed: ResourceHistory) -> PollingHistory:
    """Return a watch that knows which changes polls of about the same instant have seen.

    Time alone does not say whether a change came before a poll of its own instant, or while that was under way; but a
    poll that reports the date which the record bore after it has seen it. (Of two changes within one second, it is taken
    to have seen both: nothing tells them apart.) What it reports it has not seen gone.
    """
    reported = {(report.record_id, report.poll_at, report.date) for report in followed.reports}
    seen = dict[int, datetime]()
    for change in followed.changes:
        before = bisect_right(followed.watch.polls, change.at)
        poll_at = followed.watch.polls[before - 1] if before else None
        if poll_at is None or change.kind is ExpectedEventType.DELETED:
            continue
        # What is dated later than a poll began was changed while that was under way, however long it took.
        if change.at - poll_at >= _SECOND and change.updated <= poll_at:
            continue
        if (change.record_id, poll_at, change.updated.replace(microsecond=0)) in reported:
            seen[change.seq] = poll_at
    return replace(followed.watch, seen_at_once=seen)


def by_record(followed: ResourceHistory) -> dict[str, RecordAudit]:
    """Compare what was expected for each record of a resource with what was reported of it: no record counts for another."""
    changed, reports_of = defaultdict[str, list[datetime]](list), defaultdict[str, list[ReportedEvent]](list)
    expected_for = defaultdict[str, list[ExpectedEvent]](list)
    for change in followed.changes:
        changed[change.record_id].append(change.at)
    for event in expected_events(followed.changes, with_seen_at_once(followed)):
        expected_for[event.record_id].append(event)
    for report in followed.reports:
        reports_of[report.record_id].append(report)
    for record_id, events in expected_for.items():
        # What the next poll asks for once more is not expected before that.
        reports = reports_of[record_id]
        expected_for[record_id] = [
            event for event in events if event.by or any(_covers(report, event) for report in reports)
        ]
    writer = _Writer(followed)
    last = max(followed.watch.polls, default=None)
    seen = max((poll.at for poll in followed.polls if poll.error is None), default=None)
    return {
        record_id: RecordAudit(
            owed=len(expected_for[record_id]),
            delivered=sum(report.callback.times for report in reports_of[record_id]),
            findings=tuple(writer.findings(record_id, expected_for[record_id], reports_of[record_id])),
            settled=all(last is not None and at < last for at in changed[record_id])
            and all(
                seen is not None and event.by is not None and event.by <= seen
                for event in expected_for[record_id]
            ),
        )
        for record_id in {**expected_for, **reports_of, **changed}
    }


class _Writer:
    """Writes the findings of one resource."""

    def __init__(self, followed: ResourceHistory) -> None:
        self._followed = followed

    def findings(
        self, record_id: str, events: Sequence[ExpectedEvent], reports: Sequence[ReportedEvent]
    ) -> Iterator[AuditFinding]:
        """Yield the findings of one record, or of events that name none."""
        if events or _is_id(record_id):
            return self._of_record(events, reports)
        return (self.besides(each, AuditVerdict.MISCLASSIFIED) for each in reports)

    def _of_record(
        self, events: Sequence[ExpectedEvent], reports: Sequence[ReportedEvent]
    ) -> Iterator[AuditFinding]:
        """Yield what became of the expected events of one record, and what was reported of it besides.

        A report covers everything that had fallen due by its poll and had not been reported: it shows the record's state.
        One poll may show two states of a record, which was changed while its pages were read.
        """
        left, earlier, states = list(events), list[datetime](), set[tuple[datetime, datetime]]()
        for report in sorted(reports, key=lambda report: report.poll_at):
            covered = [event for event in left if _covers(report, event)]
            left = [event for event in left if event not in covered]
            for event in covered:
                yield self._reported(event, report, _names(covered, event))
            again = report.poll_at not in earlier or (report.poll_at, report.date) in states
            if report.callback.times and not covered and again:
                yield self.besides(report, AuditVerdict.DUPLICATE)
            for _ in range(report.callback.times - 1):
                yield self.besides(report, AuditVerdict.DUPLICATE)
            earlier.append(report.poll_at)
            states.add((report.poll_at, report.date))
        for event in left:
            yield self._unreported(event)

    def besides(self, report: ReportedEvent, verdict: AuditVerdict) -> AuditFinding:
        """Return a finding about an unexpected report."""
        delivered = report.callback.taken
        return AuditFinding(
            verdict=verdict,
            resource=self._followed.resource,
            record_id=report.record_id,
            change=report.event_type,
            at=delivered.at if delivered else report.poll_at,
            poll_at=report.poll_at,
        )

    def _reported(
        self, event: ExpectedEvent, report: ReportedEvent, names: set[ExpectedEventType]
    ) -> AuditFinding:
        """Return what became of an event that a notification tells of."""
        callback = report.callback
        if callback.taken is None:
            return self._about(event, AuditVerdict.LOST if callback.is_given_up else AuditVerdict.LATE)
        if report.event_type not in names:
            return self._about(event, AuditVerdict.MISCLASSIFIED)
        if (event.by and report.poll_at > event.by) or callback.is_late:
            return self._about(event, AuditVerdict.LATE)
        together = f", one event for {event.changes} changes" if event.changes > 1 else ""
        why = f"the poll of {shown(report.poll_at)} reported it{together}"
        return self._about(event, AuditVerdict.REPORTED, why)

    def _unreported(self, event: ExpectedEvent) -> AuditFinding:
        """Return what became of an event that no notification tells of."""
        by = event.by or event.due
        was_polled = any(poll.at >= by and poll.error is None for poll in self._followed.polls)
        to_come = not was_polled and not self._followed.ended and event.kind is not ExpectedEventType.DELETED
        return self._about(event, AuditVerdict.LATE if to_come else AuditVerdict.LOST)

    def _about(self, event: ExpectedEvent, verdict: AuditVerdict, why: str = "") -> AuditFinding:
        return AuditFinding(
            verdict=verdict,
            resource=self._followed.resource,
            record_id=event.record_id,
            change=event.kind,
            at=event.at,
            why=why,
        )


def _is_id(record_id: str) -> bool:
    """Say whether a text can be an id of the CRM's (documented: numbers)."""
    return record_id.isascii() and record_id.isdecimal()


def _covers(report: ReportedEvent, event: ExpectedEvent) -> bool:
    """Say whether a report tells of an event: one of a deletion tells of nothing else, and no other tells of that."""
    about_deletion = (report.event_type is ExpectedEventType.DELETED) == (
        event.kind is ExpectedEventType.DELETED
    )
    return about_deletion and event.due <= report.poll_at


def _names(covered: Sequence[ExpectedEvent], event: ExpectedEvent) -> set[ExpectedEventType]:
    """Return what a report may call an event: its own name, or, of a record never heard of, that it was created."""
    created = any(one.kind is ExpectedEventType.CREATED for one in covered)
    return {event.kind, ExpectedEventType.CREATED} if created else {event.kind}
