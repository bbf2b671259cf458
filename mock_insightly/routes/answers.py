"""What calls are answered with."""

from functools import lru_cache
from hashlib import blake2b

from flask import Response

from mock_insightly.errors import StaleRecordError
from mock_insightly.records.fields import Record
from mock_insightly.records.query import WHOLE, PageRange, page_of
from mock_insightly.records.search import RecordFilter
from mock_insightly.routes import listed
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.completion import just_written
from mock_insightly.versions.shape import Shape
from mock_kit.api.json_text import Json, encode, encode_text
from mock_kit.web.compatible_flask import WholeResponse


def page(
    call: CrmCall, shape: Shape, record_filter: RecordFilter, status: int = 200, *, whole: bool = False
) -> Response:
    """Answer with a page of what is wanted; or with all of it, whatever is asked for."""
    asked = WHOLE if whole or call.version.odata else _asked(call)
    found = listed.found(call, shape, record_filter, asked)
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
    shown = just_written(call, shape, encode_text(record)) if shown is None else shown
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
