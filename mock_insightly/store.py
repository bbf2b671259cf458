"""What the CRM remembers: records, and every change that was made to them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypedDict

from msgspec import Struct
from sqlalchemy import Row, bindparam, func, select

from mock_insightly.errors import NoSuchRecordError
from mock_insightly.kinds import RecordKind
from mock_insightly.records import sequences
from mock_insightly.records.bulk_insert import HistoryTransaction
from mock_insightly.records.fields import LARGEST_WHOLE, rows_of
from mock_insightly.records.files import File
from mock_insightly.records.finding import (
    Listed,
    RecordPage,
    RecordSearch,
    documents_of,
    find,
    listed,
    written_since,
)
from mock_insightly.records.query import PageRange
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.stamps import record_in
from mock_insightly.records.writing import FORGETTING, Writing
from mock_insightly.tables import SCHEMA, changes, files, pruned, records
from mock_kit.storage.database import Database
from mock_kit.storage.prepared import Forgetting, Prepared
from mock_kit.storage.retention import Pruned, Retention, RetentionRule
from mock_kit.workspaces.instants import format_instant
from mock_kit.workspaces.registry import Workspace


class ChangeJson(TypedDict):
    """A change as the admin route shows it."""

    seq: int
    resource: str
    recordId: str
    change: str
    at: str
    created: str
    updated: str


class Changes(Struct, frozen=True, kw_only=True):
    """A page of changes that clients made, in order.

    Attributes:
        more: whether there are any after them.
        total: how many there are on all pages.
        pruned: what is no longer kept.
    """

    shown: list[ChangeJson]
    more: bool
    total: int
    pruned: Pruned | None


_forgetting = Forgetting(SCHEMA.metadata)
_get = Prepared(
    select(records.c.document).where(
        records.c.workspace == bindparam("workspace"),
        records.c.kind == bindparam("kind"),
        records.c.id == bindparam("id"),
    )
)


class RecordStore:
    """The records of all workspaces, in a database."""

    def __init__(self, database: Database, *, change_retention: timedelta) -> None:
        database.create(SCHEMA)
        self._database = database
        self._retention = Retention(pruned, [RetentionRule(keep=change_retention, statements=FORGETTING)])

    def get(self, workspace: Workspace, kind: RecordKind, record_id: int) -> str:
        """Return a record as it is kept.

        Raises:
            NoSuchRecordError: it is not there.
        """
        with self._database.autocommit_read() as connection:
            # A larger id than the column holds would be an error of the database rather than a record that is not
            # there.
            key = {"workspace": workspace.name, "kind": kind.name, "id": min(record_id, LARGEST_WHOLE)}
            document: str | None = _get.scalar(connection, key)
        if document is None:
            raise NoSuchRecordError(kind.entity, record_id)
        return document

    def file(self, workspace: Workspace, kind: RecordKind, record_id: int) -> File | None:
        """Return the file of a record, if it has one."""
        mine = select(files.c.content_type, files.c.content).where(
            files.c.workspace == workspace.name,
            files.c.kind == kind.name,
            files.c.id == min(record_id, LARGEST_WHOLE),
        )
        with self._database.reading() as connection:
            row = connection.execute(mine).first()
        return None if row is None else File(content_type=row.content_type, content=bytes(row.content))

    def find(
        self, workspace: Workspace, kind: RecordKind, record_filter: RecordFilter, page: PageRange
    ) -> RecordPage:
        """Return a page of records, in their kind's order or in that which is wanted."""
        return find(self._database, workspace.name, kind, record_filter, page)

    def written_since(self, workspace: Workspace, kind: RecordKind, since: datetime) -> list[Row[Any]]:
        """Return the changes of a kind's records that were made later than an instant: their seq, record_id and at."""
        with self._database.autocommit_read() as connection:
            return written_since(connection, workspace.name, kind, since)

    def changes(  # noqa: PLR0913 - what narrows a list
        self,
        workspace: Workspace,
        *,
        kind: RecordKind | None = None,
        record_id: int | None = None,
        since: datetime | None = None,
        after: int = 0,
        limit: int,
    ) -> Changes:
        """Return a page of changes, oldest first: all, or those that are asked for.

        Args:
            since: those made at this instant or later.
            after: those with a higher seq.
            limit: how many at the most.
        """
        mine = [changes.c.workspace == workspace.name]
        if kind is not None:
            mine.append(changes.c.kind == kind.name)
        if record_id is not None:
            mine.append(changes.c.record_id == record_id)
        if since is not None:
            mine.append(changes.c.at >= since)
        page = select(changes).where(*mine, changes.c.seq > after).order_by(changes.c.seq)
        with self._database.reading() as connection:
            rows = connection.execute(page.limit(limit + 1)).all()
            # Counted without `after`: the total is of all pages.
            total = connection.scalar(select(func.count()).where(*mine))
            gone = self._retention.pruned(connection, workspace.name)
        shown = [_change(row) for row in rows[:limit]]
        return Changes(shown=shown, more=len(rows) > len(shown), total=total or 0, pruned=gone)

    @contextmanager
    def documents(self, workspace: Workspace) -> Iterator[Callable[[RecordKind], Iterable[str]]]:
        """Open a view of one moment, which yields all records of a kind one by one, ids ascending."""
        with self._database.reading() as connection:
            yield lambda kind: documents_of(connection, workspace.name, kind.name)

    def listed(self, workspace: Workspace, kind: RecordKind, search: RecordSearch) -> Listed:
        """Return the records of a kind that are looked for, the highest ids first."""
        with self._database.reading() as connection:
            return listed(connection, workspace.name, kind.name, search)

    def count(self, workspace: Workspace, sequence: str) -> int:
        """Return how many numbers of a sequence are in use: of a kind's name, how many records there are."""
        with self._database.autocommit_read() as connection:
            return sequences.live(connection, workspace, sequence)

    def tags(self, workspace: Workspace, kind: RecordKind) -> set[str]:
        """Return the tags that records of a kind carry."""
        with self._database.reading() as connection:
            tagged = map(record_in, documents_of(connection, workspace.name, kind.name))
            return {str(row["TAG_NAME"]) for record in tagged for row in rows_of(record, "TAGS")}

    @contextmanager
    def history(self, workspace: Workspace) -> Iterator[HistoryTransaction]:
        """Open a transaction in which records can be added as if they had always been there."""
        with self._database.writing(alone=f"history {workspace.name}") as connection:
            yield HistoryTransaction(connection, workspace)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything of a workspace; its numbers start anew."""
        with self._database.writing() as connection:
            # Sequences too: a run after a reset gets the same ids as the one before.
            _forgetting.run(connection, workspace.name)

    @contextmanager
    def writing(self, workspace: Workspace, *, at: datetime) -> Iterator[Writing]:
        """Open a transaction in which a client changes records."""
        with self._database.writing() as connection:
            yield Writing(connection, workspace, at=at, retention=self._retention)


def _change(row: Row[Any]) -> ChangeJson:
    """Return a change as it is shown: the record's own dates are those after it, of a deleted one the last."""
    return {
        "seq": row.seq,
        "resource": row.kind,
        "recordId": str(row.record_id),
        "change": row.change,
        "at": format_instant(row.at),
        "created": format_instant(row.created),
        "updated": format_instant(row.updated),
    }
