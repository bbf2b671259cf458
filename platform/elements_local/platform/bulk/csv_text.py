"""Records as comma-separated values, and back.

Source: that bulk results and uploads come as CSV (observed); how a record becomes a line is assumed: a column for
each key, lists and objects as JSON, nothing for null.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO

from elements_local.kit.text import CSV_FAULT
from elements_local.platform.errors import InvalidRequestError

_BOM = "\ufeff"


def header(fields: Sequence[str]) -> str:
    """Write the line that names the columns."""
    return _line(fields)


def line(record: Mapping[str, object], fields: Sequence[str]) -> str:
    """Write a record's line."""
    return _line(_cell(record.get(field)) for field in fields)


def records(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """Read records: the first line names the columns, an empty cell is no value, a list or an object is JSON.

    Raises:
        InvalidRequestError: it is not valid CSV; says the line, counted from 1.
    """
    reader = csv.reader(_without_bom(lines), strict=True)
    try:
        fields = next(reader, [])
        _check_columns(fields)
        for cells in reader:
            if not cells:
                continue
            # Fewer cells are fine: spreadsheets leave off empty ones at the end of a line.
            if len(cells) > len(fields):
                raise InvalidRequestError(
                    f"line {reader.line_num} of the file has {len(cells)} cells, its header {len(fields)}"
                )
            yield {field: _value(cell) for field, cell in zip(fields, cells, strict=False) if cell}
    except csv.Error as error:
        raise InvalidRequestError(
            f"line {reader.line_num} of the file is not valid CSV: {CSV_FAULT}"
        ) from error


def _check_columns(fields: Sequence[str]) -> None:
    if not any(fields):
        raise InvalidRequestError("the file is empty; expected a line that names the columns")
    twice = sorted({field for field in fields if fields.count(field) > 1})
    if twice or not all(fields):
        raise InvalidRequestError(f"each column needs its own name; these are repeated or empty: {twice}")


def _without_bom(lines: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(lines):
        # Spreadsheets write one, and it would become part of the first column's name.
        yield text.removeprefix(_BOM) if number == 0 else text


def _line(cells: Iterable[str]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case _:
            return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _value(cell: str) -> object:
    if not cell.startswith(("[", "{")):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell
