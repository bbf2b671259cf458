"""Scenarios: YAML documents that say what happens in the CRM, how time moves, and what is to arrive.

The whole file is read and checked before anything runs; all that is wrong with it is said with its line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from elements_local.kit.api.json_text import Json
from elements_local.kit.api.shape_words import schemas_of
from elements_local.kit.files import read_file
from elements_local.scenarios.matrix import MATRIX, MOST_ROWS, MatrixError, expand
from elements_local.scenarios.scenario_document import (
    EXAMPLE,
    NEEDED,
    PROFILE,
    ScenarioDocument,
    ScenarioError,
    ScenarioHead,
    instances_of,
    labelled,
    read_head,
    settings_of,
    start_of,
)
from elements_local.scenarios.verbs import VERBS, objections
from elements_local.stack.shape_errors import shown, unknown
from elements_local.stack.yaml_text import Document, SourcePosition, YamlError, read_each

__all__ = [
    "LoadedFile",
    "Scenario",
    "ScenarioError",
    "Step",
    "find",
    "load",
    "load_all",
    "load_documents",
    "load_text",
]

_TOP = SourcePosition(1, 1)
_USUAL_PROFILE: Final = "cloud-elements"
_EXPECTED = f"a scenario is a mapping with {EXAMPLE}"
_ALIKE = 0.75
_MOST_KEYS = 5
_INSTALLED = frozenset({"node_modules", "site-packages"})
_A_STEP = "such as `- advance: 15m`"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: a verb and what it is to do.

    Attributes:
        line: where it stands in its file.
    """

    verb: str
    argument: Any
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
        return {**({PROFILE: self.profile} if self.profile else {}), **self.settings}

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
        return load_text(read_file(path).decode("utf-8"), path)
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = SourcePosition(before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        return LoadedFile(errors=(ScenarioError(path, place, "the file is not UTF-8; save it as UTF-8"),))


def load_text(text: str, path: Path) -> LoadedFile:
    """Read what can be run of a file's text.

    Args:
        path: where it stands, or would; named in errors.
    """
    return load_documents(read_each(text), path)


def load_documents(read: Sequence[Document | YamlError], path: Path) -> LoadedFile:
    """Read what can be run of a file's documents, of which some may be no YAML; ``path`` as of ``load_text``."""
    if not read:
        reason = "the file is empty; a scenario has `scenario: <what it shows>` and `steps:`"
        return LoadedFile(errors=(ScenarioError(path, _TOP, reason),))
    errors = [ScenarioError(path, each.place, str(each)) for each in read if isinstance(each, YamlError)]
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

    What is below a folder that is hidden, such as ``.venv``, or that holds what others installed, is nobody's scenario.

    Raises:
        FileNotFoundError: a path is not there.
    """
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} is not there")
        files += (
            sorted(each for each in path.rglob("*.yaml") if _is_own(each.relative_to(path)))
            if path.is_dir()
            else [path]
        )
    return files


def _is_own(path: Path) -> bool:
    return not any(part.startswith(".") or part in _INSTALLED for part in path.parts[:-1])


def _named_apart(files: list[ScenarioDocument]) -> Iterator[Scenario]:
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
    scenarios = []
    try:
        for row in expand(file.document):
            with file.noting():
                scenarios.append(_scenario(ScenarioDocument(file.path, row, file.mistakes)))
    except MatrixError as error:
        file.note(str(error), *error.path)
    return [] if file.mistakes else scenarios


def _scenario(file: ScenarioDocument) -> Scenario:
    """Return the scenario of a document; what is wrong with one part of it does not hide what is with another.

    Raises:
        ScenarioError: it has mistakes, which are noted.
    """
    value = file.document.value
    if not isinstance(value, dict):
        came = "nothing, so take its `---` out" if value is None else shown(value)
        raise file.error(f"{_EXPECTED}; got {came}")
    # A key that every scenario needs may be misspelt; without anything like one it is no scenario at all.
    if not any(get_close_matches(key.lower(), NEEDED, cutoff=_ALIKE) for key in value):
        raise file.error(
            f"{_EXPECTED}; got one with {', '.join(map(shown, [*value][:_MOST_KEYS])) or 'nothing'}"
        )
    steps = _steps(file, value["steps"]) if "steps" in value else ()
    head = read_head(file, value)
    for part in (start_of, instances_of, settings_of):
        with file.noting():
            part(file, head)
    file.stop_at_mistakes()
    instances = instances_of(file, head)
    for path, reason in objections(instances, [(step.verb, step.argument) for step in steps]):
        file.note(labelled(reason, *path), *path)
    file.stop_at_mistakes()
    return Scenario(
        name=head.scenario,
        path=file.path,
        line=file.document.place("scenario").line,
        start=start_of(file, head),
        tags=tuple(head.tags),
        profile=head.profile or None,
        settings=settings_of(file, head),
        instances=instances,
        records=head.records,
        seed=head.seed,
        steps=steps,
        document=value,
    )


def _steps(file: ScenarioDocument, value: object) -> tuple[Step, ...]:
    steps: list[Step] = []
    with file.noting():
        if not isinstance(value, list) or not value:
            got = "there are none" if value is None or value == [] else f"got {shown(value)}"
            raise file.error(f"steps: expected a list of steps, {_A_STEP}; {got}", "steps")
        for place, step in enumerate(value):
            with file.noting():
                steps.append(_step(file, place, step))
    return tuple(steps)


def _step(file: ScenarioDocument, place: int, step: object) -> Step:
    if not isinstance(step, dict):
        reason = f"a step is a verb, a colon, a blank and what it is about, {_A_STEP}; got {shown(step)}"
        raise file.error(f"steps.{place}: {reason}", "steps", place)
    if len(step) != 1:
        raise file.error(f"a step has one verb; got {', '.join(step) or 'none'}", "steps", place)
    verb, argument = next(iter(step.items()))
    known = VERBS.get(verb)
    if known is None:
        raise file.error(unknown("verb", verb, VERBS), "steps", place, verb)
    read = file.convert(argument, known.shape, "steps", place, verb, example=known.example, forms=known.forms)
    return Step(verb=verb, argument=read, line=file.document.place("steps", place, verb).line)


_REF = "#/$defs/{name}"
_TYPES = ("integer", "number", "boolean", "array", "object")
_NARROW = {"enum", "pattern"}
_PLACEHOLDER = {"type": "string", "pattern": r"<[A-Za-z_]\w*>"}
_ROW = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": True,
}

Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the schema of one document.

    All that a ``matrix`` may fill in may be a placeholder such as ``<kind>``, so numbers and choices may be one, too.
    """
    (head, *verbs), definitions = schemas_of(
        [ScenarioHead, *(verb.shape for verb in VERBS.values())], reference=_REF
    )
    document = definitions.pop(head["$ref"].rpartition("/")[2])
    document["properties"][MATRIX] = {
        "description": "the same scenario once for each row; <name> stands for the row's value",
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_ROWS,
        "items": _ROW,
    }
    document["properties"]["steps"] = {
        "description": "what happens, one verb each",
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": dict(zip(VERBS, verbs, strict=True)),
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of elements-local",
        **_open_inside(document),
        "$defs": _open_each(definitions),
    }


def _open(schema: Any) -> Any:
    """Let placeholders stand where anything but a free text is wanted."""
    if isinstance(schema, list):
        return [_open(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    opened = _open_inside(schema)
    narrow = opened.get("type") in _TYPES or not opened.keys().isdisjoint(_NARROW)
    return {"anyOf": [opened, _PLACEHOLDER]} if narrow else opened


def _open_inside(schema: Schema) -> Schema:
    """Open what is inside a schema, and leave it itself as it is."""
    return {key: _open_each(inner) if key == "properties" else _open(inner) for key, inner in schema.items()}


def _open_each(schemas: Schema) -> Schema:
    return {name: _open(schema) for name, schema in schemas.items()}
