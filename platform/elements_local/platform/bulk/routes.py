"""``/bulk``: many records read, or made, at once. Jobs are due work of the workspace's clock."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NotRequired, TypedDict

from flask import Blueprint, Response, request
from msgspec import Struct, field

from elements_local.kit.api.json_text import decode
from elements_local.kit.api.operations import Answer, Link, links, operation
from elements_local.kit.instants import parse_instant
from elements_local.kit.text import whole_number
from elements_local.kit.values import replace
from elements_local.platform.bulk import job as bulk_job
from elements_local.platform.bulk import query as bulk_query
from elements_local.platform.bulk import task
from elements_local.platform.bulk.job import (
    BulkCreatedJson,
    BulkErrorJson,
    BulkJob,
    BulkJobJson,
    BulkKind,
    BulkLoadJson,
)
from elements_local.platform.bulk.routes_files import (
    CSV,
    JSON,
    as_csv_lines,
    as_json_lines,
    payload,
    uploaded,
    wanted_form,
)
from elements_local.platform.bulk.store import Bulk, results
from elements_local.platform.core import identities
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery, paging, part_of
from elements_local.platform.errors import ConflictError, NotFoundError, UnsupportedCallError
from elements_local.platform.hub.routing import SCHEDULE
from elements_local.platform.hub.service import HEADERS
from elements_local.platform.instances.call import HubCall

bp = Blueprint("bulk", __name__)

_LINKS = links("bulk", "status", "errors", "cancel", bulk_id="$response.body#/id")
_LINKS_OF_UPLOAD = {
    **_LINKS,
    "records": Link(
        operation="bulk.records",
        parameters={"bulk_id": "$response.body#/id", "object_name": "$request.path.object_name"},
    ),
}
_MULTIPART = "multipart/form-data"
_LINES_AT_ONCE = 100


class MetaForm(TypedDict):
    """What may come with a job.

    ``metaData`` is JSON text with a ``callback-payload``, to be sent again with the callback.
    """

    metaData: NotRequired[str]


class UploadForm(MetaForm):
    """A file of records, CSV or JSON."""

    file: str


class BulkQueryQuery(Struct, rename="camel", kw_only=True):
    """Which records are wanted.

    Attributes:
        q: ``select * from <object>``, with ``where`` and ``order by`` if need be.
        orderby: a field, and asc or desc; where ``q`` has no order of its own.
        last_run_date: an ISO 8601 instant; only what was updated later.
        from_: the same; the later of the two counts.
        to: an ISO 8601 instant; only what was updated no later.
    """

    q: str
    orderby: str = ""
    last_run_date: str = ""
    from_: str = field(default="", name="from")
    to: str = ""


class BulkLoaderQuery(PageQuery, rename="camel", kw_only=True):
    """Which jobs are asked for.

    Attributes:
        job_id: the id of one of them.
    """

    job_id: str = ""


@bp.post("/bulk/query")
@operation(
    problems=(403, 501),
    headers=HEADERS,
    takes={_MULTIPART: MetaForm | None},
    links=_LINKS,
)
def query(call: HubCall, query: BulkQueryQuery) -> Answer[BulkCreatedJson]:
    """Read many records; the job's status and the callback say what they are (documented)."""
    parsed = bulk_query.parse(query.q)
    order = parsed.order or (bulk_query.parse_order(query.orderby) if query.orderby else None)
    instants = [parse_instant(text) for text in (query.last_run_date, query.from_) if text]
    until = parse_instant(query.to) if query.to else None
    # That the dates are about the updated date, the first one not included, is assumed from how polls ask.
    updated = call.connector_of(call.instance).updated_within(max(instants, default=None), until)
    job = replace(
        _new_job(call, BulkKind.QUERY, parsed.object_name),
        where=bulk_query.narrowed(parsed.where, updated),
        order_field=order.field if order else "",
        descending=order.descending if order else False,
    )
    return _add(call, job)


@bp.post("/bulk/<object_name>")
@operation(
    problems=(403, 501),
    headers=HEADERS,
    takes={_MULTIPART: UploadForm},
    links=_LINKS_OF_UPLOAD,
)
def upload(call: HubCall, object_name: str) -> Answer[BulkCreatedJson]:
    """Make many records out of a file."""
    request.max_content_length = call.settings.bulk_upload_limit
    return _add(call, _new_job(call, BulkKind.UPLOAD, object_name), uploaded())


@bp.get("/bulk/<id:bulk_id>/status")
@operation(problems=(403, 404), headers=HEADERS)
def status(call: HubCall, bulk_id: str) -> Answer[BulkJobJson]:
    """Tell how far a job is."""
    return Answer(bulk_job.to_json(_named(call, bulk_id)))


