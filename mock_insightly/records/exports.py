"""Records as files: what is written of them, and what is read back. JSON keeps all; CSV cannot tell "" from null."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO

from elements_local.kit.api.json_text import Json, MalformedJsonError, decode, encode_text
from elements_local.kit.text import CSV_FAULT
from mock_insightly.account.account import CrmAccount
from mock_insightly.errors import BadRequestError, FieldError
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Choice, Date, Field, Record, Text, read_id, rows_of, upper_keys
from mock_insightly.records.stamps import Reserve, created, is_synthetic, number_rows, record_in

VERSION = 1
LARGEST_NUMBER = 2**62
"""Of an id or a row: those that are given out afterwards are larger."""
_STAMPS = ("DATE_CREATED_UTC", "DATE_UPDATED_UTC")


class CsvError(BadRequestError):
    """A text is no CSV of records."""


def json_text(kinds: Iterable[tuple[RecordKind, Iterable[str]]]) -> Iterator[str]:
    """Write kinds with the documents of their records, bit by bit.

    >>> "".join(json_text([]))
    '{"version":1,"records":{}}'
    """
    yield f'{{"version":{VERSION},"records":{{'
    for place, (kind, documents) in enumerate(kinds):
        yield f"{',' if place else ''}{encode_text(kind.name)}:["
        for number, document in enumerate(documents):
            yield f",{document}" if number else document
        yield "]"
    yield "}}"


def csv_text(kind: RecordKind, documents: Iterable[str]) -> Iterator[str]:
    """Write records as CSV, bit by bit: texts as they are, all else as JSON, null as nothing."""
    names = [field.name for field in kind.fields]
    yield _line(names)
    for document in documents:
        record = record_in(document)
        yield _line(_cell(record.get(name)) for name in names)


def csv_records(kind: RecordKind, text: str) -> Iterator[dict[str, Json]]:
    """Read records as CSV; columns that no field has are dropped.

    Raises:
        CsvError: the text is no CSV, or a line has another number of cells than the first.
        FieldError: a cell cannot be read.
    """
    # Without `newline=""` a line feed within a cell would be translated.
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        names = [name.upper() for name in next(reader, [])]
        for cells in reader:
            if len(cells) != len(names):
                raise CsvError(
                    f"line {reader.line_num} has {len(cells)} cells; the first one has {len(names)}"
                )
            yield {
                name: _value(kind.field(name), cell) for name, cell in zip(names, cells, strict=True) if cell
            }
    except csv.Error as error:
        raise CsvError(f"line {reader.line_num}: {CSV_FAULT}") from error


def imported(kind: RecordKind, sent: Json, *, account: CrmAccount, now: datetime, reserve: Reserve) -> Record:
    """Return the record that a file tells of: its own id and dates, and what fields hold initially where it is silent.

    Args:
        now: its dates, if it has none.
        reserve: gives numbers to rows that have none.

    Raises:
        FieldError: a value does not fit, or there is no id.
    """
    fields = upper_keys(sent, kind.name)
    record_id = read_id(fields.get(kind.id_field), kind.id_field)
    given = {
        field.name: field.take(fields[field.name], f"{kind.name} {record_id}: {field.name}")
        for field in kind.fields
        if field.name in fields
    }
    new = created(kind, given, record_id=record_id, account=account, now=now)
    # A file that is silent on its stamps, or leaves them empty, gets those of now; elsewhere an empty value is meant.
    record = {**new, **{name: value for name, value in given.items() if value or name not in _STAMPS}}
    # Rows that have a number count as old, and keep it; the others are numbered as in any new record.
    whole = number_rows(kind, record, {**record, **_numbered(kind, record)}, reserve)
    for sequence, number in numbers_of(kind, whole):
        if not 0 < number <= LARGEST_NUMBER:
            raise FieldError(sequence, f"a number from 1 to {LARGEST_NUMBER}", number)
    return whole


def numbers_of(kind: RecordKind, record: Record) -> Iterator[tuple[str, int]]:
    """Yield every number that a record uses up, with the sequence that it comes from."""
    yield kind.numbers or kind.name, kind.id_of(record)
    for name, rows, id_field in kind.numbered:
        for row in rows_of(record, name):
            if not is_synthetic(rows, record[kind.id_field], row[id_field]):
                yield id_field, int(str(row[id_field]))


def _numbered(kind: RecordKind, record: Record) -> Record:
    """Return the collections of a record with those of their rows that have a number."""
    return {
        name: [row for row in rows_of(record, name) if row[id_field] is not None]
        for name, _, id_field in kind.numbered
    }


def _line(cells: Iterable[str]) -> str:
    written = StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()


def _cell(value: Json) -> str:
    return "" if value is None else value if isinstance(value, str) else encode_text(value)


def _value(field: Field | None, cell: str) -> Json:
    if field is None or isinstance(field.type, Text | Date | Choice):
        return cell
    try:
        return decode(cell)
    except MalformedJsonError as error:
        raise FieldError(field.name, "JSON", cell) from error
