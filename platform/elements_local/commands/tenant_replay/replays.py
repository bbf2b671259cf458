"""Runs scenarios at a tenant, one or several at once, with waiting in the place of advancing; what each has made is taken away."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta
from threading import Event
from typing import cast

from msgspec import Struct, field

from elements_local.clients.errors import HarnessError
from elements_local.clients.records import RecordNames
from elements_local.clients.workspace_clients import BASE_PATH, ClockClient, SinkClient, WorkspaceClients
from elements_local.commands.tenant_replay.own_data import OwnCallbacks, OwnCrm, OwnData, OwnPlatform
from elements_local.commands.tenant_replay.portability import length, longest_interval, needs_quiet
from elements_local.commands.tenant_replay.tenant import CRM_VERSION, OWN_NAME, Tenant
from elements_local.kit.instants import parse_duration
from elements_local.kit.masks import mask_url
from elements_local.scenarios.expect import golden_of
from elements_local.scenarios.performing import ScenarioFailure, ScenarioResult, perform
from elements_local.scenarios.scenario import Scenario
from elements_local.scenarios.scenario_context import ScenarioContext, ScenarioInstance
from elements_local.stack.reports.progress import Stopwatch

_BETWEEN_LOOKS_S = 0.2
MOMENT = timedelta(seconds=2)
_LOOKS_PER_INTERVAL = 60
_SHORTEST = timedelta(seconds=1)
_MOST_UNANSWERED = 3


class TenantTiming(Struct, frozen=True, kw_only=True):
    """How long is waited at a tenant.

    Attributes:
        settle: what a poll and its callbacks take at most, once they are due.
        intervals: so many intervals between polls an expectation may come true after its time.
    """

    settle: timedelta
    intervals: int


@dataclass
class WaitingClock:
    """A scenario's clock, which goes with the tenant's from the moment at which it is begun.

    While an expectation waits for a poll that is late it stands still, so that what follows keeps its distance from the polls.

    Attributes:
        tenant_now: returns the tenant's instant.
        wait: lets so much of the tenant's time pass.
        start: what the scenario takes for the present instant.
        interval: between two polls of its slowest instance.
    """

    tenant_now: Callable[[], datetime]
    wait: Callable[[timedelta], None]
    timing: TenantTiming
    _: KW_ONLY
    start: datetime
    interval: timedelta

    def __post_init__(self) -> None:
        self._target = self.start
        self._began = self.tenant_now()

    def begin(self) -> None:
        """Let the scenario's first instant be a moment from now, so that what follows is dated later than what was."""
        self.wait(MOMENT)
        self._began = self.tenant_now()

    def present(self) -> datetime:
        """Return the scenario's instant."""
        return self.start + (self.tenant_now() - self._began)

    def advance(self, duration: str | float | None = None, *, to: datetime | None = None) -> None:
        """Wait until the scenario's clock has come so far, and until what is due then has run."""
        self._target = to or self._target + parse_duration(duration)
        self.wait(max(self._target - self.present(), timedelta()))
        self.wait(self.timing.settle)

    def patience(self, look: Callable[[], list[str]]) -> list[str]:
        """Look for differences until there are none, or it has taken too long; what comes late with the rest is seen, too."""
        differences = look()
        if not differences:
            return differences
        within = self.timing.intervals * self.interval + self.timing.settle
        step = max(self.interval / _LOOKS_PER_INTERVAL, _SHORTEST)
        began = self.tenant_now()
        while differences and self.tenant_now() - began < within:
            self.wait(step)
            differences = look()
        if not differences:
            self.wait(self.timing.settle)
            differences = look()
        self._began += self.tenant_now() - began
        return differences


class CutOffError(Exception):
    """A signal came while a scenario waited."""


class GivenUpError(HarnessError):
    """A tenant did not answer several times in a row."""

    def __init__(self, tenant: Tenant, last: str) -> None:
        super().__init__(
            f"{tenant.name} is given up after {_MOST_UNANSWERED} calls without an answer: {last}"
        )


