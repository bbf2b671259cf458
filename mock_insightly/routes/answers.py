"""What calls are answered with: pages of lists, records as their version shows them, what was written, errors."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from itertools import islice

from flask import Flask, Response, request

from elements_local.kit.api.json_text import (
    Json,
    MalformedJsonError,
    NotJsonContentError,
    decode,
    encode,
    encode_text,
)
from elements_local.kit.api.operations import WholeResponse
from elements_local.kit.caching import bounded_cache
from elements_local.kit.instants import shifted
from elements_local.kit.traffic.fault_rules import Phase
from elements_local.kit.values import replace
from mock_insightly import errors
from mock_insightly.fields.fields import Record
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.contents import File
from mock_insightly.records.finding import RecordPage
from mock_insightly.records.reading import Records
from mock_insightly.records.record import record_in, updated_at
from mock_insightly.records.search import WHOLE, PageRange, RecordFilter, page_of
from mock_insightly.routes.call import CrmCall
from mock_insightly.settings import CrmSettings
from mock_insightly.versions.known import is_api_path
from mock_insightly.versions.shape import Shape

_LARGEST_NOTE = 1000
"""Records that the journal names, of those that a fault kept from a list."""


def page(call: CrmCall, shape: Shape, record_filter: RecordFilter, *, whole: bool = False) -> Response:
    """Answer with a page of what is wanted; or with all of it, regardless of what is asked for."""
    asked = WHOLE if whole else page_of(call.query)
    found = _page_of(call, shape, record_filter, asked)
    response = answer(call, shape.page(found.documents, brief=asked.brief))
    if found.total is not None:
        response.headers.add("X-Total-Count", str(found.total))
    return response


def rows(call: CrmCall, shown: list[Record], *, paged: bool) -> Response:
    """Answer with rows that are all at hand.

    Args:
        paged: whether paging parameters count.
    """
    asked = page_of(call.query) if paged else PageRange()
    response = answer(call, encode(shown[asked.skip : asked.skip + asked.top] if paged else shown))
    if paged and asked.count_total:
        response.headers.add("X-Total-Count", str(len(shown)))
    return response


def written(call: CrmCall, shape: Shape, record: Record, *, shown: bytes | None = None) -> Response:
    """Answer with a written record and where it is.

    Args:
        shown: what the body is instead of all that the version shows of the record.
    """
    shown = shape.one(encode_text(record)) if shown is None else shown
    return located(call, answer(call, shown), shape.kind.name, record[shape.kind.id_field])


def located(call: CrmCall, response: Response, resource: str, number: Json) -> Response:
    """Return an answer to a write that says where its record, or member of a team, is.

    Source: Location on each 201 and each PUT's 200 with a body (recorded v2.1 exchanges, observed); for later versions
        assumed.
    """
    response.headers["Location"] = f"{call.request.host_url}{call.version.name}/{resource}/{number}"
    return response


def answer(call: CrmCall, body: bytes) -> Response:
    """Answer with JSON."""
    shown = _renamed(body, call.fault.effect.rename_fields or {})
    response = WholeResponse.of_json(shown)
    if call.version.tagged:
        response.headers.add("ETag", etag(body))
    return response


OF_FILES = {
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""What keeps a file that a client sent from being run by a browser as a page of this origin (ours)."""


def file_answer(file: File) -> Response:
    """Answer with a file."""
    return Response(file.content, mimetype=file.content_type, headers=OF_FILES)


def check_if_match(call: CrmCall, shape: Shape, before: Record, part: bytes | None = None) -> None:
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
        raise errors.StaleRecordError(if_match)


@bounded_cache(
    8
)  # takes a tenth of the time of a list, and lists are asked for again (`poe bench`, CRM list)
def etag(body: bytes) -> str:
    """Return an opaque tag of a body.

    Source: v3.1 lists and records carry one (live probes, observed second-hand); how it is made is unknown.
    """
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _page_of(call: CrmCall, shape: Shape, record_filter: RecordFilter, page: PageRange) -> RecordPage:
    """Return a page of what is wanted: with a late index, out of step, cut, changed meanwhile, if a fault says so."""
    effect, kind = call.fault.effect, shape.kind
    visible = _indexed(call, kind, record_filter)
    if call.fault.phase is Phase.BEFORE:
        _change_listed_records(call, shape, visible)
    overlap = min(effect.page_overlap, page.skip)
    back = min(page.top, page.skip) if effect.repeat_page else overlap
    read = _capped_page(call, kind, visible, replace(page, skip=page.skip - back) if back else page)
    if effect.never_empty and page.skip and not read.documents:
        listed = _capped_page(call, kind, visible, WHOLE).documents
        last = (len(listed) - 1) // page.top * page.top if listed else 0
        read = replace(read, documents=listed[last : last + page.top])
    if call.fault.phase is Phase.AFTER:
        _change_listed_records(call, shape, visible)
    return replace(read, total=read.total + overlap) if overlap and read.total is not None else read


def _indexed(call: CrmCall, kind: RecordKind, record_filter: RecordFilter) -> RecordFilter:
    """Return what is wanted but for records that no list has yet, because of a fault."""
    effect = call.fault.effect
    lag = timedelta(seconds=effect.index_lag_s)
    if lag:
        record_filter = replace(record_filter, indexed_at=shifted(call.now, -lag))
    if effect.index_lag_within_s:
        since = shifted(call.now, -lag - timedelta(seconds=effect.index_lag_within_s))
        with call.reading() as records:
            written = records.written_since(kind, since)
        late = frozenset(
            one.record_id
            for one in written
            if effect.indexed(one.at, one.seq, seed=call.account.seed) > call.now
        )
        _note_in_journal(call, "hidden", late)
        record_filter = replace(record_filter, without=late)
    return record_filter


