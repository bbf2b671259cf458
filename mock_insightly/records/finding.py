"""Finding records in the database: pages and counts, ids ascending.

What it costs grows with what is found, not with what is stored, but for searches by value, which look at every record.

Source: v2.2 and v3.1 lists are ordered by id (v2.2 organisations of 2017, live probes of v3.1; observed
    second-hand); that searches are too is assumed. Counts are of what matches, whatever the page (Insightly v3.1 help
    page, documented).
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection, Executable, and_, bindparam, func, select

from mock_insightly.records.bookmarks import Bookmarks
from mock_insightly.records.fields import Record
from mock_insightly.records.query import PageRange
from mock_insightly.records.records import record_in
from mock_insightly.records.search import Criterion, RecordFilter, values_at
from mock_insightly.tables import records, sequences
from mock_kit.storage.prepared import Prepared

_BATCH = 500

_mine = and_(records.c.workspace == bindparam("workspace"), records.c.kind == bindparam("kind"))
_later = records.c.updated > bindparam("after")
_documents = select(records.c.id, records.c.document)

_few = Prepared(
    _documents.where(_mine, _later).order_by(records.c.updated, records.c.id).limit(bindparam("top"))
)
_from = _documents.where(_mine, records.c.id >= bindparam("start")).order_by(records.c.id)
_later_from = _from.where(_later)
_page_from = Prepared(_from.limit(bindparam("top")))
_at = Prepared(select(records.c.id).where(_mine).order_by(records.c.id).limit(1).offset(bindparam("skip")))
_any_not_later = Prepared(select(records.c.id).where(_mine, records.c.updated <= bindparam("after")).limit(1))
_count_later = Prepared(select(func.count()).select_from(records).where(_mine, _later))
_later_ids = (
    select(records.c.id)
    .where(_mine, _later, records.c.id + 0 >= bindparam("start"))  # the sum keeps to the index by date
    .order_by(records.c.id)
    .limit(bindparam("top"))
    .offset(bindparam("skip"))
)
_later_page = Prepared(_documents.where(_mine, records.c.id.in_(_later_ids)).order_by(records.c.id))
_state = Prepared(
    select(sequences.c.first, sequences.c.next, sequences.c.live, sequences.c.edits).where(
        sequences.c.workspace == bindparam("workspace"), sequences.c.name == bindparam("kind")
    )
)


Kept: TypeAlias = tuple[int, str]
"""A record's id, and the record as it is kept."""


class State(NamedTuple):
    """Where a kind's sequence of ids stands."""

    first: int
    next: int
    live: int
    edits: int


@dataclass(frozen=True, kw_only=True)
class RecordPage:
    """A page of records, as they are kept.

    Attributes:
        total: of all that match; None unless it was asked for.
    """

    documents: list[str]
    total: int | None = None


class Finder:
    """Finds records; remembers where pages ended."""

    def __init__(self) -> None:
        self._bookmarks = Bookmarks()

    def find(
        self, connection: Connection, workspace: str, kind: str, wanted: RecordFilter, page: PageRange
    ) -> RecordPage:
        """Return a page of what is wanted."""
        look = _Look(
            connection=connection,
            bookmarks=self._bookmarks,
            workspace=workspace,
            kind=kind,
            wanted=wanted,
            page=page,
        )
        if look.state is None:
            return RecordPage(documents=[], total=0 if page.count_total else None)
        if wanted.sifted:
            return look.sifted()
        if wanted.after is None or look.all_are_later(wanted.after):
            return look.listed()
        return look.later(wanted.after)


def _anything(_record: Record) -> bool:
    return True


