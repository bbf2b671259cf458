"""Starts the three services as one stack, in this process: without sockets, or on three ports."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from elements_local.clients.errors import OptionError
from elements_local.clients.workspace_clients import Addresses
from elements_local.dashboard.pages import DashboardPages
from elements_local.diagnosis.trials import CureTrials
from elements_local.kit.clock import FastClock, SystemClock
from elements_local.kit.http_message import Http
from elements_local.kit.settings import variable
from elements_local.kit.shared.choice import workspaces_on
from elements_local.kit.storage.database import Database
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.middleware import Pages
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import PortError, Server, listen, url_of
from elements_local.kit.workspaces.registry import NewWorkspace, Workspaces
from elements_local.stack import exposure
from elements_local.stack.importing import connectors_named
from elements_local.stack.listed_settings import effective
from elements_local.stack.options import USUAL_URLS, Options
from elements_local.stack.stack import CLIENT_TIMEOUT, Stack
from elements_local.stack.stack_settings import SharedSettings
from elements_local.stack.storage import explained, opened

if TYPE_CHECKING:
    from flask import Flask

    from elements_local.platform.elements.connector import Connector, VendorFake
    from elements_local.platform.engine import Engine
    from elements_local.platform.explain.cause import FixRunner

__all__ = ["Options", "in_process", "on_ports"]

PATIENCE = timedelta(seconds=30)
"""How long the services wait for one another."""
_BEHIND_SINK = 8
"""How many ports behind the sink's the fakes of other vendors begin, each on the next one."""

_USUAL = timedelta(seconds=5)
_PATIENCE = {"platform": timedelta(seconds=15)}
"""How long a stop waits for answers: that of an advance comes after a callback that is under way, which may take five seconds."""

_THREADS = {"platform": 40, "crm": 8, "sink": 32}
"""Requests that each service answers at the same time.

A live page and a stream of callbacks hold a thread each, at most 24 of the platform's and 24 of the sink's. The others wait for
receivers, for time to be moved, or for nothing.
"""


@contextmanager
def in_process(options: Options | None = None) -> Iterator[Stack]:
    """Run a stack without sockets: the services call one another as WSGI applications.

    Its services are at the usual ports of loopback; ``host`` says only whom they are guarded against.

    Args:
        options: how it is started; a virtual clock and nothing kept without any.

    Returns:
        A context manager that gives the ``Stack``; it is gone at the end of the block.

    Raises:
        OptionError: a setting cannot be used, or the data cannot be opened.

    Example:
        >>> with in_process(Options(records=3)) as stack:
        ...     len(stack.workspace().crm.call("GET", "/v3.1/Contacts"))
        3
    """
    with _in_process(options or Options()) as stack:
        yield stack


@contextmanager
def _in_process(options: Options, cures: "FixRunner | None" = None) -> Iterator[Stack]:
    """Run a stack without sockets.

    Args:
        cures: what finds cures for its platform; None for another stack on which they are tried.
    """
    chosen = _with_connectors(options.checked())
    usual = {name: USUAL_URLS[name] for name in chosen.chosen_ports}
    fakes = {
        key: f"http://127.0.0.1:{4702 + _BEHIND_SINK + place}" for place, key in enumerate(_fakes_of(chosen))
    }
    services: dict[str, Flask] = {}

    wire = partial(_wire, services, chosen)
    exposed = exposure.is_exposed(chosen, [chosen.host])
    guard = exposure.guard(chosen, exposed=exposed)
    with ExitStack() as closing:
        database = closing.enter_context(
            opened(chosen.data, chosen.database, fresh=chosen.fresh, role=chosen.role)
        )
        addresses = closing.enter_context(_addresses(chosen, database, usual, exposed=exposed))
        for name, app in _started(
            chosen,
            addresses,
            services,
            database=database,
            fakes=fakes,
            wire=wire,
            guard=guard,
            exposed=exposed,
            closing=closing,
            cures=cures,
        ):
            if name == "platform":
                closing.callback(_engine_of(app).stop)
        yield Stack(wire(CLIENT_TIMEOUT), addresses, token=guard.token, choices=chosen.workspace_choices)


