"""Scenarios: YAML documents that say what happens in the CRM, how time moves, and what is to arrive.

The whole file is read and checked before anything runs; whatever is wrong with it is said with its line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from elements_local.scenarios.matrix import MatrixError, expand
from elements_local.scenarios.objections import INSTANCE_KEYS, objections
from elements_local.scenarios.scenario_document import ScenarioDocument, ScenarioError, labelled
from elements_local.scenarios.shape_errors import shown, unknown
from elements_local.scenarios.verbs import EXAMPLES, VERBS, Argument, Tag
from elements_local.scenarios.yaml_text import Document, SourcePosition, YamlError, read_each
from mock_kit.api.json_text import Json
from mock_kit.settings import PREFIX, SettingsError, variable
from mock_kit.workspaces.instants import UnreadableTimeError, parse_zoned_instant
from mock_kit.workspaces.registry import DEFAULT_START

__all__ = ["LoadedFile", "Scenario", "ScenarioError", "ScenarioHead", "Step", "find", "load", "load_all"]

_TOP = SourcePosition(1, 1)
_USUAL_PROFILE: Final = "cloud-elements"
_PROFILE = variable("platform.profile")
_NEEDED = ("scenario", "steps")
_EXAMPLE = "`scenario: <what it shows>` and `steps:`"
_WANTED = f"a scenario is a mapping with {_EXAMPLE}"
_ALIKE = 0.75
_MOST_KEYS = 5
_A_STEP = "such as `- advance: 15m`"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: a verb and what it is to do.

    Attributes:
        line: where it stands in its file.
    """

    verb: str
    argument: Argument
    line: int


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario, ready to run.

    Attributes:
        instances: name -> what differs from the guide's instance.
        records: how many made-up records of each kind the CRM starts with.
        profile: which of the platform's two names it plays, if it says so.
        settings: of the stack that it runs on: environment variable -> text.
        document: as it was written, a matrix' row filled in.
    """

    name: str
    path: Path
    line: int
    start: datetime
    tags: tuple[str, ...]
    profile: str | None
    settings: Mapping[str, str]
    instances: Mapping[str, Mapping[str, object]]
    records: int
    seed: int
    steps: tuple[Step, ...]
    document: Mapping[str, Json] = field(repr=False)

    @property
    def environment(self) -> Mapping[str, str]:
        """What the services of its stack read their settings from."""
        return {**({_PROFILE: self.profile} if self.profile else {}), **self.settings}

    @property
    def is_choosy(self) -> bool:
        """Whether a stack with other settings than the usual ones is needed."""
        return bool(self.settings) or self.profile not in {None, _USUAL_PROFILE}


@dataclass(frozen=True, kw_only=True)
class LoadedFile:
    """What came of reading a file.

    Attributes:
        scenarios: those that can be run.
        errors: what is wrong with the others, in the order of the lines.
    """

    scenarios: tuple[Scenario, ...] = ()
    errors: tuple[ScenarioError, ...] = ()


class ScenarioHead(msgspec.Struct, forbid_unknown_fields=True):
    """A scenario as it is written.

    Attributes:
        scenario: its name, what it shows.
        about: who is bitten, and what cures it; for readers.
        profile: which of the platform's two names it plays.
        settings: of the stack; ``CRM_LIMITS: vendor`` is what ``ELEMENTS_LOCAL_CRM_LIMITS=vendor`` is to ``up``.
        start: the first instant; ISO 8601 with a zone.
        instance: what differs from the guide's instance; null for none.
        instances: several, by name.
        records: made-up ones of each kind that the CRM starts with.
    """

    scenario: Annotated[str, msgspec.Meta(min_length=1)]
    steps: list[dict[str, object]]
    about: str = ""
    profile: Literal["cloud-elements", "open-connectors"] | msgspec.UnsetType = msgspec.UNSET
    settings: dict[str, bool | int | float | str] = {}
    start: str | None = None
    tags: list[Tag] = []
    instance: dict[str, object] | msgspec.UnsetType | None = msgspec.UNSET
    instances: dict[str, dict[str, object]] | None = None
    records: Annotated[int, msgspec.Meta(ge=0)] = 0
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 1


def load(path: Path) -> list[Scenario]:
    """Read the scenarios of a file, all or none.

    Raises:
        ScenarioError: says file, line, what came and what was expected; the first, if there are several.
        OSError: the file cannot be opened.
    """
    loaded = load_all(path)
    if loaded.errors:
        raise loaded.errors[0]
    return list(loaded.scenarios)


def load_all(path: Path) -> LoadedFile:
    """Read what can be run of a file, and say all that is wrong with the rest of it.

    Raises:
        OSError: the file cannot be opened.
    """
    try:
        read = read_each(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = SourcePosition(before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        return LoadedFile(errors=(ScenarioError(path, place, "the file is not UTF-8; save it as UTF-8"),))
    if not read:
        reason = "the file is empty; a scenario has `scenario: <what it shows>` and `steps:`"
        return LoadedFile(errors=(ScenarioError(path, _TOP, reason),))
    errors = [
        ScenarioError(path, SourcePosition(each.line, each.column), str(each))
        for each in read
        if isinstance(each, YamlError)
    ]
    files = [ScenarioDocument(path, each) for each in read if isinstance(each, Document)]
    scenarios = tuple(_named_apart(files))
    errors += [error for file in files for error in file.mistakes]
    return LoadedFile(scenarios=scenarios, errors=tuple(_one_each(errors)))


def _one_each(errors: list[ScenarioError]) -> list[ScenarioError]:
    """Return the errors in the order of their lines, of those at one place the first: the others follow from it.

    The rows of a matrix repeat what is wrong with their document; of what they say at one place the texts may differ.
    """
    places: dict[SourcePosition, ScenarioError] = {}
    for error in errors:
        places.setdefault(error.place, error)
    return sorted(places.values(), key=lambda error: error.place)


def find(paths: list[Path]) -> list[Path]:
    """Return the scenario files among files and folders, in order of their names.

    Raises:
        FileNotFoundError: a path is not there.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} is not there")
        found += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return found


