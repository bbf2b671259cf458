"""What a poller should have reported, by the audit's oracle, and what is wrong with what it did report. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from elements_local.certify.scorecard import Finding
from elements_local.kit.instants import format_instant
from elements_local.platform.audit.oracle import (
    ExpectedEvent,
    ExpectedEventType,
    LoggedChange,
    PollingHistory,
    expected_events,
)

_CALLS_SHOWN = 4


class VisibleChange(Struct, frozen=True, kw_only=True):
    """A change of the CRM's log.

    Attributes:
        updated: what the record was stamped with.
        visible: when a list that is asked shows it.
    """

    seq: int
    record_id: str
    kind: ExpectedEventType
    at: datetime
    updated: datetime
    visible: datetime


class Report(Struct, frozen=True, kw_only=True):
    """What a poller says of a record.

    Attributes:
        change: what it calls that; None if it does not say.
        updated: the record's date as it read it; None if it does not say.
    """

    record_id: str
    change: ExpectedEventType | None = None
    updated: datetime | None = None


Shown: TypeAlias = tuple[str, datetime | None]
"""A record's id and date in an answer of the CRM."""


class CertifiedRun(Struct, frozen=True, kw_only=True):
    """A run of a poller.

    Attributes:
        before, after: the seq of the last change before it began and before it ended.
        wrote: how many changes of records the poller itself made meanwhile.
        shown: ids and dates of the records that the CRM's answers had, as far as the journal was read.
        idle: how many lists it read that had nothing which those before had not.
        disturbed: whether the CRM misbehaved in a way that may keep something from it.
        failure: how it ended, if not well.
        killed: where it was killed, which is no failure of its own.
        calls: what the CRM's journal has of it.
        lists: those of them that read a list.
        kept: whether the journal still has all of them.
    """

    number: int
    at: datetime
    before: int
    after: int
    wrote: int = 0
    reports: tuple[Report, ...] = ()
    shown: frozenset[Shown] = frozenset()
    idle: int = 0
    disturbed: bool = False
    failure: str = ""
    killed: str = ""
    calls: Sequence[str] = ()
    lists: Sequence[str] = ()
    kept: bool = True

    @property
    def counts(self) -> bool:
        """Whether it has to report all that it could see."""
        return not self.disturbed and self.is_whole

    @property
    def is_whole(self) -> bool:
        """Whether it came to a good end."""
        return not self.failure and not self.killed

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return f"run {self.number} at {format_instant(self.at)}"


class Leniency(Struct, frozen=True, kw_only=True):
    """How strictly a poller is judged.

    Attributes:
        within: by which run a change has to be reported, counted from the first that could see it.
        repeats: whether a change may be reported more than once.
        deletes: whether deletions are to be reported, too.
        idle: how many lists a run may read that have nothing new; None for any number.
    """

    within: int = 1
    repeats: bool = False
    deletes: bool = False
    idle: int | None = None


def judge(changes: Sequence[VisibleChange], runs: Sequence[CertifiedRun], allowed: Leniency) -> list[Finding]:
    """Return what is wrong, run by run and record by record.

    - A change is expected of the first run after it, and after its record is listed with it and dated in the past, in
      which the CRM behaved; an earlier run may report it. What one run has to report of a record is one change.
    - What a run that failed or was killed has reported may be reported once more.
    - An id that the CRM has never had may not be reported at all.
    - What was there before the first run may be reported by that run, and by none later.
    - The date that is reported is that of the change.
    - A poller reads: it changes no record itself.
    - A run ends, and does not ask for what it has.
    """
    failed = [
        _of_run("failed", run, f"{run.name} {run.failure}")
        for run in runs
        if run.failure and not run.disturbed
    ]
    wrote = [
        _of_run("wrote", run, f"{run.name} changed records, {run.wrote} times, and a poller reads")
        for run in runs
        if run.wrote
    ]
    endless = [
        _of_run(
            "endless",
            run,
            f"{run.name} read {run.idle} lists that had nothing new, expected {allowed.idle} at the most",
            run.lists,
        )
        for run in runs
        if allowed.idle is not None and run.idle > allowed.idle
    ]
    changed, reported = defaultdict[str, list[VisibleChange]](list), defaultdict[str, list[_Reported]](list)
    for change in changes:
        changed[change.record_id].append(change)
    for nth, run in enumerate(runs):
        for report in run.reports:
            reported[report.record_id].append((nth, report))
    return (
        failed
        + wrote
        + endless
        + [
            finding
            for each in sorted(changed.keys() | reported.keys())
            for finding in _RecordCase(
                record_id=each, changes=changed[each], reports=reported[each], runs=runs, allowed=allowed
            ).findings()
        ]
    )


