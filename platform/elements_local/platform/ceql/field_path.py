"""Paths of mapped fields: ``name.first``, ``TAGS[*].TAG_NAME``, ``B[0].id``, ``B[?(@.id==2)].name``, ``B[*].size()``.

Source: dotted paths nest (documented); ``[*]`` is every row of a list (observed); ``[0]``, a row that is found by its
value and the number of rows read out of lists (documented). That the first row with the value counts is assumed.
"""

import re
from collections.abc import Sequence
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.platform.errors import InvalidRequestError, quoted

LARGEST_INDEX = 1000
LONGEST = 500
"""Characters of a path."""

_LITERAL = r"""'[^']*'|"[^"]*"|[^\]'")\s]+"""
_STEP = re.compile(
    rf"""
      (?P<size>(?:\[\*\])?\.size\(\)$)
    | (?P<rows>\[\*\])
    | \[(?P<index>\d{{1,4}})\]
    | \[(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)")\]
    | \[(?:\?\(@\.(?P<filter_key>[\w@$-]+)\s*==\s*(?P<filter_value>{_LITERAL})\s*\)
        |(?P<key>[\w@$-]+)\s*=\s*(?P<value>{_LITERAL}))\]
    | \.?(?P<name>[^.\[\]]+)
    """,
    re.VERBOSE | re.ASCII,
)


class PathMark(Enum):
    """A step that is no key, no index and no value."""

    ROWS = "[*]"
    SIZE = ".size()"


class RowWhere(Struct, frozen=True):
    """The first row of a list with this value, which is compared as text."""

    key: str
    value: str

    def is_of(self, row: object) -> bool:
        """Say whether a row has the value."""
        found = row.get(self.key) if isinstance(row, dict) else None
        return found is not None and _as_text(found) == self.value


PathStep: TypeAlias = "str | int | RowWhere | PathMark"
FieldPath: TypeAlias = tuple[PathStep, ...]


@bounded_cache(1024)
def parse_path(text: str) -> FieldPath:
    """Read a path.

    Raises:
        InvalidRequestError: says where it cannot be read.

    >>> parse_path("B[?(@.id==2)].name")
    ('B', RowWhere(key='id', value='2'), 'name')
    """
    if not 0 < len(text) <= LONGEST:
        raise InvalidRequestError(f"a path of a field has 1 to {LONGEST} characters; got {quoted(text)}")
    steps: list[PathStep] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        # a path begins with a name: an index or `[*]` needs a list before it
        if match is None or (not steps and match["name"] is None and match["single"] is match["double"]):
            raise InvalidRequestError(
                f"{quoted(text)} is not a path of a field: cannot read {quoted(text[at : at + 20])}; "
                "expected names with dots between, such as name.first, TAGS[*].NAME, B[0].id or B[id=4].name"
            )
        steps.append(_step(match, text))
        at = match.end()
    return tuple(steps)


def is_writable(path: Sequence[PathStep]) -> bool:
    """Say whether a value can be put at a path; a number of rows, or a row found by its value, can only be read."""
    return not any(isinstance(step, RowWhere) or step is PathMark.SIZE for step in path)


def row_depth(path: Sequence[PathStep]) -> int:
    """Return how often a path goes through the rows of a list."""
    return path.count(PathMark.ROWS)


def _step(match: re.Match[str], text: str) -> PathStep:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    match found:
        case {"size": _}:
            return PathMark.SIZE
        case {"rows": _}:
            return PathMark.ROWS
        case {"index": digits}:
            if int(digits) > LARGEST_INDEX:
                raise InvalidRequestError(
                    f"{quoted(text)}: an index is {LARGEST_INDEX} at the most; got {digits}"
                )
            return int(digits)
        case {"filter_key": key, "filter_value": value} | {"key": key, "value": value}:
            return RowWhere(key, value.strip("'\""))
        case _:
            (name,) = found.values()
            return str(name)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
