"""Scenarios as pytest items, and fixtures for tests that need the stack.

Loaded in every pytest run where the package is installed, so nothing heavy is imported at the top.
"""

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from elements_local import testing
from elements_local.stack.gc_paused import gc_paused
from elements_local.testing.as_compiled import import_as_compiled
from elements_local.testing.scenario_items import (
    ELSEWHERE,
    INI,
    OPTIONS,
    USUAL_FOLDERS,
    ScenarioFile,
    is_meant_as_scenarios,
    stop_runner,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from elements_local.certify import Scorecard
    from elements_local.clients.workspace_clients import (
        ClockClient,
        CrmClient,
        PlatformClient,
        SinkClient,
        WorkspaceClients,
    )
    from elements_local.stack.stack import Stack
    from elements_local.start import Options
    from elements_local.testing.fixtures import HeldStack, SessionProxy, WorkspaceProxy
    from elements_local.testing.host_guard import HostGuard, HostRules

import_as_compiled()

_WORKSPACE: pytest.StashKey["WorkspaceClients"] = pytest.StashKey()
_STACK: pytest.StashKey["Stack"] = pytest.StashKey()
_GUARD: pytest.StashKey["HostGuard"] = pytest.StashKey()
_PROXY: pytest.StashKey["WorkspaceProxy"] = pytest.StashKey()
_FAILED: pytest.StashKey[bool] = pytest.StashKey()
_BEGUN: pytest.StashKey[int] = pytest.StashKey()
_SETTINGS: pytest.StashKey["Options"] = pytest.StashKey()
"""The number of what had happened last in the stack before a test that works with it began."""

_MARKERS = (
    "elements(start, seed, records, clock): how a test's workspace begins; of each, the nearest marker's holds",
    "elements_faults(*rules): what the CRM, or a rule's `service`, does wrong; the nearest markers' rules hold",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the folders that hold scenarios, and the way to run them."""
    for name, declared in INI.items():
        parser.addini(name, **declared)
    group = parser.getgroup("elements-local")
    for flag, declared in OPTIONS.items():
        group.addoption(flag, **declared)


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and look for the stack that is to be used."""
    for line in _MARKERS:
        config.addinivalue_line("markers", line)
    given = {name: config.getoption(f"--elements-{name}") for name in ("stack", "crm", "sink")}
    if given["stack"] and config.getoption("--elements-set"):
        raise pytest.UsageError(
            "--elements-set is for a stack of our own; leave it out with --elements-stack"
        )
    if given["stack"]:
        config.stash[ELSEWHERE] = testing.fixtures.running_stack(given)
    elif any(given.values()):
        raise pytest.UsageError("--elements-crm and --elements-sink go with --elements-stack URL")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which stack is used, if it is none of our own."""
    if ELSEWHERE not in config.stash:
        return None
    from elements_local.kit.masks import mask_url  # noqa: PLC0415 - as the docstring of this module says

    running = config.stash[ELSEWHERE].addresses.running
    return "elements-local: " + ", ".join(f"{name} at {mask_url(url)}" for name, url in running.items())


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Collect a YAML file below one of the scenario folders."""
    named = parent.config.getini("elements_scenarios")
    folders = [parent.config.rootpath / folder for folder in named]
    if file_path.suffix != ".yaml" or not any(file_path.is_relative_to(folder) for folder in folders):
        return None
    # Nobody asked for these folders: other tools' YAML may lie in them.
    if named is USUAL_FOLDERS and not is_meant_as_scenarios(file_path):
        return None
    collected: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return collected


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> "Iterator[None]":
    """Add to the report of a test that fails what happened in its workspace, which is deleted after that.

    A test that makes its workspaces itself has a section for each in which something happened.
    """
    outcome: Any = yield
    clients, stack = item.stash.get(_WORKSPACE, None), _stack_of(item)
    # A hook that failed has no report to add to.
    if outcome.excinfo is not None or not (clients or stack):
        return
    report: pytest.TestReport = outcome.get_result()
    if report.failed and report.when != "teardown":
        item.stash[_FAILED] = True
        used = (
            [clients]
            if clients
            else testing.fixtures.touched(stack, after=item.stash.get(_BEGUN, 0))
            if stack
            else ()
        )
        for each in used:
            verbose = item.config.getoption("verbose") > 0
            outside = _outside(item) if clients else {}
            testing.fixtures.add_section(
                report, each, verbose=verbose, fixture=clients is not None, outside=outside
            )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note where a test begins that works with the stack itself."""
    if stack := _stack_of(item):
        item.stash[_BEGUN] = testing.fixtures.latest_of(stack)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the stack that scenarios ran on."""
    stop_runner(config)


@pytest.fixture(scope="session")
def elements_settings(pytestconfig: pytest.Config) -> "Options":
    """How the stack is started: free ports, virtual time, and what is set. Override it to have another."""
    return testing.fixtures.options(pytestconfig)


@pytest.fixture(scope="session")
def elements_stack(request: pytest.FixtureRequest) -> "Iterator[Stack]":
    """The three services on real ports, for the whole run; or those that ``--elements-stack`` names."""
    stash = request.config.stash
    if ELSEWHERE in stash:
        yield stash.setdefault(_STACK, stash[ELSEWHERE])
        return
    held: HeldStack = request.getfixturevalue("_elements_held")
    # For the report of a test that fails, which has no fixtures.
    stash[_STACK] = held.on_ports
    try:
        yield stash[_STACK]
    finally:
        del stash[_STACK]


@pytest.fixture(scope="session")
def _elements_held(pytestconfig: pytest.Config, elements_settings: "Options") -> "Iterator[HeldStack]":
    """The stack of a run; for tests with a receiver freezegun holds the process's time while one runs."""
    pytestconfig.stash[_SETTINGS] = elements_settings
    with ExitStack() as closing:
        with gc_paused():
            stack = closing.enter_context(testing.fixtures.HeldStack.started(elements_settings))
        yield stack


@pytest.fixture(scope="session")
def _elements_hosts(pytestconfig: pytest.Config, elements_stack: "Stack") -> "HostRules":
    """Which hosts tests may call."""
    with _as_failure():
        return testing.fixtures.host_rules(pytestconfig, elements_stack)


@pytest.fixture
def elements_receiver(pytestconfig: pytest.Config) -> object:
    """Your own receiver, none unless the ini option says so: override it to return a WSGI or ASGI application."""
    return testing.fixtures.named_receiver(pytestconfig)


@pytest.fixture
def elements_workspace(
    request: pytest.FixtureRequest, elements_receiver: object
) -> "Iterator[WorkspaceClients]":
    """A fresh world for one test, as its markers say: credentials, clock, data. Nobody else sees it.

    With a receiver it is in this process, its callbacks go there, and the process's time is the workspace's; unless
    ``--elements-stack`` says otherwise. The process's calls to hosts for which the stack answers fail.
    """
    guard = testing.fixtures.HostGuard(request.getfixturevalue("_elements_hosts"))
    request.node.stash[_GUARD] = guard
    with _as_failure(), guard.watching(), _making_workspace(request, elements_receiver) as made:
        clients = replace(made, sink=testing.fixtures.watched(made))
        request.node.stash[_WORKSPACE] = clients
        try:
            yield clients
        finally:
            del request.node.stash[_WORKSPACE]
        # A test that failed says what has not been polled below its failure.
        if not request.node.stash.get(_FAILED, False):
            testing.fixtures.warn_of_unpolled(clients)


@pytest.fixture(scope="session")
def _elements_proxied(elements_stack: "Stack", _elements_hosts: "HostRules") -> "Iterator[SessionProxy]":
    """Between programs that tests start and the stack."""
    with _as_failure(), testing.fixtures.SessionProxy.started(elements_stack, _elements_hosts) as running:
        yield running


@pytest.fixture
def elements_proxy(
    request: pytest.FixtureRequest, _elements_proxied: "SessionProxy", elements_workspace: "WorkspaceClients"
) -> "Iterator[WorkspaceProxy]":
    """For programs that the test starts, to which the vendors' hosts are the stack: ``environment()`` of one beside its own."""
    with _as_failure():
        request.node.stash[_PROXY] = _elements_proxied.of(elements_workspace)
    yield request.node.stash[_PROXY]
    del request.node.stash[_PROXY]


@pytest.fixture
def elements_clock(elements_workspace: "WorkspaceClients") -> "ClockClient":
    """The test's clock; it stands still until it is advanced."""
    return elements_workspace.clock


@pytest.fixture
def elements_platform(elements_workspace: "WorkspaceClients") -> "PlatformClient":
    """The platform, called with the test's user and organization."""
    return elements_workspace.platform


@pytest.fixture
def elements_crm(elements_workspace: "WorkspaceClients") -> "CrmClient":
    """The CRM, called with the test's API key."""
    return elements_workspace.crm


@pytest.fixture
def elements_sink(elements_workspace: "WorkspaceClients") -> "SinkClient":
    """The sink, as far as the test's callbacks go."""
    return elements_workspace.sink


@pytest.fixture
def elements_explain(elements_workspace: "WorkspaceClients") -> "Callable[..., dict[str, Any]]":
    """Say why a change did not lead to a callback: ``elements_explain("contacts", record_id)["cause"]``."""
    return partial(testing.fixtures.explain, elements_workspace)


@pytest.fixture
def elements_audit(elements_workspace: "WorkspaceClients") -> "Callable[..., dict[str, Any]]":
    """Compare what should have come with what came: ``elements_audit()["lost"] == []``."""
    return partial(testing.fixtures.audit, elements_workspace)


@pytest.fixture
def elements_certify() -> "Callable[..., Scorecard]":
    """Try a receiver with the whole battery: ``elements_certify(url, key=..., probe=...).passed``."""
    return testing.fixtures.certify


@contextmanager
def _as_failure() -> "Iterator[None]":
    """Let an error of the harness fail a test with its sentence alone."""
    try:
        yield
    except testing.fixtures.HarnessError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _outside(item: pytest.Item) -> "dict[str, bool]":
    """Return the hosts outside the stack that a test and its programs asked for, each with whether it was refused."""
    proxy = item.stash.get(_PROXY, None)
    return {**item.stash[_GUARD].outside, **dict.fromkeys(proxy.refused() if proxy else (), True)}


def _stack_of(item: pytest.Item) -> "Stack | None":
    """Return the stack that runs, if a test works with it, be it through a fixture of its own."""
    uses = "elements_stack" in getattr(item, "fixturenames", ())
    return item.config.stash.get(_STACK, None) if uses else None


def _making_workspace(
    request: pytest.FixtureRequest, receiver: object
) -> "AbstractContextManager[WorkspaceClients]":
    if ELSEWHERE in request.config.stash:
        elsewhere = request.config.stash[ELSEWHERE]
        if receiver is None:
            return testing.fixtures.workspace_of(request.node, request.getfixturevalue("elements_stack"))
        return testing.fixtures.relayed_workspace_of(request.node, elsewhere, receiver)
    held: HeldStack = request.getfixturevalue("_elements_held")
    if request.getfixturevalue("elements_settings") != request.config.stash[_SETTINGS]:
        raise testing.fixtures.OtherSettingsError
    if receiver is None:
        return testing.fixtures.workspace_of(request.node, request.getfixturevalue("elements_stack"))
    return held.workspace_of(request.node, receiver)
