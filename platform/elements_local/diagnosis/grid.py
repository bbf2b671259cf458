"""A grid: what came of a record in each circumstance, for each change, at each second; and how two grids differ. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from elements_local.diagnosis.circumstances import BETWEEN, CHANGES, COLUMNS, Circumstance


class CellVerdict(Enum):
    """What came of a change, the worst first."""

    LOST = "lost"
    MISCLASSIFIED = "misclassified"
    DUPLICATE = "duplicate"
    LATE = "late"
    REPORTED = "reported"
    NOT_OWED = "not owed"


LETTERS = {
    CellVerdict.LOST: "L",
    CellVerdict.MISCLASSIFIED: "M",
    CellVerdict.DUPLICATE: "D",
    CellVerdict.LATE: "l",
    CellVerdict.REPORTED: ".",
    CellVerdict.NOT_OWED: "-",
}
_OF_AUDIT = {
    "lost": CellVerdict.LOST,
    "misclassified": CellVerdict.MISCLASSIFIED,
    "duplicate": CellVerdict.DUPLICATE,
    "late": CellVerdict.LATE,
    "reported": CellVerdict.REPORTED,
}
_ORDER = [*CellVerdict]
_WRONG = (CellVerdict.LOST, CellVerdict.MISCLASSIFIED)


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """What came of one record, or of all records of a column.

    Attributes:
        verdicts: every one that came, the worst first; reported is left out beside another.
        why: the audit's sentence about the worst; empty if nothing was expected.
        created_again: whether a change of a record that its receiver knew was reported as CREATED.
    """

    verdicts: tuple[CellVerdict, ...] = (CellVerdict.NOT_OWED,)
    why: str = ""
    created_again: bool = False

    @property
    def letters(self) -> str:
        """One letter for each verdict."""
        return "".join(LETTERS[each] for each in self.verdicts)

    @property
    def rank(self) -> int:
        """How good the worst of it is; the worst is 0."""
        return _ORDER.index(self.verdicts[0])

    @property
    def is_wrong(self) -> bool:
        """Whether it was lost, or had a wrong name."""
        return self.verdicts[0] in _WRONG

    @property
    def is_right(self) -> bool:
        """Whether it was reported as it should be, or nothing was expected."""
        return self.verdicts[0] in {CellVerdict.REPORTED, CellVerdict.NOT_OWED}

    @property
    def is_misclassified(self) -> bool:
        """Whether the worst that came is a wrong name."""
        return self.verdicts[0] is CellVerdict.MISCLASSIFIED

    @property
    def words(self) -> str:
        """The verdicts as text."""
        return " and ".join(each.value for each in self.verdicts)

    def to_json(self) -> dict[str, Any]:
        """Return what is shown; ``verdict`` is the worst."""
        words = [each.value for each in self.verdicts]
        return {"verdict": words[0], "verdicts": words, "why": self.why}


class CellKey(NamedTuple):
    """Which record a cell is about.

    Attributes:
        circumstance: its place in the grid.
        poll: around which, or before which, the record was changed; counted from 0.
        column: its place among the columns.
        minute: of the column of minutes, how many before the poll.
    """

    circumstance: int
    change: str
    poll: int
    column: int
    minute: int = 0

    @property
    def label(self) -> str:
        """What the column is called; of a minute how many seconds before the poll it begins."""
        return f"-{self.minute} min" if COLUMNS[self.column] == BETWEEN else COLUMNS[self.column]


Changed = Mapping[tuple[str, str], Sequence[CellKey]]
"""Cells whose verdicts are others: by what they were, and what they are."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """What came of each record.

    Attributes:
        resource: that was polled.
        kind: of its records.
        circumstances: in which.
    """

    resource: str
    kind: str
    circumstances: tuple[Circumstance, ...]
    cells: Mapping[CellKey, GridCell] = field(repr=False)

    def row(self, circumstance: int, change: str) -> list[GridCell]:
        """Return what came of a change in a circumstance, by columns, those of all polls in one."""
        columns: list[list[GridCell]] = [[] for _ in COLUMNS]
        for key, cell in self.cells.items():
            if (key.circumstance, key.change) == (circumstance, change):
                columns[key.column].append(cell)
        return [_together(each) for each in columns]

    @property
    def rows(self) -> list[tuple[int, str]]:
        """All rows, as a circumstance's place and a change, the worst first."""
        counts: dict[tuple[int, str], Counter[CellVerdict]] = {}
        for key, cell in self.cells.items():
            counts.setdefault((key.circumstance, key.change), Counter()).update(cell.verdicts)
        return sorted(
            counts,
            key=lambda row: ([-counts[row][each] for each in _ORDER[:-2]], row[0], CHANGES.index(row[1])),
        )

    @property
    def counts(self) -> dict[CellVerdict, int]:
        """How many records have each verdict; one with two counts twice."""
        counted = Counter(verdict for cell in self.cells.values() for verdict in cell.verdicts)
        return {verdict: counted[verdict] for verdict in CellVerdict}

    def to_json(self) -> dict[str, Any]:
        """Return what is shown."""
        return {
            "resource": self.resource,
            "kind": self.kind,
            "offsets": [*COLUMNS],
            "counts": {verdict.value: count for verdict, count in self.counts.items()},
            "circumstances": [
                {
                    "name": circumstance.name,
                    "about": circumstance.about,
                    "changes": {
                        change: [cell.to_json() for cell in self.row(number, change)] for change in CHANGES
                    },
                }
                for number, circumstance in enumerate(self.circumstances)
            ],
        }


