"""Records in bulk: added without a word in the change log, written to files, and read back; CSV cannot tell "" from null."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from itertools import islice

from msgspec import Struct, structs
from sqlalchemy import bindparam, select

from elements_local.kit.api.json_text import Json, MalformedJsonError, decode, encode_text
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.text import CSV_FAULT
from mock_insightly.account.account import CrmAccount
from mock_insightly.errors import BadRequestError, FieldError
from mock_insightly.fields.fields import AS_TEXT, Field, Record, read_id, rows_of, upper_keys
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.record import Reserve, created, is_synthetic, number_rows, record_in
from mock_insightly.records.sequences import FOUNDATIONS
from mock_insightly.records.writing import RecordTransaction
from mock_insightly.tables import records, references, seed_runs

_BATCH = 500

_clear = [
    WorkspaceStatement(table.delete().where(table.c.kind == bindparam("of_kind")))
    for table in (records, references)
]
_of_kind = seed_runs.c.kind == bindparam("of_kind")
_runs = WorkspaceStatement(
    select(seed_runs.c.first, seed_runs.c.length, seed_runs.c.first_id)
    .where(_of_kind, seed_runs.c.seed == bindparam("of_seed"))
    .order_by(seed_runs.c.first_id.desc())
)
_add_run = WorkspaceStatement(seed_runs.insert())
_lengthen_run = WorkspaceStatement(
    seed_runs.update().where(_of_kind, seed_runs.c.first_id == bindparam("of_first_id"))
)


class SeedRange(Struct, frozen=True, kw_only=True):
    """Seeded records whose positions and ids both follow one another."""

    first: int
    length: int
    first_id: int

    def id_of(self, position: int) -> int | None:
        """Return the id of the record at a position, if it belongs to this run."""
        offset = position - self.first
        return self.first_id + offset if 0 <= offset < self.length else None

    def continues(self, other: "SeedRange") -> bool:
        """Say whether it begins where another ends, positions and ids alike."""
        return self.first == other.first + other.length and self.first_id == other.first_id + other.length


class HistoryTransaction(RecordTransaction):
    """An open transaction in which the past of a workspace is made up."""

    def live(self, kind: RecordKind) -> int:
        """Return how many records of a kind there are."""
        return self.count(kind.name)

    def next_id(self, kind: RecordKind) -> int:
        """Take the id of a record out of its sequence, and count the record."""
        number = self.reserve(kind.numbers or kind.name, 1)
        if kind.numbers:
            self.sequences.join(kind.name)
        return number

    def add_foundation(self, foundation: Iterable[tuple[RecordKind, list[Record]]]) -> None:
        """Add what every account has, and what refers to nothing else, unless another process was quicker."""
        # The number is taken before anything is added: of two processes that found at once, one gets the second.
        if self.reserve(FOUNDATIONS, 1) > 1:
            return
        for kind, predefined in foundation:
            # The records come with the ids that the sequence begins with; reserving passes over them.
            self.reserve(kind.numbers or kind.name, len(predefined))
            if kind.numbers:
                self.sequences.join(kind.name, len(predefined))
            self.insert(kind, predefined)

    def add(self, kind: RecordKind, added: Iterable[Record]) -> None:
        """Keep records whose ids have been reserved."""
        following = iter(added)
        while batch := list(islice(following, _BATCH)):
            self.insert(kind, batch)

    def replace(self, kind: RecordKind, replacing: Iterable[Record]) -> None:
        """Put records with ids of their own in the place of all that there are of a kind."""
        for clear in _clear:
            self.tx.run(clear, of_kind=kind.name)
        ends: dict[str, tuple[int, int]] = {}
        count = 0

        # The records stream through: a file of hundreds of thousands is never in memory as a whole.
        def noted() -> Iterator[Record]:
            for record in replacing:
                nonlocal count
                count += 1
                for sequence, number in numbers_of(kind, record):
                    low, high = ends.get(sequence, (number, number))
                    ends[sequence] = min(low, number), max(high, number)
                yield record

        self.add(kind, noted())
        for sequence, (low, high) in ends.items():
            # Only now are the ends known; what is created afterwards gets higher numbers.
            self.sequences.pass_over(sequence, low, high)
        self.sequences.recount(kind.name, count)

    def runs(self, kind: RecordKind, seed: int) -> list[SeedRange]:
        """Return the runs of a seed, the latest first."""
        found = self.tx.all(_runs, of_kind=kind.name, of_seed=seed)
        return [SeedRange(first=row.first, length=row.length, first_id=row.first_id) for row in found]

    def note_run(self, kind: RecordKind, seed: int, run: SeedRange) -> None:
        """Remember which ids seeded records got; a run that continues the latest makes it longer."""
        latest = next(iter(self.runs(kind, seed)), None)
        if latest and run.continues(latest):
            length = latest.length + run.length
            self.tx.run(_lengthen_run, of_kind=kind.name, of_first_id=latest.first_id, length=length)
            return
        self.tx.run(_add_run, kind=kind.name, seed=seed, **structs.asdict(run))


VERSION = 1
LARGEST_NUMBER = 2**62
"""Of an id or a row: those that are given out afterwards are larger."""
_STAMPS = ("DATE_CREATED_UTC", "DATE_UPDATED_UTC")


class CsvError(BadRequestError):
    """A text is not valid CSV of records."""


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
        CsvError: the text is not valid CSV, or a line has another number of cells than the first.
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
    if field is None or isinstance(field.type, AS_TEXT):
        return cell
    try:
        return decode(cell)
    except MalformedJsonError as error:
        raise FieldError(field.name, "JSON", cell) from error