def _named_apart(files: list[ScenarioDocument]) -> Iterator[Scenario]:
    """Yield the scenarios of a file, each of which has to have a name of its own."""
    lines: dict[str, int] = {}
    for file in files:
        for scenario in _scenarios(file):
            if scenario.name in lines:
                reason = f"the name {scenario.name!r} has been given in line {lines[scenario.name]}; choose another"
                file.note(f"scenario: {reason}", "scenario")
            else:
                lines[scenario.name] = scenario.line
                yield scenario


def _scenarios(file: ScenarioDocument) -> list[Scenario]:
    """Return a document's scenarios, one for each row of its matrix; none if it has mistakes."""
    made = []
    try:
        for row in expand(file.document):
            with file.noting():
                made.append(_scenario(ScenarioDocument(file.path, row, file.mistakes)))
    except MatrixError as error:
        file.note(str(error), *error.path)
    return [] if file.mistakes else made


def _scenario(file: ScenarioDocument) -> Scenario:
    """Return the scenario of a document; what is wrong with one part of it does not hide what is with another.

    Raises:
        ScenarioError: it has mistakes, which are noted.
    """
    value = file.document.value
    if not isinstance(value, dict):
        came = "nothing, so take its `---` out" if value is None else shown(value)
        raise file.error(f"{_WANTED}; got {came}")
    if not any(map(_may_be_meant, value)):
        raise file.error(
            f"{_WANTED}; got one with {', '.join(map(shown, [*value][:_MOST_KEYS])) or 'nothing'}"
        )
    _note_unknown(file, value)
    steps = _steps(file, value["steps"]) if "steps" in value else ()
    head = _head(file, value)
    for part in (_start, _instances, _settings):
        with file.noting():
            part(file, head)
    file.stop_at_mistakes()
    instances = _instances(file, head)
    for path, reason in objections(instances, [(step.verb, step.argument) for step in steps]):
        file.note(labelled(reason, *path), *path)
    file.stop_at_mistakes()
    return Scenario(
        name=head.scenario,
        path=file.path,
        line=file.document.place("scenario").line,
        start=_start(file, head),
        tags=tuple(head.tags),
        profile=head.profile or None,
        settings=_settings(file, head),
        instances=instances,
        records=head.records,
        seed=head.seed,
        steps=steps,
        document=value,
    )


