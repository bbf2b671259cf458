"""What has to come: a second poller and a second sender, written from the documents, which share no code with the product.

They go through a story, and know of the CRM its log of changes alone, and of the receiver what the sink recorded and was told to
answer. Sources are docs/polling.md, docs/faults.md, docs/limits.md and what the settings say of themselves.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from plan import Action, Settings
from story import Deed, Finding, seconds

KIND_OF = {
    "contacts": "contacts",
    "organisations": "accounts",
    "leads": "leads",
    "opportunities": "opportunities",
}
_ID_FIELDS = {
    "contacts": "CONTACT_ID",
    "accounts": "ORGANISATION_ID",
    "leads": "LEAD_ID",
    "opportunities": "OPPORTUNITY_ID",
}
_ZONES = {"GMT": 0, "Asia/Tokyo": 9 * 3600}
_PATIENCE_S = 30
_PAGE = 200

Told = tuple[str, str]
"""A record, and what is said of it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """An entry of the CRM's log; ``at`` is when it happened, the other two what the record says of that."""

    kind: str
    record: str
    change: str
    at: int
    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class Callback:
    """What the sink recorded, and what it was told to answer.

    Attributes:
        number: of the notification; all attempts have the same.
        about: instance, resource and poll; of what a bulk job says, the instance.
        listed: the records in ``raw``.
        taken: whether the sender has to see a success.
        unheard: whether no answer can have reached it, though the callback arrived.
        scripted: whether the sink answered what it was told to.
    """

    number: int
    about: tuple[object, ...]
    told: tuple[Told, ...]
    listed: frozenset[str]
    at: int
    path: str
    signature: str
    taken: bool
    unheard: bool
    scripted: bool


@dataclass(kw_only=True)
class Watch:
    """How one resource of an instance is polled: since when, up to where, and how often in vain in a row."""

    last: int
    failures: int = 0


@dataclass(kw_only=True)
class Subscription:
    """To whom an instance's callbacks go; another address is another subscription."""

    path: str
    active: bool = True
    ended: bool = False


@dataclass(kw_only=True, eq=False)
class Instance:
    """An instance: its configuration, and what follows from that."""

    id: int
    born: int
    settings: Action
    watches: dict[str, Watch] = field(default_factory=dict)
    due: int | None = None
    job: int = 0
    off: bool = False
    gone: bool = False
    subscription: Subscription | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Poll:
    """One poll of a resource.

    Attributes:
        start: what is dated later counts.
        before: how many entries of the log it could have seen.
        rule: how the resource was polled.
        failed: whether it got no list.
        fault: what a fault did to a list that it got.
        told: what it had to report, in the list's order; a page that overlaps repeats.
        listed: the records that were on its pages.
    """

    instance: Instance
    resource: str
    at: int
    start: int
    before: int
    rule: Action
    failed: bool
    fault: Action
    told: tuple[Told, ...]
    listed: frozenset[str]


@dataclass(kw_only=True, eq=False)
class Notice:
    """One notification: what it tells of, to whom, and what became of it.

    Attributes:
        poll: that it tells of; None for the end of a bulk job.
        state: none, planned, taken, queued or ended.
        number: of the notification that is taken for it.
        heard: the attempts that arrived.
    """

    about: tuple[object, ...]
    told: tuple[Told, ...]
    poll: Poll | None
    instance: Instance
    subscription: Subscription | None
    state: str = "none"
    due: int = 0
    job: int = 0
    failures: int = 0
    first_failure: int = 0
    number: int | None = None
    heard: list[Callback] = field(default_factory=list)

    @property
    def times(self) -> int:
        """How often a receiver took it, or may have; nothing as long as the sender knows of no success."""
        return sum(one.taken or one.unheard for one in self.heard) if self.state == "taken" else 0


