"""Finding records in the database: pages and counts, ids ascending unless a kind or a search has another order.

What it costs grows with what is found, not with what is stored, but for searches by value, which look at every record.

Source: v2.2 and v3.1 lists are ordered by id (v2.2 organisations of 2017, live probes of v3.1; observed
    second-hand); that searches are too is assumed. Counts are of what matches on all pages (Insightly v3.1 help
    page, documented). Lead sources and statuses come by FIELD_ORDER, those of one order by id (recorded v2.1 lists,
    observed).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import Struct
from sqlalchemy import Select, bindparam, func, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.pages import Page
from elements_local.kit.storage.narrowing import WorkspaceStatement, bound
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.storage.value_lists import by_count, numbered, one_of, places_for
from mock_insightly.fields.fields import LARGEST_WHOLE, Record
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.record import record_in
from mock_insightly.records.search import EVERYTHING, Criterion, PageRange, RecordFilter, sort_key, values_at
from mock_insightly.tables import changes, records, references

_BATCH = 500

_Values: TypeAlias = dict[str, Any]

_of_kind = records.c.kind == bindparam("kind")
_since = (changes.c.kind == bindparam("kind"), changes.c.at > bindparam("indexed_at"))
_written_since = WorkspaceStatement(select(changes.c.seq, changes.c.record_id, changes.c.at).where(*_since))
_newest = select(records.c.id, records.c.document).where(_of_kind).order_by(records.c.id.desc())
_newest_from = WorkspaceStatement(_newest.where(records.c.id <= bindparam("up_to")).limit(bindparam("top")))
_total_of_kind = WorkspaceStatement(select(func.count()).select_from(records).where(_of_kind))
_CONDITIONS = {
    "after": records.c.updated > bindparam("after"),
    "indexed_at": records.c.id.not_in(bound(select(changes.c.record_id).where(*_since))),
    "to_id": records.c.id.in_(
        bound(
            select(references.c.id).where(
                references.c.to_entity == bindparam("to_entity"),
                references.c.to_id == bindparam("to_id"),
                references.c.kind == bindparam("kind"),
            )
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


def find(tx: Transaction, kind: RecordKind, record_filter: RecordFilter, page: PageRange) -> RecordPage:
    """Return a page of the records of a kind that are wanted."""
    if _needs_scan(record_filter) or kind.order:
        return _page_of(_scanned(tx, kind, record_filter), page)
    values = _values(kind.name, record_filter)
    given = frozenset(values)
    # counted first: most polls find nothing, and an empty page need not be asked for
    total: int | None = tx.scalar(_total(given), **values) if page.count_total else None
    if total is not None and total <= page.skip:
        return RecordPage(documents=[], total=total)
    rows = tx.all(_page(given, first=not page.skip), **values, top=page.top, skip=page.skip)
    return RecordPage(documents=[row.document for row in sorted(rows, key=attrgetter("id"))], total=total)


def written_since(tx: Transaction, kind: RecordKind, since: datetime) -> list[Row]:
    """Return the changes of a kind's records that were made later than an instant: their seq, record_id and at."""
    return tx.all(_written_since, kind=kind.name, indexed_at=since)


def _needs_scan(record_filter: RecordFilter) -> bool:
    return bool(
        record_filter.criterion or record_filter.unless or record_filter.by_date or record_filter.without
    )


def documents_of(
    tx: Transaction, kind: RecordKind, record_filter: RecordFilter = EVERYTHING
) -> Iterator[str]:
    """Return records as they are read, ids ascending, regardless of their values: a million need not be held at once."""
    values = _values(kind.name, record_filter)
    ordered = _chosen(select(records.c.document), frozenset(values)).order_by(records.c.id)
    return (row.document for row in tx.stream(ordered, at_once=_BATCH, **values))


def _values(kind: str, record_filter: RecordFilter) -> _Values:
    values: _Values = {"kind": kind}
    if record_filter.after is not None:
        values["after"] = record_filter.after
    if record_filter.indexed_at is not None:
        values["indexed_at"] = record_filter.indexed_at
    if record_filter.of is not None:
        values |= {"to_entity": record_filter.of.entity, "to_id": record_filter.of.id}
    return values


def _chosen(query: "Select[Any]", given: frozenset[str]) -> "Select[Any]":
    return query.where(_of_kind, *(_CONDITIONS[name] for name in sorted(given & _CONDITIONS.keys())))


