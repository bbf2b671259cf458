"""Scenarios as pytest items, and fixtures for tests that need the stack.

Loaded in every pytest run of whoever installs the package, so nothing heavy is imported at the top.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from elements_local.certify import Scorecard
    from elements_local.clients import Clock, Crm, Doors, Platform, Sink
    from elements_local.held_stack import HeldStack
    from elements_local.runner import Runner
    from elements_local.scenario import Scenario
    from elements_local.stack import Stack
    from elements_local.start import Options

_RUNNER: pytest.StashKey["Runner"] = pytest.StashKey()
_TAGS: pytest.StashKey[set[str]] = pytest.StashKey()

_MARKERS = (
    "elements(start, seed, records, clock): how a test's workspace begins; of each, the nearest marker's holds",
    "elements_faults(*rules): what the CRM, or a rule's `service`, does wrong; the nearest markers' rules hold",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the folders that hold scenarios, and the way to run them."""
    parser.addini(
        "elements_scenarios", "folders whose *.yaml files are scenarios", type="args", default=["scenarios"]
    )
    parser.addini(
        "elements_receiver",
        "your own receiver of callbacks: module:app, module:app/path or a URL",
    )
    parser.getgroup("elements-local").addoption(
        "--elements-transport",
        choices=["in-process", "network"],
        default="in-process",
        help="run scenarios in process under freezegun (default), or over real ports",
    )
    parser.getgroup("elements-local").addoption(
        "--elements-update",
        action="store_true",
        help="write the streams that scenarios expect, instead of holding what came against them",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for line in _MARKERS:
        config.addinivalue_line("markers", line)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """Collect a YAML file below one of the scenario folders."""
    folders = [parent.config.rootpath / folder for folder in parent.config.getini("elements_scenarios")]
    if file_path.suffix != ".yaml" or not any(file_path.is_relative_to(folder) for folder in folders):
        return None
    collected: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return collected


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the stack that scenarios ran on."""
    if _RUNNER in config.stash:
        config.stash[_RUNNER].close()
        del config.stash[_RUNNER]


class ScenarioFile(pytest.File):
    """A file of scenarios: one item a document."""

    def collect(self) -> "Iterator[ScenarioItem | ScenarioMistake]":
        """Yield the file's scenarios, and what keeps others from being read."""
        from elements_local.scenario import load_all  # noqa: PLC0415 - see the module

        loaded = load_all(self.path)
        for error in loaded.errors:
            yield ScenarioMistake.from_parent(self, name=f"line {error.place.line}", told=str(error))
        for scenario in loaded.scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario)


class ScenarioMistake(pytest.Collector):
    """A mistake in a file: an error of the collection, which leaves the file's other scenarios alone."""

    def __init__(self, *, told: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._told = told

    def collect(self) -> "Iterator[ScenarioItem]":
        """Say what is wrong, and where."""
        raise self.CollectError(self._told)


class ScenarioFailedError(Exception):
    """A scenario did not hold; its text is the whole report."""


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: "Scenario", **rest: Any) -> None:
        super().__init__(**rest)
        self.scenario = scenario
        for tag in scenario.tags:
            _make_known(self.config, tag)
            self.add_marker(tag)

    def runtest(self) -> None:
        """Run the scenario in a workspace of its own."""
        from elements_local.receiving import ReceiverError  # noqa: PLC0415 - see the module

        try:
            failure = _runner(self.config).run(self.scenario).failure
        except ReceiverError as error:
            raise ScenarioFailedError(str(error)) from error
        if failure:
            raise ScenarioFailedError(str(failure))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a scenario's report in the place of a traceback through the harness."""
        if isinstance(excinfo.value, ScenarioFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the scenario stands."""
        return self.path, self.scenario.line - 1, self.name


@pytest.fixture(scope="session")
def elements_settings() -> "Options":
    """How the stack is started: free ports, virtual time. Override it to have another."""
    from elements_local.start import Options  # noqa: PLC0415 - see the module

    return Options(ports=(0, 0, 0))


@pytest.fixture(scope="session")
def elements_stack(elements_settings: "Options") -> "Iterator[Stack]":
    """The three services on real ports, for the whole run."""
    from elements_local.start import on_ports  # noqa: PLC0415 - see the module

    with on_ports(elements_settings) as stack:
        yield stack


@pytest.fixture(scope="session")
def elements_in_process(elements_settings: "Options") -> "Iterator[HeldStack]":
    """The three services in this process, for tests with a receiver: freezegun holds the time while one runs."""
    from elements_local.held_stack import HeldStack  # noqa: PLC0415 - see the module

    with HeldStack.started(elements_settings) as stack:
        yield stack


@pytest.fixture
def elements_receiver(pytestconfig: pytest.Config) -> object:
    """Your own receiver, none unless the ini option says so: override it to return a WSGI or ASGI application."""
    return _receiver(pytestconfig)


@pytest.fixture
def elements_workspace(request: pytest.FixtureRequest, elements_receiver: object) -> "Iterator[Doors]":
    """A fresh world for one test, as its markers say: credentials, clock, data. Nobody else sees it.

    With a receiver it is in this process, its callbacks go there, and the process's time is the workspace's.
    """
    from elements_local.errors import HarnessError  # noqa: PLC0415 - see the module
    from elements_local.markers import workspace_of  # noqa: PLC0415 - as above

    try:
        if elements_receiver is None:
            making = workspace_of(request.node, request.getfixturevalue("elements_stack"))
        else:
            held = request.getfixturevalue("elements_in_process")
            making = held.workspace_of(request.node, elements_receiver)
        with making as doors:
            yield doors
    except HarnessError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def elements_clock(elements_workspace: "Doors") -> "Clock":
    """The test's clock; it stands still until it is advanced."""
    return elements_workspace.clock


@pytest.fixture
def elements_platform(elements_workspace: "Doors") -> "Platform":
    """The platform, called with the test's user and organization."""
    return elements_workspace.platform


@pytest.fixture
def elements_crm(elements_workspace: "Doors") -> "Crm":
    """The CRM, called with the test's API key."""
    return elements_workspace.crm


@pytest.fixture
def elements_sink(elements_workspace: "Doors") -> "Sink":
    """The sink, as far as the test's callbacks go."""
    return elements_workspace.sink


@pytest.fixture
def elements_certify() -> "Callable[..., Scorecard]":
    """Try a receiver with the whole battery: ``elements_certify(url, key=..., probe=...).passed``."""
    from elements_local.certify import certify  # noqa: PLC0415 - see the module

    return certify


def _make_known(config: pytest.Config, tag: str) -> None:
    """Make a tag a marker, so that ``-m`` chooses by it, with strict markers too."""
    known = config.stash.setdefault(_TAGS, set())
    if tag not in known:
        known.add(tag)
        config.addinivalue_line("markers", f"{tag}: scenarios with this tag")


def _runner(config: pytest.Config) -> "Runner":
    """Return what runs this session's scenarios."""
    from elements_local.runner import How, Runner, Transport  # noqa: PLC0415 - see the module

    if _RUNNER not in config.stash:
        how = How(
            transport=Transport(config.getoption("--elements-transport")),
            update=config.getoption("--elements-update"),
            receiver=_receiver(config),
        )
        config.stash[_RUNNER] = Runner(how)
    return config.stash[_RUNNER]


def _receiver(config: pytest.Config) -> str | None:
    """Return the receiver that the ini option names, importable from the root directory."""
    named: str | None = config.getini("elements_receiver") or None
    if named and str(config.rootpath) not in sys.path:
        sys.path.insert(0, str(config.rootpath))
    return named
