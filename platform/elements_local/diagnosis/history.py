"""What happened in a workspace, as the scenario that does it again, and how that comes out when it is replayed."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct, convert, structs

from elements_local.clients.errors import HarnessError
from elements_local.clients.guide import usual_body
from elements_local.clients.records import COLLECTIONS, UnknownRecordError
from elements_local.clients.service_client import query_of
from elements_local.diagnosis.candidate import ScenarioPlace, polled_alone, without_expectations
from elements_local.diagnosis.circumstances import OF_MINUTES
from elements_local.diagnosis.configured import resource_of
from elements_local.diagnosis.findings import configured_instance
from elements_local.diagnosis.grid import CellKey, CellVerdict, Grid
from elements_local.diagnosis.sweep import AS_IT_IS, Probes
from elements_local.kit.instants import UnreadableTimeError, format_instant
from elements_local.kit.traffic.calls import READS
from elements_local.kit.traffic.fault_rules import Match
from elements_local.platform.configuration.poller_configuration import CONFIGURATION
from elements_local.platform.explain.cause import Cause, CauseStage, CureCase, CureSearch
from elements_local.scenarios.expect import golden_of
from elements_local.scenarios.recording import RecordingError, Session, compose, session_of
from elements_local.scenarios.recording.controls import makes_real
from elements_local.scenarios.recording.text import dump
from elements_local.scenarios.scenario import Scenario, load_text
from elements_local.scenarios.scenario_context import ExpectationError, ScenarioContext
from elements_local.scenarios.verbs import take
from elements_local.scenarios.verbs.audits import AUDITED
from elements_local.scenarios.verbs.instances import make_instance
from elements_local.stack.stack import Stack

_numbers = count(1)
_NOWHERE = Path("what-happened.yaml")
_MOST_CALLS = 2000
_OF_EACH_READ = frozenset({"burst_limit", "daily_limit", "delete_listed", "update_listed"})
"""Effects of fault rules by which a call that only reads uses something up, or changes it."""


MISTAKES = frozenset({CauseStage.FILTER, CauseStage.KEY, CauseStage.IDENTITY, CauseStage.NAME})
"""Links of the chain that break by a mistake in a block, for all of its records alike."""


class AuditedChange(NamedTuple):
    """A change, as an audit names it; the same each time that what happened is done again."""

    resource: str
    record_id: str
    change: str
    at: str


class CaseRecorder:
    """Records the change for which a cure is sought, and tries none."""

    def __init__(self) -> None:
        self._latest: CureCase | None = None

    def search(self, sought: CureCase) -> CureSearch:
        """Record a change."""
        self._latest = sought
        return CureSearch()

    def take(self) -> CureCase | None:
        """Return the latest change since this was last called; None without one."""
        latest, self._latest = self._latest, None
        return latest


@dataclass(frozen=True, kw_only=True)
class TrialStack:
    """A stack on which changes are tried.

    Attributes:
        cases: what its platform would seek cures for.
    """

    stack: Stack
    cases: CaseRecorder


class NotRebuiltError(HarnessError):
    """What happened cannot be done again; says why."""


class ReplayFailedError(HarnessError):
    """What happened could not be done again with a change in it."""


class History(Struct, frozen=True, kw_only=True):
    """What happened, ready to be done again.

    Attributes:
        record_id, instance_id: in the workspace that it was read from.
        go_on: how far the clock goes on after the end.
        is_alone: whether nothing is polled but the resource.
    """

    scenario: Scenario
    place: ScenarioPlace
    record_id: str
    instance_id: int
    workspace: str
    go_on: timedelta
    is_alone: bool


class ReplayOutcome(Struct, frozen=True, kw_only=True):
    """What came of the change.

    Attributes:
        cause: of what there is to know; None if there is nothing.
        wrong: whether that went wrong.
        late: whether all that went wrong is that a later poll reported it.
        at: when its callback was taken first; None if it was not.
        sought: what a cure would be sought for by then; None if nothing is wrong, or nothing can help.
    """

    reported: bool
    cause: str | None
    why: str
    wrong: bool
    late: bool
    at: str | None
    sought: CureCase | None

    def text(self, *, untried: str = "") -> str:
        """Say in a line what came.

        Args:
            untried: the receiver in whose place the trial had one of its own.
        """
        if not self.reported or not self.at:
            return f"not reported: {self.why}"
        receiver = f" to a receiver of the trial's own, not to {untried}" if untried else ""
        wrong = f", but {self.cause}: {self.why}" if self.wrong and not self.late else ""
        return f"reported at {self.at}{receiver}{wrong}"


class HistoryReplay:
    """What happened, done again in a workspace that is there still.

    Attributes:
        then: what had come of the change at the end of what happened.
        afterwards: and after the clock has gone on.
    """

    def __init__(self, context: ScenarioContext, history: History, cases: CaseRecorder) -> None:
        self._context = context
        self._cases = cases
        self._of = history
        self._instance = context.instances[history.place.instance]
        self._place = history.place
        self._probes: Probes | None = None
        asked = self._asked(history)
        self.then = self.afterwards = self._outcome(asked)
        if history.go_on:
            context.clients.clock.advance(history.go_on)
            self.afterwards = self._outcome(asked)

    @cached_property
    def audited(self) -> Mapping[AuditedChange, tuple[str, str | None]]:
        """What an audit says of each change by now: its list, and the cause."""
        audit = self._context.clients.platform.audit(self._instance.id)
        return {
            AuditedChange(one["resource"], one["recordId"], one["change"], one["at"]): (verdict, one["cause"])
            for verdict in AUDITED
            for one in audit[verdict]
        }

    def grid(self) -> Grid | None:
        """Return what comes of other records around the polls that follow; None where no such record can be made."""
        clients = self._context.clients
        try:
            configured = configured_instance(clients, self._instance.id)
            resource = resource_of(configured, self._place.resource)
            probes = Probes(
                clients=clients, instance_id=self._instance.id, resource=resource, changes=OF_MINUTES
            )
            probes.run()
            cells = probes.cells()
        # It may be the very cause that nothing is polled, or that the CRM answers nothing.
        except HarnessError:
            return None
        self._probes = probes
        return Grid(resource=resource.name, kind=resource.kind, circumstances=(AS_IT_IS,), cells=cells)

    def why_lost(self, grid: Grid) -> set[str]:
        """Return the causes for which records of its grid were lost."""
        lost = [key for key, cell in grid.cells.items() if CellVerdict.LOST in cell.verdicts]
        causes = self._probes.causes() if self._probes and lost else {}
        return {cause for key in lost for cause in causes.get(key, ())}

    def broken_at(self, stages: Collection[CauseStage], among: Collection[CellKey]) -> ReplayOutcome | None:
        """Return what came of the first of some records of its grid that broke at one of these links; None if none did."""
        causes = self._probes.causes() if self._probes and among else {}
        for key in among:
            if self._probes and any(Cause.named(word).stage in stages for word in causes.get(key, ())):
                return self.outcome_of(self._place.resource, str(self._probes.records[key]))
        return None

    def outcome_of(self, resource: str, record_id: str) -> ReplayOutcome:
        """Return what came of the latest change of a record."""
        return self._outcome({"instanceId": self._instance.id, "resource": resource, "recordId": record_id})

    def _outcome(self, asked: dict[str, Any]) -> ReplayOutcome:
        said = self._context.clients.platform.call("GET", f"/_local/explain{query_of(asked)}")
        arrived = [
            one["at"]
            for callback in said["callbacks"]
            for one in callback["attempts"]
            if one["outcome"] == "delivered"
        ]
        # With the names of what happened: of two trials that come to the same, the same is said.
        why = said["why"].replace(str(self._instance.id), str(self._of.instance_id))
        why = why.replace(self._context.clients.credentials.name, self._of.workspace)
        return ReplayOutcome(
            reported=said["verdict"] == "reported",
            cause=said["cause"],
            why=why,
            wrong=said["wrong"],
            late=said["late"],
            at=min(arrived, default=None),
            sought=self._sought(),
        )

    def _sought(self) -> CureCase | None:
        """Return what a cure is sought for by now, of the instance that it happened to."""
        taken = self._cases.take()
        if taken is None:
            return None
        instance = structs.replace(taken.case.instance, id=self._of.instance_id)
        return structs.replace(taken, case=structs.replace(taken.case, instance=instance))

    def _asked(self, history: History) -> dict[str, Any]:
        place, context = history.place, self._context
        named = context.names.ids.get(place.record) if place.record else None
        number = str(named if named is not None else history.record_id)
        seqs = [
            change["seq"]
            for change in context.clients.changes()
            if change["recordId"] == number and _is_kind(change["resource"], place.record)
        ]
        if place.nth >= len(seqs):
            raise ReplayFailedError("the change was not made")
        return {"instanceId": self._instance.id, "resource": place.resource, "change": seqs[place.nth]}


@contextmanager
def replayed(trials: TrialStack, scenario: Scenario, history: History) -> Iterator[HistoryReplay]:
    """Do again what happened, in a workspace of its own that ends with the block.

    Args:
        scenario: the history's, or that with a change in it.

    Raises:
        ReplayFailedError: a step was refused.
    """
    name = f"trial-{next(_numbers)}"
    clients = trials.stack.new_workspace(
        name=name, start=format_instant(scenario.start), seed=scenario.seed, records=scenario.records
    )
    context = ScenarioContext(
        clients=clients, start=scenario.start, golden=golden_of(scenario.path, scenario.name)
    )
    try:
        try:
            _take_all(scenario, context)
            replay = HistoryReplay(context, history, trials.cases)
        except (HarnessError, UnknownRecordError, UnreadableTimeError) as error:
            raise ReplayFailedError(str(error)) from error
        yield replay
    finally:
        trials.stack.delete_workspace(name)


def _take_all(scenario: Scenario, context: ScenarioContext) -> None:
    """Take all steps; what is answered otherwise than it was is no reason to stop."""
    for name, differs in scenario.instances.items():
        make_instance(context, name, differs)
    for step in scenario.steps:
        try:
            take(context, step.verb, step.argument)
        # With a change in it much is answered otherwise; what became of the one change is all that counts.
        except ExpectationError:
            continue


def _is_kind(collection: str, record: str | None) -> bool:
    """Say whether a change is of the record's own collection, where its name says which that is."""
    if record is None:
        return True
    kind = record.partition("/")[0]
    # another vendor's has its name before it where the CRM has one of the same name
    return str(collection).rpartition("/")[2].lower() in {kind, COLLECTIONS.get(kind, kind).lower()}