@contextmanager
def on_ports(
    options: Options | None = None, *, called_inside: bool = False, over_sockets: bool = False
) -> Iterator[Stack]:
    """Run a stack, or what this process is of one, each service on a port, which other programs can call.

    Inside of the process the services call one another as WSGI applications, by their origins, or else over sockets.

    Args:
        options: how it is started; any free ports of loopback, a virtual clock and nothing kept without any.
        called_inside: whether the user of the stack calls its services as they call one another, and not at their ports.
        over_sockets: whether the services call one another at their ports, too, as separate processes do; takes twice as long.

    Returns:
        A context manager that gives the ``Stack``; its ports are closed at the end of the block.

    Raises:
        OptionError: a setting cannot be used, a port is taken, two of them are one, or the data cannot be opened.

    Example:
        >>> with on_ports() as stack:
        ...     stack.addresses.platform
        'http://127.0.0.1:...'
    """
    chosen = _with_connectors((options or Options()).checked())
    own = chosen.chosen_ports
    first = own.get("sink", 0) and own["sink"] + _BEHIND_SINK
    ports = {**own, **{key: first and first + place for place, key in enumerate(_fakes_of(chosen))}}
    fixed = [port for port in ports.values() if port]
    if len(set(fixed)) < len(fixed):
        raise OptionError(f"each service needs its own port; got {', '.join(map(str, ports.values()))}")

    services: dict[str, Flask] = {}
    wire = partial(_wire, {} if over_sockets else services, chosen)
    with ExitStack() as closing:
        try:
            listeners = {
                name: closing.enter_context(listen(chosen.host, port)) for name, port in ports.items()
            }
        except PortError as error:
            raise OptionError(str(error)) from error
        listening = {name: url_of(listener) for name, listener in listeners.items()}
        exposed = exposure.is_exposed(chosen, [listener.getsockname()[0] for listener in listeners.values()])
        guard = exposure.guard(chosen, exposed=exposed)
        database = closing.enter_context(
            opened(chosen.data, chosen.database, fresh=chosen.fresh, role=chosen.role)
        )
        here = {name: url for name, url in listening.items() if name in own}
        addresses = closing.enter_context(_addresses(chosen, database, here, exposed=exposed))
        trusted_proxy = SharedSettings.from_env(chosen.environment).trusted_proxy
        for name, app in _started(
            chosen,
            addresses,
            services,
            database=database,
            fakes={name: url for name, url in listening.items() if name not in own},
            wire=partial(wire, measured=True),
            guard=guard,
            exposed=exposed,
            closing=closing,
        ):
            if name in listeners:
                server = Server(
                    app,
                    listeners[name],
                    threads=_THREADS.get(name, 8),
                    patience=_PATIENCE.get(name, _USUAL),
                    trusted_proxy=trusted_proxy,
                )
                closing.callback(server.close)
        if platform := services.get(addresses.platform):
            if chosen.role == "platform":  # workers follow them
                closing.callback(_engine_of(platform).stop)
            else:
                closing.enter_context(_following_real_clocks(platform))
        # not measured: where the process's time is held, an advance of half an hour takes that long
        http = wire(CLIENT_TIMEOUT) if called_inside else OverNetwork(timeout=CLIENT_TIMEOUT)
        yield Stack(
            http,
            addresses,
            token=guard.token,
            listening=listening,
            choices=chosen.workspace_choices,
        )


def _with_connectors(options: Options) -> Options:
    """Return options with the connectors that their settings name.

    Raises:
        OptionError: there is none of a name; one has the name of a service, or of what a snapshot has; or one would speak to its vendor, as this process does not play it.
    """
    settings = SharedSettings.from_env(options.environment)
    named = tuple(connectors_named(settings.connectors))
    files = (*map(str, options.vendors), *sorted(settings.vendors))
    chosen = replace(
        options,
        connectors=(*options.connectors, *named, *_of_files(files, exposure.names(options))),
        vendors=(),
    )
    if taken := _fakes_of(chosen).keys() & {*USUAL_URLS, "version"}:
        said = f"the stack calls something of its own {min(taken)}; give the vendor's element another key"
        raise OptionError(said)
    of_origin: dict[str, str] = {}
    for key, fake in _fakes_of(chosen).items():
        if (other := of_origin.setdefault(fake.origin, key)) != key:
            raise OptionError(f"{other} and {key} have the same origin {fake.origin}; give each its own")
    if chosen.role is not None and (fakes := ", ".join(_fakes_of(chosen))):
        raise OptionError(f"{fakes} is played by a whole stack alone: leave out --role, or the connector")
    return chosen


