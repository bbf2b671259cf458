"""The admin routes that only the CRM has: its ground truth, made-up records, and what the vendor's own pages can do."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct, field

from elements_local.kit.admin.routes import ParameterError
from elements_local.kit.api.json_text import Json
from elements_local.kit.api.operations import Answer, operation, page_json
from elements_local.kit.api.pages import ListQuery, LogQuery, PageJson, UnwantedTexts
from elements_local.kit.fakes.host import ChangeJson
from elements_local.kit.instants import UnreadableTimeError, parse_instant
from elements_local.kit.storage.retention import Pruned
from elements_local.kit.storage.timeline import TimelineJson, TimelineQuery, per_stretch, stretches
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly.crm import Crm
from mock_insightly.fields.fields import Record, upper_keys
from mock_insightly.kinds import KINDS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import CONTACTS
from mock_insightly.records.finding import RecordSearch
from mock_insightly.records.reading import ChangeFilter
from mock_insightly.records.record import record_in, updated_at
from mock_insightly.routes.actions import convert
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.writes import create_in
from mock_insightly.sample_data.profiles import EDGE, SMALL, add_samples
from mock_insightly.sample_data.seed import LARGEST, SEEDED, Seeding
from mock_insightly.tables import ChangeType
from mock_insightly.tables import changes as change_rows

_LARGEST_NUMBER = 2**63 - 1
_PROBLEMS = (401, 403)
_REFUSED = (400, 401, 403)
_RECORDS = 100
_PROFILES = {"small": SMALL, "edge": EDGE}

bp = Blueprint("crm", __name__, url_prefix="/_local")


class ChangesQuery(LogQuery, rename="camel"):
    """Which changes are asked for.

    Attributes:
        kind: of the records, as paths spell it; case does not count.
        record_id: of the one record whose changes are asked for.
        since: an ISO 8601 instant; changes made then or later.
    """

    kind: str | None = None
    record_id: Annotated[int, Meta(ge=1, le=_LARGEST_NUMBER)] | None = None
    since: str | None = None


class ChangesJson(PageJson):
    """The ground truth: every change that a client made, in order; ``pruned`` says which are no longer kept."""

    pruned: Pruned | None
    changes: list[ChangeJson]


class SeedRequest(Struct, forbid_unknown_fields=True):
    """What is filled in.

    Attributes:
        profile: ``realistic`` makes up as many records as are wanted; ``small`` is one of almost every kind, ``edge``
            what breaks clients, and neither has a number.
        records: of each kind, 100 unless given; for more, call again with ``first``.
        seed: what they follow from; the workspace's own, unless given.
        first: the position of the first of them; the same position with the same seed is the same record.
        if_empty: a workspace that has contacts already stays as it is.
    """

    profile: Literal["realistic", "small", "edge"] = "realistic"
    records: Annotated[int, Meta(ge=0, le=LARGEST)] | None = None
    seed: Annotated[int, Meta(ge=0, le=_LARGEST_NUMBER)] | None = None
    first: Annotated[int, Meta(ge=0, le=10**12)] = 0
    if_empty: bool = False


class SeededJson(TypedDict):
    """How many records of each kind were filled in."""

    records: dict[str, int]


def kind_named(name: str, *, parameter: str, among: Iterable[RecordKind] = KINDS) -> RecordKind:
    """Return a kind by its name, as paths spell it; case does not count.

    Raises:
        ParameterError: there is none of that name.
    """
    kinds = {kind.name.lower(): kind for kind in among}
    if name.lower() not in kinds:
        known = ", ".join(kind.name for kind in kinds.values())
        raise ParameterError(f"{parameter} is one of {known}; got {name!r}")
    return kinds[name.lower()]


@bp.get("/changes")
@operation(problems=_PROBLEMS)
def changes(call: CrmCall, query: ChangesQuery) -> Answer[ChangesJson]:
    """Show every change that clients made, oldest first: all, or those that the query asks for."""
    kind = None if query.kind is None else kind_named(query.kind, parameter="kind").name
    wanted = ChangeFilter(kind=kind, record_id=query.record_id, since=_instant(query.since))
    with call.reading() as records:
        page = records.changes(wanted, after=query.after, limit=query.limit)
        pruned = call.crm.store.pruned(records)
    return Answer(
        {
            "changes": page.items,
            "pruned": pruned,
            **page_json(page, "after"),
        }
    )


_CHANGES = per_stretch(
    change_rows.c.at,
    change_rows.c.seq,
    created=change_rows.c.change == ChangeType.CREATED.value,
    updated=change_rows.c.change == ChangeType.UPDATED.value,
    deleted=change_rows.c.change == ChangeType.DELETED.value,
)


@bp.get("/timeline")
@operation(problems=_PROBLEMS)
def timeline(call: CrmCall, query: TimelineQuery) -> Answer[TimelineJson]:
    """Count the changes that clients made, by stretches of time."""
    with call.reading() as records:
        return Answer(stretches(records.tx, query, changes=_CHANGES))


@bp.post("/seed")
@operation(problems=_PROBLEMS)
def seed(call: CrmCall, body: SeedRequest) -> Answer[SeededJson]:
    """Fill in records of several kinds, as if they had always been there."""
    if body.if_empty:
        with call.reading() as reading:
            if reading.count(CONTACTS.name):
                return Answer({"records": {}})
    samples = _PROFILES.get(body.profile)
    if samples is not None:
        if body.records is not None or body.seed is not None or body.first:
            raise ParameterError(
                f"the profile {body.profile!r} is always the same; records, seed and first are for 'realistic'"
            )
        with call.crm.history(call.workspace) as history:
            made = add_samples(history, call.account, call.now, samples)
        return Answer({"records": made})
    records = _RECORDS if body.records is None else body.records
    make_up(call.crm, call.workspace, records, seed=body.seed, first=body.first)
    return Answer({"records": {kind.name: records for kind in SEEDED}})


def make_up(
    crm: Crm,
    workspace: Workspace,
    records: int,
    *,
    seed: int | None = None,
    first: int = 0,
) -> None:
    """Fill in made-up records, so many of each kind that is made up.

    Args:
        seed: what they follow from; None is the workspace's own.
        first: the position of the first of them.
    """
    with crm.history(workspace) as history:
        Seeding(
            history=history,
            account=crm.account(workspace),
            seed=workspace.seed if seed is None else seed,
            now=workspace.clock.now(),
            first=first,
            count=records,
        ).fill()


def _instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_instant(text)
    except UnreadableTimeError as error:
        raise ParameterError(f"since: {error}") from error


_Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]

RecordJson: TypeAlias = dict[str, Any]
"""A record as it is kept: what v3.1 shows, and what it hides."""

vendor_pages = Blueprint("vendor_pages", __name__, url_prefix="/_local")


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
        record_id: those of these ids; any if there is none.
        q: a text that they contain, wherever; case does not count.
        not_: texts that they do not contain.
    """

    kind: str
    record_id: Annotated[list[_Id], Meta(max_length=200)] = field(default=[])
    q: Annotated[str, Meta(max_length=1000)] = ""
    not_: UnwantedTexts = field(default=[], name="not")