def _capped_page(call: CrmCall, kind: RecordKind, wanted: RecordFilter, page: PageRange) -> RecordPage:
    """Return a page of a list, up to where a fault ends it."""
    cap = call.fault.effect.list_cap
    with call.reading() as records:
        if cap is None:
            return _read(call, records, kind, wanted, page)
        read = _read(call, records, kind, wanted, replace(page, top=max(0, min(page.top, cap - page.skip))))
        behind = []
        if page.skip + page.top >= cap:
            behind = _read(call, records, kind, wanted, PageRange(skip=cap, top=_LARGEST_NOTE)).documents
    _note_in_journal(call, "cut", (kind.id_of(record_in(document)) for document in behind))
    return read if read.total is None else replace(read, total=min(read.total, cap))


def _read(
    call: CrmCall, records: Records, kind: RecordKind, wanted: RecordFilter, page: PageRange
) -> RecordPage:
    """Return a page as the list has its records, in disorder if a fault says so."""
    effect = call.fault.effect
    if not effect.unordered:
        return records.find(kind, wanted, page)
    read = records.find(kind, wanted, replace(WHOLE, count_total=page.count_total))
    listed = effect.in_disorder(
        read.documents, lambda document: kind.id_of(record_in(document)), seed=call.account.seed
    )
    return replace(read, documents=listed[page.skip : page.skip + page.top])


def _note_in_journal(call: CrmCall, what: str, ids: Iterable[int]) -> None:
    """Note in the journal the records that a fault kept from a list."""
    numbers: list[Json] = [str(number) for number in islice(sorted(ids), _LARGEST_NOTE)]
    if numbers:
        call.noted[what] = numbers


def _change_listed_records(call: CrmCall, shape: Shape, record_filter: RecordFilter) -> None:
    """Delete and update the first records of a list, as somebody else might at this moment."""
    effect, kind = call.fault.effect, shape.kind
    wait = timedelta(seconds=effect.delay_s)
    if effect.delete_listed and "DELETE" in shape.on_one:
        with call.writing(meanwhile=wait) as writing:
            for number in _first(call, kind, record_filter, effect.delete_listed):
                writing.delete(kind, number)
        wait = timedelta(0)
    if effect.update_listed and "PUT" in shape.on_all:
        renewed = _first(call, kind, record_filter, effect.update_listed)
        with call.writing(meanwhile=wait) as writing:
            for number in renewed:
                writing.update(kind, number, partial(updated_at, call.stamped))
        if record_filter.by_date:
            _note_in_journal(call, "moved", renewed)


def _first(call: CrmCall, kind: RecordKind, record_filter: RecordFilter, count: int) -> list[int]:
    with call.reading() as records:
        found = records.find(kind, record_filter, PageRange(top=count))
    return [kind.id_of(record_in(document)) for document in found.documents]


def _renamed(body: bytes, names: Mapping[str, str]) -> bytes:
    """Return JSON whose records, one or several, have other names of fields."""
    value = decode(body) if names and body else None
    if isinstance(value, list):
        return encode([_with_names(one, names) for one in value])
    return encode(_with_names(value, names)) if isinstance(value, dict) else body


def _with_names(value: Json, names: Mapping[str, str]) -> Json:
    return {names.get(key, key): one for key, one in value.items()} if isinstance(value, dict) else value


_OWN_ERRORS = (
    errors.BadRequestError,
    MalformedJsonError,
    errors.PlanLimitError,
    errors.NoSuchRecordError,
    errors.NoSuchRowError,
    errors.InUseError,
    errors.OutOfPlanError,
    errors.HiddenByPlanError,
    errors.EmptyUploadError,
    NotJsonContentError,
)


def answer_errors(app: Flask, settings: CrmSettings, statuses: Mapping[type[Exception], int]) -> None:
    """Answer the API's own errors; those of the framework, such as 401, 405, 413 and 415, are JSON.

    Source: what versions after v2.1 say is unknown, so it is a setting (assumed).

    Args:
        statuses: error -> status.
    """
    for kind in _OWN_ERRORS:
        app.register_error_handler(kind, partial(_answered, settings, statuses[kind]))


def _answered(settings: CrmSettings, status: int, error: Exception) -> Response:
    """Return the answer to an error, of which some have a status of their own."""
    match error:
        case errors.HiddenByPlanError():
            return Response(status=status)
        case errors.StaleRecordError():
            return _error_response(settings, str(error), settings.stale_status)
        case _:
            return _error_response(settings, str(error), status)


def _error_response(settings: CrmSettings, message: str, status: int) -> Response:
    if not is_api_path(request.path):
        key = "message" if request.path.startswith("/_local") else "Message"
        return Response(encode({key: message}), status=status, mimetype="application/json")
    match settings.error_body:
        case "empty":
            return Response(status=status)
        case "text":
            return Response(message, status=status, content_type="text/plain; charset=utf-8")
        case "name-and-message":
            named = {"Name": HTTPStatus(status).phrase, "Message": message}
            return Response(encode(named), status=status, mimetype="application/json")
        case _:
            return Response(encode({"Message": message}), status=status, mimetype="application/json")