@bp.get("/bulk/<id:bulk_id>/errors")
@operation(problems=(403, 404), headers={**HEADERS, **PAGE_HEADERS})
def errors(call: HubCall, bulk_id: str, query: PageQuery) -> Answer[list[BulkErrorJson]]:
    """List which records failed, and why."""
    job, page = _named(call, bulk_id), paging(query)
    with call.read() as tx:
        found = Bulk(tx).errors(job.id, offset=page.offset, limit=page.size)
    rows: list[BulkErrorJson] = [decode(text) for text in found]  # type: ignore[misc]  # as bulk_task writes them
    return part_of(rows, page, total=job.failed)


@bp.put("/bulk/<id:bulk_id>/cancel")
@operation(problems=(403, 404), headers=HEADERS)
def cancel(call: HubCall, bulk_id: str) -> Answer[BulkJobJson]:
    """End a job; one that has come to its end stays as it is (assumed)."""
    job = _named(call, bulk_id)
    with call.transaction() as tx:
        cancelled = Bulk(tx).cancel(job.id, at=call.now)
    return Answer(bulk_job.to_json(cancelled or job))


@bp.get("/bulk/<id:bulk_id>/<object_name>")
@operation(problems=(403, 404, 406, 409), headers=HEADERS, gives={JSON: None, CSV: None})
def records(call: HubCall, bulk_id: str, object_name: str) -> Response:
    """Give a job's records: JSON with one a line, or CSV with exactly that content type (observed)."""
    job = _named(call, bulk_id)
    if object_name != job.object_name:
        raise NotFoundError(f"records of bulk job {job.id}", object_name, named="object")
    form = wanted_form()
    if not job.status.is_final:
        raise ConflictError(
            f"Bulk job {job.id} is {job.status.value}; its records can be had once it is COMPLETED, which takes a "
            "moment of the workspace's clock (a virtual one has to be advanced, by nothing at least; a real one takes seconds)"
        )
    bodies = results(call.platform.database, call.workspace.name, job)
    lines = as_csv_lines(bodies, job.fields) if form == CSV else as_json_lines(bodies)
    return Response(_blocks(lines), content_type=form)


@bp.get("/bulkloader")
@operation(problems=(403,), headers={**HEADERS, **PAGE_HEADERS})
def loader(call: HubCall, query: BulkLoaderQuery) -> Answer[list[BulkLoadJson]]:
    """List the instance's jobs, the latest first (observed)."""
    page = paging(query)
    job_id = whole_number(query.job_id) if query.job_id else None
    if query.job_id and job_id is None:
        return part_of([], page, total=0)
    with call.read() as tx:
        jobs, total = Bulk(tx).of_instance(
            call.instance.id, bulk_id=job_id, offset=page.offset, limit=page.size
        )
    return part_of([bulk_job.listed(job) for job in jobs], page, total=total)


def _blocks(lines: Iterator[str]) -> Iterator[bytes]:
    """Put lines together, so that not each of them is sent by itself."""
    while some := list(islice(lines, _LINES_AT_ONCE)):
        yield "".join(some).encode()


def _named(call: HubCall, bulk_id: str) -> BulkJob:
    number = whole_number(bulk_id)
    with call.read() as tx:
        job = None if number is None else Bulk(tx).get(number)
    if job is None or job.instance_id != call.instance.id:
        raise NotFoundError("bulk job", bulk_id)
    return job


def _new_job(call: HubCall, kind: BulkKind, object_name: str) -> BulkJob:
    """Return what the present request asks for, without the id that it will have."""
    return BulkJob(
        id=0,
        instance_id=call.instance.id,
        kind=kind,
        object_name=object_name,
        created=call.now,
        updated=call.now,
        payload=payload(call),
        callback_url=_callback_url(),
    )


def _add(call: HubCall, new: BulkJob, sources: Iterable[str] = ()) -> Answer[BulkCreatedJson]:
    first_id = identities.first_bulk_id(call.workspace)
    with call.transaction() as tx:
        job = Bulk(tx).add(new, first_id=first_id, sources=sources)
    call.platform.engine.wake()
    return Answer({"id": job.id, "status": job.status.value})


def _callback_url() -> str | None:
    """Return where a job's end is reported beside the instance's own receiver (documented; the latter assumed).

    Raises:
        InvalidRequestError: it is not a URL of http or https.
        UnsupportedCallError: the job is to be repeated.
    """
    if SCHEDULE in request.headers:
        raise UnsupportedCallError(f"the header {SCHEDULE}")
    url = request.headers.get(task.URL)
    return task.read_url(url) if url else None
