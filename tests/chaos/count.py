"""Says of every change what became of it, and why, and holds that against the product's own audit. Pure.

The reasons are those that the documents name. A change for which none holds is found, as is whatever ``expected.py`` did not expect.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from expected import Change, Expectation, Instance, Notice, Poll, callbacks_of, changes_of
from plan import Settings
from story import Deed, Finding, seconds

Count: TypeAlias = Counter[str]
"""How often each verdict was given: ``reported``, ``late: a reason``, ..."""

_VERDICTS = ("reported", "late", "misclassified", "lost")


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What one poll had the chance to tell of a record, and what became of that.

    Attributes:
        at: of the latest change that it is named after.
        due: the poll; None if none has come yet.
        verdict: reported, late, misclassified or lost.
    """

    record: str
    kind: str
    at: int
    due: Poll | None
    verdict: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that the count is given of a workspace.

    Attributes:
        log: the CRM's, as ``GET /_local/changes`` has it.
        recorded: the sink's callbacks, as ``GET /_local/callbacks`` has them.
        audits: by instance, what the product says; compared, and otherwise not used.
    """

    workspace: str
    settings: Settings
    story: Sequence[Deed]
    log: Sequence[Mapping[str, Any]]
    recorded: Sequence[Mapping[str, Any]]
    audits: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the count says of a workspace."""

    count: Count
    findings: list[Finding]


def judge(evidence: Evidence) -> Judgement:
    """Count what became of a workspace's changes, and find what no rule explains."""
    story, audits, workspace = evidence.story, evidence.audits, evidence.workspace
    changes, callbacks = changes_of(evidence.log), callbacks_of(evidence.recorded, story)
    expected = Expectation(story, changes, callbacks, workspace=workspace, settings=evidence.settings)
    count, findings = Counter[str](), list(expected.findings)
    for instance in expected.instances.values():
        reckonings = _reckonings(instance, changes, expected)
        owed = [(each.resource, one) for each in reckonings for one in each.owed]
        count.update(one.verdict + (f": {one.why}" if one.why else "") for _, one in owed)
        problems = [
            f"no rule says why {one.kind} of {resource}/{one.record} at {one.at} was not told"
            for resource, one in owed
            if one.why == UNEXPLAINED
        ]
        findings += [
            Finding(kind="lost", workspace=workspace, what=f"{instance.id}: {one}") for one in problems
        ]
        if instance.id not in audits:
            continue
        notices = [one for one in expected.notices if one.instance is instance]
        delivered = sum(len(one.told) * one.times for one in notices)
        problems = list(_differences(audits[instance.id], reckonings, delivered))
        findings += [
            Finding(kind="audit", workspace=workspace, what=f"{instance.id}: {one}") for one in problems
        ]
    return Judgement(count=count, findings=findings)


UNEXPLAINED = "unexplained"


def _reckonings(instance: Instance, changes: Sequence[Change], expected: Expectation) -> "list[_Reckoning]":
    polled = [poll.resource for poll in expected.polls if poll.instance is instance]
    resources = dict.fromkeys([*polled, *instance.watches])
    return [_Reckoning(instance, resource, changes, expected) for resource in resources]