def find_few(
    connection: Connection, workspace: str, kind: str, after: datetime, page: PageRange
) -> RecordPage | None:
    """Return all that were updated later if one page holds them, which is what pollers meet; else None."""
    rows = _few.all(connection, {"workspace": workspace, "kind": kind, "after": after, "top": page.top + 1})
    if len(rows) > page.top:
        return None
    documents = [document for _, document in sorted(rows)]
    return RecordPage(documents=documents, total=len(rows) if page.count_total else None)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """One look for a page."""

    connection: Connection
    bookmarks: Bookmarks
    workspace: str
    kind: str
    wanted: RecordFilter
    page: PageRange

    @cached_property
    def state(self) -> State | None:
        """What differs once records have come, gone or changed; None before there was any."""
        row = _state.first(self.connection, self._whose)
        return None if row is None else State(*row)

    @property
    def _whose(self) -> dict[str, str]:
        return {"workspace": self.workspace, "kind": self.kind}

    @property
    def _list(self) -> Hashable:
        return self.workspace, self.kind, self.wanted

    def all_are_later(self, after: datetime) -> bool:
        """Say whether the date leaves nothing out."""
        return _any_not_later.first(self.connection, {**self._whose, "after": after}) is None

    def listed(self) -> RecordPage:
        """Return a page of all there is."""
        start = self._start()
        asked = {**self._whose, "start": start, "top": self.page.top}
        rows = [] if start is None else _page_from.all(self.connection, asked)
        return self._found(rows, total=self.state.live if self.state else 0)

    def later(self, after: datetime) -> RecordPage:
        """Return a page of what was updated later."""
        end = self._end()
        skip, start = (self.page.skip, 0) if end is None else (0, end + 1)
        asked = {**self._whose, "after": after, "start": start, "skip": skip, "top": self.page.top}
        rows = _later_page.all(self.connection, asked)
        total = self._known_total()
        if total is None and self.page.count_total:
            total = _count_later.scalar(self.connection, {**self._whose, "after": after})
        return self._found(rows, total=total)

    def sifted(self) -> RecordPage:
        """Return a page of what meets the criteria; every record must be looked at for that."""
        total = self._known_total()
        counting = self.page.count_total and total is None
        end = None if counting else self._end()
        missing = self.page.skip if end is None else 0
        kept: list[Kept] = []
        matches = 0
        for row in self._matching(start=0 if end is None else end + 1):
            matches += 1
            if matches > missing and len(kept) < self.page.top:
                kept.append(row)
            if len(kept) == self.page.top and not counting:
                break
        return self._found(kept, total=matches if counting else total)

    def _start(self) -> int | None:
        """Return the id of the first record of the page; None if the page lies beyond the end.

        Ids are given out without gaps, so that as long as nothing was deleted it can be computed.
        """
        skip, state = self.page.skip, self.state
        if state is None or skip >= state.live:
            return None
        if skip == 0:
            return 0
        if state.live == state.next - state.first:
            return state.first + skip
        end = self._end()
        if end is not None:
            return end + 1
        found: int | None = _at.scalar(self.connection, {**self._whose, "skip": skip})
        return found

    def _matching(self, *, start: int) -> Iterator[Kept]:
        holds = self._test()
        after = self.wanted.after
        rows = (
            self._execute(_from, start=start)
            if after is None
            else self._execute(_later_from, start=start, after=after)
        )
        return (kept for kept in rows if kept[0] not in self.wanted.without and holds(record_in(kept[1])))

    def _test(self) -> Callable[[Record], bool]:
        """Return what says whether a record is wanted."""
        unless = self.wanted.unless
        holds = self._holds(self.wanted.criterion) if self.wanted.criterion else _anything
        return holds if unless is None else lambda record: holds(record) and not unless.holds(record)

    def _holds(self, criterion: Criterion) -> Callable[[Record], bool]:
        """Return what says whether a record meets a criterion, perhaps by way of other records."""
        if criterion.via is None:
            return criterion.holds
        kind, field = criterion.via
        ids = {
            number
            for number, document in self._execute(_from, kind=kind, start=0)
            if any(map(criterion.accepts, values_at(record_in(document), field)))
        }
        return lambda record: any(
            value in ids for place in criterion.places for value in values_at(record, place)
        )

    def _execute(self, statement: Executable, **more: object) -> Iterator[Kept]:
        """Yield rows as they are read; a million of them need not be held at once."""
        rows = self.connection.execute(
            statement, {**self._whose, **more}, execution_options={"yield_per": _BATCH}
        )
        return ((row[0], row[1]) for row in rows)

    def _end(self) -> int | None:
        """Return where the page before ended, unless other records have a say in what the list holds."""
        if self.wanted.criterion and self.wanted.criterion.via:
            return None
        return self.bookmarks.end(self._list, self.state, self.page.skip)

    def _known_total(self) -> int | None:
        if not self.page.count_total or (self.wanted.criterion and self.wanted.criterion.via):
            return None
        return self.bookmarks.total(self._list, self.state)

    def _found(self, rows: list[Kept], *, total: int | None) -> RecordPage:
        full = len(rows) == self.page.top
        end = (self.page.skip + len(rows), rows[-1][0]) if full else None
        self.bookmarks.put(self._list, self.state, end=end, total=total)
        return RecordPage(documents=[row[1] for row in rows], total=total if self.page.count_total else None)
