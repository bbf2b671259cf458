"""What the CRM remembers: records, and every change that was made to them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, select

from mock_insightly import sequences
from mock_insightly.changes import Change, ChangeQuery, Made
from mock_insightly.errors import NoSuchRecordError
from mock_insightly.fields import Record
from mock_insightly.finding import Finder, Found, find_few
from mock_insightly.history import History, insert_record, record_row
from mock_insightly.kinds import Kind
from mock_insightly.query import Page
from mock_insightly.records import number_rows, record_in, stamp
from mock_insightly.search import Wanted
from mock_insightly.tables import changes, metadata, records
from mock_kit.database import Database
from mock_kit.json_text import encode_text
from mock_kit.workspaces import Workspace

_this = and_(
    records.c.workspace == bindparam("of_workspace"),
    records.c.kind == bindparam("of_kind"),
    records.c.id == bindparam("of_id"),
)
_get = select(records.c.document).where(_this)
_get_to_change = _get.with_for_update()
_update = (
    records.update().where(_this).values(updated=bindparam("now_updated"), document=bindparam("now_document"))
)
_delete = records.delete().where(_this)
_log = changes.insert()


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A record as it is kept."""

    id: int
    document: str


class _Writing:
    """An open transaction in which a client changes the records of a workspace."""

    def __init__(self, connection: Connection, workspace: Workspace) -> None:
        self._connection = connection
        self._workspace = workspace

    def reserve(self, sequence: str, count: int) -> int:
        """Take numbers out of a sequence, and return the first of them."""
        return sequences.reserve(self._connection, self._workspace, sequence, count)

    def locked(self, kind: Kind, record_id: int) -> Record:
        """Return a record that nobody else changes before the transaction ends."""
        document = self._connection.scalar(_get_to_change, _key(self._workspace, kind, record_id))
        if document is None:
            raise NoSuchRecordError(kind.entity, record_id)
        return record_in(document)

    def insert(self, kind: Kind, record: Record) -> None:
        """Add a record."""
        self._connection.execute(insert_record, record_row(self._workspace, kind, record))

    def replace(self, kind: Kind, record: Record) -> None:
        """Put a record in the place of its former state."""
        row = record_row(self._workspace, kind, record)
        self._connection.execute(
            _update,
            {
                **_key(self._workspace, kind, row["id"]),
                "now_updated": row["updated"],
                "now_document": row["document"],
            },
        )
        sequences.note_edit(self._connection, self._workspace, kind.name)

    def remove(self, kind: Kind, record_id: int) -> None:
        """Take a record away."""
        self._connection.execute(_delete, _key(self._workspace, kind, record_id))
        sequences.release(self._connection, self._workspace, kind.name)

    def note(self, kind: Kind, made: Made, record: Record, at: datetime) -> None:
        """Write a change into the log."""
        self._connection.execute(
            _log,
            {
                "workspace": self._workspace.name,
                "seq": self.reserve(sequences.CHANGES, 1),
                "kind": kind.name,
                "record_id": record[kind.id_field],
                "change": made.value,
                "at": at,
                "created": stamp(record, "DATE_CREATED_UTC"),
                "updated": stamp(record, "DATE_UPDATED_UTC"),
            },
        )


def _key(workspace: Workspace, kind: Kind, record_id: object) -> dict[str, object]:
    return {"of_workspace": workspace.name, "of_kind": kind.name, "of_id": record_id}


