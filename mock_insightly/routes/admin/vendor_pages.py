"""The admin routes for what the vendor's own pages can do, and its API cannot."""

from typing import Annotated, Any, TypeAlias

from flask import Blueprint
from msgspec import Meta, Struct, field

from elements_local.kit.admin.routes import asked_workspace
from elements_local.kit.api.json_text import Json
from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.api.pages import ListQuery, Page, PageJson, UnwantedTexts, page_json
from mock_insightly.dependencies import dependencies
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Record, upper_keys
from mock_insightly.records.finding import RecordSearch
from mock_insightly.records.stamps import record_in, updated_at
from mock_insightly.routes.actions import convert
from mock_insightly.routes.admin.local import kind_named
from mock_insightly.routes.call import admin_call
from mock_insightly.routes.writes import create_in

_PROBLEMS = (400, 401, 403)
_Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]

RecordJson: TypeAlias = dict[str, Any]
"""A record as it is kept: what v3.1 shows, and what it hides."""

bp = Blueprint("vendor_pages", __name__, url_prefix="/_local")


class RecordRequest(Struct, forbid_unknown_fields=True):
    """A new record.

    Attributes:
        resource: its kind, as paths spell it; case does not count.
        fields: by the names of v3.1, and of what it hides.
    """

    resource: str
    fields: dict[str, Any] = {}


class RestoreRequest(Struct, forbid_unknown_fields=True, rename="camel"):
    """Which deleted record comes back."""

    resource: str
    record_id: _Id


class ConversionRequest(Struct, forbid_unknown_fields=True):
    """How a lead is converted.

    Attributes:
        opportunity: the name of one that comes with it.
    """

    opportunity: str | None = None


class RecordsQuery(ListQuery, rename="camel"):
    """Which records are asked for.

    Attributes:
        kind: of the records, as paths spell it; case does not count.
        record_id: the one record of this id.
        q: a text that they contain, wherever; case does not count.
        not_: texts that they do not contain.
    """

    kind: str
    record_id: _Id | None = None
    q: Annotated[str, Meta(max_length=1000)] = ""
    not_: UnwantedTexts = field(default=[], name="not")


class RecordsJson(PageJson):
    """Records as they are kept, the highest ids first."""

    records: list[RecordJson]


@bp.get("/records")
@operation(problems=_PROBLEMS)
def list_records(query: RecordsQuery) -> Answer[RecordsJson]:
    """List the records of a kind, the highest ids first, without a call of the API: no limit counts it, no fault strikes it."""
    kind = kind_named(query.kind, parameter="kind")
    if query.record_id is None:
        search = RecordSearch(text=query.q, unwanted=query.not_, before=query.before, limit=query.limit)
    else:
        search = RecordSearch(before=query.record_id + 1, limit=1)
    with dependencies().store.read(asked_workspace()) as records:
        page = records.listed(kind, search)
    if query.record_id is not None:
        wanted = [row for row in page.items if row.id == query.record_id]
        page = Page(items=wanted, total=len(wanted))
    return Answer(
        {
            "records": [record_in(row.document) for row in page.items],
            **page_json(page, "before"),
        }
    )


@bp.post("/records")
@operation(problems=(*_PROBLEMS, 402), status=201)
def add_record(body: RecordRequest) -> Answer[RecordJson]:
    """Create a record, also of a kind that no API creates: an e-mail that came in, a user."""
    call = admin_call(asked_workspace())
    kind = kind_named(body.resource, parameter="resource")
    with call.writing() as writing:
        return Answer(create_in(writing, call, kind, _given(kind, body.fields)), status=201)


@bp.post("/restore")
@operation(problems=(*_PROBLEMS, 404), status=201)
def restore(body: RestoreRequest) -> Answer[RecordJson]:
    """Bring back a record that was deleted in the last thirty days, as the vendor's recycle bin does: with the same id.

    Source: there is such a bin, it keeps records for 30 days, and there is no API for it (the vendor's support pages,
        documented); the id, and that the record is stamped anew, are assumed.
    """
    call = admin_call(asked_workspace())
    stamps = dependencies().settings.restore_stamps
    with call.writing() as writing:
        record = writing.restore(
            kind_named(body.resource, parameter="resource"),
            body.record_id,
            lambda before: updated_at(call.stamped, before) if stamps else before,
        )
    return Answer(record, status=201)


@bp.post("/leads/<int:lead_id>/convert")
@operation(problems=(*_PROBLEMS, 404, 409), status=201)
def convert_lead(lead_id: int, body: ConversionRequest | None) -> Answer[RecordJson]:
    """Convert a lead, for which the API has no path."""
    return Answer(
        convert(admin_call(asked_workspace()), lead_id, body.opportunity if body else None), status=201
    )


def _given(kind: RecordKind, sent: dict[str, Json]) -> Record:
    """Read the fields of a new record, but for its id and its stamps."""
    fields = upper_keys(sent, "fields")
    of_the_server = {kind.id_field, "DATE_CREATED_UTC", "DATE_UPDATED_UTC"}
    return {
        field.name: field.take(fields[field.name], field.name)
        for field in kind.fields
        if field.name in fields and field.name not in of_the_server
    }