def cell_of(findings: Sequence[tuple[str, str]]) -> GridCell:
    """Return the cell of all that an audit found of a record, pairs of the list and the sentence.

    >>> cell_of([("reported", "at 10:15"), ("duplicate", "again at 10:30")]).letters
    'D'
    >>> cell_of([("duplicate", "again at 10:30"), ("lost", "no callback")]).letters
    'LD'
    """
    return _together([GridCell(verdicts=(_OF_AUDIT[word],), why=why) for word, why in findings])


def _together(cells: Sequence[GridCell]) -> GridCell:
    if not cells:
        return GridCell()
    came = {verdict for cell in cells for verdict in cell.verdicts}
    worse = came - {CellVerdict.REPORTED, CellVerdict.NOT_OWED}
    verdicts = tuple(sorted(worse or {min(came, key=_ORDER.index)}, key=_ORDER.index))
    return GridCell(verdicts=verdicts, why=next(each.why for each in cells if verdicts[0] in each.verdicts))


def changed(before: Grid, after: Grid) -> Changed:
    """Return the cells of both grids whose verdicts are others."""
    moved: dict[tuple[str, str], list[CellKey]] = {}
    for key, cell in before.cells.items():
        other = after.cells.get(key)
        if other and other.verdicts != cell.verdicts:
            moved.setdefault((cell.words, other.words), []).append(key)
    return moved


def worsened(before: Grid, after: Grid) -> list[CellKey]:
    """Return the cells that are lost in the second grid and were not in the first, or misclassified and were neither.

    Also those of records that are CREATED twice in the second alone, even if they were lost in the first.
    """
    return [
        key
        for key, cell in after.cells.items()
        if key in before.cells
        and (
            (cell.is_wrong and cell.rank < before.cells[key].rank)
            or (cell.created_again and not before.cells[key].created_again)
        )
    ]


def repeats_more(before: Grid | None, after: Grid) -> bool:
    """Say whether the second grid repeats what the first does not, or anything if there is no first."""
    return any(
        CellVerdict.DUPLICATE in cell.verdicts
        and not (before and key in before.cells and CellVerdict.DUPLICATE in before.cells[key].verdicts)
        for key, cell in after.cells.items()
    )


def worst_mended(before: Grid, after: Grid) -> CellKey | None:
    """Return the cell of the worst verdict in the first grid among those that have a better one in the second."""
    mended = [
        key for key, cell in before.cells.items() if key in after.cells and cell.rank < after.cells[key].rank
    ]
    order = {key: (before.cells[key].rank, CHANGES.index(key.change), key.poll, key.column) for key in mended}
    return min(mended, key=order.__getitem__, default=None)
