"""One document of a scenario file while it is read: where things stand in it, and what was found to be wrong."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from elements_local.scenarios.shape_errors import place_and_reason, unknown
from elements_local.scenarios.yaml_text import Document, SourcePosition

T = TypeVar("T")


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
