"""Runs scenarios: each in a fresh workspace of a stack, in process under freezegun or over real ports."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import click

from elements_local.clients.errors import OptionError
from elements_local.clients.service_client import answers_of
from elements_local.clients.workspace_clients import Addresses, WorkspaceClients
from elements_local.kit import seeded
from elements_local.kit.clock import FrozenClock
from elements_local.kit.instants import format_instant
from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.scenarios.expect import golden_of
from elements_local.scenarios.performing import ScenarioResult, failed_to_begin, perform
from elements_local.scenarios.scenario import Scenario, load
from elements_local.scenarios.scenario_context import ScenarioContext
from elements_local.stack.failures.timeline import moments
from elements_local.stack.held_time import HeldTime
from elements_local.stack.receiving import reachable, receiver_of
from elements_local.stack.reports.progress import Stopwatch
from elements_local.stack.stack import Stack, at
from elements_local.start import Options, in_process, on_ports

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class Transport(Enum):
    """How a scenario reaches the stack."""

    IN_PROCESS = "in-process"
    NETWORK = "network"


@dataclass(frozen=True, kw_only=True)
class How:
    """How scenarios are run.

    Attributes:
        target: a stack that runs already, in the place of one that is started.
        token: for the target's admin routes.
        receiver: takes the callbacks and answers them, as ``receiver_of`` reads it.
        update: write golden streams instead of holding what came against them.
        keep: keep all that happened, for a report.
        cures: try what would have helped where a callback has not come.
        environment: settings of the stacks that are started, as variables; those that a scenario has itself go before them.
        database: an SQLAlchemy URL, where stacks in process keep what they remember; without one it is a temporary file.
    """

    transport: Transport = Transport.IN_PROCESS
    target: Addresses | None = None
    token: str | None = None
    receiver: str | None = None
    update: bool = False
    keep: bool = False
    cures: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    database: str | None = None


class Runner:
    """Runs one scenario after the other, on a stack for each choice of settings that it starts when it is first needed.

    In process, freezegun holds the whole process's time while a scenario runs, and moves it in step with
    the scenario's clock.
    """

    def __init__(self, how: How) -> None:
        self._how = how
        self._held = HeldTime()
        self._for_several = False
        self._closing = ExitStack()
        self._database: Database | None = None
        self._stacks: dict[frozenset[tuple[str, str]], Stack] = {}
        self._left: set[tuple[Stack, str]] = set()
        self._receivers: dict[str, WSGIApplication] = {}
        self._receiver = self._reachable(how.receiver)

    def run(self, scenario: Scenario) -> ScenarioResult:
        """Run a scenario in a workspace of its own."""
        with self._held.from_(scenario.start) if self._holds else nullcontext():
            try:
                stack = self._started(scenario)
            except OptionError as error:
                return ScenarioResult(scenario=scenario, failure=failed_to_begin(scenario, "settings", error))
            watch = Stopwatch()
            answers = answers_of(stack.addresses.platform, stack.http) if self._how.target else nullcontext()
            with answers, self._workspace(scenario, stack) as clients:
                result = run(scenario, clients, self._how, receiver=self._receiver)
            return replace(result, seconds=watch.seconds)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold the process's time for several scenarios, and in between, in a process that does nothing else.

        Taking hold anew for each is a good part of what a short one costs, and so is looking for garbage in stacks, which
        last: ``poe bench-scenarios`` takes a tenth longer without ``gc.freeze``. What is unpickled meanwhile has dates of freezegun's class.
        """
        self._for_several = True
        try:
            with self._held.from_(DEFAULT_START) if self._holds else nullcontext():
                yield
        finally:
            self._for_several = False
            gc.unfreeze()

    def close(self) -> None:
        """Stop the stacks."""
        self._closing.close()
        self._database = None
        self._stacks.clear()
        self._left.clear()

    @contextmanager
    def _workspace(self, scenario: Scenario, on: Stack) -> Iterator[WorkspaceClients]:
        """Make a workspace for a scenario.

        On a stack that others use it is deleted afterwards. On one of our own it goes with the stack, which is
        quicker, unless the same scenario is run again.
        """
        shared = self._how.target is not None
        name = _workspace_name(scenario, shared=shared)
        if (on, name) in self._left:
            on.delete_workspace(name)
        clients = on.new_workspace(
            name=name,
            start=format_instant(scenario.start),
            seed=scenario.seed,
            records=scenario.records,
        )
        self._left.add((on, name))
        try:
            yield clients
        finally:
            if shared:
                on.delete_workspace(name)
                self._left.remove((on, name))

    @property
    def _holds(self) -> bool:
        return self._how.target is None and self._how.transport is Transport.IN_PROCESS

    def _reachable(self, given: str | None) -> str | None:
        """Return the URL of the receiver, which is found there until the runner is closed."""
        if given is None:
            return None
        inside = self._receivers if self._holds else None
        return self._closing.enter_context(reachable(receiver_of(given), inside=inside))

    def _started(self, scenario: Scenario) -> Stack:
        if self._how.target is not None:
            return at(self._how.target, token=self._how.token)
        environment = {**self._how.environment, **scenario.environment}
        chosen = frozenset(environment.items())
        if chosen not in self._stacks:
            if self._holds:
                starting = in_process(self._options(environment))
            else:
                starting = on_ports(Options(ports=(0, 0, 0), environment=environment))
            self._stacks[chosen] = self._closing.enter_context(starting)
            if self._for_several:
                gc.freeze()
        return self._stacks[chosen]

    def _options(self, environment: Mapping[str, str]) -> Options:
        """Return how a stack in process is started; all have one database, whose tables are made but once."""
        if self._database is None:
            self._database = Database(self._how.database)
            self._closing.callback(self._database.close)
        return Options(
            virtual_clock=lambda start: FrozenClock(start, self._held),
            database=self._database,
            environment=environment,
            applications=self._receivers,
        )


