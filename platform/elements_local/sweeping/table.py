"""A sweep's matrix as a table for a terminal, and as a picture: SVG with what became of each change as its tooltip."""

from collections.abc import Collection, Iterator
from xml.sax.saxutils import escape

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
_FILLS = {
    CellVerdict.LOST: "#d55e00",
    CellVerdict.MISNAMED: "#cc79a7",
    CellVerdict.REPEATED: "#f0e442",
    CellVerdict.LATE: "#56b4e9",
    CellVerdict.REPORTED: "#d9f0d3",
    CellVerdict.NOT_OWED: "#eeeeee",
}
"""Told apart by those who see red and green alike (Okabe and Ito's palette)."""

_CELL, _LEFT, _TOP, _GAP = 22, 190, 64, 8
_BLOCK = len(CHANGES) * _CELL + _GAP
_WIDTH = _LEFT + len(OFFSETS) * _CELL
_LEGEND = _TOP + len(CIRCUMSTANCES) * _BLOCK + 4
_IN_A_ROW = 3
_HEIGHT = _LEGEND + 2 * _CELL + 8


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


def svg_of(*titled: tuple[str, SweepMatrix], marked: Collection[CellKey] = ()) -> str:
    """Return a picture of matrices side by side, each below its title.

    Args:
        marked: cells of all but the first that have a frame, as their verdict has changed.
    """
    width = len(titled) * (_WIDTH + 20)
    size = f'width="{width}" height="{_HEIGHT}" viewBox="0 0 {width} {_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for number, (title, matrix) in enumerate(titled):
        parts += [f'<g transform="translate({number * (_WIDTH + 20)} 0)">']
        parts += _drawn(title, matrix, marked if number else ())
        parts += ["</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _drawn(title: str, matrix: SweepMatrix, marked: Collection[CellKey]) -> Iterator[str]:
    yield _text(8, 20, title, "bold")
    for place, offset in enumerate(OFFSETS):
        yield _text(_LEFT + place * _CELL + _CELL // 2, _TOP - 8, offset.label, anchor="middle")
    for number, circumstance in enumerate(CIRCUMSTANCES):
        top = _TOP + number * _BLOCK
        yield _text(8, top + 15, circumstance.name, "bold")
        for row, change in enumerate(CHANGES):
            y = top + row * _CELL
            yield _text(_LEFT - 8, y + 15, change, anchor="end")
            for place, cell in enumerate(matrix.row(number, change)):
                frame = (number, change, place) in marked
                yield _box(_LEFT + place * _CELL, y, cell.verdict, cell.why, frame=frame)
    for place, verdict in enumerate(CellVerdict):
        x, y = 8 + place % _IN_A_ROW * _WIDTH // _IN_A_ROW, _LEGEND + place // _IN_A_ROW * _CELL
        yield _box(x, y, verdict, "", frame=False)
        yield _text(x + _CELL + 4, y + 15, verdict.value)


def _box(x: int, y: int, verdict: CellVerdict, why: str, *, frame: bool) -> str:
    tooltip = f"<title>{escape(f'{verdict.value}: {why}' if why else verdict.value)}</title>"
    stroke = ' stroke="black" stroke-width="2"' if frame else ""
    side = _CELL - 2
    return (
        f'<g>{tooltip}<rect x="{x + 1}" y="{y + 1}" width="{side}" height="{side}" fill="{_FILLS[verdict]}"{stroke}/>'
        + _text(x + _CELL // 2, y + 15, LETTERS[verdict], anchor="middle")
        + "</g>"
    )


def _text(x: int, y: int, text: str, weight: str = "normal", *, anchor: str = "start") -> str:
    style = f'text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x}" y="{y}" {style}>{escape(text)}</text>'
