"""Starts the three services as one stack, in this process: without sockets, or on three ports."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from elements_local.clients import SERVICES, Addresses
from elements_local.errors import OptionError
from elements_local.kit.settings import SettingsError
from elements_local.kit.storage.database import Database
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import PortError, Server, listen, url_of
from elements_local.kit.web.wire import Http
from elements_local.kit.workspaces.clock import Mode, VirtualClock
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.setting_sources import Configuration
from elements_local.stack import exposure, roles
from elements_local.stack.applications import started
from elements_local.stack.stack import CLIENT_TIMEOUT, Stack
from elements_local.stack.stack_settings import SharedSettings, StartSettings

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from flask import Flask

    from elements_local.platform.elements.connector import Connector
    from elements_local.platform.engine import Engine

_START = StartSettings()
PORTS = (_START.platform_port, _START.crm_port, _START.sink_port)
_THREADS = {"platform": 40, "crm": 8, "sink": 32}
"""Requests that each service answers at the same time.

A live page and a stream of callbacks hold a thread each, at most 24 of the platform's and 24 of the sink's. The others wait for
receivers, for time to be moved, or for nothing.
"""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a stack is started.

    Attributes:
        host: where it listens; one that others can reach is guarded by a token, and by secrets that they do not know.
        known_secrets: whether the default workspace has the documented secrets there, too.
        role: what of a stack this process is; None is all of it. ``crm`` and ``sink`` are these services alone, or, on a
            PostgreSQL, a part of a stack of several processes, as ``platform`` and ``worker`` always are.
        ports: of platform, CRM and sink; 0 takes any free one.
        seed: what the default workspace's ids and made-up data follow from.
        records: how many of each kind its CRM starts with.
        data: a directory that keeps everything; without one it is gone at the end.
        database: an SQLAlchemy URL, in the place of ``data``; or one that is open already, and stays open.
        speed: how many seconds pass on a real clock in each of the machine's.
        virtual_clock: makes the virtual clocks.
        environment: the services' own settings, and those of the whole stack, by their variables; other variables than
            ``ELEMENTS_LOCAL_*`` are passed over.
        applications: others of this process, by their origins, that a stack without sockets finds there.
        connectors: for elements beside those that are shipped.
        urls: where the services of a stack of several processes are called, by their names, unless that is as usual:
            those of other processes, and this one's own.
        token: what admin routes ask for; without one there is one where others can reach the stack, another each time.
        fresh: whether what ``data`` keeps, or a URL's database, is lost first, whichever version of this program made it.
    """

    host: str = "127.0.0.1"
    known_secrets: bool = False
    role: str | None = None
    ports: tuple[int, int, int] = PORTS
    mode: Mode = Mode.VIRTUAL
    speed: int = 1
    start: datetime = DEFAULT_START
    seed: int = 0
    records: int = 0
    data: Path | None = None
    database: str | Database | None = None
    virtual_clock: Callable[[datetime], VirtualClock] = VirtualClock
    environment: Mapping[str, str] = field(default_factory=dict)
    applications: "Mapping[str, WSGIApplication]" = field(default_factory=dict)
    connectors: "tuple[Connector, ...]" = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    token: str | None = field(default=None, repr=False)
    fresh: bool = False

    @property
    def services(self) -> tuple[str, ...]:
        """The services whose applications this process makes: a worker's is a platform without a port."""
        if self.role is None:
            return SERVICES
        return ("platform",) if self.role == roles.WORKER else (self.role,)

    @property
    def chosen_ports(self) -> dict[str, int]:
        """The ports of the services that others are to find here."""
        named = dict(zip(SERVICES, self.ports, strict=True))
        return {} if self.role == roles.WORKER else {name: named[name] for name in self.services}

    @property
    def is_part(self) -> bool:
        """Whether this process is one of several that make up a stack."""
        return self.role is not None and roles.is_shared(self.database)

    @property
    def is_alone(self) -> bool:
        """Whether one service runs without the other two."""
        return self.role is not None and not self.is_part

    def addresses(self, listening: Mapping[str, str]) -> Addresses:
        """Return where the services are called.

        Args:
            listening: where those of this process listen, by their names.
        """
        usual = roles.USUAL_URLS if self.is_part else {}
        return Addresses(**{**usual, **listening, **self.urls})

    def checked(self) -> "Options":
        """Return these options once their settings can be used.

        Raises:
            OptionError: there is no setting of a name, or a value is not what its setting takes; or options do not go
                together.
        """
        roles.check(self)
        try:
            Configuration(self.environment).check()
        except SettingsError as error:
            raise OptionError(str(error)) from error
        return self


