"""Pages of lists that are short by nature: what hangs on one record, and what has an order of its own."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, true

from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.finding import RecordPage
from mock_insightly.records.query import PageRange
from mock_insightly.records.records import record_in
from mock_insightly.records.search import RecordFilter
from mock_insightly.tables import records, references

EVERYTHING = 1_000_000
"""More records than a list here has."""


def referring_page(
    connection: Connection, workspace: str, kind: str, wanted: RecordFilter, page: PageRange
) -> RecordPage:
    """Return a page of the records of a kind that refer to one, ids ascending."""
    matching = _referring(select(records.c.document), workspace, kind, wanted)
    documents = connection.scalars(matching.order_by(records.c.id).limit(page.top).offset(page.skip))
    counted = _referring(select(func.count()).select_from(records), workspace, kind, wanted)
    return RecordPage(
        documents=list(documents), total=connection.scalar(counted) if page.count_total else None
    )


def every_document(
    connection: Connection, workspace: str, kind: RecordKind, *, without: frozenset[int] = frozenset()
) -> list[str]:
    """Return all records of a kind but some, ids ascending."""
    mine = and_(records.c.workspace == workspace, records.c.kind == kind.name, _not_among(without))
    return list(connection.scalars(select(records.c.document).where(mine).order_by(records.c.id)))


def documents_of(connection: Connection, workspace: str, kind: RecordKind) -> Iterator[str]:
    """Yield all records of a kind as they are read, ids ascending; they may be many."""
    mine = select(records.c.document).where(records.c.workspace == workspace, records.c.kind == kind.name)
    yield from connection.scalars(mine.order_by(records.c.id).execution_options(yield_per=500))


def sorted_page(
    connection: Connection, workspace: str, kind: RecordKind, wanted: RecordFilter, page: PageRange
) -> RecordPage:
    """Return a page of the records of a kind, in the kind's own order.

    Source: lead sources and statuses come by FIELD_ORDER, those of one order by id (recorded v2.1 lists, observed).
    """
    documents = every_document(connection, workspace, kind, without=wanted.without)
    if wanted.unless is not None:
        unless = wanted.unless
        documents = [document for document in documents if not unless.holds(record_in(document))]
    documents.sort(key=lambda document: _place(record_in(document), kind.order))
    return RecordPage(
        documents=documents[page.skip : page.skip + page.top],
        total=len(documents) if page.count_total else None,
    )


def page_by_date(whole: RecordPage, page: PageRange) -> RecordPage:
    """Return a page of all that was found, those updated longest ago first."""
    documents = sorted(whole.documents, key=lambda document: str(record_in(document).get("DATE_UPDATED_UTC")))
    return RecordPage(
        documents=documents[page.skip : page.skip + page.top],
        total=len(documents) if page.count_total else None,
    )


def _referring(query: "Select[Any]", workspace: str, kind: str, wanted: RecordFilter) -> "Select[Any]":
    assert wanted.of is not None  # noqa: S101 - that is what this is for
    same = and_(
        references.c.workspace == records.c.workspace,
        references.c.kind == records.c.kind,
        references.c.id == records.c.id,
    )
    query = query.join(references, same).where(
        references.c.workspace == workspace,
        references.c.to_entity == wanted.of.entity,
        references.c.to_id == wanted.of.id,
        references.c.kind == kind,
        _not_among(wanted.without),
    )
    return query if wanted.after is None else query.where(records.c.updated > wanted.after)


def _not_among(ids: frozenset[int]) -> ColumnElement[bool]:
    return records.c.id.not_in(sorted(ids)) if ids else true()


def _place(record: Record, order: tuple[str, ...]) -> tuple[tuple[bool, float], ...]:
    """Return what sorts a record: its numbers, one after the other; what has none comes last."""
    values = (record[name] for name in order)
    return tuple((False, value) if isinstance(value, int | float) else (True, 0) for value in values)


def tags_of(connection: Connection, workspace: str, kind: RecordKind) -> set[str]:
    """Return the tags that records of a kind carry; every record must be looked at for that."""
    tagged = select(records.c.document).where(
        records.c.workspace == workspace,
        records.c.kind == kind.name,
        records.c.document.not_like('%"TAGS":[]%'),
    )
    documents = connection.scalars(tagged.execution_options(yield_per=500))
    return {str(row["TAG_NAME"]) for document in documents for row in rows_of(record_in(document), "TAGS")}
