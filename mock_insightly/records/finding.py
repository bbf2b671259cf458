"""Finding records in the database: pages and counts, ids ascending unless a kind or a search has another order.

What it costs grows with what is found, not with what is stored, but for searches by value, which look at every record.

Source: v2.2 and v3.1 lists are ordered by id (v2.2 organisations of 2017, live probes of v3.1; observed
    second-hand); that searches are too is assumed. Counts are of what matches, whatever the page (Insightly v3.1 help
    page, documented). Lead sources and statuses come by FIELD_ORDER, those of one order by id (recorded v2.1 lists,
    observed).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, bindparam, func, select

from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.fields import Record
from mock_insightly.records.query import PageRange
from mock_insightly.records.search import EVERYTHING, Criterion, RecordFilter, sort_key, values_at
from mock_insightly.records.stamps import record_in
from mock_insightly.tables import changes, records, references
from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import Database
from mock_kit.storage.prepared import Prepared
from mock_kit.storage.transaction import row_stream

_BATCH = 500

_Values: TypeAlias = dict[str, object]

_mine = (records.c.workspace == bindparam("workspace"), records.c.kind == bindparam("kind"))
_since = (
    changes.c.workspace == bindparam("workspace"),
    changes.c.kind == bindparam("kind"),
    changes.c.at > bindparam("indexed_at"),
)
_written_since = Prepared(select(changes.c.seq, changes.c.record_id, changes.c.at).where(*_since))
_CONDITIONS = {
    "after": records.c.updated > bindparam("after"),
    "indexed_at": records.c.id.not_in(select(changes.c.record_id).where(*_since)),
    "to_id": records.c.id.in_(
        select(references.c.id).where(
            references.c.workspace == bindparam("workspace"),
            references.c.to_entity == bindparam("to_entity"),
            references.c.to_id == bindparam("to_id"),
            references.c.kind == bindparam("kind"),
        )
    ),
}
"""What narrows a list in the database, by the parameter that says how."""


class RecordPage(Struct, frozen=True, kw_only=True):
    """A page of records, as they are kept.

    Attributes:
        total: of all that match; None unless it was asked for.
    """

    documents: list[str]
    total: int | None = None


def find(
    database: Database, workspace: str, kind: RecordKind, record_filter: RecordFilter, page: PageRange
) -> RecordPage:
    """Return a page of the records of a kind that are wanted."""
    if _is_sifted(record_filter) or kind.order:
        with database.reading() as connection:
            return _page_of(_sifted(connection, workspace, kind, record_filter), page)
    values = _values(workspace, kind.name, record_filter)
    given = frozenset(values)
    # one statement, which sees one state without a transaction
    with database.autocommit_read() as connection:
        rows = _page(given, first=not page.skip, counted=page.count_total).all(
            connection, {**values, "top": page.top, "skip": page.skip}
        )
        documents = [row.document for row in rows]
        if not page.count_total:
            return RecordPage(documents=documents)
        if rows or not page.skip:
            return RecordPage(documents=documents, total=rows[0].total if rows else 0)
        return RecordPage(documents=documents, total=_total(given).scalar(connection, values))


def written_since(
    connection: Connection, workspace: str, kind: RecordKind, since: datetime
) -> list[Row[Any]]:
    """Return the changes of a kind's records that were made later than an instant: their seq, record_id and at."""
    return _written_since.all(connection, {"workspace": workspace, "kind": kind.name, "indexed_at": since})


def _is_sifted(record_filter: RecordFilter) -> bool:
    """Say whether each record must be looked at."""
    return bool(
        record_filter.criterion or record_filter.unless or record_filter.by_date or record_filter.without
    )


def documents_of(
    connection: Connection, workspace: str, kind: str, record_filter: RecordFilter = EVERYTHING
) -> Iterator[str]:
    """Return records as they are read, ids ascending, whatever their values: a million need not be held at once."""
    values = _values(workspace, kind, record_filter)
    ordered = _chosen(select(records.c.document), frozenset(values)).order_by(records.c.id)
    return (row.document for row in row_stream(connection, ordered, values, at_once=_BATCH))


def _values(workspace: str, kind: str, record_filter: RecordFilter) -> _Values:
    values: _Values = {"workspace": workspace, "kind": kind}
    if record_filter.after is not None:
        values["after"] = record_filter.after
    if record_filter.indexed_at is not None:
        values["indexed_at"] = record_filter.indexed_at
    if record_filter.of is not None:
        values |= {"to_entity": record_filter.of.entity, "to_id": record_filter.of.id}
    return values


def _chosen(query: "Select[Any]", given: frozenset[str]) -> "Select[Any]":
    return query.where(*_mine, *(_CONDITIONS[name] for name in sorted(given & _CONDITIONS.keys())))