def _of_files(named: tuple[str, ...], own_names: frozenset[str]) -> "Iterator[Connector]":
    if named:
        from elements_local.stack.vendor_files import connectors_of_files  # noqa: PLC0415 - the engine of files is large

        yield from connectors_of_files(named, own_names)


def _fakes_of(options: Options) -> "dict[str, VendorFake]":
    return {one.element.key: one.fake for one in options.connectors if one.fake}


def _wire(
    services: "Mapping[str, Flask]",
    options: Options,
    timeout: timedelta,
    *,
    wait: timedelta | None = None,
    measured: bool = False,
) -> Http:
    """Return what reaches services, then other applications of this process, then everything else."""
    others = InProcess(
        options.applications, otherwise=OverNetwork(timeout=timeout, wait=wait), timeout=timeout
    )
    return InProcess(services, otherwise=others, timeout=timeout, measured=measured)


def _engine_of(platform: "Flask") -> "Engine":
    from elements_local.platform import engine_of  # noqa: PLC0415 - loads the platform

    return engine_of(platform)


@contextmanager
def _following_real_clocks(platform: "Flask") -> Iterator[None]:
    engine = _engine_of(platform)
    follower = Thread(target=engine.follow_real_clocks, name="follow real clocks", daemon=True)
    follower.start()
    try:
        yield
    finally:
        engine.stop()
        follower.join(timeout=35)


def _started(  # noqa: PLR0913 - what both kinds of stack have; most of it by name
    options: Options,
    addresses: Addresses,
    services: "dict[str, Flask]",
    *,
    database: Database,
    fakes: Mapping[str, str],
    wire: Callable[..., Http],
    guard: Guard,
    exposed: bool,
    closing: ExitStack,
    cures: "FixRunner | None" = None,
) -> "Iterator[tuple[str, Flask]]":
    """Make the services one after the other, so that the platform may answer while the other two are made.

    Each is put where the others find it; the last one finds the records.

    Args:
        fakes: element -> where its vendor is played.
        wire: makes the client by which services reach others, from the time-out of its answers, as ``_wire`` does.
        exposed: whether others can reach the stack.
        closing: ends what they stand on: last the database, first the dashboard, for whose streams a server would wait.
        cures: what finds cures for the platform; None for another stack on which they are tried.
    """
    inside = Stack(InProcess(services), addresses, token=guard.token)
    defaults = exposure.DEFAULTS if exposed else {}
    dashboard = DashboardPages(
        inside,
        scenario=_scenario_so_far,
        settings=partial(effective, options.configuration, options.environment, options.services, defaults),
    )
    if cures is None and options.role in {None, "platform"}:
        given = {variable("connectors"), variable("vendors")}
        unnamed = {name: text for name, text in options.environment.items() if name not in given}
        another = Options(environment=unnamed, connectors=options.connectors)
        cures = own = CureTrials(
            Stack(wire(CLIENT_TIMEOUT), addresses, token=guard.token), partial(_in_process, another)
        )
        closing.callback(own.close)
    factory = _ApplicationFactory(
        options=options,
        addresses=addresses,
        workspaces=_workspaces(options, database, exposed=exposed),
        database=database,
        wire=wire,
        guard=guard,
        environment={**defaults, **options.environment},
        cures=cures,
        pages=Pages(
            application=dashboard,
            url=addresses.running[addresses.keeper],
            is_public="platform" in options.urls,
        ),
        fakes=fakes,
    )
    makers = {"platform": factory.platform, "crm": factory.crm, "sink": factory.sink}
    makers |= {key: partial(factory.fake, key, fake) for key, fake in _fakes_of(options).items()}
    running = {**addresses.running, **fakes}
    for name in (*options.services, *fakes):
        with explained(options.data, options.database):
            app = makers[name]()
        services[running[name]] = app
        if len(services) == len(options.services) + len(fakes):
            _fill(inside, options)
        yield name, app
    closing.callback(dashboard.close)