def changes_of(log: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Read the CRM's log."""
    return [
        Change(
            kind=KIND_OF[one["resource"].lower()],
            record=one["recordId"],
            change=one["change"],
            at=seconds(one["at"]),
            created=seconds(one["created"]),
            updated=seconds(one["updated"]),
        )
        for one in log
    ]


def callbacks_of(recorded: Sequence[Mapping[str, Any]], story: Sequence[Deed]) -> list[Callback]:
    """Read the sink's callbacks, with what it was told to answer to each."""
    answers = _answers(story, len(recorded))
    return [_callback(one, answer) for one, answer in zip(recorded, answers, strict=True)]


def _answers(story: Sequence[Deed], length: int) -> Iterator[Action]:
    """Yield the answers to callbacks: what was told last is used up in its order; whatever is not told is 200."""
    told = [deed for deed in story if deed.do == "answers"]
    script: list[Action] = []
    for place in range(length):
        while told and told[0].heard <= place:
            script = [dict(one) for one in told.pop(0).facts["responses"]]
        answer = script[0] if script else {"status": 200}
        if "times" in answer:
            answer["times"] -= 1
            script = script[1:] if answer["times"] == 0 else script
        yield answer


def _callback(recorded: Mapping[str, Any], answer: Action) -> Callback:
    message = recorded["json"]["message"]
    events = message.get("events", ())
    told = tuple((event["objectId"], event["eventType"]) for event in events)
    resource = next((event["objectType"] for event in events), None)
    polled = next((seconds(event["pollDate"]) for event in events), None)
    listed = message["raw"][resource] if resource else ()
    hung_up, late = answer.get("drop", False), answer.get("delay_s", 0) >= _PATIENCE_S
    return Callback(
        number=int(recorded["headers"]["Elements-Webhook-Id"]),
        about=(message["instanceId"], resource, polled) if resource else (message["instanceId"], "bulk"),
        told=told,
        listed=frozenset(str(one[_ID_FIELDS[resource]]) for one in listed),
        at=seconds(recorded["received_at"]),
        path=recorded["path"],
        signature=recorded["signature"],
        taken=200 <= answer["status"] < 300 and not hung_up and not late,
        unheard=hung_up or late,
        scripted=recorded["status"] == (None if hung_up else answer["status"]),
    )


class Expectation:
    """Goes through a story once; afterwards it has the polls and notices that had to come, and what did not fit.

    Attributes:
        ties: the places in the log of changes that may fall into the second of a poll: of all if ties are kept, else only of
            what the platform does by itself while time is moved (docs/polling.md).

    Args:
        workspace: its name, with which the paths of its callbacks begin.
    """

    def __init__(
        self,
        story: Sequence[Deed],
        changes: Sequence[Change],
        callbacks: Sequence[Callback],
        *,
        workspace: str,
        settings: Settings,
    ) -> None:
        self.polls: list[Poll] = []
        self.notices: list[Notice] = []
        self.findings: list[Finding] = []
        self.instances: dict[int, Instance] = {}
        self.clock = 0
        self.ties: set[int] = set()
        self._changes = changes
        self._workspace = workspace
        self._settings = {name.removeprefix("ELEMENTS_LOCAL_"): value for name, value in settings.items()}
        self._attempts = defaultdict[int, list[Callback]](list)
        self._unclaimed = defaultdict[tuple[object, ...], list[int]](list)
        for callback in callbacks:
            if callback.number not in self._attempts:
                self._unclaimed[callback.about].append(callback.number)
            self._attempts[callback.number].append(callback)
        self._ran = Counter[str]()
        self._jobs = count(1)
        self._agenda: list[tuple[int, int, int, int, object]] = []
        self._tickets = count()
        self._crm = _Crm(changes)
        for place, deed in enumerate(story):
            self._follow(deed, logged_before=story[place - 1].logged if place else 0)
        self._left_over(known={deed.facts.get("instance") for deed in story})

    # the agenda: by time, then deliveries last, then by the order in which they were planned

    def _plan(self, due: int, rank: int, job: int, what: object) -> None:
        heapq.heappush(self._agenda, (due, rank, job, next(self._tickets), what))

    def _run_due(self, deed: Deed, target: int) -> None:
        while self._agenda and self._agenda[0][0] <= max(target, self.clock):
            due, _, job, _, what = heapq.heappop(self._agenda)
            if not _is_planned(what, due, job):
                continue
            self.clock = max(self.clock, due)
            if isinstance(what, Instance):
                self._turn(what, self._before(deed))
                if not what.off:
                    what.due = self.clock + 60 * what.settings["interval"]
                    self._plan(what.due, 0, what.job, what)
            elif isinstance(what, Notice):
                self._attempt(what)
            else:
                self._end_bulk(what, deed)

    def _follow(self, deed: Deed, *, logged_before: int) -> None:
        self.clock = deed.began
        self._logged_before = logged_before
        if self._settings.get("KEEP_TIES") == "true" or deed.do in {"advance", "poll"}:
            self.ties.update(range(logged_before, deed.logged))
        getattr(self, f"_{deed.do}", self._write)(deed)
        self.clock = deed.ended

    def _write(self, deed: Deed) -> None:
        """A write, or what is only of the receiver's concern: its changes are in the log."""

    def _advance(self, deed: Deed) -> None:
        """Run what is due, and hold how much that was against what the answer to the advance said."""
        self._ran.clear()
        self._run_due(deed, deed.ended)
        for name, said in deed.facts.items():
            if said != self._ran[name]:
                self._found(
                    "timing", f"{said} {name} from {deed.began} to {deed.ended}, not {self._ran[name]}"
                )

    def _poll(self, deed: Deed) -> None:
        self._turn(self.instances[deed.facts["instance"]], self._logged_before)
        self._run_due(deed, deed.began)

    def _fault(self, deed: Deed) -> None:
        self._crm.rules = [{**rule, "seen": 0} for rule in deed.facts["rules"]]

    # instances

    def _make(self, deed: Deed) -> None:
        instance = Instance(
            id=deed.facts["instance"], born=deed.began, settings=dict(deed.facts["configuration"])
        )
        self.instances[instance.id] = instance
        self._apply(instance, deed.began, had=None)

    def _configure(self, deed: Deed) -> None:
        instance, change = self.instances[deed.facts["instance"]], deed.facts["change"]
        had = dict(instance.settings)
        instance.settings |= change
        revived = instance.off and instance.settings["events"] and not had["events"]
        if revived:
            instance.off = False
        self._apply(instance, deed.began, had=had, revived=revived)

    def _poller(self, deed: Deed) -> None:
        instance = self.instances[deed.facts["instance"]]
        revived = deed.facts["on"] and instance.off
        instance.off = not deed.facts["on"]
        self._apply(instance, deed.began, had=dict(instance.settings), revived=revived)

    def _unmake(self, deed: Deed) -> None:
        instance = self.instances[deed.facts["instance"]]
        instance.gone, instance.due, instance.watches = True, None, {}
        self._subscribe(instance, None)

    def _apply(self, instance: Instance, now: int, *, had: Action | None, revived: bool = False) -> None:
        """Let a configuration take effect: new resources begin now, and the next poll is an interval away unless the pace is kept."""
        wanted = _polled(instance.settings)
        instance.watches = {name: instance.watches.get(name) or Watch(last=now) for name in wanted}
        for watch in instance.watches.values() if revived else ():
            watch.failures = 0
        same_pace = had is not None and _polled(had) and had["interval"] == instance.settings["interval"]
        if not wanted or instance.off:
            instance.due = None
        elif instance.due is None or revived or not same_pace:
            instance.due, instance.job = now + 60 * instance.settings["interval"], next(self._jobs)
            self._plan(instance.due, 0, instance.job, instance)
        path = instance.settings["path"] if instance.settings["events"] else None
        self._subscribe(instance, path)

    def _subscribe(self, instance: Instance, path: str | None) -> None:
        present = instance.subscription
        if present and present.path == path:
            return
        if present:
            present.ended = True
        instance.subscription = None if path is None else Subscription(path=path)

    # polls

    def _turn(self, instance: Instance, before: int) -> None:
        """Poll what is polled, one resource after the other, as of one instant, after so many changes."""
        self._crm.show(before)
        for resource in [name for name in instance.settings["resources"] if name in instance.watches]:
            watch, rule = instance.watches[resource], instance.settings["resources"][resource]
            start = watch.last - rule.get("delay", 0)
            failed, fault, pages = self._crm.listed(resource, start, self.clock, rule.get("page", _PAGE))
            told = (
                ()
                if failed
                else tuple((record, said) for record in pages if (said := self._said(record, rule, start)))
            )
            poll = Poll(
                instance=instance, resource=resource, at=self.clock, start=start, before=self._crm.shown, rule=rule,
                failed=failed, fault=fault, told=told, listed=frozenset(pages),
            )  # fmt: skip
            self.polls.append(poll)
            self._ran.update(polls=1, events=len(told))
            watch.failures = watch.failures + 1 if failed else 0
            watch.last = watch.last if failed else self.clock
            if watch.failures >= int(self._settings.get("PLATFORM_POLL_FAILURE_LIMIT", 100)):
                instance.off, instance.due = True, None
            self._notify(poll)

    def _before(self, deed: Deed) -> int:
        """Return how many changes came before this instant: those of earlier deeds, and what bulk jobs have made in this one."""
        before = self._logged_before
        while before < deed.logged and self._changes[before].at <= self.clock:
            before += 1
        return before

    def _said(self, record: str, rule: Action, start: int) -> str | None:
        """Return what a poll says of a record that is on a page, if anything."""
        state = self._crm.records[record]
        zone = _ZONES[rule.get("zone", "GMT")]
        created_field = rule.get("created", "DATE_CREATED_UTC")
        updated = state.updated - zone
        # the created date's zone is the guide's, whatever that of the updated date is
        created = {"DATE_CREATED_UTC": state.created, "DATE_UPDATED_UTC": state.updated}.get(
            created_field or ""
        )
        by_updated = rule.get("by_updated", True)
        date = updated if by_updated else created
        if date is None or date <= start or (rule.get("by_current") and date > self.clock):
            return None
        if not by_updated:
            return "CREATED"
        if created is None:
            return "UPDATED"
        return "CREATED" if updated - created <= rule.get("tolerance", 0) else "UPDATED"

    def _notify(self, poll: Poll) -> None:
        size = int(self._settings.get("PLATFORM_BATCH_SIZE", 10))
        about = (poll.instance.id, poll.resource, poll.at)
        for first in range(0, len(poll.told), size):
            self._owe(about, poll.told[first : first + size], poll, poll.instance)

    # callbacks

    def _owe(
        self, about: tuple[object, ...], told: tuple[Told, ...], poll: Poll | None, instance: Instance
    ) -> None:
        notice = Notice(
            about=about, told=told, poll=poll, instance=instance, subscription=instance.subscription
        )
        self.notices.append(notice)
        if notice.subscription:
            self._send_at(notice, self.clock)

    def _send_at(self, notice: Notice, due: int) -> None:
        notice.state, notice.due = "planned", due
        notice.job = notice.job or next(self._jobs)
        self._plan(due, 1, notice.job, notice)

    def _bulk(self, deed: Deed) -> None:
        self._plan(deed.began, 0, next(self._jobs), self.instances[deed.facts["instance"]].id)

    def _end_bulk(self, instance_id: object, deed: Deed) -> None:
        """Tell of the end of a bulk job, whose first record may have begun the next second."""
        instance = self.instances[int(str(instance_id))]
        if instance.gone:
            return
        made = [
            one.at for one in self._changes[self._logged_before : deed.logged] if one.at <= self.clock + 1
        ]
        self.clock = max([self.clock, *made])
        self._owe((instance.id, "bulk"), (), None, instance)

    def _attempt(self, notice: Notice) -> None:
        subscription = notice.subscription
        assert subscription is not None
        if subscription.ended:
            notice.state = "ended"
            return
        if not subscription.active:
            notice.state = "queued"
            return
        callback = self._next_callback(notice)
        self._ran.update(attempts=1, deliveries=int(callback is None or callback.taken))
        if callback is None:  # goes on as if it had come, so that one loss is one finding
            self._found(
                "lost", f"{_named(notice)}: no callback at {self.clock}, attempt {notice.failures + 1}"
            )
            notice.state = "taken"
            return
        self._compare(notice, callback)
        notice.heard.append(callback)
        if callback.taken:
            notice.state = "taken"
        else:
            self._fail(notice)

    def _fail(self, notice: Notice) -> None:
        """Plan the next try: by the documented schedule, counted from the first failure unless waits add up."""
        tries, base = {"open-connectors": (5, 8)}.get(
            self._settings.get("PLATFORM_RETRY_SCHEDULE", ""), (9, 4)
        )
        notice.first_failure = notice.first_failure if notice.failures else self.clock
        notice.failures += 1
        if notice.failures > tries:
            notice.state, notice.job = "queued", 0
            if notice.subscription:
                notice.subscription.active = False
            return
        adds_up = self._settings.get("PLATFORM_RETRY_SCHEDULE_ADDS_UP") == "true"
        counted_from = self.clock if adds_up else notice.first_failure
        self._send_at(notice, max(counted_from + base**notice.failures, self.clock + 1))

    def _release(self, _deed: Deed) -> None:
        queued = [
            one
            for one in self.notices
            if one.state == "queued" and one.subscription and not one.subscription.ended
        ]
        for notice in queued:
            assert notice.subscription is not None
            notice.subscription.active, notice.failures, notice.job = True, 0, 0
            self._send_at(notice, self.clock)

    def _next_callback(self, notice: Notice) -> Callback | None:
        """Return the next attempt of a notice that was recorded: of the notification that tells of the same, or else of the first."""
        if notice.number is None:
            unclaimed = self._unclaimed[notice.about]
            same = [number for number in unclaimed if self._attempts[number][0].told == notice.told]
            notice.number = next(iter([*same, *unclaimed]), None)
            if notice.number is None:
                return None
            unclaimed.remove(notice.number)
        left = self._attempts[notice.number]
        return left.pop(0) if left else None

    def _compare(self, notice: Notice, callback: Callback) -> None:
        """Hold a callback against what it has to be."""
        subscription = notice.subscription
        assert subscription is not None
        if callback.told != notice.told:
            self._found(
                _word(notice.told, callback.told),
                f"{_named(notice)}: told {callback.told}, not {notice.told}",
            )
        if notice.poll and callback.listed != {record for record, _ in notice.poll.told}:
            self._found("unexplained", f"{_named(notice)}: raw has {sorted(callback.listed)}")
        if callback.at != self.clock:
            self._found("timing", f"{_named(notice)}: came at {callback.at}, not at {self.clock}")
        if callback.path != f"/{self._workspace}{subscription.path}":
            self._found("unexplained", f"{_named(notice)}: sent to {callback.path}")
        if not callback.scripted:
            self._found(
                "receiver", f"{_named(notice)}: answered something else than it was told at {callback.at}"
            )
        if callback.signature != ("valid" if notice.instance.settings["key"] else "absent"):
            self._found("signature", f"{_named(notice)}: {callback.signature}")

    def _left_over(self, known: set[object]) -> None:
        """Find the callbacks that nothing explains."""
        owed = {(one.about, one.told) for one in self.notices}
        for callback in (one for left in self._attempts.values() for one in left):
            repeats = (callback.about, callback.told) in owed
            kind = "foreign" if callback.about[0] not in known else "duplicate" if repeats else "unexplained"
            self._found(kind, f"{callback.about} {callback.told} at {callback.at}")

    def _found(self, kind: str, what: str) -> None:
        self.findings.append(Finding(kind=kind, workspace=self._workspace, what=what))


class _Crm:
    """The CRM as its log has it, and what a search by date shows of it."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self.shown = 0
        self.records: dict[str, Change] = {}
        self._written: dict[str, int] = {}
        self.rules: list[Action] = []

    def show(self, before: int) -> None:
        """Take in the log up to an entry."""
        for change in self._changes[self.shown : before]:
            self.records[change.record] = change
            self._written[change.record] = change.at
        self.shown = max(self.shown, before)

    def listed(self, kind: str, after: int, now: int, size: int) -> tuple[bool, Action, list[str]]:
        """Return whether a search fails, what a fault does to it, and the records of its pages in their order."""
        pages: list[str] = []
        skip, effect = 0, {}
        while True:
            effect = self._struck(kind, now)
            if _fails(effect):
                return True, effect, pages
            if "body" in effect:
                return False, effect, pages
            lag = effect.get("index_lag_s", 0)
            found = [
                record
                for record, state in self.records.items()
                if state.kind == kind and state.change != "DELETED" and state.updated > after
                and (not lag or self._written[record] <= now - lag)
            ]  # fmt: skip
            overlap = min(effect.get("page_overlap", 0), skip)
            page = sorted(found, key=int)[skip - overlap :][:size]
            pages += page
            skip += len(page)
            if not page or skip >= len(found) + overlap:
                return False, effect, pages

    def _struck(self, kind: str, now: int) -> Action:
        """Return the effect of the first rule that applies to a search; each that is asked counts."""
        for rule in self.rules:
            if rule["of"] not in {kind, "*"}:
                continue
            rule["seen"] += 1
            in_time = now < rule.get("until", now + 1)
            if (
                in_time
                and rule["seen"] <= rule.get("first_n", rule["seen"])
                and rule["seen"] % rule.get("every_n", 1) == 0
            ):
                return dict(rule["effect"])
        return {}


def _fails(effect: Action) -> bool:
    late = effect.get("delay_s", 0) >= _PATIENCE_S
    return effect.get("status", 200) >= 400 or "drop" in effect or "truncate" in effect or late


def _polled(settings: Action) -> list[str]:
    return list(settings["resources"]) if settings["events"] else []


def _is_planned(what: object, due: int, job: int) -> bool:
    """Say whether something on the agenda is still meant by what put it there."""
    if isinstance(what, Instance):
        return what.due == due and what.job == job
    return not isinstance(what, Notice) or (what.state == "planned" and what.due == due and what.job == job)


def _named(notice: Notice) -> str:
    return f"{'/'.join(map(str, notice.about))} {[' '.join(told) for told in notice.told]}"


def _word(expected: tuple[Told, ...], came: tuple[Told, ...]) -> str:
    """Name the difference between what had to be told and what was."""
    if len(came) < len(expected):
        return "lost"
    if [record for record, _ in expected] == [record for record, _ in came]:
        return "misclassified"
    return "unexplained" if len(set(came)) == len(came) else "duplicate"
