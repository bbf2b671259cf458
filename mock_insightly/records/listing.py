"""Records as whoever looks after the CRM goes through them: the latest first, those that contain a text."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, func, select

from mock_insightly.tables import records
from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import row_stream

_BATCH = 500


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
    """Return a page, ids descending; without any text it costs what is shown, with one all records are read."""
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
        return _page(rows, total, limit)
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
    return _page(rows, total, limit)


def _page(rows: list[tuple[int, str]], total: int, limit: int) -> Listed:
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Listed(documents=[document for _, document in rows[:limit]], last=last, total=total)
