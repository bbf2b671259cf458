"""What happened in a workspace, as the scenario that does it again: read as a recording is, without what it expects."""

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from elements_local.cures.candidate import ScenarioPlace, without_expectations
from elements_local.errors import HarnessError
from elements_local.recording import RecordingError, Session, compose, session_of
from elements_local.recording.clocks import makes_real
from elements_local.recording.text import dump
from elements_local.scenarios.scenario import Scenario, load_text
from elements_local.stack.stack import Stack
from mock_platform.explain.cures import CureCase

_NOWHERE = Path("what-happened.yaml")
_MOST_CALLS = 2000


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