def _may_be_meant(key: str) -> bool:
    """Say whether a key is one that a scenario has to have, perhaps misspelt."""
    return bool(get_close_matches(key.lower(), (*_NEEDED, "steps"), cutoff=_ALIKE))


def _note_unknown(file: ScenarioDocument, value: Mapping[str, object]) -> None:
    for key in value:
        with file.noting():
            file.refuse_unknown([key], ScenarioHead.__struct_fields__)


def _head(file: ScenarioDocument, value: Mapping[str, object]) -> ScenarioHead:
    """Return what stands above the steps; if it cannot be read, each key is looked at by itself."""
    known = {key: inner for key, inner in value.items() if key in ScenarioHead.__struct_fields__}
    needed = {key: known[key] for key in _NEEDED if key in known}
    if len(needed) < len(_NEEDED):  # what is missing may be what is misspelt
        file.stop_at_mistakes()
    try:
        return file.convert(known, ScenarioHead, example=_EXAMPLE)
    except ScenarioError:
        for key, inner in known.items():
            with file.noting():
                file.convert({**needed, key: inner}, ScenarioHead, example=_EXAMPLE)
        raise


def _start(file: ScenarioDocument, head: ScenarioHead) -> datetime:
    try:
        return DEFAULT_START if head.start is None else parse_zoned_instant(head.start)
    except UnreadableTimeError as error:
        raise file.error(f"start: {error}", "start") from error


def _instances(file: ScenarioDocument, head: ScenarioHead) -> Mapping[str, Mapping[str, object]]:
    """Return the instances that are made at the start: one like the guide's, unless the scenario says otherwise."""
    if head.instances is not None and head.instance is not msgspec.UNSET:
        raise file.error("give either `instance` or `instances`, which names several", "instances")
    if isinstance(head.instance, dict):
        file.refuse_unknown(head.instance, INSTANCE_KEYS, "instance")
        return {"instance": head.instance}
    for name, differs in (head.instances or {}).items():
        file.refuse_unknown(differs, INSTANCE_KEYS, "instances", name)
    if head.instances is None and head.instance is msgspec.UNSET:
        return {"instance": {}}
    return head.instances or {}


def _settings(file: ScenarioDocument, head: ScenarioHead) -> Mapping[str, str]:
    """Return a scenario's settings as environment variables; each has to be one that a service knows."""
    if not head.settings:
        return {}
    from elements_local.configuration import Configuration, stack_variables  # noqa: PLC0415 - loads the services, which few need

    names = [each.removeprefix(PREFIX) for each in stack_variables() if each != _PROFILE]
    for name in head.settings:
        if name not in names:
            raise file.error(f"settings: {unknown('setting', name, names)}", "settings", name)
    chosen = {PREFIX + name: _setting_text(value) for name, value in head.settings.items()}
    try:
        Configuration(chosen).check()
    except SettingsError as error:
        raise file.error(f"settings: {error}", "settings") from error
    return chosen


def _setting_text(value: float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _steps(file: ScenarioDocument, written: object) -> tuple[Step, ...]:
    """Return the steps that can be read, each by itself."""
    made: list[Step] = []
    with file.noting():
        if not isinstance(written, list) or not written:
            came = "there are none" if written is None or written == [] else f"got {shown(written)}"
            raise file.error(f"steps: expected a list of steps, {_A_STEP}; {came}", "steps")
        for place, step in enumerate(written):
            with file.noting():
                made.append(_step(file, place, step))
    return tuple(made)


def _step(file: ScenarioDocument, place: int, step: object) -> Step:
    if not isinstance(step, dict):
        reason = f"a step is a verb, a colon, a blank and what it is about, {_A_STEP}; got {shown(step)}"
        raise file.error(f"steps.{place}: {reason}", "steps", place)
    if len(step) != 1:
        raise file.error(f"a step has one verb; got {', '.join(step) or 'none'}", "steps", place)
    verb, argument = next(iter(step.items()))
    if verb not in VERBS:
        raise file.error(unknown("verb", verb, VERBS), "steps", place, verb)
    read = file.convert(argument, VERBS[verb], "steps", place, verb, example=EXAMPLES.get(verb))
    return Step(verb=verb, argument=read, line=file.document.place("steps", place, verb).line)
