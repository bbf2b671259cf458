"""What is read of the records of a workspace."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from elements_local.kit.api.pages import Page
from elements_local.kit.fakes.host import ChangeJson
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from mock_insightly.errors import NoSuchRecordError
from mock_insightly.fields.fields import LARGEST_WHOLE, rows_of
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.contents import File
from mock_insightly.records.finding import (
    RecordPage,
    RecordSearch,
    documents_of,
    find,
    listed,
    written_since,
)
from mock_insightly.records.record import record_in
from mock_insightly.records.search import PageRange, RecordFilter
from mock_insightly.records.sequences import Sequences
from mock_insightly.tables import changes, files, records


class ChangeFilter(Struct, frozen=True, kw_only=True):
    """Which changes are asked for.

    Attributes:
        since: those made at this instant or later.
    """

    kind: str | None = None
    record_id: int | None = None
    since: datetime | None = None


_document = WorkspaceStatement(
    select(records.c.document).where(records.c.kind == bindparam("kind"), records.c.id == bindparam("id"))
)
_file = WorkspaceStatement(
    select(files.c.content_type, files.c.content).where(
        files.c.kind == bindparam("kind"), files.c.id == bindparam("id")
    )
)


class Records:
    """The records of a workspace, in a transaction of it.

    Args:
        seed: the workspace's.
    """

    def __init__(self, tx: Transaction, seed: int) -> None:
        self.tx = tx
        self.sequences = Sequences(tx, seed)

    def document(self, kind: RecordKind, record_id: int) -> str:
        """Return a record as it is kept.

        Raises:
            NoSuchRecordError: it is not there.
        """
        # A larger id than the column holds would be an error of the database rather than a record that is not there.
        document: str | None = self.tx.scalar(_document, kind=kind.name, id=min(record_id, LARGEST_WHOLE))
        if document is None:
            raise NoSuchRecordError(kind.entity, record_id)
        return document

    def file(self, kind: RecordKind, record_id: int) -> File | None:
        """Return the file of a record, if it has one."""
        row = self.tx.first(_file, kind=kind.name, id=min(record_id, LARGEST_WHOLE))
        return None if row is None else File(content_type=row.content_type, content=bytes(row.content))

    def find(self, kind: RecordKind, record_filter: RecordFilter, page: PageRange) -> RecordPage:
        """Return a page of records, in their kind's order or in that which is wanted."""
        return find(self.tx, kind, record_filter, page)

    def written_since(self, kind: RecordKind, since: datetime) -> list[Row]:
        """Return the changes of a kind's records that were made later than an instant: their seq, record_id and at."""
        return written_since(self.tx, kind, since)

    def changes(self, wanted: ChangeFilter, *, after: int = 0, limit: int) -> Page[ChangeJson]:
        """Return a page of changes, oldest first.

        Args:
            after: those with a higher seq.
            limit: how many at the most.
        """
        values = {
            name: value for name in wanted.__struct_fields__ if (value := getattr(wanted, name)) is not None
        }
        given = frozenset(values)
        rows = self.tx.all(_page_of_changes(given), **values, after=after, top=limit + 1)
        # Counted without `after`: the total is of all pages.
        total = self.tx.scalar(_number_of_changes(given), **values)
        return Page.of([ChangeJson.of_row(row) for row in rows], limit, total=total, cursor=attrgetter("seq"))

    def documents(self, kind: RecordKind) -> Iterator[str]:
        """Yield all records of a kind one by one, ids ascending."""
        return documents_of(self.tx, kind)

    def listed(self, kind: RecordKind, search: RecordSearch) -> Page[Row]:
        """Return the records of a kind that are looked for, the highest ids first."""
        return listed(self.tx, kind, search)

    def count(self, sequence: str) -> int:
        """Return how many numbers of a sequence are in use: of a kind's name, how many records there are."""
        return self.sequences.live(sequence)

    def tags(self, kind: RecordKind) -> set[str]:
        """Return the tags that records of a kind carry."""
        tagged = map(record_in, self.documents(kind))
        return {str(row["TAG_NAME"]) for record in tagged for row in rows_of(record, "TAGS")}


_CONDITIONS: dict[str, Any] = {
    "kind": changes.c.kind == bindparam("kind"),
    "record_id": changes.c.record_id == bindparam("record_id"),
    "since": changes.c.at >= bindparam("since"),
}
"""What narrows the list of changes, by the parameter that says how."""


@cache
def _page_of_changes(given: frozenset[str]) -> WorkspaceStatement:
    mine = [_CONDITIONS[name] for name in sorted(given)]
    page = select(changes).where(*mine, changes.c.seq > bindparam("after")).order_by(changes.c.seq)
    return WorkspaceStatement(page.limit(bindparam("top")))


@cache
def _number_of_changes(given: frozenset[str]) -> WorkspaceStatement:
    mine = [_CONDITIONS[name] for name in sorted(given)]
    return WorkspaceStatement(select(func.count()).select_from(changes).where(*mine))