def _of_run(kind: str, run: CertifiedRun, text: str, calls: Sequence[str] = ()) -> Finding:
    history = tuple((calls or run.calls)[-_CALLS_SHOWN:])
    return Finding(kind=kind, record_id="", text=text, history=history)


_Reported: TypeAlias = tuple[int, Report]
"""A report, and the number of its run."""


class _RecordCase(Struct, frozen=True, kw_only=True):
    """One record: its changes, and the reports of it."""

    record_id: str
    changes: Sequence[VisibleChange]
    reports: Sequence[_Reported]
    runs: Sequence[CertifiedRun]
    allowed: Leniency

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong."""
        if not self.changes:
            yield self._finding(
                "unknown", f"{self.runs[self.reports[0][0]].name} reported it, and no record has this id"
            )
            return
        reported: list[tuple[int, int]] = []
        yield from self._as_reported(reported)
        due = {change.seq: run for change in self.changes if (run := self._due(change, reported))}
        for event in self._expected(due):
            last = max(seq for seq, run in due.items() if run.at == event.due)
            by = next(nth for nth, run in enumerate(self.runs) if run.at == event.due)
            heard = [nth for nth, seen in reported if seen >= last]
            if not any(nth < by + self.allowed.within for nth in heard):
                said = f"only {self.runs[heard[0]].name} reported it" if heard else "no run reported it"
                text = f"{event.kind.value} at {format_instant(event.at)}: {said}, expected by {self.runs[by].name}"
                yield self._finding("late" if heard else "missed", text)

    def _expected(self, due: dict[int, CertifiedRun]) -> Iterator[ExpectedEvent]:
        log = [
            LoggedChange(seq=each.seq, record_id=each.record_id, kind=each.kind, at=each.at)
            for each in self.changes
        ]
        seen = {seq: run.at for seq, run in due.items()}
        start, end = self.runs[0].at, self.runs[-1].at
        for event in expected_events(
            log, PollingHistory(since=start, polls=(), until=end, seen_at_once=seen)
        ):
            if self.allowed.deletes or event.kind is not ExpectedEventType.DELETED:
                yield event

    def _due(self, change: VisibleChange, reported: Sequence[tuple[int, int]]) -> CertifiedRun | None:
        """Return the first run that has to report a change, or did: a later change may hide the record once more.

        What was reported earlier than it had to be is known: if it is deleted then, that is expected.
        """
        for nth, run in enumerate(self.runs):
            shown = all(each.visible < run.at for each in self.changes if each.seq <= run.before)
            is_reported = any(of == nth and change.seq <= seen for of, seen in reported)
            if is_reported or (run.counts and change.at < run.at and shown):
                return run
        return None

    def _as_reported(self, reported: list[tuple[int, int]]) -> Iterator[Finding]:
        """Go through the reports, note up to which change each run has reported, and yield what is wrong with them."""
        last = begun = self.runs[0]
        upto = max((each.seq for each in self.changes if each.seq <= begun.before), default=0)
        for nth, report in self.reports:
            run = self.runs[nth]
            if report.change is ExpectedEventType.DELETED and not self.allowed.deletes:
                continue
            seen = max((each.seq for each in self.changes if self._shows(each, run, report)), default=0)
            may_be = max(
                (each.seq for each in self.changes if self._may_show(each, run, report)), default=seen
            )
            seen = seen if seen > upto else may_be
            fresh = [each for each in self.changes if upto < each.seq <= seen]
            dates = [each.updated for each in fresh or self.changes if each.seq <= run.after]
            if report.updated is not None and report.updated not in dates:
                had = ", ".join(map(format_instant, dict.fromkeys(dates)))
                text = f"{run.name} reported it with the date {format_instant(report.updated)}, it was {had}"
                yield self._finding("misdated", text)
            if fresh:
                upto = seen
                reported.append((nth, max(seen, may_be)))
                if report.change not in {None, _kind(fresh)}:
                    text = f"{run.name} called it {report.change.value}, it was {_kind(fresh).value}"
                    yield self._finding("misclassified", text)
            elif not (run is begun or self.allowed.repeats or (not last.is_whole and last is not run)):
                text = f"{run.name} reported it, and nothing had changed since {last.name}"
                yield self._finding("repeated", text)
            last = run

    def _shows(self, change: VisibleChange, run: CertifiedRun, report: Report) -> bool:
        """Say whether a report is of a record as a change left it; of one made during the run only its date can say so."""
        if change.kind is ExpectedEventType.DELETED and not self.allowed.deletes:
            return False
        return change.seq <= run.before or (
            _is_within(change, run, report) and change.updated == report.updated
        )

    def _may_show(self, change: VisibleChange, run: CertifiedRun, report: Report) -> bool:
        """Say whether a report without a date may be of a change made during the run: the CRM's answers had it."""
        shown = (self.record_id, change.updated) in run.shown
        return _is_within(change, run, report) and report.updated is None and shown

    def _finding(self, kind: str, text: str) -> Finding:
        return Finding(kind=kind, record_id=self.record_id, text=text, history=tuple(self._history()))

    def _history(self) -> Iterator[str]:
        for change in self.changes:
            hidden = f", listed from {format_instant(change.visible)}" if change.visible > change.at else ""
            stamped = f", dated {format_instant(change.updated)}" if change.updated != change.at else ""
            yield f"{format_instant(change.at)} {change.kind.value}{stamped}{hidden}"
        first = min((change.at for change in self.changes), default=self.runs[0].at)
        for nth, run in enumerate(self.runs):
            if run.at < first and run is not self.runs[-1]:
                continue
            since = f" (since {format_instant(self.runs[nth - 1].at)})" if nth else ""
            reports = [report for at, report in self.reports if at == nth]
            said = [each.change.value if each.change else "reported" for each in reports]
            state = "; the CRM misbehaved" * run.disturbed + (f"; it {run.failure}" if run.failure else "")
            state += f"; it was killed {run.killed}" if run.killed else ""
            calls = (
                f"{len(run.calls)}" if run.kept else f"the last {len(run.calls)}" if run.calls else "not kept"
            )
            yield f"{run.name}{since}: {', '.join(said) or 'not reported'}{state}; calls: {calls}"
            yield from (f"  {call}" for call in (run.lists or run.calls)[:_CALLS_SHOWN])


def _is_within(change: VisibleChange, run: CertifiedRun, report: Report) -> bool:
    """Say whether a change was made during the run, and a report may be of it: what is deleted keeps the date that was read before."""
    gone = ExpectedEventType.DELETED
    return run.before < change.seq <= run.after and (change.kind is gone) == (report.change is gone)


def _kind(fresh: Sequence[VisibleChange]) -> ExpectedEventType:
    """Say what changes come to in one report."""
    kinds = [change.kind for change in fresh]
    if kinds[-1] is ExpectedEventType.DELETED:
        return ExpectedEventType.DELETED
    return ExpectedEventType.CREATED if ExpectedEventType.CREATED in kinds else ExpectedEventType.UPDATED