def rebuilt(stack: Stack, sought: CureCase, *, go_on: timedelta, alone: bool) -> History:
    """Read what happened in a workspace, and return it as a scenario.

    Args:
        go_on: how far the clock goes on after the end.
        alone: whether to leave out that other resources of the instance are polled, which takes most of the time.

    Raises:
        NotRebuiltError: it cannot be done again.
    """
    session = _session(stack, sought.workspace)
    try:
        recording = compose(session)
    except RecordingError as error:
        raise NotRebuiltError(str(error)) from error
    loaded = load_text(dump(recording.document), _NOWHERE)
    if not loaded.scenarios:
        raise NotRebuiltError(f"what was recorded cannot be read: {loaded.errors[0]}")
    case = sought.case
    instance = recording.instances.get(case.instance.id)
    if instance is None:
        raise NotRebuiltError("the instance was not made by a call that can be made again")
    names = {str(number): name for name, number in recording.records.items()}
    usual = usual_body(session.credentials, element=case.instance.element_key)["configuration"]
    place = ScenarioPlace(
        instance=instance,
        resource=case.resource,
        record=names.get(case.record_id),
        nth=sought.nth,
        block=sought.block,
        usual=usual[CONFIGURATION],
    )
    scenario = without_expectations(loaded.scenarios[0])
    alone = alone and bool(place.block)
    return History(
        scenario=polled_alone(scenario, place) if alone else scenario,
        place=place,
        record_id=case.record_id,
        instance_id=case.instance.id,
        workspace=sought.workspace,
        go_on=go_on,
        is_alone=alone,
    )


