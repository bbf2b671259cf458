"""A poller on trial: a workspace of its own, changes at instants of virtual time, runs, and what the CRM knows of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from elements_local.certify.battery import Check, FailedError, IdleError, SkippedError
from elements_local.certify.poller.command import Ended
from elements_local.certify.poller.judgement import (
    CertifiedRun,
    Leniency,
    Report,
    VisibleChange,
    judge,
)
from elements_local.certify.poller.kills import (
    Kill,
    in_words,
    kills_at_reports,
    kills_at_requests,
    wait_until_held,
)
from elements_local.certify.poller.polled_calls import PolledCalls, lists_of
from elements_local.certify.poller.reported import Reader, RecordPaths
from elements_local.certify.scorecard import Finding
from elements_local.clients.errors import CallError
from elements_local.clients.records import INSIGHTLY, RecordSort, merged, value_at, with_value
from elements_local.clients.workspace_clients import Fields, RecordsClient, WorkspaceClients
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.fakes.effects import RecordEffect
from elements_local.kit.instants import EARLIEST, format_instant, parse_instant
from elements_local.kit.masks import mask_known
from elements_local.kit.text import record_name, shortened
from elements_local.kit.values import replace
from elements_local.platform.audit.oracle import ExpectedEventType


class PollerRunner(Protocol):
    """Runs a poller once, with an environment, at an instant; a program of the user's, or a function of a test's."""

    def __call__(self, environment: Mapping[str, str], now: datetime, kill: Kill | None = None, /) -> Ended:
        """Run it to its end, or to where it is killed."""


_OLD = 3
_FEWEST_TURNS = 3
_FEW = 3
_LONG_BEFORE = 400  # longer than who asks from before the cursor looks back
_FINDINGS_SHOWN = 3
_LONGEST_SHOWN = 200


class PollerCheck(Check[tuple[str | dict[str, Any], ...]], frozen=True, kw_only=True):
    """One check of pollers; the table says in which words its steps are.

    Attributes:
        start: of the first run.
        zone: which time the poller's machine keeps; None for its own.
        calls: how many lists a run may read that have nothing new; None for any number.
    """

    start: datetime = datetime(2026, 3, 2, 10, tzinfo=UTC)
    zone: str | None = None
    calls: int | None = None


class PollerTerms(Struct, frozen=True, kw_only=True):
    """How a poller is tried.

    Attributes:
        resource: whose records are changed.
        page: records that it asks for at once at the most; where pages matter, there are more.
        jobs: checks that are made at a time.
    """

    runner: PollerRunner
    resource: str = "contacts"
    interval: timedelta = timedelta(minutes=15)
    page: int = 500
    seed: int = 0
    allowed: Leniency = Leniency()
    jobs: int = 1


@dataclass(kw_only=True)
class PollerTrial:
    """What a check has to do with.

    Attributes:
        records: the fake that is polled.
        folder: the check's own; the poller's state is in it.
        variables: what the poller's environment has of the workspace, beside what it needs to poll.
        rules: fault rules that are in force for good.
        made: ids of records, by the names that a check's steps give them.
        in_force: fault rules of the present.
        extent: how far the check went, where that is not plain from its title.
        lines: that the last run printed.
        gap: until the next run, if that is not the interval.
    """

    check: PollerCheck
    terms: PollerTerms
    clients: WorkspaceClients
    sort: RecordSort
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    rules: Sequence[Fields] = ()
    made: dict[str, list[Any]] = field(default_factory=dict)
    runs: list[CertifiedRun] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    gap: timedelta = timedelta(0)
    now: datetime = EARLIEST
    in_force: Sequence[Fields] = ()
    extent: str = ""
    lines: int = 0

    def __post_init__(self) -> None:
        """Lay down what the poller keeps between its runs."""
        self.state, self.state_file = self.folder / "state", self.folder / "state.json"
        self.state.mkdir()
        self.state_file.write_text("{}")
        sort = self.sort
        self.paths = RecordPaths(
            id=sort.own_id or sort.id,
            updated=sort.updated,
            updated_format=sort.updated_format,
            updated_zone=sort.updated_zone,
        )
        self.reader = Reader(streams=(self.resource, *sort.called), paths=self.paths)

    @property
    def resource(self) -> str:
        """The name of the records that are polled, without their vendor's."""
        return self.terms.resource.rpartition("/")[2]

    @property
    def records(self) -> RecordsClient:
        """The fake that is polled."""
        return self.clients.crm if self.sort.element == INSIGHTLY else self.clients.fakes[self.sort.element]

    @property
    def next_run(self) -> datetime:
        """When the poller runs next."""
        return self.runs[-1].at + (self.gap or self.terms.interval) if self.runs else self.check.start

    def perform(self) -> str:
        """Perform the steps of the check, and return how far that went, where it is to be said.

        Raises:
            FailedError: something is wrong with what the poller reported; says so of the first findings with all that is
                known of them, and what cures it. An ``IdleError`` if it has done nothing at all.
            SkippedError: the fake knows no such fault.
        """
        self.create("old", _OLD)
        for step in self.check.steps:
            for verb, given in {step: ""}.items() if isinstance(step, str) else step.items():
                word, *rest = verb.split()
                getattr(self, word)(*rest, *([given] if given != "" else []))
        if findings := self.findings():
            why = self._why(findings)
            if self._is_idle():
                why = f"the poller asked the CRM for nothing, and reported nothing, in {len(self.runs)} runs\n{why}"
                raise IdleError(why, tuple(findings))
            raise FailedError(why, tuple(findings))
        return "; ".join(filter(None, (self.extent, self._repeats())))

    def create(self, name: str, number: int = 1) -> None:
        """Make records, which later steps know by a name."""
        titles = (f"{name}{nth}" for nth in range(number))
        made = (
            self.clients.crm.create(self.sort.address, self.sort.fields_called(title)) for title in titles
        )
        self.made[name] = [value_at(record, self.sort.id) for record in made]

    def page(self, name: str) -> None:
        """Make more records than a page holds."""
        self.create(name, self.terms.page + 2)

    def beyond(self, name: str) -> None:
        """Make more records than a list has at the most.

        Raises:
            SkippedError: a list has any number.
        """
        if not self.sort.cap:
            raise SkippedError("needs a CRM whose searches end at a cap of their own")
        self.create(name, self.sort.cap + 2)

    def spread(self, number: str, seconds: str) -> None:
        """Make records up to the next run, with so many seconds between them."""
        for nth in range(int(number), 0, -1):
            self.before(nth * int(seconds))
            self.create(f"of {self.now}")

    def turns(self, number: str) -> None:
        """Make a record before each of the next runs."""
        for _ in range(int(number)):
            self.spread("1", "70")
            self.run()

    def through(self, hours: str) -> None:
        """Make a record before each run up to so many hours after the start, three at the least."""
        end = self.check.start + timedelta(hours=int(hours))
        while self.next_run <= end or len(self.runs) <= _FEWEST_TURNS:
            self.turns("1")

    def update(self, *names: str) -> None:
        """Change records."""
        with self._needs("update"):
            for number in self._ids(names):
                word = f"Changed after {len(self.log)}"
                self.clients.crm.update(self.sort.address, number, with_value({}, self.sort.text, word))

    def delete(self, *names: str) -> None:
        """Delete records."""
        with self._needs("delete"):
            for number in self._ids(names):
                self.clients.crm.delete(self.sort.address, number)

    def before(self, seconds: float | str) -> None:
        """Move time to so many seconds before the next run."""
        self._go_to(self.next_run - timedelta(seconds=int(seconds)))

    def after(self, seconds: str) -> None:
        """Move time to so many seconds after the last run."""
        self._go_to(self.runs[-1].at + timedelta(seconds=int(seconds)))

    def skip(self, seconds: str) -> None:
        """Let the next run come after a gap, at the interval's first turn after it."""
        self.gap = -(-timedelta(seconds=int(seconds)) // self.terms.interval) * self.terms.interval

    def lasting(self, rules: Sequence[Fields]) -> None:
        """Let the CRM misbehave for good."""
        self.rules = rules
        self.stamp(rules)

    def stamp(self, rules: Sequence[Fields]) -> None:
        """Let the next writes be stamped as fault rules say.

        Raises:
            SkippedError: the fake knows no such fault.
        """
        if rules == self.in_force:
            return
        with self._needs(f"know the faults {encode_text(rules)}"):
            self.records.script_faults([*rules])
        self.in_force = rules

    def disturbed(self, rules: Sequence[Fields]) -> None:
        """Run the poller while the CRM keeps from it what it asks for."""
        self.run(rules, disturbed=True)

    def run(self, times: str | Sequence[Fields] = "1", *, disturbed: bool = False) -> None:
        """Run the poller an interval after the last time, so many times, or once with fault rules."""
        rules = () if isinstance(times, str) else [one for rule in times for one in self._of_the_list(rule)]
        for _ in range(int(times) if isinstance(times, str) else 1):
            self._go_to(self.next_run)
            self.stamp([*self.rules, *rules])
            self._run(disturbed=disturbed, reads=not any("_listed" in str(rule) for rule in rules))
            self.stamp(self.rules)
            self.gap = timedelta(0)

    def killed(self, *places: str) -> None:
        """Kill the poller at each place of a run as the last one was, and let a whole run follow on each."""
        at, requests = self.runs[-1].at, "requests" in places
        if requests:
            kills = kills_at_requests(len(self._calls().of_run(at)))
        else:
            kills = kills_at_reports(self.lines, len(self._posted_reports()[at]))
        for kill in kills:
            self.before(_LONG_BEFORE)
            self.create(f"of {self.now}", self.terms.page + 2 if requests else _FEW)
            self._go_to(self.next_run)
            self._kill(kill)
            self.run()
        self.extent = in_words(kills, sum(bool(run.killed) for run in self.runs))

    def settle(self) -> None:
        """Let so many runs follow that what is late, or repeated, shows."""
        self.run(str(self.terms.allowed.within + 1))

    def findings(self) -> list[Finding]:
        """Return what is wrong with what the poller reported; only where something is, the journal is read."""
        changes, runs = self._made()
        allowed = replace(self.terms.allowed, idle=self.check.calls)
        if allowed.idle is None and not judge(changes, runs, allowed):
            return []
        found = judge(changes, [*self._calls().added_to(runs, self.paths)], allowed)
        return [replace(each, record_id=self._shown(each.record_id)) for each in found]

    def _is_idle(self) -> bool:
        """Say whether the poller has neither called the CRM nor reported anything, in any run."""
        _, runs = self._made()
        calls = self._calls()
        return not any(run.reports or calls.of_run(run.at) for run in runs)

    def _made(self) -> tuple[list[VisibleChange], list[CertifiedRun]]:
        """Return what was changed, and what was reported, by printing or posting."""
        posted = self._posted_reports()
        runs = [replace(run, reports=(*run.reports, *posted[run.at])) for run in self.runs]
        return [self._visible(change) for change in self.log], runs

    def _repeats(self) -> str:
        """Say what was repeated, where that is allowed."""
        if not self.terms.allowed.repeats:
            return ""
        strict = judge(*self._made(), replace(self.terms.allowed, repeats=False))
        repeated = [finding for finding in strict if finding.kind == "repeated"]
        if not repeated:
            return ""
        records = len({finding.record_id for finding in repeated})
        said = f"allowed were {len(repeated)} repeats of {records} records in {len(self.runs)} runs"
        return ", ".join(filter(None, (said, self._calls().ignored_condition())))

    def _why(self, findings: Sequence[Finding]) -> str:
        counts = Counter(finding.kind for finding in findings)
        lines = [", ".join(f"{number} {kind}" for kind, number in counts.items())]
        for finding in findings[:_FINDINGS_SHOWN]:
            record = f"{record_name(self.resource, finding.record_id)} " if finding.record_id else ""
            lines += [f"{finding.kind}: {record}{finding.text}", *(f"  {line}" for line in finding.history)]
        more = len(findings) - _FINDINGS_SHOWN
        lines += [f"and {more} more"] if more > 0 else []
        about = [f"{name}: {getattr(self.check, name)}" for name in ("rule", "hazard")]
        about.append(f"cure: {self._calls().ignored_condition() or self.check.cure}")
        return "\n".join([*lines, *self.notes[:1], *about])

    def _of_the_list(self, rule: Fields) -> Iterator[Fields]:
        """Yield a rule for each path of the list, which leaves the poller's other calls alone, such as one that tries its key first.

        Raises:
            SkippedError: the list has no such parameter.
        """
        effect: Any = rule["effect"]
        if role := effect.get("ignore_parameter"):
            name = {"condition": self.sort.filtered_by, "place": self.sort.paged_by}[role]
            if not name:
                raise SkippedError(f"needs a CRM whose lists have a parameter for the {role}")
            rule = merged(rule, {"effect": {"ignore_parameter": name}})
        return (merged(rule, {"match": {"path": path}}) for path in lists_of(self.sort))

    @contextmanager
    def _needs(self, what: str) -> Iterator[None]:
        """Skip the check where the fake refuses what it needs."""
        try:
            yield
        except CallError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            raise SkippedError(f"needs a CRM that can {what}: {error}") from error

    def _ids(self, names: Iterable[str]) -> Iterable[Any]:
        return (number for name in names for number in self.made[name])

    def _go_to(self, at: datetime) -> None:
        if self.now < at:
            self.clients.clock.set(now=at)
            self.now = at

    def _kill(self, kill: Kill) -> None:
        """Run the poller, and have it killed."""
        service = self.clients.sink if kill.at_sink else self.records
        query = f"workspace={self.clients.credentials.name}" if kill.at_sink else ""

        def script(rules: Sequence[Fields]) -> None:
            service.call("PUT", f"/_local/faults?{query}", json={"faults": [*rules]})

        script(kill.rules)
        try:
            self._run(kill=replace(kill, held=partial(wait_until_held, service, query)))
        finally:
            script(())

    def _run(self, *, disturbed: bool = False, reads: bool = True, kill: Kill | None = None) -> None:
        """Run the poller.

        Args:
            reads: whether what changes meanwhile is its own doing, and not a fault rule's.
        """
        now, before = self.now, self._last_change()
        given = self._environment(now), now
        ended = self.terms.runner(*given, kill) if kill else self.terms.runner(*given)
        self.lines = ended.output.count(b"\n")
        said = self.reader.read(ended.output)
        if said.state is not None:
            self.state_file.write_text(encode_text(said.state))
        if said.passed_over and not ended.killed:  # whose last line may be cut
            self.notes.append(f"passed over on standard output: {self._shown(said.passed_over)}")
        errors = "\n".join(self._shown(line, most=len(line)) for line in ended.errors.strip().splitlines())
        self.runs.append(
            CertifiedRun(
                number=len(self.runs),
                at=now,
                before=before,
                after=(after := self._last_change()),
                wrote=sum(before < change["seq"] <= after for change in self.log) if reads else 0,
                reports=said.reports,
                disturbed=disturbed,
                killed=str(kill) if ended.killed else "",
                failure=f"{ended.failure}; standard error: {errors or 'empty'}" if ended.failure else "",
            )
        )

    def _environment(self, now: datetime) -> dict[str, str]:
        credentials = self.clients.credentials
        values = {
            "CRM_URL": self.records.url,
            "CRM_API_KEY": credentials.crm_api_key,
            "RESOURCE": self.resource,
            "STATE_DIR": str(self.state),
            "STATE_FILE": str(self.state_file),
            "START": format_instant(self.check.start),
            "NOW": format_instant(now),
            "REPORT_URL": f"{self.clients.sink.url}/_local/reported?workspace={credentials.name}",
        }
        zone = {} if self.check.zone is None else {"TZ": self.check.zone}
        own = {f"ELEMENTS_LOCAL_{name}": value for name, value in values.items()}
        return {**self.variables, **own, **zone}

    def _last_change(self) -> int:
        """Read on in the CRM's log, and return the seq of its last change."""
        self.log += self.records.filtered("changes", {"after": self.log[-1]["seq"] if self.log else 0})
        return int(self.log[-1]["seq"]) if self.log else 0

    def _posted_reports(self) -> Mapping[datetime, list[Report]]:
        """Return what was reported at the sink, by the runs' instants."""
        reports = defaultdict[datetime, list[Report]](list)
        for posted in self.clients.sink.callbacks(bin="_local"):
            reports[parse_instant(posted["received_at"])] += self.reader.reports(posted["json"])
        return reports

    def _calls(self) -> PolledCalls:
        return PolledCalls(self.records, self.sort, self._shown)

    def _visible(self, change: Mapping[str, Any]) -> VisibleChange:
        at, updated = parse_instant(change["at"]), parse_instant(change["updated"])
        visible = max(at, updated)
        for rule in self.rules:
            effect = RecordEffect(**{k: v for k, v in rule["effect"].items() if k.startswith("index_lag")})  # type: ignore[attr-defined]
            visible = max(visible, effect.indexed(at, change["seq"], seed=self.terms.seed))
        return VisibleChange(
            seq=change["seq"],
            record_id=change["recordId"],
            kind=ExpectedEventType(change["change"]),
            at=at,
            updated=updated,
            visible=visible,
        )

    def _shown(self, text: str, most: int = _LONGEST_SHOWN) -> str:
        """Return words of the poller as a scorecard may have them: masked, short, and without what a terminal would obey."""
        words = shortened(mask_known(text, self.clients.credentials.secrets), most)
        return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in words)