@cache
def _page(given: frozenset[str], *, first: bool, counted: bool) -> Prepared:
    """Return what selects a page; a poller asks for it thousands of times (``poe bench``, virtual day).

    Args:
        counted: whether each record has the list's length beside it.
    """
    length = [_counting(given).scalar_subquery().label("total")] if counted else []
    page = select(records.c.document, *length).where(*_mine)
    if first and not given & _CONDITIONS.keys():
        page = page.limit(bindparam("top"))
    else:
        # Ids alone are passed over and sorted first: whole records would take longer. The sum keeps SQLite to the
        # index by date: by that of ids it would look at every record for a few late ones.
        order = records.c.id + 0 if "after" in given else records.c.id
        ids = _chosen(select(records.c.id), given).order_by(order)
        page = page.where(records.c.id.in_(ids.limit(bindparam("top")).offset(bindparam("skip"))))
    return Prepared(page.order_by(records.c.id))


@cache
def _total(given: frozenset[str]) -> Prepared:
    """Return what counts a list, for a page that is beyond its end."""
    return Prepared(_counting(given))


def _counting(given: frozenset[str]) -> "Select[Any]":
    return _chosen(select(func.count()).select_from(records), given)


def _sifted(
    connection: Connection, workspace: str, kind: RecordKind, record_filter: RecordFilter
) -> Iterable[str]:
    """Return what meets the criteria, in order; every record must be looked at for that."""
    holds = _holds(connection, workspace, record_filter.criterion) if record_filter.criterion else None
    unless = record_filter.unless
    matching = (
        document
        for document in documents_of(connection, workspace, kind.name, record_filter)
        for record in (record_in(document),)
        if (holds is None or holds(record)) and not (unless and unless.holds(record))
        if kind.id_of(record) not in record_filter.without
    )
    if record_filter.by_date:
        return sorted(matching, key=lambda document: str(record_in(document).get("DATE_UPDATED_UTC")))
    if kind.order:
        return sorted(matching, key=lambda document: sort_key(record_in(document), kind.order))
    return matching


def _page_of(documents: Iterable[str], page: PageRange) -> RecordPage:
    """Return a page of what is found, and look no further than it if nobody counts."""
    shown: list[str] = []
    total = 0
    for total, document in enumerate(documents, start=1):
        if page.skip < total <= page.skip + page.top:
            shown.append(document)
        if total == page.skip + page.top and not page.count_total:
            break
    return RecordPage(documents=shown, total=total if page.count_total else None)


def _holds(connection: Connection, workspace: str, criterion: Criterion) -> Callable[[Record], bool]:
    """Return what says whether a record meets a criterion, perhaps by way of other records."""
    if criterion.via is None:
        return criterion.holds
    kind, field = criterion.via
    others = map(record_in, documents_of(connection, workspace, kind.name))
    ids = {kind.id_of(one) for one in others if any(map(criterion.accepts, values_at(one, field)))}
    return lambda record: any(
        value in ids for place in criterion.places for value in values_at(record, place)
    )


class Listed(Struct, frozen=True, kw_only=True):
    """A page of records.

    Attributes:
        documents: as they are kept.
        last: the id of the last of them; None if there is no further page.
        total: of all that contain the text, on whichever page.
    """

    documents: list[str]
    last: int | None
    total: int


class RecordSearch(Struct, frozen=True, kw_only=True):
    """Which records are listed.

    Attributes:
        text: that they contain; case does not count, and empty is in all.
        unwanted: texts that they do not contain.
        before: only ids below this one.
        limit: so many at the most.
    """

    limit: int
    text: str = ""
    unwanted: Sequence[str] = ()
    before: int | None = None


def listed(connection: Connection, workspace: str, kind: str, search: RecordSearch) -> Listed:
    """Return a page as whoever looks after the CRM goes through them: the latest first, those that contain a text, ids descending; without any text it costs what is shown, with one all records are read."""
    limit, before = search.limit, search.before
    mine = (records.c.workspace == workspace, records.c.kind == kind)
    newest_first = select(records.c.id, records.c.document).where(*mine).order_by(records.c.id.desc())
    below = () if before is None else (records.c.id < before,)
    if not search.text and not search.unwanted:
        # One more than is shown, which tells that there is a further page.
        rows = [
            (row.id, row.document) for row in connection.execute(newest_first.where(*below).limit(limit + 1))
        ]
        total = connection.scalar(select(func.count()).select_from(records).where(*mine)) or 0
        return _listed_page(rows, total, limit)
    # as they stand in the JSON that is kept
    wanted, *others = (encode_text(each)[1:-1].lower() for each in (search.text, *search.unwanted))
    rows, total = [], 0
    for row in row_stream(connection, newest_first, at_once=_BATCH):
        # The documents are searched as they are kept, without being read: a text in any field, and a field's name
        # too.
        held = row.document.lower()
        if wanted in held and not any(other in held for other in others):
            total += 1
            # One more than is shown, which tells that there is a further page; counting goes on to the end.
            if len(rows) <= limit and (before is None or row.id < before):
                rows.append((row.id, row.document))
    return _listed_page(rows, total, limit)


def _listed_page(rows: list[tuple[int, str]], total: int, limit: int) -> Listed:
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Listed(documents=[document for _, document in rows[:limit]], last=last, total=total)