def _session(stack: Stack, workspace: str) -> Session:
    """Read what was seen of a workspace.

    Raises:
        NotRebuiltError: it is not all that has happened, or too much; or the clock was real.
    """
    try:
        if stack.workspace(workspace).clock.show()["mode"] == "real":
            raise NotRebuiltError("the clock is real, and what it showed cannot be done again")
        session = session_of(stack, workspace, reads=False)
        if _reads_matter(session):
            session = session_of(stack, workspace)
    except RecordingError as error:
        raise NotRebuiltError(str(error)) from error
    if any(map(makes_real, session.calls)):
        raise NotRebuiltError("the clock was real for a while, and what it showed cannot be done again")
    if len(session.calls) > _MOST_CALLS:
        raise NotRebuiltError(f"more than {_MOST_CALLS} calls were made, too many to do again and again")
    return session


def _reads_matter(session: Session) -> bool:
    """Say whether a fault rule counts calls that only read, or has them change something."""
    bodies = (call.json for call in session.calls if call.path == "/_local/faults" and call.good)
    rules = (rule for body in bodies if isinstance(body, dict) for rule in body["faults"])
    return any(
        ("when" in rule or _OF_EACH_READ & rule["effect"].keys())
        and any(map(convert(rule.get("match", {}), Match).takes, READS))
        for rule in rules
    )
