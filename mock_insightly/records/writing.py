"""One transaction in which a client changes the records of a workspace: all of it happens, or nothing."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select

from mock_insightly.errors import NoSuchRecordError
from mock_insightly.kinds import KINDS, RecordKind, custom_object
from mock_insightly.records import sequences
from mock_insightly.records.changes import ChangeType
from mock_insightly.records.fields import LARGEST_WHOLE, Record
from mock_insightly.records.files import File
from mock_insightly.records.history import add_references, insert_record, record_row, reference_rows
from mock_insightly.records.query import PageRange
from mock_insightly.records.records import number_rows, record_in, stamp
from mock_insightly.records.references import Reference, reference, references, without
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.short_lists import EVERYTHING, referring_page
from mock_insightly.settings import KEPT_IN_BIN
from mock_insightly.tables import bin_, changes, files, records
from mock_insightly.tables import references as reference_table
from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import Instant
from mock_kit.storage.prepared import Prepared
from mock_kit.storage.retention import Retention
from mock_kit.workspaces.registry import Workspace

_this = and_(
    records.c.workspace == bindparam("of_workspace"),
    records.c.kind == bindparam("of_kind"),
    records.c.id == bindparam("of_id"),
)
_document = select(records.c.document).where(_this)
get_document = Prepared(_document)
_get_to_change = Prepared(_document.with_for_update())
_update = Prepared(
    records.update().where(_this).values(updated=bindparam("now_updated"), document=bindparam("now_document"))
)
_delete = Prepared(records.delete().where(_this))
_log = Prepared(changes.insert())
_hangs_on = Prepared(
    select(reference_table.c.kind, reference_table.c.id).where(
        reference_table.c.workspace == bindparam("of_workspace"),
        reference_table.c.to_entity == bindparam("entity"),
        reference_table.c.to_id == bindparam("of_id"),
    )
)
_forget = Prepared(
    reference_table.delete().where(
        reference_table.c.workspace == bindparam("of_workspace"),
        reference_table.c.to_entity == bindparam("entity"),
        reference_table.c.to_id == bindparam("to"),
        reference_table.c.kind == bindparam("of_kind"),
        reference_table.c.id == bindparam("of_id"),
    )
)
_its_file = and_(
    files.c.workspace == bindparam("of_workspace"),
    files.c.kind == bindparam("of_kind"),
    files.c.id == bindparam("of_id"),
)
get_file = Prepared(select(files.c.content_type, files.c.content).where(_its_file))
_put = Prepared(files.insert())
_drop = Prepared(files.delete().where(_its_file))
_binned = and_(
    bin_.c.workspace == bindparam("of_workspace"),
    bin_.c.kind == bindparam("of_kind"),
    bin_.c.id == bindparam("of_id"),
)
_into_bin = Prepared(bin_.insert())
_get_deleted = Prepared(select(bin_.c.document).where(_binned))
_last_deleted = Prepared(
    select(func.max(changes.c.at, type_=Instant)).where(
        changes.c.workspace == bindparam("of_workspace"),
        changes.c.kind == bindparam("of_kind"),
        changes.c.record_id == bindparam("of_id"),
        changes.c.change == bindparam("made"),
    )
)
_of_binned = and_(changes.c.workspace == bin_.c.workspace, changes.c.kind == bin_.c.kind)
_changed = exists().where(_of_binned, changes.c.record_id == bin_.c.id).correlate(bin_)
_old = changes.c.at < bindparam("before")
FORGETTING = (
    # what was deleted longer ago than the log goes back is gone for good
    Prepared(
        bin_.delete().where(
            bin_.c.workspace == bindparam("of_workspace"), _changed.where(_old), ~_changed.where(~_old)
        )
    ),
    Prepared(changes.delete().where(changes.c.workspace == bindparam("of_workspace"), _old)),
)
"""What forgets changes of long ago."""

_out_of_bin = Prepared(bin_.delete().where(_binned))
_BY_NAME = {kind.name: kind for kind in KINDS}


class Writing:
    """An open transaction.

    Args:
        at: when everything in it happens, for the log.
        retention: of the log.
    """

    def __init__(
        self, connection: Connection, workspace: Workspace, *, at: datetime, retention: Retention
    ) -> None:
        self._connection = connection
        self._workspace = workspace
        self._at = at
        self._retention = retention

    def reserve(self, sequence: str, count: int) -> int:
        """Take numbers out of a sequence, and return the first of them."""
        return sequences.reserve(self._connection, self._workspace, sequence, count)

    def get(self, kind: RecordKind, record_id: int) -> Record:
        """Return a record that nobody else changes before the transaction ends.

        Raises:
            NoSuchRecordError: it is not there.
        """
        document = _get_to_change.scalar(self._connection, key_of(self._workspace, kind, record_id))
        if document is None:
            raise NoSuchRecordError(kind.entity, record_id)
        return record_in(document)

    def referring(self, kind: RecordKind, to: Reference) -> list[Record]:
        """Return the records of a kind that refer to one."""
        wanted, page = RecordFilter(of=to), PageRange(top=EVERYTHING)
        found = referring_page(self._connection, self._workspace.name, kind.name, wanted, page)
        return [record_in(document) for document in found.documents]

    def create(self, kind: RecordKind, make: Callable[[int], Record]) -> Record:
        """Add a record.

        Args:
            make: gets the record's id, and returns the record.
        """
        record = number_rows(kind, make(self.reserve(kind.numbers or kind.name, 1)), {}, self.reserve)
        insert_record.run(self._connection, record_row(self._workspace, kind, record))
        if kind.numbers:
            sequences.join(self._connection, self._workspace, kind.name)
        add_references(self._connection, reference_rows(self._workspace, kind, record))
        self._note(kind, ChangeType.CREATED, record)
        return record

    def update(self, kind: RecordKind, record_id: int, change: Callable[[Record], Record]) -> Record:
        """Change a record, and tell the log.

        Args:
            change: gets the record as it was, and returns it as it shall be.

        Raises:
            NoSuchRecordError: it is not there.
        """
        record = self.edit(kind, record_id, change)
        self._note(kind, ChangeType.UPDATED, record)
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

    def delete(self, kind: RecordKind, record_id: int, *, children: bool = False) -> None:
        """Take a record away, what hangs on it, and what others say of it.

        Args:
            children: whether notes, tasks and events about it go with it.

        Raises:
            NoSuchRecordError: it is not there.
        """
        before = self.get(kind, record_id)
        _delete.run(self._connection, key_of(self._workspace, kind, record_id))
        sequences.release(self._connection, self._workspace, kind.name)
        self._forget(kind, record_id, before)
        self._drop_files(kind, record_id)
        row = {"workspace": self._workspace.name, "kind": kind.name, "id": record_id}
        _into_bin.run(self._connection, {**row, "document": encode_text(before)})
        self._note(kind, ChangeType.DELETED, before)
        gone = reference(kind.entity, record_id)
        asked = {"of_workspace": self._workspace.name, "entity": gone.entity, "of_id": gone.id}
        for name, other_id in _hangs_on.all(self._connection, asked):
            other = _BY_NAME.get(name) or custom_object(name)
            if other.mortal or (children and other.child):
                self.delete(other, other_id, children=children)
            else:
                self.edit(other, other_id, partial(_without, other, gone))

    def restore(self, kind: RecordKind, record_id: int, change: Callable[[Record], Record]) -> Record:
        """Bring a deleted record back, under its old id.

        Args:
            change: gets the record as it was, and returns it as it shall be.

        Raises:
            NoSuchRecordError: no record with this id was deleted, or longer ago than the bin keeps them.
        """
        key = key_of(self._workspace, kind, record_id)
        document = _get_deleted.scalar(self._connection, key)
        deleted = _last_deleted.scalar(self._connection, {**key, "made": ChangeType.DELETED.value})
        if document is None or (deleted and self._at - deleted > KEPT_IN_BIN):
            raise NoSuchRecordError(f"{kind.entity} deleted in the last {KEPT_IN_BIN.days} days", record_id)
        _out_of_bin.run(self._connection, key)
        record = change(record_in(document))
        insert_record.run(self._connection, record_row(self._workspace, kind, record))
        sequences.join(self._connection, self._workspace, kind.name)
        add_references(self._connection, reference_rows(self._workspace, kind, record))
        self._note(kind, ChangeType.UPDATED, record)
        return record

    def bytes_kept(self) -> int:
        """Return how many bytes the workspace's files and images have."""
        mine = select(func.sum(func.length(files.c.content))).where(files.c.workspace == self._workspace.name)
        return self._connection.scalar(mine) or 0

    def put_file(self, kind: RecordKind, record_id: int, file: File) -> None:
        """Keep the file of a record, in the place of the one it had."""
        self.drop_file(kind, record_id)
        _put.run(
            self._connection,
            {
                "workspace": self._workspace.name,
                "kind": kind.name,
                "id": record_id,
                "content_type": file.content_type,
                "content": file.content,
            },
        )

    def _drop_files(self, kind: RecordKind, record_id: int) -> None:
        """Forget the file of a record, and those in its fields."""
        kept_as = or_(files.c.kind == kind.name, files.c.kind.startswith(f"{kind.name}.", autoescape=True))
        mine = and_(files.c.workspace == self._workspace.name, files.c.id == record_id, kept_as)
        self._connection.execute(files.delete().where(mine))

    def drop_file(self, kind: RecordKind, record_id: int) -> None:
        """Forget the file of a record, if it has one."""
        _drop.run(self._connection, key_of(self._workspace, kind, record_id))

    def _replace(self, kind: RecordKind, before: Record, record: Record) -> None:
        row = record_row(self._workspace, kind, record)
        values = {"now_updated": row["updated"], "now_document": row["document"]}
        _update.run(self._connection, {**key_of(self._workspace, kind, row["id"]), **values})
        sequences.note_edit(self._connection, self._workspace, kind.name)
        if references(kind, before) != references(kind, record):
            self._forget(kind, record[kind.id_field], before)
            add_references(self._connection, reference_rows(self._workspace, kind, record))

    def _forget(self, kind: RecordKind, record_id: object, before: Record) -> None:
        for one in references(kind, before):
            key = key_of(self._workspace, kind, record_id)
            _forget.run(self._connection, {**key, "entity": one.entity, "to": one.id})

    def _note(self, kind: RecordKind, made: ChangeType, record: Record) -> None:
        """Write a change into the log."""
        if kind.quiet:
            return
        _log.run(
            self._connection,
            {
                "workspace": self._workspace.name,
                "seq": self.reserve(sequences.CHANGES, 1),
                "kind": kind.name,
                "record_id": record[kind.id_field],
                "change": made.value,
                "at": self._at,
                "created": stamp(record, "DATE_CREATED_UTC"),
                "updated": stamp(record, "DATE_UPDATED_UTC"),
            },
        )
        self._retention.run(self._connection, self._workspace.name, self._at)


def _without(kind: RecordKind, gone: Reference, record: Record) -> Record:
    return without(kind, record, gone)


def key_of(workspace: Workspace, kind: RecordKind, record_id: object) -> dict[str, object]:
    """Return what finds a record's row; a number that no database could hold is nobody's."""
    fits = not isinstance(record_id, int) or record_id <= LARGEST_WHOLE
    return {"of_workspace": workspace.name, "of_kind": kind.name, "of_id": record_id if fits else -1}