def load_services() -> None:
    """Import the three services: before a process's time is held, since modules imported later would keep held dates."""
    for name in ("elements_local.platform", "mock_insightly", "callback_sink"):
        import_module(name)


@contextmanager
def in_process(options: Options | None = None) -> Iterator[Stack]:
    """Run a stack without sockets: the services call one another as WSGI applications.

    Its services are at the usual ports of loopback; ``host`` says only whom they are guarded against.

    Raises:
        OptionError: a setting cannot be used, or the data cannot be opened.
    """
    chosen = (options or Options()).checked()
    addresses = chosen.addresses({name: roles.USUAL_URLS[name] for name in chosen.chosen_ports})
    services: dict[str, Flask] = {}

    def wire(timeout: timedelta) -> Http:
        others = InProcess(chosen.applications, timeout=timeout)
        return InProcess(services, otherwise=others, timeout=timeout)

    exposed = exposure.is_exposed(chosen, [chosen.host])
    guard = exposure.guard(chosen, exposed=exposed)
    with ExitStack() as closing:
        for name, app in started(
            chosen, addresses, services, wire=wire, guard=guard, exposed=exposed, closing=closing
        ):
            if name == "platform":
                closing.callback(_engine_of(app).stop)
        yield Stack(wire(CLIENT_TIMEOUT), addresses, token=guard.token)


@contextmanager
def on_ports(options: Options | None = None, *, called_inside: bool = False) -> Iterator[Stack]:
    """Run what this process is of a stack, each service on a port; they call one another as WSGI applications, by their origins.

    Args:
        called_inside: whether whoever is given the stack calls its services as they call one another, and not at their ports.

    Raises:
        OptionError: a setting cannot be used, a port is taken, two of them are one, or the data cannot be opened.
    """
    chosen = (options or Options()).checked()
    ports = chosen.chosen_ports
    fixed = [port for port in ports.values() if port]
    if len(set(fixed)) < len(fixed):
        raise OptionError(f"each service needs a port of its own; got {', '.join(map(str, ports.values()))}")

    services: dict[str, Flask] = {}
    over_sockets = SharedSettings.from_env(chosen.environment).sockets_inside

    def wire(timeout: timedelta) -> Http:
        return InProcess({} if over_sockets else services, timeout=timeout, measured=True)

    with ExitStack() as closing:
        try:
            listeners = {
                name: closing.enter_context(listen(chosen.host, port)) for name, port in ports.items()
            }
        except PortError as error:
            raise OptionError(str(error)) from error
        listening = {name: url_of(listener) for name, listener in listeners.items()}
        addresses = chosen.addresses(listening)
        exposed = exposure.is_exposed(chosen, [listener.getsockname()[0] for listener in listeners.values()])
        guard = exposure.guard(chosen, exposed=exposed)
        for name, app in started(
            chosen, addresses, services, wire=wire, guard=guard, exposed=exposed, closing=closing
        ):
            if name in listeners:
                server = Server(app, listeners[name], threads=_THREADS[name])
                closing.callback(server.close)
        if platform := services.get(addresses.platform):
            if chosen.role == "platform":  # workers follow them
                closing.callback(_engine_of(platform).stop)
            else:
                closing.enter_context(_following_real_clocks(platform))
        http = wire(CLIENT_TIMEOUT) if called_inside else OverNetwork(timeout=CLIENT_TIMEOUT)
        yield Stack(http, addresses, token=guard.token, listening=listening)


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
