"""What happened in a workspace, as the scenario that does it again, and how that comes out on a real stack in this process."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from msgspec import Struct

from elements_local.clients import WorkspaceClients
from elements_local.cures.candidate import ScenarioPlace, without_expectations
from elements_local.errors import HarnessError
from elements_local.recording import RecordingError, Session, compose, session_of
from elements_local.recording.clocks import makes_real
from elements_local.recording.text import dump
from elements_local.scenarios.expect import golden_of
from elements_local.scenarios.records import COLLECTIONS, UnknownRecordError
from elements_local.scenarios.scenario import Scenario, load_text
from elements_local.scenarios.scenario_context import ExpectationError, ScenarioContext
from elements_local.scenarios.steps import make_instance, take
from elements_local.service_client import query_of
from elements_local.stack.stack import Stack
from mock_kit.workspaces.instants import UnreadableTimeError, format_instant
from mock_platform.explain.cures import CureCase

_numbers = count(1)
_NOWHERE = Path("what-happened.yaml")
_MOST_CALLS = 2000


class TrialOutcome(Struct, frozen=True, kw_only=True):
    """What became of the change.

    Attributes:
        cause: what went wrong with it; None if nothing did.
        late: whether all that went wrong is that a later poll reported it.
        at: when its callback was taken first; None if it was not.
    """

    reported: bool
    cause: str | None
    why: str
    late: bool = False
    at: str | None = None

    @property
    def text(self) -> str:
        """What came, in a line."""
        wrong = f", but {self.cause}: {self.why}" if self.cause and not self.late else ""
        return f"reported at {self.at}{wrong}" if self.reported and self.at else f"not reported: {self.why}"


class CureTrial(Struct, frozen=True, kw_only=True):
    """What became of the change at the end of what happened, and after the clock has gone on."""

    then: TrialOutcome
    afterwards: TrialOutcome


class TrialFailedError(HarnessError):
    """What happened could not be done again with a change in it."""


def run_trial(
    stack: Stack, scenario: Scenario, place: ScenarioPlace, *, record_id: str, go_on: timedelta
) -> CureTrial:
    """Do again what happened.

    Args:
        record_id: of the record where it has no name.
        go_on: how far the clock goes on after the end.

    Raises:
        TrialFailedError: a step was refused.
    """
    name = f"trial-{next(_numbers)}"
    clients = stack.new_workspace(
        name=name, start=format_instant(scenario.start), seed=scenario.seed, records=scenario.records
    )
    context = ScenarioContext(
        clients=clients, start=scenario.start, golden=golden_of(scenario.path, scenario.name)
    )
    try:
        _take_all(scenario, context)
        return _looked_at(context, place, record_id, go_on)
    except (HarnessError, UnknownRecordError, UnreadableTimeError) as error:
        raise TrialFailedError(str(error)) from error
    finally:
        stack.delete_workspace(name)


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


def _looked_at(context: ScenarioContext, place: ScenarioPlace, record_id: str, go_on: timedelta) -> CureTrial:
    clients, instance = context.clients, context.instances[place.instance]
    number = str(context.names.ids.get(place.record, record_id)) if place.record else record_id
    seqs = [
        change["seq"]
        for change in clients.crm.changes()
        if change["recordId"] == number and _is_kind(change["resource"], place.record)
    ]
    if place.nth >= len(seqs):
        raise TrialFailedError("the change was not made")
    asked = {"instanceId": instance.id, "resource": place.resource, "change": seqs[place.nth]}
    then = _outcome(clients, asked)
    if go_on:
        clients.clock.advance(go_on)
    return CureTrial(then=then, afterwards=_outcome(clients, asked) if go_on else then)


def _outcome(clients: WorkspaceClients, asked: dict[str, Any]) -> TrialOutcome:
    said = clients.platform.call("GET", f"/_local/explain{query_of({**asked, 'cures': 'false'})}")
    arrived = [
        one["at"]
        for callback in said["callbacks"]
        for one in callback["attempts"]
        if one["outcome"] == "delivered"
    ]
    return TrialOutcome(
        reported=said["verdict"] == "reported",
        cause=said["cause"],
        why=said["why"],
        late=said["late"],
        at=min(arrived, default=None),
    )


def _is_kind(collection: str, record: str | None) -> bool:
    """Say whether a change is of the record's own collection, where its name tells which that is."""
    if record is None:
        return True
    return COLLECTIONS[record.partition("/")[0]].lower() == str(collection).lower()


class NotRebuiltError(HarnessError):
    """What happened cannot be done again; says why."""


class RebuiltHistory(Struct, frozen=True, kw_only=True):
    """What happened, ready to be done again.

    Attributes:
        record_id: in the workspace that it was read from.
        until: what the clock showed at its end.
    """

    scenario: Scenario
    place: ScenarioPlace
    record_id: str
    until: datetime


def rebuilt(stack: Stack, sought: CureCase) -> RebuiltHistory:
    """Read what happened in a workspace, and return it as a scenario.

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
    place = ScenarioPlace(
        instance=instance,
        resource=case.resource,
        record=names.get(case.record_id),
        nth=sought.nth,
        block=sought.block,
    )
    return RebuiltHistory(
        scenario=without_expectations(loaded.scenarios[0]),
        place=place,
        record_id=case.record_id,
        until=session.now,
    )


def _session(stack: Stack, workspace: str) -> Session:
    """Read what was seen of a workspace.

    Raises:
        NotRebuiltError: it is not all that has happened, or too much; or the clock was real.
    """
    try:
        if stack.workspace(workspace).clock.show()["mode"] == "real":
            raise NotRebuiltError("the clock is real, and what it showed cannot be done again")
        session = session_of(stack, workspace)
    except RecordingError as error:
        raise NotRebuiltError(str(error)) from error
    if any(map(makes_real, session.calls)):
        raise NotRebuiltError("the clock was real for a while, and what it showed cannot be done again")
    if len(session.calls) > _MOST_CALLS:
        raise NotRebuiltError(f"more than {_MOST_CALLS} calls were made, too many to do again and again")
    return session
