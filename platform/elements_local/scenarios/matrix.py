"""Rows of a scenario's ``matrix``: the same document once for each, ``<name>`` standing for the row's value.

Data, not a language: a text that is nothing but a placeholder becomes the value itself, a longer one has its text in it.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from elements_local.kit.api.json_text import Json
from elements_local.stack.shape_errors import Path
from elements_local.stack.yaml_text import Document, SourcePosition

MATRIX = "matrix"
MOST_ROWS = 1_000
MOST_VALUES = 1_000_000
"""Of all rows' documents together: of a large one fewer rows are taken."""
Row = Mapping[str, Json]

_PLACEHOLDER = re.compile(r"<([A-Za-z_]\w*)>")


class MatrixError(Exception):
    """A matrix, or a placeholder, cannot be used.

    Attributes:
        path: to what is wrong.
    """

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(reason)
        self.path = path


def expand(document: Document) -> list[Document]:
    """Return the document, or one for each row of its matrix; each row's name ends in what tells it from the others.

    Raises:
        MatrixError: says what of the matrix or the placeholders is wrong, and where.
    """
    value = document.value
    if not isinstance(value, dict) or MATRIX not in value:
        return [document]
    rows = list(_rows(value[MATRIX]))
    rest = {key: inner for key, inner in value.items() if key != MATRIX}
    places = {path: place for path, place in document.places.items() if path[:1] != (MATRIX,)}
    _check_count(len(rows), values=len(places))
    return [_filled(rest, places, row) for row in rows]


def _check_count(count: int, *, values: int) -> None:
    most = max(1, min(MOST_ROWS, MOST_VALUES // max(values, 1)))
    if count > most:
        size = "" if most == MOST_ROWS else f" of a document with {values} values"
        raise MatrixError(
            f"matrix: {count} rows came; at most {most}{size} are taken, so put the others into a document of their own",
            (MATRIX,),
        )


def _rows(matrix: Json) -> Iterator[Row]:
    if not isinstance(matrix, list) or not matrix:
        raise MatrixError(
            "matrix: expected a list of rows, such as [{kind: contacts}, {kind: leads}]", (MATRIX,)
        )
    first: Row | None = None
    for number, row in enumerate(matrix):
        if not isinstance(row, dict) or not row:
            raise MatrixError(f"matrix.{number}: a row is a mapping of names to values", (MATRIX, number))
        first = first or row
        if row.keys() != first.keys():
            expected = ", ".join(first)
            raise MatrixError(
                f"matrix.{number}: every row has the same names; expected {expected}, got {', '.join(row)}",
                (MATRIX, number),
            )
        yield row


def _filled(value: Mapping[str, Json], places: Mapping[Path, SourcePosition], row: Row) -> Document:
    filled = {_text(key, row, (key,)): _fill(inner, row, (key,)) for key, inner in value.items()}
    if "scenario" in filled and filled["scenario"] == value.get("scenario"):
        filled["scenario"] = f"{filled['scenario']} [{', '.join(map(str, row.values()))}]"
    moved = {
        tuple(_text(part, row, path) if isinstance(part, str) else part for part in path): place
        for path, place in places.items()
    }
    return Document(value=filled, places=moved)


def _fill(value: Json, row: Row, path: Path) -> Json:
    if isinstance(value, dict):
        return {
            _text(key, row, (*path, key)): _fill(inner, row, (*path, key)) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_fill(inner, row, (*path, number)) for number, inner in enumerate(value)]
    if not isinstance(value, str):
        return value
    filled = _text(value, row, path)
    whole = _PLACEHOLDER.fullmatch(value)
    return row[whole[1]] if whole else filled


def _text(text: str, row: Row, path: Path) -> str:
    """Fill a row's values into a text.

    Raises:
        MatrixError: it has a placeholder that the row has no value for.
    """

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in row:
            near = get_close_matches(match[1], row, n=1)
            hint = f"; did you mean <{near[0]}>?" if near else f"; it has {', '.join(row)}"
            raise MatrixError(f"the matrix has no {match[1]!r}{hint}", path)
        return str(row[match[1]])

    return _PLACEHOLDER.sub(value_of, text)
