"""What the CRM remembers: records, and every change that was made to them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, bindparam, func, select

from mock_insightly.errors import NoSuchRecordError
from mock_insightly.kinds import RecordKind
from mock_insightly.records import sequences
from mock_insightly.records.changes import Change, ChangeQuery, Changes, ChangeType
from mock_insightly.records.fields import Record
from mock_insightly.records.files import File
from mock_insightly.records.finding import Finder, RecordPage, find_few
from mock_insightly.records.history import HistoryTransaction
from mock_insightly.records.query import PageRange
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.short_lists import (
    EVERYTHING,
    documents_of,
    every_document,
    page_by_date,
    referring_page,
    sorted_page,
    tags_of,
)
from mock_insightly.records.writing import FORGETTING, Writing, get_document, get_file, key_of
from mock_insightly.tables import changes, metadata, pruned
from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import Database
from mock_kit.storage.prepared import Prepared, Row
from mock_kit.storage.retention import Retention, RetentionRule
from mock_kit.workspaces.registry import Workspace

_QUARTER = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A record as it is kept."""

    id: int
    document: str


class RecordStore:
    """The records of all workspaces, in a database."""

    def __init__(self, database: Database, *, change_retention: timedelta = _QUARTER) -> None:
        database.create("crm", metadata, version=3)
        self._database = database
        self._retention = Retention(pruned, [RetentionRule(keep=change_retention, statements=FORGETTING)])
        self._finder = Finder()
        self._forgetting = [
            Prepared(table.delete().where(table.c.workspace == bindparam("of_workspace")))
            for table in metadata.sorted_tables
        ]

    def get(self, workspace: Workspace, kind: RecordKind, record_id: int) -> Stored:
        """Return a record.

        Raises:
            NoSuchRecordError: it is not there.
        """
        with self._database.autocommit_read() as connection:
            document = get_document.scalar(connection, key_of(workspace, kind, record_id))
        if document is None:
            raise NoSuchRecordError(kind.entity, record_id)
        return Stored(id=record_id, document=document)

    def file(self, workspace: Workspace, kind: RecordKind, record_id: int) -> File | None:
        """Return the file of a record, if it has one."""
        with self._database.autocommit_read() as connection:
            row = get_file.first(connection, key_of(workspace, kind, record_id))
        return None if row is None else File(content_type=row.content_type, content=bytes(row.content))

    def find(
        self, workspace: Workspace, kind: RecordKind, wanted: RecordFilter, page: PageRange
    ) -> RecordPage:
        """Return a page of records, in their kind's order or in that which is wanted."""
        if wanted.by_date:
            return page_by_date(
                self.find(workspace, kind, replace(wanted, by_date=False), PageRange(top=EVERYTHING)), page
            )
        if kind.order:
            with self._database.reading() as connection:
                return sorted_page(connection, workspace.name, kind, wanted, page)
        if wanted.of is not None:
            with self._database.reading() as connection:
                return referring_page(connection, workspace.name, kind.name, wanted, page)
        if not wanted.sifted and wanted.after is not None and page.skip == 0:
            with self._database.autocommit_read() as connection:
                few = find_few(connection, workspace.name, kind.name, wanted.after, page)
            if few is not None:
                return few
        with self._database.reading() as connection:
            return self._finder.find(connection, workspace.name, kind.name, wanted, page)

    def changes(self, workspace: Workspace, asked: ChangeQuery) -> Changes:
        """Return a page of changes, oldest first."""
        given = {name: value for name, value in vars(asked).items() if value is not None}
        wanted = {**given, "limit": asked.limit + 1, "of_workspace": workspace.name}
        conditions = frozenset(given.keys() & _CONDITIONS)
        with self._database.reading() as connection:
            rows = _changes(conditions).all(connection, wanted)
            total = connection.scalar(
                select(func.count()).where(*_chosen(conditions - {"after"})), {**given, **wanted}
            )
            gone = self._retention.pruned(connection, workspace.name)
        shown = [_change(row) for row in rows[: asked.limit]]
        return Changes(shown=shown, more=len(rows) > len(shown), total=total or 0, pruned=gone)

    def founded(self, workspace: Workspace) -> bool:
        """Say whether a workspace has what every account has."""
        with self._database.autocommit_read() as connection:
            return sequences.begun(connection, workspace, sequences.FOUNDATIONS)

    def written_since(self, workspace: Workspace, kind: RecordKind, since: datetime) -> frozenset[int]:
        """Return the ids of a kind's records that were written later than that."""
        late = select(changes.c.record_id).where(
            changes.c.workspace == workspace.name, changes.c.kind == kind.name, changes.c.at > since
        )
        with self._database.reading() as connection:
            return frozenset(connection.scalars(late))

    def every(
        self, workspace: Workspace, kind: RecordKind, *, without: frozenset[int] = frozenset()
    ) -> list[str]:
        """Return all records of a kind but some, which should be few, as they are kept."""
        with self._database.reading() as connection:
            return every_document(connection, workspace.name, kind, without=without)

    @contextmanager
    def documents(self, workspace: Workspace) -> Iterator[Callable[[RecordKind], Iterable[str]]]:
        """Open a view of one moment, which yields all records of a kind one by one, ids ascending."""
        with self._database.reading() as connection:
            yield lambda kind: documents_of(connection, workspace.name, kind)

    def count(self, workspace: Workspace, kind: RecordKind) -> int:
        """Return how many records of a kind there are."""
        with self._database.autocommit_read() as connection:
            return sequences.live(connection, workspace, kind.name)

    def converts(self, workspace: Workspace) -> bool:
        """Say whether a lead was ever converted."""
        with self._database.autocommit_read() as connection:
            return sequences.begun(connection, workspace, sequences.CONVERSIONS)

    def tags(self, workspace: Workspace, kind: RecordKind) -> set[str]:
        """Return the tags that records of a kind carry."""
        with self._database.reading() as connection:
            return tags_of(connection, workspace.name, kind)

    @contextmanager
    def history(self, workspace: Workspace) -> Iterator[HistoryTransaction]:
        """Open a transaction in which records can be added as if they had always been there."""
        with self._database.writing() as connection:
            yield HistoryTransaction(connection, workspace)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything of a workspace; its numbers start anew."""
        with self._database.writing() as connection:
            for forget in self._forgetting:
                forget.run(connection, {"of_workspace": workspace.name})

    @contextmanager
    def writing(self, workspace: Workspace, *, at: datetime) -> Iterator[Writing]:
        """Open a transaction in which a client changes records."""
        with self._database.writing() as connection:
            yield Writing(connection, workspace, at=at, retention=self._retention)


def stored(kind: RecordKind, record: Record) -> Stored:
    """Return a record as it is kept."""
    return Stored(id=int(str(record[kind.id_field])), document=encode_text(record))


_CONDITIONS = {
    "kind": changes.c.kind == bindparam("kind"),
    "record_id": changes.c.record_id == bindparam("record_id"),
    "since": changes.c.at >= bindparam("since"),
    "after": changes.c.seq > bindparam("after"),
}


def _chosen(given: frozenset[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of a search."""
    mine = changes.c.workspace == bindparam("of_workspace")
    return [mine, *(_CONDITIONS[name] for name in sorted(given))]


@cache
def _changes(given: frozenset[str]) -> Prepared:
    """Return what selects changes by the given conditions."""
    query = changes.select().where(*_chosen(given))
    return Prepared(query.order_by(changes.c.seq).limit(bindparam("limit")))


def _change(row: Row) -> Change:
    return Change(
        seq=row.seq,
        resource=row.kind,
        record_id=row.record_id,
        change=ChangeType(row.change),
        at=row.at,
        created=row.created,
        updated=row.updated,
    )
