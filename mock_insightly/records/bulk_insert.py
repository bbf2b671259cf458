"""Records that were always there: added in bulk, without a word in the change log."""

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct, structs
from sqlalchemy import bindparam, select

from elements_local.kit.storage.transaction import WorkspaceStatement
from mock_insightly.kinds import RecordKind
from mock_insightly.records.exports import numbers_of
from mock_insightly.records.fields import Record
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

    def found(self, foundation: Iterable[tuple[RecordKind, list[Record]]]) -> None:
        """Add what every account has, and what refers to nothing else, unless another process was quicker."""
        # The number is taken before anything is added: of two processes that found at once, one gets the second.
        if self.reserve(FOUNDATIONS, 1) > 1:
            return
        for kind, founded in foundation:
            # The records come with the ids that the sequence begins with; reserving passes over them.
            self.reserve(kind.numbers or kind.name, len(founded))
            if kind.numbers:
                self.sequences.join(kind.name, len(founded))
            self.insert(kind, founded)

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
