"""Scenarios as pytest items: a file each, and in it an item for each document.

Imported in every pytest run, as the plugin is, so nothing heavy is imported at the top.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from elements_local import testing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elements_local.commands.replaying.runner import Runner
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
        loaded = testing.fixtures.load_all(self.path)
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
        if ELSEWHERE in self.config.stash and self.scenario.is_choosy:
            pytest.skip(
                "its settings or profile need a stack of their own; --elements-stack names one that runs"
            )
        try:
            failure = self._runner().run(self.scenario).failure
        except testing.fixtures.OptionError as error:
            raise ScenarioFailedError(str(error)) from error
        if failure:
            raise ScenarioFailedError(str(failure))

    def _runner(self) -> "Runner":
        stash = self.config.stash
        if _RUNNER not in stash:
            stash[_RUNNER] = testing.fixtures.runner(self.config, stash.get(ELSEWHERE, None))
        return stash[_RUNNER]

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

    It is read from the text, since what is meant so need not be YAML that can be read.
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


def _make_known(config: pytest.Config, tag: str) -> None:
    """Make a tag a marker, so that ``-m`` chooses by it, with strict markers too."""
    tags = config.stash.setdefault(_TAGS, set())
    if tag not in tags:
        tags.add(tag)
        config.addinivalue_line("markers", f"{tag}: scenarios with this tag")


USUAL_FOLDERS = ["scenarios"]
"""A folder that others may have as well, so what in it is not ours is left alone; in one that is named, all of it is."""

INI: dict[str, dict[str, Any]] = {
    "elements_scenarios": {
        "help": "folders whose *.yaml files are scenarios; default: those in scenarios/ that have `scenario:` at their top",
        "type": "args",
        "default": USUAL_FOLDERS,
    },
    "elements_allow_hosts": {
        "help": "hosts outside the stack that tests may call, such as *.vendor.example; --elements-allow-host adds to them",
        "type": "args",
    },
    "elements_receiver": {"help": "your own receiver of callbacks: module:app, module:app/path or a URL"},
    "elements_set": {
        "help": "settings of the stack, such as platform.batch_size=5; --elements-set comes before them",
        "type": "args",
    },
}
"""Of the ini file: name -> what pytest's ``addini`` gets."""

OPTIONS: dict[str, dict[str, Any]] = {
    "--elements-set": {
        "metavar": "NAME=VALUE",
        "action": "append",
        "default": [],
        "help": "set what `elements-local settings` lists, such as platform.batch_size=5; repeatable",
    },
    "--elements-stack": {
        "metavar": "URL",
        "help": "use the stack whose platform is at URL instead of starting one; fixtures and scenarios create their own "
        "workspaces there. ELEMENTS_LOCAL_TOKEN is its admin token, if it has one",
    },
    **{
        f"--elements-{service}": {
            "metavar": "URL",
            "help": f"where the {service} of that stack is reached, if not where its platform says",
        }
        for service in ("crm", "sink")
    },
    "--elements-allow-host": {
        "metavar": "HOST",
        "action": "append",
        "default": [],
        "help": "let tests call a host outside the stack, such as api.insightly.com; * stands for one label; repeatable",
    },
    "--elements-transport": {
        "choices": ["in-process", "network"],
        "default": "in-process",
        "help": "run scenarios in process under freezegun (default), or over real ports",
    },
    "--elements-update": {
        "action": "store_true",
        "help": "write the streams that scenarios expect, instead of holding what came against them",
    },
}
"""Of the command line: flag -> what pytest's ``addoption`` gets."""