def run(
    scenario: Scenario, clients: WorkspaceClients, how: How, *, receiver: str | None = None
) -> ScenarioResult:
    """Run a scenario in a workspace that was made for it.

    Args:
        receiver: URL of what answers callbacks in the sink's place.

    Raises:
        UnreachableError: the stack does not answer at all.
    """
    context = ScenarioContext(
        clients=clients,
        start=scenario.start,
        golden=golden_of(scenario.path, scenario.name, update=how.update),
        cures=how.cures,
    )
    if receiver is not None:
        clients.sink.relay(receiver)
    failure = perform(scenario, context)
    timeline = moments(clients, context.names, start=scenario.start) if how.keep else []
    return ScenarioResult(scenario=scenario, failure=failure, moments=tuple(timeline))


def _workspace_name(scenario: Scenario, *, shared: bool) -> str:
    """Return a name that follows from the scenario, so that its ids do; on a stack that others use, a fresh one."""
    if shared:
        return f"scenario-{token_hex(6)}"
    # stacks of other settings have the same database
    settings = sorted(scenario.environment.items()) if scenario.is_choosy else []
    parts = (scenario.path.name, scenario.name, *(f"{name}={value}" for name, value in settings))
    return f"scenario-{seeded.hexadecimal(scenario.seed, *parts, length=12)}"


def check_file(path: Path, environment: Mapping[str, str], *, otherwise: str, as_json: bool) -> None:
    """Replay a file in process, and stop with exit status 1 if it does not pass.

    Args:
        environment: settings of its stack, as variables.
        otherwise: what is said before a failure.

    Raises:
        SystemExit: it does not pass.
    """
    with closing(Runner(How(environment=environment))) as runner:
        failures = [failure for scenario in load(path) if (failure := runner.run(scenario).failure)]
    for failure in failures:
        click.echo(f"{otherwise}:\n{failure}", err=True)
    if failures:
        raise SystemExit(1)
    if not as_json:
        click.echo("it passes")
