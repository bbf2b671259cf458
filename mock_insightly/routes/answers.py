"""What calls are answered with: pages of lists, records as their version shows them, what was written."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b

from flask import Response

from mock_insightly.errors import StaleRecordError
from mock_insightly.kinds import FILE_ATTACHMENTS, RecordKind
from mock_insightly.records.dates import shifted
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.finding import RecordPage
from mock_insightly.records.query import WHOLE, PageRange, page_of
from mock_insightly.records.references import reference
from mock_insightly.records.search import RecordFilter
from mock_insightly.records.stamps import record_in
from mock_insightly.routes.call import CrmCall
from mock_insightly.versions.shape import Shape
from mock_kit.admin.fault_rules import Phase
from mock_kit.api.json_text import Json, encode, encode_text
from mock_kit.values import replace
from mock_kit.web.compatible_flask import WholeResponse


def page(
    call: CrmCall, shape: Shape, record_filter: RecordFilter, status: int = 200, *, whole: bool = False
) -> Response:
    """Answer with a page of what is wanted; or with all of it, whatever is asked for."""
    asked = WHOLE if whole or call.version.odata else _asked(call)
    found = _page_of(call, shape, record_filter, asked)
    response = answer(call, shape.page(found.documents, brief=asked.brief), status)
    if found.total is not None:
        response.headers["X-Total-Count"] = str(found.total)
    return response


def rows(call: CrmCall, shown: list[Record], *, paged: bool, status: int = 200) -> Response:
    """Answer with rows that are all at hand.

    Args:
        paged: whether paging parameters count.
    """
    paged = paged and not call.version.odata
    asked = _asked(call) if paged else PageRange()
    response = answer(call, encode(shown[asked.skip : asked.skip + asked.top] if paged else shown), status)
    if paged and asked.count_total:
        response.headers["X-Total-Count"] = str(len(shown))
    return response


def written(
    call: CrmCall, shape: Shape, record: Record, status: int, *, shown: bytes | None = None
) -> Response:
    """Answer with a written record and where it is.

    Args:
        shown: what the body is instead of all that the version shows of the record.
    """
    shown = _just_written(call, shape, encode_text(record)) if shown is None else shown
    return located(call, answer(call, shown, status), shape.kind.name, record[shape.kind.id_field])


def located(call: CrmCall, response: Response, resource: str, number: Json) -> Response:
    """Return an answer to a write that says where its record, or member of a team, is.

    Source: Location on each 201 and each PUT's 200 with a body (recorded v2.1 exchanges, observed); for later versions
        assumed.
    """
    response.headers["Location"] = f"{call.request.host_url}{call.version.name}/{resource}/{number}"
    return response


def answer(call: CrmCall, body: bytes, status: int = 200) -> Response:
    """Answer with JSON."""
    response = WholeResponse(body, status=status, content_type="application/json")
    if call.version.tagged:
        response.headers["ETag"] = tag = etag(body)
        if _is_known(call, tag):
            return Response(status=304, headers={"ETag": tag})
    return response


def accepted() -> Response:
    """Answer a delete.

    Source: 202 with an empty body (recorded v2.1 exchanges, live probes of v3.1; observed).
    """
    return Response(status=202)


def insist(call: CrmCall, shape: Shape, before: Record, part: bytes | None = None) -> None:
    """Refuse a write that insists on another state of the record than the present one.

    Args:
        part: what a GET of the part that is written would show now; its tag will do as well.

    Raises:
        StaleRecordError: ``If-Match`` names another.
    """
    if_match = call.request.headers.get("If-Match", "*") if call.version.tagged else "*"
    if if_match == "*" or (part is not None and if_match == etag(part)):
        return
    if if_match != etag(shape.one(encode_text(before))):
        raise StaleRecordError(if_match)


def _is_known(call: CrmCall, tag: str) -> bool:
    return (
        call.dependencies.settings.if_none_match
        and call.request.method in {"GET", "HEAD"}
        and call.request.headers.get("If-None-Match") == tag
    )


def _asked(call: CrmCall) -> PageRange:
    return page_of(call.query, strict=call.dependencies.settings.odd_paging == "refused")


@lru_cache(
    maxsize=8
)  # takes a tenth of the time of a list, and lists are asked for again (`poe bench`, CRM list)
def etag(body: bytes) -> str:
    """Return an opaque tag of a body.

    Source: v3.1 lists and records carry one (live probes, observed second-hand); how it is made is unknown.
    """
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _page_of(call: CrmCall, shape: Shape, record_filter: RecordFilter, page: PageRange) -> RecordPage:
    """Return a page of what is wanted: with a late index, out of step, short of a record that goes meanwhile, if a fault says so."""
    effect = call.fault.effect
    visible = indexed(call, record_filter)
    deleting = effect.delete_listed if "DELETE" in shape.on_one else 0
    if deleting and call.fault.phase is Phase.BEFORE:
        _delete_first(call, shape.kind, visible, deleting)
    overlap = min(effect.page_overlap, page.skip)
    shown = replace(page, skip=page.skip - overlap) if overlap else page
    read = call.dependencies.store.find(call.workspace, shape.kind, visible, shown)
    if deleting and call.fault.phase is Phase.AFTER:
        _delete_first(call, shape.kind, visible, deleting)
    return replace(read, total=read.total + overlap) if overlap and read.total is not None else read


def indexed(call: CrmCall, record_filter: RecordFilter) -> RecordFilter:
    """Return what is wanted but for records that no list has yet, because of a fault."""
    lag = timedelta(seconds=call.fault.effect.index_lag_s)
    return replace(record_filter, indexed_at=shifted(call.now, -lag)) if lag else record_filter


def _delete_first(call: CrmCall, kind: RecordKind, record_filter: RecordFilter, count: int) -> None:
    """Delete the first records of a list, as somebody else might at this moment."""
    first = call.dependencies.store.find(call.workspace, kind, record_filter, PageRange(top=count)).documents
    with call.writing(meanwhile=True) as writing:
        for document in first:
            writing.delete(kind, kind.id_of(record_in(document)))


def as_shown(call: CrmCall, shape: Shape, document: str) -> bytes:
    """Return a record as JSON, as it is shown by its id."""
    return encode(_shown(call, shape, document)) if call.version.looks_up else shape.one(document)


def _just_written(call: CrmCall, shape: Shape, document: str) -> bytes:
    """Return a record as the answer to its POST or PUT shows it."""
    reply = shape.replies.get(call.request.method)
    return encode(reply(_shown(call, shape, document))) if reply else as_shown(call, shape, document)


def with_image(call: CrmCall, shown: Record) -> Record:
    """Return a record of v2.1 that says where its image would be.

    Source: IMAGE_URL without an image (recorded v2.1 exchanges, observed).
    """
    if shown.get("IMAGE_URL", "") is not None:
        return shown
    url = f"http://s3.amazonaws.com/insightly.userfiles/{call.account.instance_id}/"
    return {**shown, "IMAGE_URL": url}


def _shown(call: CrmCall, shape: Shape, document: str) -> Record:
    record = record_in(document)
    shown = with_image(call, shape.show(record))
    for key in shape.keys:
        if key.child is not None:
            shown[key.name] = [*hanging_on(call, shape.kind, record, *key.child)]
    return shown


def hanging_on(
    call: CrmCall, kind: RecordKind, record: Record, child: RecordKind, links: str
) -> Iterator[Json]:
    """Yield the children of a record, or their links to it.

    Source: EMAILLINKS that a list leaves null and a record by its id shows (recorded v2.1 exchanges, observed).
    """
    number = kind.id_of(record)
    wanted = RecordFilter(of=reference(kind.entity, number))
    shape = call.version.shape(child)
    for document in call.dependencies.store.find(call.workspace, child, wanted, WHOLE).documents:
        shown = shape.show(record_in(document))
        if child is FILE_ATTACHMENTS:
            yield shown
        yield from (row for row in rows_of(shown, links) if row.get(kind.id_field) == number)