class TenantReplays(Struct, frozen=True, kw_only=True):
    """Scenarios at a tenant.

    Attributes:
        now: returns the tenant's instant.
        wait: lets so much of the tenant's time pass; raises ``CutOffError`` once ``cut`` is set. Nothing else is cut off: of a
            request that is, nobody knows what it has made.
        on_left: is called with what could not be removed.
        jobs: so many scenarios at once.
        stop_requested: says whether a signal has come.
    """

    tenant: Tenant
    timing: TenantTiming
    now: Callable[[], datetime]
    wait: Callable[[timedelta], None]
    on_left: Callable[[str], None]
    jobs: int = 1
    stop_requested: Callable[[], bool] = lambda: False
    cut: Event = field(default_factory=Event)

    def duration(self, scenarios: Sequence[Scenario]) -> timedelta:
        """Return how much of the tenant's time scenarios take, if nothing is late."""
        shared, alone = ([*map(self._lasts, group)] for group in self._groups(scenarios))
        at_once = max([sum(shared, timedelta()) / self.jobs, *shared])
        return at_once + sum(alone, timedelta())

    def _lasts(self, scenario: Scenario) -> timedelta:
        return length(scenario) + self.timing.settle * sum(step.verb == "advance" for step in scenario.steps)

    def _groups(self, scenarios: Sequence[Scenario]) -> tuple[list[Scenario], list[Scenario]]:
        """Return those that run beside others, and those that do not."""
        shared = [each for each in scenarios if self.jobs > 1 and not needs_quiet(each)]
        return shared, [each for each in scenarios if self.jobs == 1 or needs_quiet(each)]

    @contextmanager
    def replaying(self, scenarios: Sequence[Scenario]) -> Iterator[Generator[ScenarioResult, None, None]]:
        """Give the results of scenarios, each as soon as it is there."""
        yield self._results(scenarios)

    def _results(self, scenarios: Sequence[Scenario]) -> Generator[ScenarioResult, None, None]:
        unanswered = 0
        for group, jobs in zip(self._groups(scenarios), (self.jobs, 1), strict=True):
            with ThreadPoolExecutor(jobs) as pool:
                running = {pool.submit(self._unless_cut_off, each) for each in group}
                try:
                    while running:
                        done, running = wait(running, timeout=_BETWEEN_LOOKS_S, return_when=FIRST_COMPLETED)
                        for result in filter(None, (each.result() for each in done)):
                            yield result
                            failure = result.failure
                            unanswered = unanswered + 1 if failure and failure.unanswered else 0
                            if failure and unanswered == _MOST_UNANSWERED:
                                raise GivenUpError(self.tenant, failure.lines[0])
                        if self.stop_requested():
                            self.cut.set()
                finally:
                    if running:  # nobody wants the other results
                        self.cut.set()

    def _unless_cut_off(self, scenario: Scenario) -> ScenarioResult | None:
        try:
            return None if self.cut.is_set() else self.run(scenario)
        except CutOffError:
            self.cut.set()
            return None

    def run(self, scenario: Scenario) -> ScenarioResult:
        """Run a scenario, and take away what it has made."""
        watch = Stopwatch()
        made = OwnData(self.tenant.platform, self.tenant.crm)
        interval = longest_interval(scenario)
        clock = WaitingClock(self.now, self.wait, self.timing, start=scenario.start, interval=interval)
        try:
            failure = self._performed(scenario, self._context(scenario, made, clock), clock)
        finally:
            if self.tenant.reader.can_fail:
                self.tenant.reader.respond()
            for what in made.take_away():
                self.on_left(what)
        return ScenarioResult(scenario=scenario, failure=failure, seconds=watch.seconds)

    def _performed(
        self, scenario: Scenario, context: ScenarioContext, clock: WaitingClock
    ) -> ScenarioFailure | None:
        """Perform a scenario, and tell what differs from what could not be seen."""
        try:
            failure = perform(scenario, context, begin=clock.begin)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            why = f"the answer has another form than is read here ({type(error).__name__}: {error})"
            return ScenarioFailure(place=f"{scenario.path}:{scenario.line}", verb="answer", lines=(why,))
        if (
            failure
            and failure.expected
            and _waited_for(scenario, failure)
            and not context.clients.sink.callbacks()
        ):
            silence = (
                f"no callback of it came; does {mask_url(self.tenant.credentials.callback_url)} lead here?"
            )
            return replace(failure, expected=False, lines=(silence, *failure.lines))
        return failure

    def _context(self, scenario: Scenario, made: OwnData, clock: WaitingClock) -> ScenarioContext:
        tenant, names = self.tenant, RecordNames()
        instances: dict[str, ScenarioInstance] = {}
        callbacks = OwnCallbacks(
            tenant.reader,
            clock.present,
            instances=lambda: {each.id for each in instances.values()},
            records=lambda: {str(number) for number in names.ids.values()},
        )
        platform = OwnPlatform(
            http=tenant.platform.http,
            url=tenant.platform.url.removesuffix(BASE_PATH),
            headers=tenant.platform.headers,
            name=f"{OWN_NAME} {tenant.run}",
            callback_url=tenant.credentials.callback_url,
            made=made,
        )
        crm = tenant.crm
        clients = WorkspaceClients(
            credentials=tenant.credentials,
            clock=cast("ClockClient", clock),  # as far as steps use one
            platform=platform,
            crm=OwnCrm(http=crm.http, url=crm.url.removesuffix(CRM_VERSION), headers=crm.headers, made=made),
            sink=cast("SinkClient", callbacks),
        )
        return ScenarioContext(
            clients=clients,
            start=scenario.start,
            golden=golden_of(scenario.path, scenario.name, update=False),
            sees_inside=False,
            patience=clock.patience,
            instances=instances,
            names=names,
        )


def _waited_for(scenario: Scenario, failure: ScenarioFailure) -> bool:
    """Say whether it was callbacks that were expected where a scenario failed."""
    return any(
        step.verb == "expect"
        and step.line == failure.line
        and (step.argument.callbacks or step.argument.attempts)
        for step in scenario.steps
    )
