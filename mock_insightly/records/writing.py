"""Transactions on the records of a workspace, and that in which a client changes them: all of it happens, or nothing."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Text, and_, bindparam, exists, func, or_, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.retention import Retention
from elements_local.kit.storage.transaction import Transaction
from mock_insightly.errors import NoSuchRecordError
from mock_insightly.fields.fields import LARGEST_WHOLE, Record
from mock_insightly.kinds import kind_of_rows
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.contents import File
from mock_insightly.records.finding import documents_of
from mock_insightly.records.reading import Records
from mock_insightly.records.record import (
    Reference,
    number_rows,
    record_in,
    reference,
    references,
    stamp,
    without,
)
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.sequences import CHANGES
from mock_insightly.settings import KEPT_IN_BIN
from mock_insightly.tables import ChangeType, bin_, changes, files, records
from mock_insightly.tables import references as reference_table

_this = {
    table: (table.c.kind == bindparam("of_kind"), table.c.id == bindparam("of_id"))
    for table in (records, reference_table, bin_, files)
}
_insert = WorkspaceStatement(records.insert())
_keep_references = WorkspaceStatement(reference_table.insert())
_get = WorkspaceStatement(select(records.c.document).where(*_this[records]).with_for_update())
_update = WorkspaceStatement(records.update().where(*_this[records]))
_delete = {table: WorkspaceStatement(table.delete().where(*this)) for table, this in _this.items()}
_referring = WorkspaceStatement(
    select(reference_table.c.kind, reference_table.c.id).where(
        reference_table.c.to_entity == bindparam("to_entity"), reference_table.c.to_id == bindparam("to_id")
    )
)
_put_in_bin = WorkspaceStatement(bin_.insert())
_in_bin = WorkspaceStatement(select(bin_.c.document).where(*_this[bin_]))
_deleted_at = WorkspaceStatement(
    select(func.max(changes.c.at, type_=Instant)).where(
        changes.c.kind == bindparam("of_kind"),
        changes.c.record_id == bindparam("of_id"),
        changes.c.change == ChangeType.DELETED.value,
    )
)
_put_file = WorkspaceStatement(files.insert())
_fields = bindparam("of_fields", type_=Text)
_delete_files = WorkspaceStatement(
    files.delete().where(
        files.c.id == bindparam("of_id"),
        # The file of a field is kept under its kind and its name, as `Leads.photo__c`.
        or_(
            files.c.kind == bindparam("of_kind"),
            func.substr(files.c.kind, 1, func.length(_fields)) == _fields,
        ),
    )
)
_bytes_kept = WorkspaceStatement(select(func.sum(func.length(files.c.content))))
_add_change = WorkspaceStatement(changes.insert())


class RecordTransaction(Records):
    """An open transaction on the records of a workspace."""

    def reserve(self, sequence: str, count: int) -> int:
        """Take numbers out of a sequence for good, and return the first of them."""
        return self.sequences.reserve(sequence, count)

    def insert(self, kind: RecordKind, added: Sequence[Record]) -> None:
        """Keep records whose ids have been reserved, and what they refer to."""
        rows = [{"kind": kind.name, "id": kind.id_of(record), **kept_columns(record)} for record in added]
        self.tx.run_each(_insert, rows)
        self._keep_references(kind, added)

    def _keep_references(self, kind: RecordKind, added: Iterable[Record]) -> None:
        rows = [
            {"kind": kind.name, "id": kind.id_of(record), "to_entity": one.entity, "to_id": one.id}
            for record in added
            for one in references(kind, record)
        ]
        self.tx.run_each(_keep_references, rows)


def _key(kind: RecordKind, record_id: int) -> dict[str, Any]:
    # a larger number than any database could hold is nobody's, as the largest is
    return {"of_kind": kind.name, "of_id": min(record_id, LARGEST_WHOLE)}


def kept_columns(record: Record) -> dict[str, object]:
    """Return the columns of a record's row that an update changes."""
    return {"updated": stamp(record, "DATE_UPDATED_UTC"), "document": encode_text(record)}


_of_binned = and_(changes.c.workspace == bin_.c.workspace, changes.c.kind == bin_.c.kind)
_changed = exists().where(_of_binned, changes.c.record_id == bin_.c.id).correlate(bin_)
_old = changes.c.at < bindparam("before")
FORGETTING = (
    # what was deleted longer ago than the log goes back is gone for good
    WorkspaceStatement(bin_.delete().where(_changed.where(_old), ~_changed.where(~_old))),
    WorkspaceStatement(changes.delete().where(_old)),
)
"""What forgets changes of long ago."""


