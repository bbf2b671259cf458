"""Scenarios: YAML documents that say what happens in the CRM, how time moves, and what is to arrive.

The whole file is read and checked before anything runs; whatever is wrong with it is said with its line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from elements_local.matrix import MatrixError, expand
from elements_local.objections import INSTANCE_KEYS, objections
from elements_local.shape_errors import place_and_reason, shown, unknown
from elements_local.time_settings import PREFIX
from elements_local.verbs import EXAMPLES, VERBS, Argument, Tag
from elements_local.yaml_text import Document, Place, YamlError, read_documents
from mock_kit.environment import SettingsError
from mock_kit.instants import UnreadableTimeError, parse_zoned_instant
from mock_kit.json_text import Json
from mock_kit.workspaces import DEFAULT_START

T = TypeVar("T")

_TOP = Place(1, 1)
_USUAL_PROFILE: Final = "cloud-elements"


class ScenarioError(Exception):
    """A scenario cannot be read.

    Attributes:
        path, place: where.
    """

    def __init__(self, path: Path, place: Place, reason: str) -> None:
        super().__init__(f"{path}:{place.line}:{place.column}: {reason}")
        self.path = path
        self.place = place


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
        profile: which of the platform's two names it plays.
        settings: of the stack that it runs on: environment variable -> text.
        document: as it was written, a matrix' row filled in.
    """

    name: str
    path: Path
    line: int
    start: datetime
    tags: tuple[str, ...]
    profile: str
    settings: Mapping[str, str]
    instances: Mapping[str, Mapping[str, object]]
    records: int
    seed: int
    steps: tuple[Step, ...]
    document: Mapping[str, Json] = field(repr=False)

    @property
    def environment(self) -> Mapping[str, str]:
        """What the services of its stack read their settings from."""
        return {"ELEMENTS_LOCAL_PLATFORM_PROFILE": self.profile, **self.settings}

    @property
    def is_choosy(self) -> bool:
        """Whether a stack with other settings than the usual ones is needed."""
        return bool(self.settings) or self.profile != _USUAL_PROFILE


class Head(msgspec.Struct, forbid_unknown_fields=True):
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
    profile: Literal["cloud-elements", "open-connectors"] = _USUAL_PROFILE
    settings: dict[str, bool | int | float | str] = {}
    start: str | None = None
    tags: list[Tag] = []
    instance: dict[str, object] | msgspec.UnsetType | None = msgspec.UNSET
    instances: dict[str, dict[str, object]] | None = None
    records: Annotated[int, msgspec.Meta(ge=0)] = 0
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 1


@dataclass(frozen=True)
class _File:
    path: Path
    document: Document = field(repr=False)

    def error(self, reason: str, *where: str | int) -> ScenarioError:
        return ScenarioError(self.path, self.document.place(*where), reason)

    def convert(self, value: object, shape: type[T], *where: str | int, example: str | None = None) -> T:
        """Turn a value into a shape, and an error into one with a line.

        Args:
            example: what would do in the whole's place.
        """
        try:
            return msgspec.convert(value, shape)
        except msgspec.ValidationError as error:
            inner, reason = place_and_reason(error, shape, value)
            hint = f"; write it as in {example}" if example and not inner else ""
            raise self.error(_labelled(reason + hint, *where, *inner), *where, *inner) from error


