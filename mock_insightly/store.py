"""What the CRM remembers, records and every change that was made to them, and whether what a snapshot has of it holds together."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select

from elements_local.kit.api.json_text import MalformedJsonError
from elements_local.kit.storage.database import Database, MappedContext
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.retention import Pruned, Retention, RetentionRule
from elements_local.kit.storage.transaction import Transaction, WorkspaceDeletion
from elements_local.kit.workspaces.registry import Workspace
from elements_local.kit.workspaces.snapshots import LARGEST_COUNT, check_none, check_texts
from elements_local.kit.workspaces.table_rows import SnapshotError
from mock_insightly.kinds import KINDS, kind_of_rows
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.bulk import HistoryTransaction, numbers_of
from mock_insightly.records.reading import Records
from mock_insightly.records.record import record_in
from mock_insightly.records.sequences import CHANGES, FOUNDATIONS
from mock_insightly.records.writing import FORGETTING, Writing
from mock_insightly.tables import (
    SCHEMA,
    ChangeType,
    bin_,
    changes,
    files,
    pruned,
    records,
    references,
    seed_runs,
    sequences,
)

_deletion = WorkspaceDeletion(SCHEMA.metadata)


class RecordStore:
    """The records of all workspaces, in a database."""

    def __init__(self, database: Database, *, change_retention: timedelta) -> None:
        database.create(SCHEMA)
        self._database = database
        self._retention = Retention(pruned, [RetentionRule(keep=change_retention, statements=FORGETTING)])

    def read(self, workspace: Workspace) -> AbstractContextManager[Records]:
        """Open a transaction that reads records, and sees one state of them."""
        return MappedContext(self._database.read(workspace.name), lambda tx: Records(tx, workspace.seed))

    def lookup(self, workspace: Workspace) -> AbstractContextManager[Records]:
        """Let one statement read records, without a transaction around it."""
        return MappedContext(self._database.lookup(workspace.name), lambda tx: Records(tx, workspace.seed))

    def has_foundation(self, workspace: Workspace) -> bool:
        """Say whether a workspace has what every account has."""
        with self.lookup(workspace) as records:
            return records.count(FOUNDATIONS) > 0

    def pruned(self, records: Records) -> Pruned | None:
        """Return what of the changes is no longer kept; None if that is nothing."""
        return self._retention.pruned(records.tx)

    @contextmanager
    def history(self, workspace: Workspace) -> Iterator[HistoryTransaction]:
        """Open a transaction in which records can be added as if they had always been there."""
        name = workspace.name
        with self._database.transaction(name, alone=f"history {name}") as tx:
            yield HistoryTransaction(tx, workspace.seed)

    @contextmanager
    def writing(self, workspace: Workspace, *, at: datetime) -> Iterator[Writing]:
        """Open a transaction in which a client changes records."""
        with self._database.transaction(workspace.name) as tx:
            yield Writing(tx, workspace.seed, at=at, retention=self._retention)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything of a workspace; its numbers start anew."""
        with self._database.transaction(workspace.name) as tx:
            # Sequences too: a run after a reset gets the same ids as the one before.
            _deletion.run(tx)


def check_sound(tx: Transaction) -> None:
    """Check that every number in use is one of its sequence, and that what is counted of records is their number.

    Raises:
        SnapshotError: says what is not, what was expected, and what came.
    """
    check_texts(tx, {changes.c.change: ChangeType})
    known = {row.name: row for row in tx.all(WorkspaceStatement(select(sequences)))}
    for name, (low, high) in _in_use(tx).items():
        row = known.get(name)
        if row is None or row.first > low or row.next <= high or row.next > LARGEST_COUNT:
            came = "there is none" if row is None else f"got {row.first} to {row.next}"
            raise _refused(
                f"{name} to begin with {low} or less and go on with {high + 1} or more, "
                f"as those numbers are in use; {came}"
            )
    _check_counts(tx, {name: row.live for name, row in known.items()})
    for table, kind in (
        (references, references.c.kind),
        (files, func.substr(files.c.kind, 1, func.length(records.c.kind))),  # of a field's image: Kind.field
    ):
        there = and_(
            records.c.workspace == table.c.workspace, records.c.kind == kind, records.c.id == table.c.id
        )
        orphans = select(table.c.kind, table.c.id).where(
            ~select(records.c.id).where(there).correlate(table).exists()
        )
        which = f"tables.{table.name}: there is a row of {{kind}} {{id}}, which is not in tables.crm_records"
        check_none(tx, orphans, which)


def _check_counts(tx: Transaction, counts: dict[str, int]) -> None:
    """Check that each kind's sequence counts the records that there are."""
    of_kinds = select(records.c.kind, func.count().label("live")).group_by(records.c.kind)
    counted = tx.all(WorkspaceStatement(of_kinds))
    live: dict[str, int] = {row.kind: row.live for row in counted}
    for name in {**live, **dict.fromkeys(counts.keys() & {kind.name for kind in KINDS})}:
        expected, got = live.get(name, 0), counts.get(name, 0)
        if expected != got:
            raise _refused(f"{expected} live {name}, as tables.crm_records has so many; got {got}")
    predefined = sorted(live.keys() & {kind.name for kind in KINDS if kind.predefined})
    if predefined and FOUNDATIONS not in counts:
        raise _refused(f"{FOUNDATIONS}, as there are {predefined[0]}; there is none")


def _refused(expected: str) -> SnapshotError:
    return SnapshotError(f"tables.crm_sequences: expected {expected}")


def _in_use(tx: Transaction) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest number in use of each sequence."""
    found: dict[str, tuple[int, int]] = {}
    for sequence, number in _numbers(tx):
        low, high = found.get(sequence, (number, number))
        found[sequence] = min(low, number), max(high, number)
    return found


def _numbers(tx: Transaction) -> Iterator[tuple[str, int]]:
    for table in (records, bin_):
        for row in tx.all(WorkspaceStatement(select(table.c.kind, table.c.id, table.c.document))):
            yield from _numbers_of(kind_of_rows(row.kind), row.id, row.document, table.name)
    last = tx.scalar(WorkspaceStatement(select(func.max(changes.c.seq))))
    if last is not None:
        yield CHANGES, last
    for run in tx.all(WorkspaceStatement(select(seed_runs))):
        yield run.kind, run.first_id
        yield run.kind, run.first_id + run.length - 1


def _numbers_of(kind: RecordKind, record_id: int, document: str, table: str) -> list[tuple[str, int]]:
    """Return the numbers of a kept record.

    Raises:
        SnapshotError: its document cannot be read, or is of another one.
    """
    where = f"tables.{table}: the document of {kind.name} {record_id}"
    try:
        record = record_in(document)
        numbers = list(numbers_of(kind, record))
    except MalformedJsonError as error:
        raise SnapshotError(f"{where}: {error}") from error
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise SnapshotError(f"{where}: expected a record with its numbers and those of its rows") from error
    if record[kind.id_field] != record_id:
        raise SnapshotError(f"{where}: expected the {kind.id_field} {record_id}; got {record[kind.id_field]}")
    return numbers