class Writing(RecordTransaction):
    """An open transaction.

    Args:
        at: when everything in it happens, for the log.
        retention: of the log.
    """

    def __init__(self, tx: Transaction, seed: int, *, at: datetime, retention: Retention) -> None:
        super().__init__(tx, seed)
        self._at = at
        self._retention = retention

    def get(self, kind: RecordKind, record_id: int) -> Record:
        """Return a record that nobody else changes before the transaction ends.

        Raises:
            NoSuchRecordError: it is not there.
        """
        # Two clients that change one record take turns; on SQLite, where this says nothing, all who write do.
        document = self.tx.scalar(_get, **_key(kind, record_id))
        if document is None:
            raise NoSuchRecordError(kind.entity, record_id)
        return record_in(document)

    def referring(self, kind: RecordKind, to: Reference) -> list[Record]:
        """Return the records of a kind that refer to one."""
        return [record_in(document) for document in documents_of(self.tx, kind, RecordFilter(of=to))]

    def create(self, kind: RecordKind, make: Callable[[int], Record]) -> Record:
        """Add a record.

        Args:
            make: gets the record's id, and returns the record.
        """
        # Where kinds draw from one sequence (`numbers`), it counts all of them together; each is counted by itself
        # besides.
        record = number_rows(kind, make(self.reserve(kind.numbers or kind.name, 1)), {}, self.reserve)
        self.insert(kind, [record])
        if kind.numbers:
            self.sequences.join(kind.name)
        self._log_change(kind, ChangeType.CREATED, record)
        return record

    def update(self, kind: RecordKind, record_id: int, change: Callable[[Record], Record]) -> Record:
        """Change a record, and tell the log.

        Args:
            change: gets the record as it was, and returns it as it shall be.

        Raises:
            NoSuchRecordError: it is not there.
        """
        record = self.edit(kind, record_id, change)
        # The log comes last: its number is taken under the lock of its row, and so numbers follow one another.
        self._log_change(kind, ChangeType.UPDATED, record)
        return record

    def edit(self, kind: RecordKind, record_id: int, change: Callable[[Record], Record]) -> Record:
        """Change a record without a word in the log, as its stamps stay what they were.

        Raises:
            NoSuchRecordError: it is not there.
        """
        before = self.get(kind, record_id)
        record = number_rows(kind, change(dict(before)), before, self.reserve)
        self._replace(kind, before, record)
        return record

    def delete(self, kind: RecordKind, record_id: int) -> None:
        """Take a record away, what hangs on it, and what others say of it.

        Raises:
            NoSuchRecordError: it is not there.
        """
        before = self.get(kind, record_id)
        for table in (records, reference_table):
            self.tx.run(_delete[table], **_key(kind, record_id))
        self.sequences.release(kind.name)
        # Files are not kept in the bin: a record that is restored comes back without them.
        self._drop_files(kind, record_id)
        self.tx.run(_put_in_bin, kind=kind.name, id=record_id, document=encode_text(before))
        self._log_change(kind, ChangeType.DELETED, before)
        gone = reference(kind.entity, record_id)
        # all of them are read before the first is changed, since that changes what is read
        for name, other_id in self._referring_to(gone):
            other = kind_of_rows(name)
            if other.deleted_with_parent:
                self.delete(other, other_id)
            else:
                self.edit(other, other_id, partial(without, other, gone=gone))

    def restore(self, kind: RecordKind, record_id: int, change: Callable[[Record], Record]) -> Record:
        """Bring a deleted record back, under its old id.

        Args:
            change: gets the record as it was, and returns it as it shall be.

        Raises:
            NoSuchRecordError: no record with this id was deleted, or longer ago than the bin keeps them.
        """
        document = self.tx.scalar(_in_bin, **_key(kind, record_id))
        deleted = self.tx.scalar(_deleted_at, **_key(kind, record_id))
        if document is None or (deleted and self._at - deleted > KEPT_IN_BIN):
            raise NoSuchRecordError(f"{kind.entity} deleted in the last {KEPT_IN_BIN.days} days", record_id)
        self.tx.run(_delete[bin_], **_key(kind, record_id))
        # What others said of it does not come back, since they were changed for good when it was deleted.
        record = change(record_in(document))
        self.insert(kind, [record])
        self.sequences.join(kind.name)
        # To a reader of the log, a record that is back has been updated: it has its old id and its old date of
        # creation.
        self._log_change(kind, ChangeType.UPDATED, record)
        return record

    def bytes_kept(self) -> int:
        """Return how many bytes the workspace's files and images have."""
        return self.tx.scalar(_bytes_kept) or 0

    def put_file(self, kind: RecordKind, record_id: int, file: File) -> None:
        """Keep the file of a record, in the place of the one it had."""
        self.drop_file(kind, record_id)
        self.tx.run(
            _put_file,
            kind=kind.name,
            id=record_id,
            content_type=file.content_type,
            content=file.content,
        )

    def _drop_files(self, kind: RecordKind, record_id: int) -> None:
        self.tx.run(_delete_files, **_key(kind, record_id), of_fields=f"{kind.name}.")

    def drop_file(self, kind: RecordKind, record_id: int) -> None:
        """Forget the file of a record, if it has one."""
        self.tx.run(_delete[files], **_key(kind, record_id))

    def _replace(self, kind: RecordKind, before: Record, record: Record) -> None:
        this = _key(kind, kind.id_of(record))
        self.tx.run(_update, **this, **kept_columns(record))
        # Few updates change what a record refers to, and each would write the same rows again.
        if references(kind, before) != references(kind, record):
            self.tx.run(_delete[reference_table], **this)
            self._keep_references(kind, [record])

    def _referring_to(self, to: Reference) -> list[tuple[str, int]]:
        """Return kind and id of each record that refers to one."""
        found = self.tx.all(_referring, to_entity=to.entity, to_id=to.id)
        return [(row.kind, row.id) for row in found]

    def _log_change(self, kind: RecordKind, made: ChangeType, record: Record) -> None:
        if kind.unlogged:
            return
        self.tx.run(
            _add_change,
            seq=self.reserve(CHANGES, 1),
            kind=kind.name,
            record_id=kind.id_of(record),
            change=made.value,
            at=self._at,
            created=stamp(record, "DATE_CREATED_UTC"),
            updated=stamp(record, "DATE_UPDATED_UTC"),
        )
        # Each write tidies up, as there is no process in the background.
        self._retention.forget(self.tx, self._at)
