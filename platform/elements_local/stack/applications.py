"""The services of a stack as applications, and the dashboard that shows them; each is imported when it is its turn."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from elements_local.clients import Addresses
from elements_local.dashboard.pages import DashboardPages
from elements_local.kit.shared.choice import workspaces_on
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.middleware import Pages
from elements_local.kit.web.wire import Http
from elements_local.kit.workspaces.clock import FastClock, SystemClock
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces
from elements_local.stack import exposure
from elements_local.stack.stack import CLIENT_TIMEOUT, Stack
from elements_local.stack.stack_settings import SharedSettings
from elements_local.stack.storage import explained, opened
from elements_local.what_if.trials import CureTrials

if TYPE_CHECKING:
    from flask import Flask

    from elements_local.start import Options

PATIENCE = timedelta(seconds=30)
"""How long the services wait for one another."""


def started(  # noqa: PLR0913 - what both kinds of stack have; most of it by name
    options: "Options",
    addresses: Addresses,
    services: "dict[str, Flask]",
    *,
    wire: Callable[[timedelta], Http],
    guard: Guard,
    exposed: bool,
    closing: ExitStack,
) -> "Iterator[tuple[str, Flask]]":
    """Make the services one after the other, so that the platform may answer while the other two are made.

    Each is put where the others find it; whoever is given the last one finds the records.

    Args:
        wire: makes the client by which services reach others, from the time-out of its answers.
        exposed: whether others can reach the stack.
        closing: ends what they stand on: last the database, first the dashboard, for whose streams a server would wait.
    """
    database = closing.enter_context(opened(options.data, options.database, fresh=options.fresh))
    inside = Stack(InProcess(services), addresses, token=guard.token)
    dashboard = DashboardPages(inside, scenario=_scenario_so_far)
    cures = None
    if options.role in {None, "platform"}:
        cures = CureTrials(Stack(wire(CLIENT_TIMEOUT), addresses, token=guard.token), options)
        closing.callback(cures.close)
    factory = _ApplicationFactory(
        options=options,
        addresses=addresses,
        workspaces=_workspaces(options, database, exposed=exposed),
        database=database,
        wire=wire,
        guard=guard,
        environment={**(exposure.DEFAULTS if exposed else {}), **options.environment},
        cures=cures,
        pages=Pages(
            application=dashboard,
            url=addresses.running[addresses.keeper],
            is_public="platform" in options.urls,
        ),
    )
    makers = {"platform": factory.platform, "crm": factory.crm, "sink": factory.sink}
    for name in options.services:
        with explained(options.data, options.database):
            app = makers[name]()
        services[addresses.running[name]] = app
        if len(services) == len(options.services):
            _fill(inside, options)
        yield name, app
    closing.callback(dashboard.close)


def _workspaces(options: "Options", database: Database, *, exposed: bool) -> Workspaces:
    with explained(options.data, options.database):
        workspaces = workspaces_on(
            database,
            default=NewWorkspace(mode=options.mode, start=options.start, seed=options.seed),
            virtual_clock=options.virtual_clock,
            real_clock=SystemClock() if options.speed == 1 else FastClock(options.speed),
            keep_ties=SharedSettings.from_env(options.environment).keep_ties,
            known_secrets=options.known_secrets or not exposed,
        )
    exposure.check_secrets(options, workspaces, exposed=exposed)
    return workspaces


def _fill(stack: Stack, options: "Options") -> None:
    """Fill the default workspace's CRM, unless it has been filled before."""
    if options.records and stack.addresses.crm:
        stack.workspace().crm.seed(options.records, if_empty=True)


def _scenario_so_far(stack: Stack, workspace: str) -> str:
    from elements_local.recording import scenario_so_far  # noqa: PLC0415 - loads the scenarios

    return scenario_so_far(stack, workspace)


@dataclass(frozen=True, kw_only=True)
class _ApplicationFactory:
    """Makes applications; each service is imported when it is its turn.

    Attributes:
        cures: tries what would have helped; None without a platform that is asked.
        pages: of the service that keeps clock and workspaces.
    """

    options: "Options"
    addresses: Addresses
    workspaces: Workspaces
    database: Database
    wire: Callable[[timedelta], Http]
    guard: Guard
    environment: Mapping[str, str]
    cures: CureTrials | None
    pages: Pages

    def platform(self) -> "Flask":
        from elements_local.platform import PlatformSettings, create_app  # noqa: PLC0415 - see above

        settings = replace(
            PlatformSettings.from_env(self.environment),
            url=self.addresses.platform,
            crm_url=self.addresses.crm,
            sink_url=self.addresses.sink,
        )
        return create_app(
            settings,
            workspaces=self.workspaces,
            database=self.database,
            http=self.wire(PATIENCE),
            receivers=self.wire(settings.callback_timeout),
            guard=self.guard,
            connectors=self.options.connectors,
            cures=self.cures,
            pages=self.pages,
        )

    def crm(self) -> "Flask":
        import mock_insightly  # noqa: PLC0415 - see above

        return mock_insightly.create_app(
            mock_insightly.CrmSettings.from_env(self.environment),
            workspaces=self.workspaces,
            database=self.database,
            guard=self.guard,
            alone=self.options.is_alone,
            pages=self.pages if self.options.is_alone else None,
        )

    def sink(self) -> "Flask":
        import callback_sink  # noqa: PLC0415 - see above

        settings = callback_sink.SinkSettings.from_env(self.environment)
        return callback_sink.create_app(
            settings,
            workspaces=self.workspaces,
            database=self.database,
            http=self.wire(settings.forward_timeout),
            guard=self.guard,
            alone=self.options.is_alone,
            pages=self.pages
            if self.options.is_alone
            else Pages(url=self.pages.url, is_public=self.pages.is_public),
        )
