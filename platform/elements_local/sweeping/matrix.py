"""The matrix of a sweep: a verdict for each change, second and circumstance, and what differs between two of them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from msgspec import to_builtins

from elements_local.sweeping.circumstances import CHANGES, CIRCUMSTANCES, OFFSETS


class CellVerdict(Enum):
    """What became of a change; of several the worst, which come first."""

    LOST = "lost"
    MISNAMED = "misnamed"
    REPEATED = "repeated"
    LATE = "late"
    REPORTED = "reported"
    NOT_OWED = "not owed"


LETTERS = {
    CellVerdict.LOST: "L",
    CellVerdict.MISNAMED: "M",
    CellVerdict.REPEATED: "R",
    CellVerdict.LATE: "l",
    CellVerdict.REPORTED: ".",
    CellVerdict.NOT_OWED: "-",
}
_OF_AUDIT = {
    "lost": CellVerdict.LOST,
    "misclassified": CellVerdict.MISNAMED,
    "duplicate": CellVerdict.REPEATED,
    "late": CellVerdict.LATE,
    "reported": CellVerdict.REPORTED,
}


@dataclass(frozen=True, kw_only=True)
class SweepCell:
    """What became of one change.

    Attributes:
        why: the audit's sentence about it; empty if nothing was owed.
    """

    verdict: CellVerdict
    why: str = ""


CellKey = tuple[int, str, int]
"""Places of a circumstance and an offset, and a change between them."""


@dataclass(frozen=True, kw_only=True)
class SweepMatrix:
    """What became of each change at each second in each circumstance.

    Attributes:
        resource: that was polled.
        kind: of its records.
        cells: all of them.
    """

    resource: str
    kind: str
    cells: Mapping[CellKey, SweepCell] = field(repr=False)

    def row(self, circumstance: int, change: str) -> list[SweepCell]:
        """Return the cells of a change in a circumstance, by their offsets."""
        return [self.cells[circumstance, change, offset] for offset in range(len(OFFSETS))]

    @property
    def counts(self) -> dict[CellVerdict, int]:
        """How many cells have each verdict."""
        counted = Counter(cell.verdict for cell in self.cells.values())
        return {verdict: counted[verdict] for verdict in CellVerdict}

    def to_json(self) -> dict[str, Any]:
        """Return what is shown."""
        return {
            "resource": self.resource,
            "kind": self.kind,
            "offsets": [offset.label for offset in OFFSETS],
            "counts": {verdict.value: count for verdict, count in self.counts.items()},
            "circumstances": [
                {
                    "name": circumstance.name,
                    "about": circumstance.about,
                    "changes": {change: to_builtins(self.row(number, change)) for change in CHANGES},
                }
                for number, circumstance in enumerate(CIRCUMSTANCES)
            ],
        }


def cell_of(findings: Sequence[tuple[str, str]]) -> SweepCell:
    """Return the cell of all that an audit found of a change, pairs of the list and the sentence: the worst of it.

    >>> cell_of([("reported", "at 10:15"), ("duplicate", "again at 10:30")])
    SweepCell(verdict=<CellVerdict.REPEATED: 'repeated'>, why='again at 10:30')
    """
    order = [*CellVerdict]
    worst = min(findings, key=lambda each: order.index(_OF_AUDIT[each[0]]), default=None)
    if worst is None:
        return SweepCell(verdict=CellVerdict.NOT_OWED)
    return SweepCell(verdict=_OF_AUDIT[worst[0]], why=worst[1])


def changed(before: SweepMatrix, after: SweepMatrix) -> dict[tuple[CellVerdict, CellVerdict], list[CellKey]]:
    """Return the cells whose verdict is another, by what it was and what it is."""
    moved: dict[tuple[CellVerdict, CellVerdict], list[CellKey]] = {}
    for key, cell in before.cells.items():
        other = after.cells[key]
        if other.verdict is not cell.verdict:
            moved.setdefault((cell.verdict, other.verdict), []).append(key)
    return moved