@contextmanager
def _addresses(
    options: Options, database: Database, listening: Mapping[str, str], *, exposed: bool
) -> Iterator[Addresses]:
    """Give where the services are called, as the processes of the same database say, if there may be others."""
    if database.locks is None or database is options.database:  # of stacks of this process alone
        yield options.addresses(listening)
        return
    from elements_local.stack.beside import beside_others  # noqa: PLC0415 - not needed by one process

    environment = {**(exposure.DEFAULTS if exposed else {}), **options.environment}
    with ExitStack() as beside:
        with explained(options.data, options.database):
            addresses = beside.enter_context(beside_others(options, database, listening, environment))
        yield addresses


def _workspaces(options: Options, database: Database, *, exposed: bool) -> Workspaces:
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


def _fill(stack: Stack, options: Options) -> None:
    """Fill the default workspace's CRM, and those of other vendors, unless they have been filled before."""
    if options.records and stack.addresses.crm:
        clients = stack.workspace()
        clients.crm.seed(options.records, if_empty=True)
        for fake in clients.fakes.values():
            fake.seed(options.records, if_empty=True)


def _scenario_so_far(stack: Stack, workspace: str) -> str:
    from elements_local.scenarios.recording import scenario_so_far  # noqa: PLC0415 - loads the scenarios

    return scenario_so_far(stack, workspace)


@dataclass(frozen=True, kw_only=True)
class _ApplicationFactory:
    """Makes applications; each service is imported when it is its turn.

    Attributes:
        cures: tries what would have helped; None without a platform that is asked.
        fakes: element -> where its vendor is played.
        pages: of the service that keeps clock and workspaces.
    """

    options: Options
    addresses: Addresses
    workspaces: Workspaces
    database: Database
    wire: Callable[..., Http]
    guard: Guard
    environment: Mapping[str, str]
    cures: "FixRunner | None"
    pages: Pages
    fakes: Mapping[str, str]

    def platform(self) -> "Flask":
        from elements_local.platform import PlatformSettings, Receivers, create_app  # noqa: PLC0415 - see above
        from elements_local.platform.errors import ConflictError  # noqa: PLC0415 - see above

        settings = replace(
            PlatformSettings.from_env(self.environment),
            url=self.addresses.platform,
            crm_url=self.addresses.crm,
            sink_url=self.addresses.sink,
        )
        try:
            return create_app(
                settings,
                workspaces=self.workspaces,
                database=self.database,
                http=self.wire(PATIENCE),
                receivers=Receivers(
                    on_real=self.wire(settings.callback_timeout),
                    on_virtual=self.wire(settings.callback_timeout, wait=settings.callback_wait),
                ),
                guard=self.guard,
                connectors=self.options.connectors,
                fakes=self.fakes,
                cures=self.cures,
                pages=self.pages,
            )
        except ConflictError as error:  # two connectors have one element
            raise OptionError(str(error)) from error

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

    def fake(self, key: str, fake: "VendorFake") -> "Flask":
        from elements_local.kit.fakes.host import FakeHost  # noqa: PLC0415 - see above
        from elements_local.platform.errors import PlatformError  # noqa: PLC0415 - see above
        from mock_insightly import CrmSettings  # noqa: PLC0415 - see above

        settings = CrmSettings.from_env(self.environment)
        pages = Pages(url=self.pages.url, is_public=self.pages.is_public)
        host = FakeHost(
            name=key,
            workspaces=self.workspaces,
            database=self.database,
            guard=self.guard,
            pages=pages,
            change_retention=settings.change_retention,
            limited=settings.limits == "vendor",
        )
        try:
            return fake.create_app(host)
        except PlatformError as error:  # a hook of its file fails
            raise OptionError(str(error)) from error

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
