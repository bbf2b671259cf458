"""Fixtures that more than one folder of tests needs."""

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from deadline import PATIENT
from examples import LONG, examples
from hypothesis import settings
from postgresql import USUAL_KIND, PostgresqlServer, skip_unless_it_can_be_started

from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.stack.stack import Stack
from elements_local.start import Options, in_process, on_ports

pytest_plugins = ["pytester"]

# how fast a machine is says nothing about a rule
settings.register_profile("check", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("quick", settings.get_profile("check"), max_examples=10)
settings.register_profile("nightly", deadline=None, max_examples=examples(100))
settings.load_profile("nightly" if LONG else "check")

LEFT_OUT = (
    "-p no:schemathesis -p no:hypothesispytest -p no:faker -p no:anyio -p no:pytest_httpserver -p no:randomly"
)
"""Plugins of others, which take four times as long to import as all the rest; a pytest that a test starts has no use for them."""

for _name in [name for name in os.environ if name.startswith("ELEMENTS_LOCAL_") and "_TEST_" not in name]:
    del os.environ[_name]


@pytest.fixture(scope="session", autouse=True)
def _quick_starts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_ADDOPTS", LEFT_OUT)
        yield


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Pytest inside pytest, which takes that away."""
    monkeypatch.setenv("PYTEST_ADDOPTS", LEFT_OUT)
    return pytester


@pytest.fixture(scope="session")
def postgresql_server(testrun_uid: str) -> Iterator[PostgresqlServer]:
    """The PostgreSQL of this run of the tests; skips where none can be started."""
    skip_unless_it_can_be_started()
    with PostgresqlServer.started(testrun_uid) as server:
        yield server


@pytest.fixture(scope="session")
def shared_database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Name the database of stacks that many tests share; None is a temporary file."""
    if USUAL_KIND == "sqlite":
        yield None
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield url


@pytest.fixture
def database_kind() -> str:
    """Which database a test takes, ``sqlite`` or ``postgresql``; where it takes each of them, a fixture of this name says so."""
    return USUAL_KIND


@pytest.fixture
def new_database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Return a function that names a further database of the test's own, which outlives whoever has it open."""
    if database_kind == "sqlite":
        numbers = count()
        yield lambda: f"sqlite:///{tmp_path}/stack{next(numbers)}.sqlite3"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with ExitStack() as closing:
        yield lambda: closing.enter_context(server.database())


@pytest.fixture
def database_url(new_database_url: Callable[[], str]) -> str:
    """Name a database of the test's own, which outlives whoever has it open."""
    return new_database_url()


@pytest.fixture(scope="session")
def stack_in_process(shared_database_url: str | None) -> Iterator[Stack]:
    """A stack without sockets; tests use workspaces of their own on it."""
    with in_process(Options(database=shared_database_url)) as stack:
        yield stack


@pytest.fixture(scope="session")
def stack_set_to() -> Iterator[Callable[[Mapping[str, str]], Stack]]:
    """Return a function that gives the stack without sockets of some settings; tests use workspaces of their own on it."""
    with ExitStack() as closing:
        started: dict[frozenset[tuple[str, str]], Stack] = {}

        def stack(environment: Mapping[str, str]) -> Stack:
            key = frozenset(environment.items())
            if key not in started:
                started[key] = closing.enter_context(in_process(Options(environment=environment)))
            return started[key]

        yield stack


@pytest.fixture(scope="session")
def stack_with_ties() -> Iterator[Stack]:
    """A stack without sockets in which a change may fall into the second of a poll."""
    with in_process(Options(environment={"ELEMENTS_LOCAL_KEEP_TIES": "true"})) as stack:
        yield stack


@pytest.fixture(scope="session")
def stack_on_ports() -> Iterator[Stack]:
    """A stack on real ports; tests use workspaces of their own on it."""
    with on_ports(Options(ports=(0, 0, 0), environment=PATIENT)) as stack:
        yield stack


@pytest.fixture
def clients_with_ties(stack_with_ties: Stack) -> Iterator[WorkspaceClients]:
    """A fresh workspace of the stack in which ties are kept."""
    made = stack_with_ties.new_workspace(seed=7)
    yield made
    stack_with_ties.delete_workspace(made.credentials.name)


@pytest.fixture
def clients(stack_in_process: Stack) -> Iterator[WorkspaceClients]:
    """A fresh workspace of the stack in process."""
    made = stack_in_process.new_workspace(seed=7)
    yield made
    stack_in_process.delete_workspace(made.credentials.name)


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are cores, as some tests wait for processes, a browser, or real time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1


def pytest_collection_finish() -> None:
    """Leave what was collected out of every search for garbage: it stays until the end."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have counted, also of tests that ran in other processes."""
    told = [
        f"{report.nodeid.rpartition('::')[2]}: {figures}"
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, figures in getattr(report, "user_properties", ())
        if name == "figures" and report.when == "teardown"
    ]
    if told:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(sorted(told)))
