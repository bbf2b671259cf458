"""Performs one scenario in a workspace, step by step, and says why it failed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from shlex import quote

from elements_local.clients.errors import HarnessError, UnreachableError
from elements_local.clients.records import UnknownRecordError
from elements_local.kit.instants import UnreadableTimeError
from elements_local.kit.masks import mask_known
from elements_local.scenarios.scenario import Scenario, Step
from elements_local.scenarios.scenario_context import ExpectationError, ScenarioContext
from elements_local.scenarios.verbs import take
from elements_local.scenarios.verbs.instances import make_instance
from elements_local.stack.failures.failure_report import poll_lines, warning_line
from elements_local.stack.failures.observed import warnings_of
from elements_local.stack.failures.timeline import TimelineEntry

AGAIN = "replay it: "
"""How the line begins that says how to see a failure again."""


@dataclass(frozen=True, kw_only=True)
class ScenarioFailure:
    """Why a scenario failed.

    Attributes:
        place: file and line of the step.
        lines: expected against actual, what came closest, what the platform decided since the last step that
            passed, and how to see it again.
        expected: whether it was an expectation; else a service refused, or the scenario is wrong.
        unanswered: whether a service did not answer at all.
    """

    place: str
    verb: str
    lines: tuple[str, ...]
    expected: bool = False
    unanswered: bool = False

    @property
    def line(self) -> int:
        """The step's."""
        return int(self.place.rpartition(":")[2])

    def __str__(self) -> str:
        return "\n".join([f"{self.place}: {self.verb}:", *(f"  {line}" for line in self.lines)])


@dataclass(frozen=True, kw_only=True)
class ScenarioResult:
    """What came of a scenario.

    Attributes:
        seconds: how long it took on the machine, without the start of its stack.
        moments: all that happened in it, if that was to be kept.
    """

    scenario: Scenario
    failure: ScenarioFailure | None
    seconds: float = 0.0
    moments: tuple[TimelineEntry, ...] = ()


def perform(
    scenario: Scenario, context: ScenarioContext, *, begin: Callable[[], None] = lambda: None
) -> ScenarioFailure | None:
    """Make a scenario's instances, take its steps, and return why it failed, if so.

    Args:
        begin: called in between, when the scenario's time begins.
    """
    failure = _make_instances(scenario, context)
    if failure is None:
        begin()
        failure = _take_steps(scenario, context)
    secrets = context.clients.credentials.secrets
    return failure and replace(failure, lines=tuple(mask_known(line, secrets) for line in failure.lines))


def _make_instances(scenario: Scenario, context: ScenarioContext) -> ScenarioFailure | None:
    try:
        for name, differs in scenario.instances.items():
            make_instance(context, name, differs)
    except HarnessError as error:
        return failed_to_begin(scenario, "instance", error)
    return None


def failed_to_begin(scenario: Scenario, what: str, error: HarnessError) -> ScenarioFailure:
    """Return that a scenario failed before its steps, at its ``what``."""
    return ScenarioFailure(
        place=f"{scenario.path}:{scenario.line}",
        verb=what,
        lines=(str(error),),
        unanswered=isinstance(error, UnreachableError),
    )


def _take_steps(scenario: Scenario, context: ScenarioContext) -> ScenarioFailure | None:
    for step in scenario.steps:
        try:
            take(context, step.verb, step.argument)
        except ExpectationError as error:
            hints = _hints(context) if context.sees_inside else ()
            lines = (*error.lines, *hints)
            return replace(_failure(scenario, step, lines), expected=True)
        except (HarnessError, UnknownRecordError, UnreadableTimeError) as error:
            failure = _failure(scenario, step, (str(error),))
            return replace(failure, unanswered=isinstance(error, UnreachableError))
    return None


def _failure(scenario: Scenario, step: Step, lines: tuple[str, ...]) -> ScenarioFailure:
    again = f"{AGAIN}elements-local replay {quote(str(scenario.path))} --name {quote(scenario.name)}"
    return ScenarioFailure(place=f"{scenario.path}:{step.line}", verb=step.verb, lines=(*lines, again))


def _hints(context: ScenarioContext) -> Iterator[str]:
    """Yield what the platform warns of, and what it decided since the last expectation that held."""
    names = {instance.id: name for name, instance in context.instances.items()}
    for warning in warnings_of(context.clients.platform):
        yield warning_line(warning, names.get(warning["instanceId"], "an instance"))
    yield from poll_lines(context.fresh_polls(), record=context.names.shown, instant=str)
