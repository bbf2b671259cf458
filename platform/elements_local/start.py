"""Starts the three services as one stack, in this process: without sockets, or on three ports."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from threading import Thread
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from elements_local.clients import Addresses
from elements_local.errors import OptionError
from elements_local.stack import Stack
from mock_kit.admin import Guard
from mock_kit.clock import Mode, VirtualClock
from mock_kit.database import Database
from mock_kit.environment import SettingsError
from mock_kit.serving import PortError, Server, listen, url_of
from mock_kit.wire import Http, InProcess, OverNetwork
from mock_kit.workspaces import DEFAULT_START, NewWorkspace, Workspaces

if TYPE_CHECKING:
    from flask import Flask

PORTS = (4700, 4701, 4702)
_NAMES = ("platform", "crm", "sink")
_THREADS = (16, 16, 64)
"""Each wait for callbacks takes one of the sink's, for up to a minute."""

_PATIENCE = timedelta(seconds=30)
"""How long the services wait for one another."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a stack is started.

    Attributes:
        ports: of platform, CRM and sink; 0 takes any free one.
        seed: what the default workspace's ids and made-up data follow from.
        records: how many of each kind its CRM starts with.
        data: a directory that keeps everything; without one it is gone at the end.
        database: an SQLAlchemy URL, in the place of ``data``.
        virtual_clock: makes the virtual clocks.
        environment: where the services' own settings are read from.
    """

    host: str = "127.0.0.1"
    ports: tuple[int, int, int] = PORTS
    mode: Mode = Mode.VIRTUAL
    start: datetime = DEFAULT_START
    seed: int = 0
    records: int = 0
    data: Path | None = None
    database: str | None = None
    virtual_clock: Callable[[datetime], VirtualClock] = VirtualClock
    environment: Mapping[str, str] = field(default_factory=dict)


def load_services() -> None:
    """Import the three services: before a process's time is held, since modules imported later would keep held dates."""
    for name in ("mock_platform", "mock_insightly", "callback_sink"):
        import_module(name)


@contextmanager
def in_process(options: Options | None = None) -> Iterator[Stack]:
    """Run a stack without sockets: the services call one another as WSGI applications."""
    chosen = options or Options()
    addresses = Addresses(
        **{name: f"http://127.0.0.1:{port}" for name, port in zip(_NAMES, PORTS, strict=True)}
    )
    applications: dict[str, Flask] = {}

    def wire(timeout: timedelta) -> Http:
        return InProcess(applications, timeout=timeout)

    with ExitStack() as closing:
        database = closing.enter_context(_database(chosen))
        apps = _applications(chosen, addresses, database, wire, Guard())
        applications.update(zip((addresses.platform, addresses.crm, addresses.sink), apps, strict=True))
        stack = Stack(InProcess(applications), addresses)
        _fill(stack, chosen)
        yield stack


@contextmanager
def on_ports(options: Options | None = None) -> Iterator[Stack]:
    """Run a stack on three ports; the services call one another over the network.

    Raises:
        OptionError: a port is taken, two of them are one, or the data cannot be opened.
    """
    chosen = options or Options()
    fixed = [port for port in chosen.ports if port]
    if len(set(fixed)) < len(fixed):
        raise OptionError(f"each service needs a port of its own; got {', '.join(map(str, chosen.ports))}")
    token = None if _is_loopback(chosen.host) else token_urlsafe(24)
    with ExitStack() as closing:
        try:
            listeners = [closing.enter_context(listen(chosen.host, port)) for port in chosen.ports]
        except PortError as error:
            raise OptionError(str(error)) from error
        addresses = Addresses(
            **{name: url_of(listener) for name, listener in zip(_NAMES, listeners, strict=True)}
        )
        database = closing.enter_context(_database(chosen))
        apps: list[Flask] = []
        for app in _applications(chosen, addresses, database, _over_network, Guard(token=token)):
            place = len(apps)
            closing.callback(Server(app, listeners[place], threads=_THREADS[place]).close)
            apps.append(app)
        closing.enter_context(_following_real_clocks(apps[0]))
        stack = Stack(OverNetwork(), addresses, token=token)
        _fill(stack, chosen)
        yield stack


@contextmanager
def _database(options: Options) -> Iterator[Database]:
    try:
        database = Database.in_directory(options.data) if options.data else Database(options.database)
    except (SQLAlchemyError, ImportError, OSError) as error:
        where = options.data or options.database
        raise OptionError(f"cannot open {where}: {error}") from error
    try:
        yield database
    finally:
        database.close()


def _over_network(timeout: timedelta) -> Http:
    return OverNetwork(timeout=timeout)


def _applications(
    options: Options,
    addresses: Addresses,
    database: Database,
    wire: Callable[[timedelta], Http],
    guard: Guard,
) -> "Iterator[Flask]":
    """Make the applications one after the other, so that the platform may answer while the other two are made.

    Args:
        wire: what reaches others, and waits so long for an answer.

    Raises:
        OptionError: a setting is not what it has to be.
    """
    env = options.environment
    workspaces = Workspaces(
        database,
        default=NewWorkspace(mode=options.mode, start=options.start, seed=options.seed),
        virtual_clock=options.virtual_clock,
    )
    own = {
        "ELEMENTS_LOCAL_PLATFORM_URL": addresses.platform,
        "ELEMENTS_LOCAL_PLATFORM_CRM_URL": addresses.crm,
        "ELEMENTS_LOCAL_PLATFORM_SINK_URL": addresses.sink,
    }
    try:
        import mock_platform  # noqa: PLC0415 - each service is imported when it is its turn

        platform = mock_platform.Settings.from_env({**env, **own})
        yield mock_platform.create_app(
            platform,
            workspaces=workspaces,
            database=database,
            http=wire(_PATIENCE),
            receivers=wire(platform.callback_timeout),
            guard=guard,
        )
        import mock_insightly  # noqa: PLC0415 - as above

        crm = mock_insightly.Settings.from_env(env)
        yield mock_insightly.create_app(crm, workspaces=workspaces, database=database, guard=guard)
        import callback_sink  # noqa: PLC0415 - as above

        sink = callback_sink.Settings.from_env(env)
        yield callback_sink.create_app(
            sink, workspaces=workspaces, database=database, http=wire(sink.forward_timeout), guard=guard
        )
    except SettingsError as error:
        raise OptionError(str(error)) from error


@contextmanager
def _following_real_clocks(platform: "Flask") -> Iterator[None]:
    import mock_platform  # noqa: PLC0415 - as above

    engine = mock_platform.engine_of(platform)
    follower = Thread(target=engine.follow_real_clocks, name="follow real clocks", daemon=True)
    follower.start()
    try:
        yield
    finally:
        engine.stop()
        follower.join(timeout=35)


def _fill(stack: Stack, options: Options) -> None:
    """Fill the default workspace's CRM, unless it has been filled before."""
    if options.records:
        crm = stack.workspace().crm
        if not crm.call("GET", "/v3.1/Contacts?top=1"):
            crm.seed(options.records)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