def load(path: Path) -> list[Scenario]:
    """Read the scenarios of a file.

    Raises:
        ScenarioError: says file, line, what came and what was expected.
        OSError: the file cannot be opened.
    """
    try:
        documents = read_documents(path.read_bytes().decode("utf-8"))
    except YamlError as error:
        raise ScenarioError(path, Place(error.line, error.column), str(error)) from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = Place(before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        raise ScenarioError(path, place, "the file is not UTF-8; save it as UTF-8") from error
    if not documents:
        raise ScenarioError(
            path, _TOP, "the file is empty; a scenario has `scenario: <what it shows>` and `steps:`"
        )
    return _named_apart([_File(path, document) for document in documents])


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


def _named_apart(files: list[_File]) -> list[Scenario]:
    """Return the scenarios of a file, each of which has to have a name of its own."""
    lines: dict[str, int] = {}
    found: list[Scenario] = []
    for file in files:
        for scenario in _scenarios(file):
            if scenario.name in lines:
                reason = f"the name {scenario.name!r} has been given in line {lines[scenario.name]}; choose another"
                raise file.error(f"scenario: {reason}", "scenario")
            lines[scenario.name] = scenario.line
            found.append(scenario)
    return found


def _scenarios(file: _File) -> list[Scenario]:
    try:
        return [_scenario(_File(file.path, document)) for document in expand(file.document)]
    except MatrixError as error:
        raise file.error(str(error), *error.path) from error


def _scenario(file: _File) -> Scenario:
    value = file.document.value
    if not isinstance(value, dict):
        wanted = "a scenario is a mapping with `scenario: <what it shows>` and `steps:`"
        came = "nothing, so take its `---` out" if value is None else shown(value)
        raise file.error(f"{wanted}; got {came}")
    _refuse_unknown(file, value, Head.__struct_fields__)
    if "steps" in value:
        _refuse_no_steps(file, value["steps"])
    head = file.convert(value, Head, example="`scenario: <what it shows>` and `steps:`")
    try:
        start = DEFAULT_START if head.start is None else parse_zoned_instant(head.start)
    except UnreadableTimeError as error:
        raise file.error(f"start: {error}", "start") from error
    instances = _instances(file, head)
    return Scenario(
        name=head.scenario,
        path=file.path,
        line=file.document.place("scenario").line,
        start=start,
        tags=tuple(head.tags),
        profile=head.profile,
        settings=_settings(file, head),
        instances=instances,
        records=head.records,
        seed=head.seed,
        steps=_steps(file, head, instances),
        document=value,
    )


def _labelled(reason: str, *where: str | int) -> str:
    return f"{'.'.join(map(str, where))}: {reason}" if where else reason


def _instances(file: _File, head: Head) -> Mapping[str, Mapping[str, object]]:
    """Return the instances that are made at the start: one like the guide's, unless the scenario says otherwise."""
    if head.instances is not None and head.instance is not msgspec.UNSET:
        raise file.error("give either `instance` or `instances`, which names several", "instances")
    if isinstance(head.instance, dict):
        _refuse_unknown(file, head.instance, INSTANCE_KEYS, "instance")
        return {"instance": head.instance}
    for name, differs in (head.instances or {}).items():
        _refuse_unknown(file, differs, INSTANCE_KEYS, "instances", name)
    if head.instances is None and head.instance is msgspec.UNSET:
        return {"instance": {}}
    return head.instances or {}


def _settings(file: _File, head: Head) -> Mapping[str, str]:
    """Return a scenario's settings as environment variables; each has to be one that a service knows."""
    if not head.settings:
        return {}
    from elements_local.stack_settings import NAMES, check  # noqa: PLC0415 - loads the services, which few need

    for name in head.settings:
        if name not in NAMES:
            raise file.error(f"settings: {unknown('setting', name, NAMES)}", "settings", name)
    chosen = {PREFIX + name: _setting_text(value) for name, value in head.settings.items()}
    try:
        check(chosen)
    except SettingsError as error:
        raise file.error(f"settings: {error}", "settings") from error
    return chosen


def _setting_text(value: float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refuse_no_steps(file: _File, steps: object) -> None:
    """Refuse what is no list of mappings, in the words of who writes steps."""
    wanted = "such as `- advance: 15m`"
    if not isinstance(steps, list) or not steps:
        came = "there are none" if steps is None or steps == [] else f"got {shown(steps)}"
        raise file.error(f"steps: expected a list of steps, {wanted}; {came}", "steps")
    for place, step in enumerate(steps):
        if not isinstance(step, dict):
            reason = f"a step is a verb, a colon, a blank and what it is about, {wanted}; got {shown(step)}"
            raise file.error(f"steps.{place}: {reason}", "steps", place)


def _steps(file: _File, head: Head, instances: Iterable[str]) -> tuple[Step, ...]:
    """Return the steps, each of which has to make sense after those before it."""
    steps = tuple(_step(file, place, step) for place, step in enumerate(head.steps))
    for path, reason in objections(instances, [(step.verb, step.argument) for step in steps]):
        raise file.error(_labelled(reason, *path), *path)
    return steps


def _step(file: _File, place: int, step: Mapping[str, object]) -> Step:
    if len(step) != 1:
        raise file.error(f"a step has one verb; got {', '.join(step) or 'none'}", "steps", place)
    verb, argument = next(iter(step.items()))
    if verb not in VERBS:
        raise file.error(unknown("verb", verb, VERBS), "steps", place, verb)
    read = file.convert(argument, VERBS[verb], "steps", place, verb, example=EXAMPLES.get(verb))
    return Step(verb=verb, argument=read, line=file.document.place("steps", place, verb).line)


def _refuse_unknown(
    file: _File, value: Mapping[str, object], known: Sequence[str], *where: str | int
) -> None:
    for key in value:
        if key not in known:
            raise file.error(_labelled(unknown("key", key, known), *where), *where, key)