class Store:
    """The records of all workspaces, in a database."""

    def __init__(self, database: Database) -> None:
        database.create("crm", metadata, version=1)
        self._database = database
        self._finder = Finder()

    def get(self, workspace: Workspace, kind: Kind, record_id: int) -> Stored:
        """Return a record.

        Raises:
            NoSuchRecordError: it is not there.
        """
        with self._database.glancing() as connection:
            document = connection.scalar(_get, _key(workspace, kind, record_id))
        if document is None:
            raise NoSuchRecordError(kind.entity, record_id)
        return Stored(id=record_id, document=document)

    def find(self, workspace: Workspace, kind: Kind, wanted: Wanted, page: Page) -> Found:
        """Return a page of records, ids ascending."""
        if wanted.criterion is None and wanted.after is not None and page.skip == 0:
            with self._database.glancing() as connection:
                few = find_few(connection, workspace.name, kind.name, wanted.after, page)
            if few is not None:
                return few
        with self._database.reading() as connection:
            return self._finder.find(connection, workspace.name, kind.name, wanted, page)

    def create(
        self, workspace: Workspace, kind: Kind, make: Callable[[int], Record], *, at: datetime
    ) -> Stored:
        """Keep a new record.

        Args:
            make: gets the record's id, and returns the record.
        """
        with self._writing(workspace) as writing:
            record_id = writing.reserve(kind.name, 1)
            record = number_rows(kind, make(record_id), {}, writing.reserve)
            writing.insert(kind, record)
            writing.note(kind, Made.CREATED, record, at)
        return Stored(id=record_id, document=encode_text(record))

    def update(
        self,
        workspace: Workspace,
        kind: Kind,
        record_id: int,
        change: Callable[[Record], Record],
        *,
        at: datetime,
    ) -> Stored:
        """Change a record.

        Args:
            change: gets the record as it was, and returns it as it shall be.

        Raises:
            NoSuchRecordError: it is not there.
        """
        with self._writing(workspace) as writing:
            before = writing.locked(kind, record_id)
            record = number_rows(kind, change(before), before, writing.reserve)
            writing.replace(kind, record)
            writing.note(kind, Made.UPDATED, record, at)
        return Stored(id=record_id, document=encode_text(record))

    def delete(self, workspace: Workspace, kind: Kind, record_id: int, *, at: datetime) -> None:
        """Remove a record.

        Raises:
            NoSuchRecordError: it is not there.
        """
        with self._writing(workspace) as writing:
            before = writing.locked(kind, record_id)
            writing.remove(kind, record_id)
            writing.note(kind, Made.DELETED, before, at)

    def changes(self, workspace: Workspace, asked: ChangeQuery) -> list[Change]:
        """Return changes, oldest first."""
        query = changes.select().where(changes.c.workspace == workspace.name, *_conditions(asked))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(changes.c.seq).limit(asked.limit))
            return [_change(row) for row in rows]

    def add_first(self, workspace: Workspace, kind: Kind, record: Record) -> None:
        """Add a record as if it had always been there, unless there are some of its kind already."""
        with self._database.glancing() as connection:
            if sequences.live(connection, workspace, kind.name):
                return
        with self.history(workspace) as history:
            if history.reserve(kind.name, 1) == record[kind.id_field]:
                history.add(kind, [record])
            else:  # another process was quicker
                history.release(kind.name)

    @contextmanager
    def history(self, workspace: Workspace) -> Iterator[History]:
        """Open a transaction in which records can be added as if they had always been there."""
        with self._database.writing() as connection:
            yield History(connection, workspace)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything of a workspace; its numbers start anew."""
        with self._database.writing() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete().where(table.c.workspace == workspace.name))

    @contextmanager
    def _writing(self, workspace: Workspace) -> Iterator[_Writing]:
        with self._database.writing() as connection:
            yield _Writing(connection, workspace)


def _conditions(asked: ChangeQuery) -> Iterator[ColumnElement[bool]]:
    if asked.kind is not None:
        yield changes.c.kind == asked.kind
    if asked.record_id is not None:
        yield changes.c.record_id == asked.record_id
    if asked.since is not None:
        yield changes.c.at >= asked.since


def _change(row: Row[Any]) -> Change:
    return Change(
        seq=row.seq,
        resource=row.kind,
        record_id=row.record_id,
        change=Made(row.change),
        at=row.at,
        created=row.created,
        updated=row.updated,
    )
