"""Scenarios as pytest items: a file each, and in it an item for each document.

Imported in every pytest run, as the plugin is, so nothing heavy is imported at the top.
"""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elements_local.replay.runner import Runner
    from elements_local.scenarios.scenario import Scenario
    from elements_local.stack.stack import Stack

ELSEWHERE: pytest.StashKey["Stack"] = pytest.StashKey()
"""Where a session's configuration keeps the stack that runs already, if one is to be used."""

_RUNNER: pytest.StashKey["Runner"] = pytest.StashKey()
_TAGS: pytest.StashKey[set[str]] = pytest.StashKey()

_KEY = re.compile(
    rb"""^(?:\xef\xbb\xbf)?(?:---[ \t]+)?(?:\{\s*)?["']?scenario["']?[ \t]*:""",
    re.MULTILINE,
)


class ScenarioFile(pytest.File):
    """A file of scenarios: one item a document."""

    def collect(self) -> "Iterator[ScenarioItem | ScenarioMistake]":
        """Yield the file's scenarios, and what keeps others from being read."""
        from elements_local.scenarios.scenario import load_all  # noqa: PLC0415 - see the module

        loaded = load_all(self.path)
        for error in loaded.errors:
            yield ScenarioMistake.from_parent(self, name=f"line {error.place.line}", message=str(error))
        for scenario in loaded.scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario)


class ScenarioMistake(pytest.Collector):
    """A mistake in a file: an error of the collection, which leaves the file's other scenarios alone."""

    def __init__(self, *, message: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._message = message

    def collect(self) -> "Iterator[ScenarioItem]":
        """Say what is wrong, and where."""
        raise self.CollectError(self._message)


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
        from elements_local.errors import OptionError  # noqa: PLC0415 - see the module

        if ELSEWHERE in self.config.stash and self.scenario.is_choosy:
            pytest.skip(
                "its settings or profile need a stack of their own; --elements-stack names one that runs"
            )
        try:
            failure = _runner(self.config).run(self.scenario).failure
        except OptionError as error:
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


def is_meant_as_scenarios(path: Path) -> bool:
    """Say whether a document of a file has ``scenario:`` at its top, as far as its text tells; not if it cannot be read.

    It is told from the text, since what is meant so need not be YAML that can be read.
    """
    try:
        return _KEY.search(path.read_bytes()) is not None
    except OSError:
        return False


def stop_runner(config: pytest.Config) -> None:
    """Stop the stacks that scenarios ran on."""
    if _RUNNER in config.stash:
        config.stash[_RUNNER].close()
        del config.stash[_RUNNER]


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
    from elements_local.errors import OptionError  # noqa: PLC0415 - as above
    from elements_local.kit.settings import SettingsError  # noqa: PLC0415 - as above
    from elements_local.stack_settings import Configuration  # noqa: PLC0415 - see the module

    chosen = Configuration(os.environ, config.rootpath / "pyproject.toml")
    try:
        for option, given in (("elements_set", config.getini), ("--elements-set", config.getoption)):
            for assignment in given(option):
                chosen.add_assignment(assignment, option=option)
        return chosen.environment()
    except SettingsError as error:
        raise OptionError(str(error)) from error


def _make_known(config: pytest.Config, tag: str) -> None:
    """Make a tag a marker, so that ``-m`` chooses by it, with strict markers too."""
    tags = config.stash.setdefault(_TAGS, set())
    if tag not in tags:
        tags.add(tag)
        config.addinivalue_line("markers", f"{tag}: scenarios with this tag")


def _runner(config: pytest.Config) -> "Runner":
    """Return what runs this session's scenarios."""
    from elements_local.replay.runner import How, Runner, Transport  # noqa: PLC0415 - see the module

    if _RUNNER not in config.stash:
        elsewhere = config.stash.get(ELSEWHERE, None)
        how = How(
            transport=Transport(config.getoption("--elements-transport")),
            target=None if elsewhere is None else elsewhere.addresses,
            token=None if elsewhere is None else elsewhere.token,
            update=config.getoption("--elements-update"),
            receiver=named_receiver(config),
            environment={} if elsewhere else stack_environment(config),
        )
        config.stash[_RUNNER] = Runner(how)
    return config.stash[_RUNNER]