class _Reckoning:
    """What one resource of an instance owes, and what became of it.

    Attributes:
        owed: record by record.
        unseen: the changes, by record, kind and time, that no poll has had the chance to see.
        repeats: how often a receiver was told what it was not owed, by record and word.
    """

    def __init__(
        self, instance: Instance, resource: str, changes: Sequence[Change], expected: Expectation
    ) -> None:
        self._instance = instance
        self.resource = resource
        self._changes = changes
        self._expected = expected
        self._polls = [one for one in expected.polls if (one.instance, one.resource) == (instance, resource)]
        self._notices = defaultdict[tuple[Poll, str], list[Notice]](list)
        for notice in expected.notices:
            for record, _ in notice.told if notice.poll in self._polls else ():
                assert notice.poll is not None
                self._notices[notice.poll, record].append(notice)
        self.unseen: set[tuple[str, str, int]] = set()
        self._first: set[tuple[int, str]] = set()
        self.owed = list(self._owed())
        self.repeats = Counter[tuple[str, str]]()
        for notice in expected.notices:
            for record, word in notice.told if notice.poll in self._polls else ():
                owed = (id(notice), record) in self._first
                self._first.discard((id(notice), record))
                self.repeats[record, word] += max(0, notice.times - owed)

    def _owed(self) -> Iterator[Owed]:
        since = max(self._polls[0].start, self._instance.born) if self._polls else self._instance.born
        if not self._polls and self.resource in self._instance.watches:
            since = self._instance.watches[self.resource].last
        by_record = defaultdict[str, list[int]](list)
        for place, change in enumerate(self._changes):
            if change.kind == self.resource:
                by_record[change.record].append(place)
        for places in by_record.values():
            later = [place for place in places if self._changes[place].at > since]
            known = len(later) < len(places)
            yield from self._of_record(later, known=known)

    def _of_record(self, places: list[int], *, known: bool) -> Iterator[Owed]:
        """Yield what is owed for a record, poll by poll.

        Args:
            known: whether the receiver may have it already.
        """
        groups = defaultdict[int, list[int]](list)
        for place in places:
            due = self._due(place)
            groups[due].append(place)
            if due == len(self._polls):
                self.unseen.add(
                    (self._changes[place].record, self._changes[place].change, self._changes[place].at)
                )
        exists = known
        waiting: list[list[int]] = []
        for due, group in sorted(groups.items()):
            kinds = [self._changes[place].change for place in group]
            kind = "DELETED" if kinds[-1] == "DELETED" else "CREATED" if "CREATED" in kinds else "UPDATED"
            if kind != "DELETED" or exists:
                yield self._judged(kind, group, due, waiting)
            exists = kind != "DELETED"
            waiting.append(group)

    def _due(self, place: int) -> int:
        """Return the number of the poll that had the chance to see a change; the number of all polls if none has come.

        One in the very second of a poll is due at the next, unless that poll told of it.
        """
        change = self._changes[place]
        for number, poll in enumerate(self._polls):
            told = any(record == change.record for record, _ in poll.told)
            if poll.before > place and (poll.at > change.at or told):
                return number
        return len(self._polls)

    def _judged(self, kind: str, group: list[int], due: int, waiting: list[list[int]]) -> Owed:
        named = [place for place in group if self._changes[place].change == kind]
        last = self._changes[named[-1]]
        poll = self._polls[due] if due < len(self._polls) else None
        verdict, why = self._verdict(kind, group, due, waiting)
        return Owed(record=last.record, kind=kind, at=last.at, due=poll, verdict=verdict, why=why)

    def _verdict(self, kind: str, group: list[int], due: int, waiting: list[list[int]]) -> tuple[str, str]:
        if kind == "DELETED":
            return "lost", "polling reports no deletions"
        record = self._changes[group[-1]].record
        telling = next(
            (poll for poll in self._polls[due:] if any(one == record for one, _ in poll.told)), None
        )
        if telling is None:
            return self._untold(group, due)
        notice = self._notices[telling, record][0]
        self._first.add((id(notice), record))
        sent, why = _sent(notice)
        if sent in {"lost", "pending"}:
            return ("lost" if sent == "lost" else "late"), why
        said = dict(telling.told)[record]
        if said != kind and not (said == "CREATED" and self._covers_creation(telling, waiting)):
            return "misclassified", self._misnamed(telling, group)
        if telling is not self._polls[due]:
            return "late", self._missed(self._polls[due], group)
        return sent, why

    def _covers_creation(self, telling: Poll, waiting: list[list[int]]) -> bool:
        """Say whether a poll tells of a creation that none before it has told of."""
        before = self._polls[: self._polls.index(telling)]
        for group in waiting:
            record = self._changes[group[-1]].record
            told = any(
                poll.before > group[-1] and any(one == record for one, _ in poll.told) for poll in before
            )
            if not told and any(self._changes[place].change == "CREATED" for place in group):
                return True
        return False

    def _untold(self, group: list[int], due: int) -> tuple[str, str]:
        """Say why no poll has told of a change."""
        seeing = next((poll for poll in self._polls[due:] if not poll.failed), None)
        if seeing is not None:
            return "lost", self._missed(seeing, group)
        if self.resource not in self._instance.watches or self._instance.off:
            return "lost", "events are off, or the resource is not polled any more"
        return "late", "polls failed" if due < len(self._polls) else "no poll has come yet"

    def _missed(self, poll: Poll, group: list[int]) -> str:
        """Say why a poll did not tell of a change that it had the chance to see."""
        if poll.failed:
            return "polls failed"
        last = self._changes[group[-1]]
        own = [one for one in self._changes[: poll.before] if one.record == last.record]
        state = own[-1] if own else last
        # a change in the second of a poll, before it, is due at the next one; the first may have passed it over for good
        at_once = [one for one in self._polls if one.at == last.at and one.before > group[-1]]
        reasons = (reason for one in [poll, *at_once] for reason in self._reasons(one, group, state))
        return next((why for why, holds in reasons if holds), UNEXPLAINED)

    def _reasons(self, poll: Poll, group: list[int], state: Change) -> Iterator[tuple[str, bool]]:
        """Yield what the documents name, the most telling first."""
        change = self._changes[group[-1]]
        before = [one.at for one in self._polls if one.at < poll.at and not one.failed]
        rule, late_by = poll.rule, poll.rule.get("delay", 0)
        yield "deleted before the poll", state.change == "DELETED"
        yield "an empty answer was scripted", "body" in poll.fault
        yield "the index lagged", poll.at - change.at < poll.fault.get("index_lag_s", 0)
        yield (
            "changed while events were off or the resource was not polled",
            change.at <= poll.start + late_by and (not before or before[-1] < poll.start + late_by),
        )
        tied = group[-1] in self._expected.ties and state.updated == poll.start + late_by
        yield "changed in the second of a poll", tied and change.at == state.updated
        yield (
            "its stamp was not the time of its change",
            state.updated != change.at and state.updated <= poll.start,
        )
        yield "pages shifted", state.record not in poll.listed and "page_overlap" in poll.fault
        yield "the zone is misread", "zone" in rule
        yield "the created date is compared", not rule.get("by_updated", True)
        yield "dated after the poll", bool(rule.get("by_current")) and state.updated > poll.at

    def _misnamed(self, poll: Poll, group: list[int]) -> str:
        """Say why a poll called a change something else."""
        rule = poll.rule
        own = [one for one in self._changes[: poll.before] if one.record == self._changes[group[-1]].record]
        reasons = [
            ("the created date is compared", not rule.get("by_updated", True)),
            ("the created date is not configured, or is the updated one", "created" in rule),
            ("the zone is misread", "zone" in rule),
            (
                "merged with a later change",
                len(own) > 1 and own[-1].updated - own[-1].created > rule.get("tolerance", 0),
            ),
            ("stamps lie apart", own[-1].updated - own[-1].created > rule.get("tolerance", 0)),
            (
                "stamps lie within the tolerance",
                own[-1].updated - own[-1].created <= rule.get("tolerance", 0),
            ),
        ]
        return next((why for why, holds in reasons if holds), UNEXPLAINED)


