"""One document of a scenario file while it is read: where things stand, what is wrong, and what it says above its steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import msgspec

from elements_local.kit.instants import UnreadableTimeError, for_clock, parse_zoned_instant
from elements_local.kit.settings import PREFIX, SettingsError, variable
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.scenarios.verbs.instances import INSTANCE_KEYS
from elements_local.stack.shape_errors import place_and_reason, unknown
from elements_local.stack.stack_settings import Configuration, stack_variables
from elements_local.stack.yaml_text import Document, SourcePosition

T = TypeVar("T")
Tag: TypeAlias = Annotated[
    str,
    msgspec.Meta(pattern=r"^[A-Za-z0-9][\w.-]*$(?!\n)", description="a word, such as slow or retry-ladder"),
]
"""A word, so that it can stand behind ``-m`` of pytest."""

PROFILE: Final = variable("platform.profile")
NEEDED = ("scenario", "steps")
EXAMPLE = "`scenario: <what it shows>` and `steps:`"


class ScenarioError(Exception):
    """A scenario cannot be read.

    Attributes:
        path, place: where.
        reason: what came, what was expected, and what to do.
    """

    def __init__(self, path: Path, place: SourcePosition, reason: str) -> None:
        super().__init__(f"{path}:{place.line}:{place.column}: {reason}")
        self.path = path
        self.place = place
        self.reason = reason


@dataclass(frozen=True)
class ScenarioDocument:
    """One document of a file, and what was found to be wrong with it so far."""

    path: Path
    document: Document = field(repr=False)
    mistakes: list[ScenarioError] = field(default_factory=list)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note a mistake, and go on to where the next one may be."""
        try:
            yield
        except ScenarioError as error:
            self.mistakes.append(error)

    def error(self, reason: str, *where: str | int) -> ScenarioError:
        """Return a mistake with the place of what it is about, or of the nearest thing around that."""
        return ScenarioError(self.path, self.document.place(*where), reason)

    def convert(
        self,
        value: object,
        shape: type[T],
        *where: str | int,
        example: str | None = None,
        forms: Mapping[str, str] | None = None,
    ) -> T:
        """Turn a value into a shape, and an error into one with a line.

        Args:
            example: what would do in the whole's place.
            forms: what would do at its keys.
        """
        try:
            return msgspec.convert(value, shape)
        except msgspec.ValidationError as error:
            inner, reason = place_and_reason(value, shape, forms)
            hint = f"; write it as in {example}" if example and not inner else ""
            raise self.error(labelled(reason + hint, *where, *inner), *where, *inner) from error

    def note(self, reason: str, *where: str | int) -> None:
        """Note a mistake."""
        self.mistakes.append(self.error(reason, *where))

    def stop_at_mistakes(self) -> None:
        """Go no further once there are mistakes.

        Raises:
            ScenarioError: there are.
        """
        if self.mistakes:
            raise self.mistakes[0]

    def refuse_unknown(self, keys: Iterable[str], known: Sequence[str], *where: str | int) -> None:
        """Refuse a key that is not known.

        Raises:
            ScenarioError: names the nearest.
        """
        for key in keys:
            if key not in known:
                raise self.error(labelled(unknown("key", key, known), *where), *where, key)


def labelled(reason: str, *where: str | int) -> str:
    """Put the path to what is wrong before what is said of it."""
    return f"{'.'.join(map(str, where))}: {reason}" if where else reason


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


def read_head(file: ScenarioDocument, value: Mapping[str, object]) -> ScenarioHead:
    """Return what stands above the steps; if it cannot be read, each key is checked by itself.

    Raises:
        ScenarioError: it cannot be read; all that is wrong with it is noted.
    """
    for key in value:
        with file.noting():
            file.refuse_unknown([key], ScenarioHead.__struct_fields__)
    known = {key: inner for key, inner in value.items() if key in ScenarioHead.__struct_fields__}
    needed = {key: known[key] for key in NEEDED if key in known}
    if len(needed) < len(NEEDED):  # what is missing may be what is misspelt
        file.stop_at_mistakes()
    try:
        return file.convert(known, ScenarioHead, example=EXAMPLE)
    except ScenarioError:
        for key, inner in known.items():
            with file.noting():
                file.convert({**needed, key: inner}, ScenarioHead, example=EXAMPLE)
        raise


def start_of(file: ScenarioDocument, head: ScenarioHead) -> datetime:
    """Return the first instant."""
    try:
        return DEFAULT_START if head.start is None else for_clock(parse_zoned_instant(head.start))
    except UnreadableTimeError as error:
        raise file.error(f"start: {error}", "start") from error


def instances_of(file: ScenarioDocument, head: ScenarioHead) -> Mapping[str, Mapping[str, object]]:
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


def settings_of(file: ScenarioDocument, head: ScenarioHead) -> Mapping[str, str]:
    """Return a scenario's settings as environment variables; each has to be one that a service knows."""
    if not head.settings:
        return {}

    names = [each.removeprefix(PREFIX) for each in stack_variables() if each != PROFILE]
    for name in head.settings:
        if name not in names:
            raise file.error(f"settings: {unknown('setting', name, names)}", "settings", name)
    chosen = {
        PREFIX + name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in head.settings.items()
    }
    try:
        Configuration(chosen).check()
    except SettingsError as error:
        raise file.error(f"settings: {error}", "settings") from error
    return chosen
