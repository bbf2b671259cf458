"""A sweep's matrix as a table for a terminal."""

from collections.abc import Collection, Iterator

import click

from elements_local.sweeping.circumstances import CHANGES, CIRCUMSTANCES, OFFSETS
from elements_local.sweeping.matrix import LETTERS, CellKey, CellVerdict, SweepMatrix, changed

_COLOURS = {
    CellVerdict.LOST: "red",
    CellVerdict.MISNAMED: "magenta",
    CellVerdict.REPEATED: "yellow",
    CellVerdict.LATE: "cyan",
    CellVerdict.REPORTED: "green",
}
_WIDE = 20


def lines_of(matrix: SweepMatrix, *, marked: Collection[CellKey] = ()) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        marked: cells that stand in brackets, as their verdict has changed.
    """
    yield " " * _WIDE + "".join(f"{offset.label:>3} " for offset in OFFSETS).rstrip()
    for number, circumstance in enumerate(CIRCUMSTANCES):
        yield click.style(circumstance.name, bold=True)
        for change in CHANGES:
            cells = (
                _cell(cell.verdict, marked=(number, change, place) in marked)
                for place, cell in enumerate(matrix.row(number, change))
            )
            yield f"  {change:<{_WIDE - 2}}{''.join(cells)}".rstrip()


def legend() -> str:
    """Return what the letters and the columns mean."""
    letters = ", ".join(f"{letter} {verdict.value}" for verdict, letter in LETTERS.items())
    return f"{letters}; seconds from the poll, <0 and 0> in its own second before and after it"


def counts_of(matrix: SweepMatrix) -> str:
    """Return how many cells have each verdict."""
    return ", ".join(f"{count} {verdict.value}" for verdict, count in matrix.counts.items() if count)


def changes_of(before: SweepMatrix, after: SweepMatrix) -> Iterator[str]:
    """Yield a line for each way in which verdicts have changed, the most frequent first."""
    moved = changed(before, after)
    for (was, has_become), keys in sorted(moved.items(), key=lambda each: -len(each[1])):
        where = dict.fromkeys(f"{CIRCUMSTANCES[number].name}: {change}" for number, change, _ in keys)
        yield f"{len(keys)} {was.value} -> {has_become.value} ({'; '.join(where)})"
    if not moved:
        yield "nothing changes"


def _cell(verdict: CellVerdict, *, marked: bool) -> str:
    letter = click.style(LETTERS[verdict], fg=_COLOURS.get(verdict), bold=verdict is CellVerdict.LOST)
    return f" [{letter}]" if marked else f"  {letter} "
