"""What the plugin's fixtures and items do: the stack of a session, a workspace for a test, the receiver in its process."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from elements_local.certify import certify
from elements_local.clients.errors import HarnessError, OptionError
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.commands.replaying.runner import How, Runner, Transport
from elements_local.kit.clock import FrozenClock
from elements_local.kit.instants import parse_instant
from elements_local.kit.settings import SettingsError
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.scenarios.scenario import load_all
from elements_local.stack import stack
from elements_local.stack.failures.failure_report import add_section, latest_of, touched
from elements_local.stack.failures.observed import warn_of_unpolled, watched
from elements_local.stack.held_time import HeldTime
from elements_local.stack.options import Options
from elements_local.stack.receiving import reachable, receiver_of
from elements_local.stack.reports.explanations import audit, explain
from elements_local.stack.stack import Stack
from elements_local.stack.stack_settings import Configuration
from elements_local.start import on_ports
from elements_local.testing.host_guard import OPTION, HostGuard, HostRules
from elements_local.testing.markers import CHOICES, MarkerError, choices, workspace_of

if TYPE_CHECKING:
    from pathlib import Path
    from wsgiref.types import WSGIApplication

    from elements_local.stack.proxy.mitmdump import Proxy

__all__ = [
    "HarnessError",
    "HeldStack",
    "HostGuard",
    "OptionError",
    "OtherSettingsError",
    "SessionProxy",
    "add_section",
    "audit",
    "certify",
    "explain",
    "host_rules",
    "latest_of",
    "load_all",
    "named_receiver",
    "options",
    "relayed_workspace_of",
    "runner",
    "running_stack",
    "touched",
    "warn_of_unpolled",
    "watched",
    "workspace_of",
]


class OtherSettingsError(HarnessError):
    """A test's ``elements_settings`` is not the one that the run's stack was started with."""

    def __init__(self) -> None:
        super().__init__(
            "this test has another elements_settings than the test that started the stack, of which a run has one: put "
            "the fixture into the conftest.py above all tests; @pytest.mark.elements(...) has a test's own choices"
        )


def options(config: pytest.Config) -> Options:
    """Return how a session's stack is started: free ports, virtual time, and what is set."""
    try:
        return Options(environment=stack_environment(config))
    except OptionError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def running_stack(given: Mapping[str, str | None]) -> Stack:
    """Find the stack that runs already.

    Args:
        given: URLs by the names of the options that said them.
    """
    token = os.environ.get("ELEMENTS_LOCAL_TOKEN")
    try:
        return stack.running_stack(given["stack"] or "", crm=given["crm"], sink=given["sink"], token=token)
    except HarnessError as error:
        raise pytest.UsageError(f"--elements-stack: {error}") from None


def host_rules(config: pytest.Config, stack: Stack) -> HostRules:
    """Return which hosts a session's tests may call.

    Raises as ``HostRules.of``.
    """
    allowed = [*config.getini("elements_allow_hosts"), *config.getoption("--elements-allow-host")]
    return HostRules.of(stack, allowed)


