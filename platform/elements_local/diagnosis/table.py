"""A grid as a table for a terminal, and as a picture: SVG with what came of each change as its tooltip."""

from collections.abc import Collection, Iterator
from xml.sax.saxutils import escape

import click

from elements_local.diagnosis.circumstances import BETWEEN, CHANGES, COLUMNS
from elements_local.diagnosis.grid import LETTERS, CellKey, CellVerdict, Grid, GridCell, changed

_COLOURS = {
    CellVerdict.LOST: "red",
    CellVerdict.MISCLASSIFIED: "magenta",
    CellVerdict.DUPLICATE: "yellow",
    CellVerdict.LATE: "cyan",
    CellVerdict.REPORTED: "green",
}
_WIDE = 28
_EVERYWHERE = "in every circumstance"
_FILLS = {
    CellVerdict.LOST: "#d55e00",
    CellVerdict.MISCLASSIFIED: "#cc79a7",
    CellVerdict.DUPLICATE: "#f0e442",
    CellVerdict.LATE: "#56b4e9",
    CellVerdict.REPORTED: "#d9f0d3",
    CellVerdict.NOT_OWED: "#eeeeee",
}
"""Told apart by those who see red and green alike (Okabe and Ito's palette)."""

_CELL, _LEFT, _TOP, _GAP = 22, 190, 64, 8
_BLOCK = len(CHANGES) * _CELL + _GAP
_WIDTH = _LEFT + len(COLUMNS) * _CELL
_IN_A_ROW = 3

Row = tuple[int, str]
"""A row of the table: the circumstance's place, and the change."""


def lines_of(grid: Grid, *, marked: Collection[CellKey] = ()) -> Iterator[str]:
    """Yield the lines of a table, the worst row first; a change that comes to the same everywhere has one row.

    Args:
        marked: cells that stand in brackets, as their verdicts have changed.
    """
    in_brackets = {(key.circumstance, key.change, key.column) for key in marked}
    yield " " * _WIDE + "".join(f"{column:>4}" for column in COLUMNS)
    same = {change for change in CHANGES if len(set(_letters(grid, change))) == 1}
    for number, change in grid.rows:
        if change in same and number:
            continue
        name = _EVERYWHERE if change in same else grid.circumstances[number].name
        cells = (
            _cell(cell, marked=(number, change, place) in in_brackets)
            for place, cell in enumerate(grid.row(number, change))
        )
        yield f"{change:<8}{name:<{_WIDE - 8}}{''.join(cells)}".rstrip()


def _letters(grid: Grid, change: str) -> Iterator[tuple[str, ...]]:
    for number in range(len(grid.circumstances)):
        yield tuple(cell.letters for cell in grid.row(number, change))


def legend() -> str:
    """Return what the letters and the columns mean."""
    letters = ", ".join(f"{letter} {verdict.value}" for verdict, letter in LETTERS.items())
    return (
        f"{letters}; seconds from each of three polls, <0 and 0> in its own second before and after it, "
        f"{BETWEEN} at a second of each minute between them"
    )


def counts_of(grid: Grid) -> str:
    """Return how many records have each verdict."""
    return ", ".join(f"{count} {verdict.value}" for verdict, count in grid.counts.items() if count)


def changes_of(before: Grid, after: Grid) -> Iterator[str]:
    """Yield a line for each way in which verdicts have changed, the most frequent first."""
    moved = changed(before, after)
    for (was, has_become), keys in sorted(moved.items(), key=lambda each: -len(each[1])):
        where = dict.fromkeys(f"{before.circumstances[key.circumstance].name}: {key.change}" for key in keys)
        yield f"{len(keys)} {was} -> {has_become} ({'; '.join(where)})"
    if not moved:
        yield "nothing changes"


def _cell(cell: GridCell, *, marked: bool) -> str:
    width = len(cell.letters) + (2 if marked else 0)
    letters = "".join(
        click.style(LETTERS[verdict], fg=_COLOURS.get(verdict), bold=verdict is CellVerdict.LOST)
        for verdict in cell.verdicts
    )
    return " " * max(4 - width, 0) + (f"[{letters}]" if marked else letters)


def svg_of(*titled: tuple[str, Grid], marked: Collection[CellKey] = ()) -> str:
    """Return a picture of grids side by side, each below its title.

    Args:
        marked: cells of all but the first that have a frame, as their verdicts have changed.
    """
    width = len(titled) * (_WIDTH + 20)
    legend_at = _TOP + max(len(grid.circumstances) for _, grid in titled) * _BLOCK + 4
    height = legend_at + 2 * _CELL + 8
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" data-generator="elements-local" {size} font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for number, (title, grid) in enumerate(titled):
        parts += [f'<g transform="translate({number * (_WIDTH + 20)} 0)">']
        parts += _drawn(title, grid, marked if number else ())
        parts += [*_drawn_legend(legend_at), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _drawn(title: str, grid: Grid, marked: Collection[CellKey]) -> Iterator[str]:
    framed = {(key.circumstance, key.change, key.column) for key in marked}
    yield _text(8, 20, title, "bold")
    for place, column in enumerate(COLUMNS):
        yield _text(_LEFT + place * _CELL + _CELL // 2, _TOP - 8, column, anchor="middle")
    for number, circumstance in enumerate(grid.circumstances):
        top = _TOP + number * _BLOCK
        yield _text(8, top + 15, circumstance.name, "bold")
        for row, change in enumerate(CHANGES):
            y = top + row * _CELL
            yield _text(_LEFT - 8, y + 15, change, anchor="end")
            for place, cell in enumerate(grid.row(number, change)):
                yield _box(_LEFT + place * _CELL, y, cell, frame=(number, change, place) in framed)


def _drawn_legend(top: int) -> Iterator[str]:
    for place, verdict in enumerate(CellVerdict):
        x, y = 8 + place % _IN_A_ROW * _WIDTH // _IN_A_ROW, top + place // _IN_A_ROW * _CELL
        yield _box(x, y, GridCell(verdicts=(verdict,)), frame=False)
        yield _text(x + _CELL + 4, y + 15, verdict.value)


def _box(x: int, y: int, cell: GridCell, *, frame: bool) -> str:
    tooltip = f"<title>{escape(f'{cell.words}: {cell.why}' if cell.why else cell.words)}</title>"
    stroke = ' stroke="black" stroke-width="2"' if frame else ""
    side = _CELL - 2
    fill = _FILLS[cell.verdicts[0]]
    return (
        f'<g>{tooltip}<rect x="{x + 1}" y="{y + 1}" width="{side}" height="{side}" fill="{fill}"{stroke}/>'
        + _text(x + _CELL // 2, y + 15, cell.letters, anchor="middle")
        + "</g>"
    )


def _text(x: int, y: int, text: str, weight: str = "normal", *, anchor: str = "start") -> str:
    style = f'text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x}" y="{y}" {style}>{escape(text)}</text>'
