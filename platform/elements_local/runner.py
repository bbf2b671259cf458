"""Runs scenarios: each in a fresh workspace of a stack, in process under freezegun or over real ports."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import count

from elements_local.errors import HarnessError
from elements_local.records import UnknownRecordError
from elements_local.scenario import Scenario, Step
from elements_local.stack import Stack
from elements_local.start import Options, in_process, on_ports
from elements_local.steps import ExpectationError, World, make_instance, take
from mock_kit.clock import Frozen, FrozenClock
from mock_kit.instants import UnreadableTimeError, format_instant

_numbers = count(1)


class Transport(Enum):
    """How a scenario reaches the stack."""

    IN_PROCESS = "in-process"
    NETWORK = "network"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a scenario failed.

    Attributes:
        place: file and line of the step.
        lines: expected against actual, then what the platform decided since the last step that passed.
    """

    place: str
    verb: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.place}: {self.verb}:", *(f"  {line}" for line in self.lines)])


class Runner:
    """Runs one scenario after the other on a stack that it starts when it is first needed.

    In process, freezegun holds the whole process's time while a scenario runs, and moves it in step with
    the scenario's clock.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._held = _HeldTime()
        self._closing = ExitStack()
        self._stack: Stack | None = None

    def run(self, scenario: Scenario) -> Failure | None:
        """Run a scenario in a workspace of its own, and return why it failed, if it did."""
        with self._held.from_(scenario.start) if self._transport is Transport.IN_PROCESS else nullcontext():
            return run(scenario, self._started())

    def close(self) -> None:
        """Stop the stack."""
        self._closing.close()
        self._stack = None

    def _started(self) -> Stack:
        if self._stack is None:
            if self._transport is Transport.NETWORK:
                starting = on_ports(Options(ports=(0, 0, 0)))
            else:
                starting = in_process(Options(virtual_clock=lambda start: FrozenClock(start, self._held)))
            self._stack = self._closing.enter_context(starting)
        return self._stack


def run(scenario: Scenario, on: Stack) -> Failure | None:
    """Run a scenario on a stack, in a workspace that is made for it and deleted after it.

    Raises:
        UnreachableError: the stack does not answer at all.
    """
    doors = on.new_workspace(
        name=f"scenario-{next(_numbers)}",
        start=format_instant(scenario.start),
        seed=scenario.seed,
        records=scenario.records,
    )
    world = World(doors=doors, start=scenario.start)
    try:
        return _make_instances(scenario, world) or _take_steps(scenario, world)
    finally:
        on.delete_workspace(doors.credentials.name)


class _HeldTime:
    """The process's time: freezegun's while a scenario runs, nobody's in between."""

    def __init__(self) -> None:
        self._frozen: Frozen | None = None

    def move_to(self, target_datetime: datetime) -> None:
        """Move the process's time, if it is held."""
        if self._frozen:
            self._frozen.move_to(target_datetime)

    @contextmanager
    def from_(self, start: datetime) -> Iterator[None]:
        """Hold the process's time from an instant on."""
        from freezegun import freeze_time  # noqa: PLC0415 - patches the process, so only where that is wanted

        with freeze_time(start) as frozen:
            self._frozen = frozen
            try:
                yield
            finally:
                self._frozen = None


def _make_instances(scenario: Scenario, world: World) -> Failure | None:
    try:
        for name, differs in scenario.instances.items():
            make_instance(world, name, differs)
    except HarnessError as error:
        return Failure(place=f"{scenario.path}:{scenario.line}", verb="instance", lines=(str(error),))
    return None


def _take_steps(scenario: Scenario, world: World) -> Failure | None:
    for step in scenario.steps:
        try:
            take(world, step.verb, step.argument)
        except ExpectationError as error:
            return _failure(scenario, step, (*error.lines, *_decisions(world)))
        except (HarnessError, UnknownRecordError, UnreadableTimeError) as error:
            return _failure(scenario, step, (str(error),))
    return None


def _failure(scenario: Scenario, step: Step, lines: tuple[str, ...]) -> Failure:
    return Failure(place=f"{scenario.path}:{step.line}", verb=step.verb, lines=lines)


def _decisions(world: World) -> Iterator[str]:
    """Yield what the platform decided since the last expectation that held: a line for each poll and record."""
    for poll in world.doors.platform.polls()[world.seen_polls :]:
        outcome = poll["error"] or f"{poll['seen']} seen, {poll['events']} reported"
        yield f"poll at {poll['at']} of {poll['resource']} from {poll['from']}: {outcome}"
        for record in poll["records"]:
            yield f"  {world.names.shown(poll['resource'], record['id'])}: {record['verdict']}, {record['why']}"