@dataclass(frozen=True, repr=False)
class WorkspaceProxy:
    """The session's proxy for the programs that one test starts.

    Attributes:
        variables: those of the test's workspace.
    """

    _running: "Proxy"
    variables: Mapping[str, str]
    _before: Mapping[str, int]

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._running.url

    @property
    def ca_file(self) -> "Path":
        """The certificate of its authority, as PEM."""
        return self._running.ca_file

    def environment(self, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return what a program needs beside its own environment, as ``exec`` gives it.

        Args:
            inherited: the program's own: bundles, hosts and options that it names are added to.
        """
        return {**self._running.environment(inherited), **self.variables}

    def refused(self) -> list[str]:
        """Return the hosts that were refused since the test began."""
        return [host for host, times in self._running.refused().items() if times > self._before.get(host, 0)]


@dataclass(frozen=True)
class SessionProxy:
    """mitmdump between a session's programs and its stack."""

    _stack: Stack
    _running: "Proxy"
    _ended: Sequence[str]

    @classmethod
    @contextmanager
    def started(cls, stack: Stack, rules: HostRules) -> Iterator["SessionProxy"]:
        """Run it.

        Raises:
            ProxyError: it is missing, too old, or does not start.
        """
        from elements_local.stack.proxy.mitmdump import proxy  # noqa: PLC0415 - where it is asked for

        ended: list[str] = []
        remedy = f"{OPTION} {{host}} lets it through"
        with proxy(stack, tunneled=rules.allowed, remedy=remedy, ended=ended.append) as running:
            yield cls(stack, running, ended)

    def of(self, clients: WorkspaceClients) -> WorkspaceProxy:
        """Return it for the programs of a workspace's test.

        Raises:
            HarnessError: it has ended.
        """
        from elements_local.stack.proxy.workspace_variables import (  # noqa: PLC0415 - as above
            workspace_variables,
        )

        if self._ended:
            raise HarnessError(self._ended[0])
        variables = workspace_variables(self._stack, clients.credentials)
        return WorkspaceProxy(self._running, variables, self._running.refused())


def named_receiver(config: pytest.Config) -> str | None:
    """Return the receiver that the ini option names, importable from the root directory."""
    named: str | None = config.getini("elements_receiver") or None
    if named and str(config.rootpath) not in sys.path:
        sys.path.insert(0, str(config.rootpath))
    return named


def stack_environment(config: pytest.Config) -> dict[str, str]:
    """Return the settings of the stacks that a session starts: its own, then the environment's, then the project's.

    Raises:
        OptionError: one cannot be used.
    """
    chosen = Configuration(os.environ, config.rootpath / "pyproject.toml")
    try:
        for option, given in (("elements_set", config.getini), ("--elements-set", config.getoption)):
            for assignment in given(option):
                chosen.add_assignment(assignment, option=option)
        return chosen.environment()
    except SettingsError as error:
        raise OptionError(str(error)) from error


def runner(config: pytest.Config, elsewhere: Stack | None) -> Runner:
    """Return what runs a session's scenarios."""
    return Runner(
        How(
            transport=Transport(config.getoption("--elements-transport")),
            target=None if elsewhere is None else elsewhere.addresses,
            token=None if elsewhere is None else elsewhere.token,
            update=config.getoption("--elements-update"),
            receiver=named_receiver(config),
            environment={} if elsewhere else stack_environment(config),
        )
    )


@contextmanager
def relayed_workspace_of(test: pytest.Item, stack: Stack, receiver: object) -> Iterator[WorkspaceClients]:
    """Make a test's workspace on a stack that runs elsewhere; its callbacks go to the receiver, on a port of this machine.

    Raises as ``HeldStack.workspace_of``.
    """
    with reachable(receiver_of(receiver), inside=None) as url, workspace_of(test, stack) as clients:
        clients.sink.relay(url)
        yield clients


@dataclass(frozen=True)
class HeldStack:
    """A stack on ports, whose workspaces with a receiver are opened one at a time, since the process has one time.

    Attributes:
        stack: the stack itself, called without sockets: a receiver runs in the thread of its test.
    """

    stack: Stack
    _held: HeldTime
    _applications: "dict[str, WSGIApplication]"

    @classmethod
    @contextmanager
    def started(cls, settings: Options) -> Iterator["HeldStack"]:
        """Run a stack in this process; its time is held only while a workspace is open."""
        held = HeldTime()
        applications: dict[str, WSGIApplication] = {}
        options = replace(
            settings,
            virtual_clock=lambda start: FrozenClock(start, held),
            applications=applications,
        )
        with on_ports(options, called_inside=True) as stack:
            yield cls(stack, held, applications)

    @property
    def on_ports(self) -> Stack:
        """The stack, called at its ports."""
        return replace(self.stack, http=OverNetwork(timeout=stack.CLIENT_TIMEOUT))

    @contextmanager
    def workspace_of(self, test: pytest.Item, receiver: object) -> Iterator[WorkspaceClients]:
        """Open a test's workspace: its callbacks go to the receiver, and the process's time is its clock's.

        Raises:
            MarkerError: a marker of the test cannot be used; a real clock, too, as time is held.
            ReceiverError: the receiver is none.
        """
        chosen = {**self.stack.choices, **choices(test)}
        if chosen.get("clock") == "real":
            raise MarkerError(test.nodeid, CHOICES, "clock: a receiver in process needs a virtual one")
        start = chosen.get("start")
        begin = DEFAULT_START if start is None else parse_instant(start)
        with (
            reachable(receiver_of(receiver), inside=self._applications) as url,
            self._held.from_(begin),
            workspace_of(test, self.stack) as clients,
        ):
            clients.sink.relay(url)
            yield clients