def _sent(notice: Notice) -> tuple[str, str]:
    """Say what became of a notice that told of a change: reported, late, pending or lost."""
    if notice.state == "taken":
        prompt = (
            len(notice.heard) == 1 and notice.poll is not None and notice.heard[0].at - notice.poll.at <= 60
        )
        return ("reported", "") if prompt else ("late", "its receiver failed")
    if notice.subscription is None:
        return "lost", "nobody is called"
    if notice.subscription.ended:
        return "lost", "its subscription ended"
    if notice.state == "queued":
        return "lost", "its receiver failed beyond the schedule"
    return "pending", "its receiver failed"


def _differences(audit: Mapping[str, Any], reckonings: Sequence[_Reckoning], delivered: int) -> Iterator[str]:
    """Yield where the product's audit says something else.

    Of what no poll has had the chance to see it says that it is late or lost, by when polls should have come at the interval that
    is configured now (audit/oracle.py, assumed); the count reckons only with polls that there were.
    """
    said = {
        (one["resource"], one["recordId"], one["change"], seconds(one["at"])): verdict
        for verdict in _VERDICTS
        for one in audit[verdict]
    }
    counted = {(each.resource, one.record, one.kind, one.at): one for each in reckonings for one in each.owed}
    unseen = {(each.resource, *one) for each in reckonings for one in each.unseen}
    for key in sorted({**said, **counted}):
        one, verdict = counted.get(key), said.get(key)
        if key in unseen:
            if verdict not in {None, "late", "lost"}:
                yield f"{key} is {verdict} in the audit, and no poll has had the chance to see it"
        elif one is None:
            yield f"{key} is {verdict} in the audit, and not owed by the count"
        elif verdict != one.verdict:
            yield f"{key} is {one.verdict} ({one.why}) by the count, and {verdict} in the audit"
    repeated = Counter((one["resource"], one["recordId"], one["change"]) for one in audit["duplicate"])
    repeats = Counter(
        {(each.resource, *told): times for each in reckonings for told, times in each.repeats.items()}
    )
    for key in sorted({*repeated, *repeats}):
        if repeated[key] != repeats[key]:
            yield f"{key} came {repeats[key]} times too often by the count, {repeated[key]} times in the audit"
    if audit["delivered"] != delivered:
        yield f"{delivered} events were delivered by the count, {audit['delivered']} by the audit"