class RecordsJson(PageJson):
    """Records as they are kept, the highest ids first."""

    records: list[RecordJson]


@vendor_pages.get("/records")
@operation(problems=_REFUSED)
def list_records(call: CrmCall, query: RecordsQuery) -> Answer[RecordsJson]:
    """List the records of a kind, the highest ids first, without a call of the API: no limit counts it, no fault applies to it."""
    kind = kind_named(query.kind, parameter="kind")
    search = RecordSearch(
        text=query.q, unwanted=query.not_, ids=query.record_id, before=query.before, limit=query.limit
    )
    with call.reading() as records:
        page = records.listed(kind, search)
    return Answer(
        {
            "records": [record_in(row.document) for row in page.items],
            **page_json(page, "before"),
        }
    )


@vendor_pages.post("/records")
@operation(problems=(*_REFUSED, 402), status=201)
def add_record(call: CrmCall, body: RecordRequest) -> Answer[RecordJson]:
    """Create a record, also of a kind that no API creates: an e-mail that came in, a user."""
    kind = kind_named(body.resource, parameter="resource")
    with call.writing() as writing:
        return Answer(create_in(writing, call, kind, _given(kind, body.fields)), status=201)


@vendor_pages.post("/restore")
@operation(problems=(*_REFUSED, 404), status=201)
def restore(call: CrmCall, body: RestoreRequest) -> Answer[RecordJson]:
    """Bring back a record that was deleted in the last thirty days, as the vendor's recycle bin does: with the same id.

    Source: there is such a bin, it keeps records for 30 days, and there is no API for it (the vendor's support pages,
        documented); the id, and that the record gets a new date, are assumed.
    """
    stamps = call.crm.settings.restore_stamps
    with call.writing() as writing:
        record = writing.restore(
            kind_named(body.resource, parameter="resource"),
            body.record_id,
            lambda before: updated_at(call.stamped, before) if stamps else before,
        )
    return Answer(record, status=201)


@vendor_pages.post("/leads/<int:lead_id>/convert")
@operation(problems=(*_REFUSED, 404, 409), status=201)
def convert_lead(call: CrmCall, lead_id: int, body: ConversionRequest | None) -> Answer[RecordJson]:
    """Convert a lead, for which the API has no path."""
    return Answer(convert(call, lead_id, body.opportunity if body else None), status=201)


def _given(kind: RecordKind, sent: dict[str, Json]) -> Record:
    """Read the fields of a new record, but for its id and its stamps."""
    fields = upper_keys(sent, "fields")
    of_the_server = {kind.id_field, "DATE_CREATED_UTC", "DATE_UPDATED_UTC"}
    return {
        field.name: field.take(fields[field.name], field.name)
        for field in kind.fields
        if field.name in fields and field.name not in of_the_server
    }
