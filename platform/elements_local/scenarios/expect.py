"""Compares what was expected with what came, and what came with what is stored of it; says the difference in lines."""

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from elements_local.kit.api.json_text import encode_text
from elements_local.stack.output_files import OutputFile


def unordered(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """Return the difference of two collections of lines, none if they hold the same as often.

    >>> unordered(["a", "b"], ["b", "c", "c"])
    ['missing:    a', 'unexpected: c (2 times)']
    """
    missing = Counter(expected) - Counter(actual)
    unexpected = Counter(actual) - Counter(expected)
    return _counted("missing:   ", missing) + _counted("unexpected:", unexpected)


def ordered(expected: Sequence[object], actual: Sequence[object]) -> list[str]:
    """Return the difference of two lists, none if they are the same.

    >>> ordered([503, 200], [503, 503])
    ['expected: [503,200]', 'actual:   [503,503]']
    """
    if list(expected) == list(actual):
        return []
    return [f"expected: {encode_text(list(expected))}", f"actual:   {encode_text(list(actual))}"]


def contained(expected: object, actual: object, *, at: str = "") -> list[str]:
    """Return where a value does not contain another: objects may have more keys, nothing else may differ.

    ``{text}`` and ``{number}`` are any value of that type, ``{absent}`` is a key that is not there.

    >>> contained({"name": "Ada", "tags": ["x"]}, {"name": "Bob", "tags": ["x"], "id": 1})
    ['name: expected "Ada", actual "Bob"']
    """
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        lines: list[str] = []
        for key, value in expected.items():
            path = f"{at}.{key}".lstrip(".")
            if key in actual:
                lines += contained(value, actual[key], at=path)
            elif value != "{absent}":
                lines.append(f"{path}: expected {encode_text(value)}, actual nothing")
        return lines
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for place, (one, other) in pairs for line in contained(one, other, at=f"{at}[{place}]")]
    if _is_as(expected, actual):
        return []
    return [f"{at or 'value'}: expected {encode_text(expected)}, actual {encode_text(actual)}"]


def headers(expected: Mapping[str, str | None], actual: Mapping[str, str]) -> list[str]:
    """Return which headers are not as expected; null is one that must not be there.

    >>> headers({"X-Mine": None, "X-Yours": "{text}"}, {"x-yours": "any"})
    []
    """
    by_name = {name.lower(): value for name, value in actual.items()}
    return [
        f"{name}: {line}"
        for name, value in expected.items()
        if not _is_as(value, came := by_name.get(name.lower()))
        for line in ordered([value], [came])
    ]


def _is_as(expected: object, actual: object) -> bool:
    if expected == "{text}":
        return isinstance(actual, str)
    if expected == "{number}":
        return isinstance(actual, int | float) and not isinstance(actual, bool)
    return expected == actual


def _counted(label: str, lines: Counter[str]) -> list[str]:
    return [
        f"{label} {line}" + (f" ({times} times)" if times > 1 else "")
        for line, times in sorted(lines.items())
    ]


class GoldenStream(Struct, frozen=True, kw_only=True):
    """Where a scenario's stream is stored.

    Attributes:
        update: write what came over what is stored, instead of comparing the two.
    """

    path: Path
    update: bool = False

    def differences(self, lines: list[str]) -> list[str]:
        """Return what is missing and what is too much, none if the stream is the stored one."""
        if self.update:
            OutputFile(path=self.path, force=True).write("".join(f"{line}\n" for line in lines))
            return []
        if not self.path.exists():
            return [f"{self.path} is not there; --update writes it", *(f"  {line}" for line in lines)]

        recorded = self.path.read_text(encoding="utf-8").splitlines()
        if recorded == lines:
            return []
        compared = difflib.unified_diff(
            recorded, lines, fromfile=str(self.path), tofile="what came", lineterm="", n=1
        )
        return [*compared, "(--update keeps what came)"]


def golden_of(scenario_path: Path, name: str, *, update: bool = False) -> GoldenStream:
    """Return where the stream of a scenario is stored: a folder named after its file, a text named after itself."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:100] or "stream"
    return GoldenStream(path=_folder(scenario_path) / f"{word}.stream", update=update)


def streams_of(scenario_path: Path) -> list[Path]:
    """Return the streams that are stored for a file of scenarios."""
    return sorted(_folder(scenario_path).glob("*.stream"))


def _folder(scenario_path: Path) -> Path:
    return scenario_path.with_suffix("")


def labelled(label: str, lines: list[str]) -> list[str]:
    """Return differences, each with what they are of."""
    return [f"{label}: {line}" for line in lines]