@cache
def _page(given: frozenset[str], *, first: bool) -> WorkspaceStatement:
    """Return what selects a page, in any order."""
    page = select(records.c.id, records.c.document).where(_of_kind)
    if first and not given & _CONDITIONS.keys():
        return WorkspaceStatement(page.order_by(records.c.id).limit(bindparam("top")))
    # Ids alone are passed over and sorted first: whole records would take longer. The sum keeps SQLite to the
    # index by date: by that of ids it would look at every record for a few late ones. Records are joined to their ids,
    # as SQLite would write a list of those into a table of its own.
    order = records.c.id + 0 if "after" in given else records.c.id
    ids = bound(_chosen(select(records.c.id), given)).order_by(order)
    wanted = ids.limit(bindparam("top")).offset(bindparam("skip")).subquery("wanted")
    return WorkspaceStatement(page.select_from(wanted).join(records, records.c.id == wanted.c.id))


@cache
def _total(given: frozenset[str]) -> WorkspaceStatement:
    """Return what counts a list; a poller asks for it thousands of times (``poe bench``, virtual day)."""
    return WorkspaceStatement(_chosen(select(func.count()).select_from(records), given))


def _scanned(tx: Transaction, kind: RecordKind, record_filter: RecordFilter) -> Iterable[str]:
    """Return what meets the criteria, in order; every record must be looked at for that."""
    holds = _holds(tx, record_filter.criterion) if record_filter.criterion else None
    unless = record_filter.unless
    matching = (
        document
        for document in documents_of(tx, kind, record_filter)
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


def _holds(tx: Transaction, criterion: Criterion) -> Callable[[Record], bool]:
    """Return what says whether a record meets a criterion, perhaps by way of other records."""
    if criterion.via is None:
        return criterion.holds
    kind, field = criterion.via
    others = map(record_in, documents_of(tx, kind))
    ids = {kind.id_of(one) for one in others if any(map(criterion.accepts, values_at(one, field)))}
    return lambda record: any(
        value in ids for place in criterion.places for value in values_at(record, place)
    )


class RecordSearch(Struct, frozen=True, kw_only=True):
    """Which records are listed.

    Attributes:
        text: that they contain; case does not count, and empty is in all.
        unwanted: texts that they do not contain.
        ids: theirs; any if there is none.
        before: only ids below this one.
        limit: so many at the most.
    """

    limit: int
    text: str = ""
    unwanted: Sequence[str] = ()
    ids: Sequence[int] = ()
    before: int | None = None


def listed(tx: Transaction, kind: RecordKind, search: RecordSearch) -> Page[Row]:
    """Return a page of records for an administrator of the CRM: the latest first, those that contain a text, ids descending; without any text it costs what is shown, with one all records are read."""
    limit = search.limit
    highest = LARGEST_WHOLE if search.before is None else search.before - 1
    if not search.text and not search.unwanted and not search.ids:
        # One more than is shown, which tells that there is a further page.
        found = tx.all(_newest_from, kind=kind.name, up_to=highest, top=limit + 1)
        total = tx.scalar(_total_of_kind, kind=kind.name)
        return Page.of(found, limit, total=total, cursor=attrgetter("id"))
    # as they stand in the JSON that is kept
    wanted, *others = (encode_text(each)[1:-1].lower() for each in (search.text, *search.unwanted))
    rows: list[Row] = []
    total = 0
    for row in _candidates(tx, kind, search.ids):
        # The documents are searched as they are kept, without being read: a text in any field, and a field's name
        # too.
        held = row.document.lower()
        if wanted in held and not any(other in held for other in others):
            total += 1
            # One more than is shown, which tells that there is a further page; counting goes on to the end.
            if len(rows) <= limit and row.id <= highest:
                rows.append(row)
    return Page.of(rows, limit, total=total, cursor=attrgetter("id"))


def _candidates(tx: Transaction, kind: RecordKind, ids: Sequence[int]) -> Iterable[Row]:
    """Return the records of a kind, of these ids if there are any, ids descending."""
    if not ids:
        return tx.stream(_newest, at_once=_BATCH, kind=kind.name)
    return tx.all(_newest_of(places_for(len(ids))), kind=kind.name, **numbered("id", ids))


@by_count
def _newest_of(places: int) -> WorkspaceStatement:
    """Return the records of a kind that have one of so many ids."""
    return WorkspaceStatement(_newest.where(one_of(records.c.id, "id", places)))
