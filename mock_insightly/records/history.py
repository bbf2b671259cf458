"""Records that were always there: added in bulk, without a word in the change log."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, and_, bindparam, select

from mock_insightly.kinds import RecordKind
from mock_insightly.records import sequences
from mock_insightly.records.exports import numbers_of
from mock_insightly.records.fields import Record
from mock_insightly.records.records import stamp
from mock_insightly.records.references import references as references_of
from mock_insightly.records.sequences import Count
from mock_insightly.tables import records, references, seed_runs
from mock_kit.api.json_text import encode_text
from mock_kit.storage.prepared import Prepared
from mock_kit.workspaces.registry import Workspace

_BATCH = 500

insert_record = Prepared(records.insert())
_refer = Prepared(references.insert())
_this_kind = (seed_runs.c.workspace == bindparam("of_workspace"), seed_runs.c.kind == bindparam("of_kind"))
_runs = Prepared(
    select(seed_runs.c.first, seed_runs.c.length, seed_runs.c.first_id)
    .where(*_this_kind, seed_runs.c.seed == bindparam("of_seed"))
    .order_by(seed_runs.c.first_id.desc())
)
_begin_run = Prepared(seed_runs.insert())
_continue_run = Prepared(
    seed_runs.update()
    .where(*_this_kind, seed_runs.c.first_id == bindparam("of_first"))
    .values(length=seed_runs.c.length + bindparam("more"))
)


@dataclass(frozen=True, kw_only=True)
class SeedRange:
    """Seeded records whose positions and ids both follow one another."""

    first: int
    length: int
    first_id: int

    def id_of(self, position: int) -> int | None:
        """Return the id of the record at a position, if it belongs to this run."""
        offset = position - self.first
        return self.first_id + offset if 0 <= offset < self.length else None


class HistoryTransaction:
    """An open transaction in which the past of a workspace is made up."""

    def __init__(self, connection: Connection, workspace: Workspace) -> None:
        self._connection = connection
        self._workspace = workspace

    def live(self, kind: RecordKind) -> int:
        """Return how many records of a kind there are."""
        return sequences.live(self._connection, self._workspace, kind.name)

    def reserve(self, sequence: str, count: int) -> int:
        """Take numbers out of a sequence, and return the first of them."""
        return sequences.reserve(self._connection, self._workspace, sequence, count)

    def next_id(self, kind: RecordKind) -> int:
        """Take the id of a record out of its sequence, and count the record."""
        number = self.reserve(kind.numbers or kind.name, 1)
        if kind.numbers:
            sequences.join(self._connection, self._workspace, kind.name)
        return number

    def release(self, sequence: str) -> None:
        """Say that a number that was taken is not used."""
        sequences.release(self._connection, self._workspace, sequence)

    def found(self, foundation: Iterable[tuple[RecordKind, list[Record]]]) -> None:
        """Add what every account has, and what refers to nothing else, unless another process was quicker."""
        if self.reserve(sequences.FOUNDATIONS, 1) > 1:
            return
        counts: list[Count] = []
        rows: list[dict[str, object]] = []
        for kind, founded in foundation:
            counts.append(Count(kind.numbers or kind.name, len(founded), taken=True))
            if kind.numbers:
                counts.append(Count(kind.name, len(founded), taken=False))
            rows += [record_row(self._workspace, kind, record) for record in founded]
        sequences.count_each(self._connection, self._workspace, counts)
        insert_record.run_each(self._connection, rows)

    def add(self, kind: RecordKind, added: Iterable[Record]) -> None:
        """Keep records whose ids have been reserved."""
        following = iter(added)
        while batch := list(islice(following, _BATCH)):
            insert_record.run_each(
                self._connection, [record_row(self._workspace, kind, record) for record in batch]
            )
            found = (reference_rows(self._workspace, kind, record) for record in batch)
            add_references(self._connection, [row for rows in found for row in rows])

    def replace(self, kind: RecordKind, replacing: Iterable[Record]) -> None:
        """Put records with ids of their own in the place of all that there are of a kind."""
        for table in (records, references):
            mine = and_(table.c.workspace == self._workspace.name, table.c.kind == kind.name)
            self._connection.execute(table.delete().where(mine))
        ends: dict[str, tuple[int, int]] = {}
        ids: list[object] = []

        def noted() -> Iterator[Record]:
            for record in replacing:
                ids.append(record[kind.id_field])
                for sequence, number in numbers_of(kind, record):
                    low, high = ends.get(sequence, (number, number))
                    ends[sequence] = min(low, number), max(high, number)
                yield record

        self.add(kind, noted())
        for sequence, (low, high) in ends.items():
            sequences.pass_over(self._connection, self._workspace, sequence, low, high)
        sequences.recount(self._connection, self._workspace, kind.name, len(ids))

    def runs(self, kind: RecordKind, seed: int) -> list[SeedRange]:
        """Return the runs of a seed, the latest first."""
        found = _runs.all(self._connection, {**self._of(kind), "of_seed": seed})
        return [SeedRange(first=row.first, length=row.length, first_id=row.first_id) for row in found]

    def note_run(self, kind: RecordKind, seed: int, run: SeedRange) -> None:
        """Remember which ids seeded records got; a run that continues the latest makes it longer."""
        latest = next(iter(self.runs(kind, seed)), None)
        if (
            latest
            and latest.id_of(run.first - 1) == run.first_id - 1
            and run.first == latest.first + latest.length
        ):
            longer = {**self._of(kind), "of_first": latest.first_id, "more": run.length}
            _continue_run.run(self._connection, longer)
            return
        _begin_run.run(
            self._connection,
            {
                "workspace": self._workspace.name,
                "kind": kind.name,
                "seed": seed,
                "first": run.first,
                "length": run.length,
                "first_id": run.first_id,
            },
        )

    def _of(self, kind: RecordKind) -> dict[str, object]:
        return {"of_workspace": self._workspace.name, "of_kind": kind.name}


def record_row(workspace: Workspace, kind: RecordKind, record: Record) -> dict[str, object]:
    """Return the row of a record in the table of records."""
    return {
        "workspace": workspace.name,
        "kind": kind.name,
        "id": record[kind.id_field],
        "updated": stamp(record, "DATE_UPDATED_UTC"),
        "document": encode_text(record),
    }


def reference_rows(workspace: Workspace, kind: RecordKind, record: Record) -> list[dict[str, object]]:
    """Return the rows of what a record refers to."""
    return [
        {
            "workspace": workspace.name,
            "to_entity": one.entity,
            "to_id": one.id,
            "kind": kind.name,
            "id": record[kind.id_field],
        }
        for one in references_of(kind, record)
    ]


def add_references(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Keep what records refer to."""
    if rows:
        _refer.run_each(connection, rows)
