"""The admin routes that write all records to a file, and read one back: JSON of everything, CSV of one kind."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Literal, TypeAlias, TypedDict

from flask import Blueprint, Response, request
from msgspec import Struct

from elements_local.kit.admin.routes import ParameterError
from elements_local.kit.api.json_text import Json
from elements_local.kit.api.operations import JSON, Answer, operation
from elements_local.kit.api.shapes import read_body
from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.fields import Record, whole_second
from mock_insightly.kinds import KINDS
from mock_insightly.kinds.account import USERS, custom_object
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import LEADS
from mock_insightly.records.bulk import HistoryTransaction, csv_records, csv_text, imported, json_text
from mock_insightly.records.sequences import CONVERSIONS
from mock_insightly.routes.admin import kind_named
from mock_insightly.routes.call import CrmCall
from mock_insightly.sample_data.seed import owner_of

_CSV = "text/csv"
_LARGEST = 256 * 1024 * 1024
_PROBLEMS = (400, 401, 403)

Written: TypeAlias = Callable[[Callable[[RecordKind], Iterable[str]]], Iterator[str]]
"""Writes a text from what gives the records of a kind."""

bp = Blueprint("exchange", __name__, url_prefix="/_local")


class RecordsExport(Struct, forbid_unknown_fields=True):
    """All records of some kinds.

    Attributes:
        version: of this shape.
        records: kind, as paths spell it -> its records, as v3.1 shows them, with what it hides.
    """

    version: Literal[1]
    records: dict[str, list[dict[str, object]]]


class ImportQuery(Struct):
    """What a CSV is about.

    Attributes:
        resource: the kind of its records, as paths spell it.
    """

    resource: str | None = None


class ImportedJson(TypedDict):
    """How many records of each kind there are by now."""

    records: dict[str, int]


@bp.get("/export")
@operation(problems=(401, 403), gives={JSON: RecordsExport})
def export(call: CrmCall) -> Response:
    """Write the records of every kind, ids ascending: the same data are the same bytes."""
    return _streamed(call, lambda read: json_text((kind, read(kind)) for kind in _kinds(call)), JSON)


@bp.get("/export/<resource>.csv")
@operation(problems=_PROBLEMS, gives={_CSV: None})
def export_csv(call: CrmCall, resource: str) -> Response:
    """Write the records of one kind; what is no text is JSON in its cell."""
    kind = _kind(call, resource)
    return _streamed(call, lambda read: csv_text(kind, read(kind)), f"{_CSV}; charset=utf-8")


@bp.post("/import")
@operation(problems=(*_PROBLEMS, 413, 415), takes={JSON: RecordsExport, _CSV: None})
def import_(call: CrmCall, query: ImportQuery) -> Answer[ImportedJson]:
    """Put a file's records in the place of all of their kinds, with their ids and dates; the log says nothing of it."""
    request.max_content_length = _LARGEST
    sent = _sent(call, query)
    with call.crm.history(call.workspace) as history:
        for kind, records in sent:
            _replace(history, kind, records, call.account, whole_second(call.now))
    with call.reading() as kept:
        return Answer({"records": {kind.name: kept.count(kind.name) for kind, _ in sent}})


def _sent(call: CrmCall, query: ImportQuery) -> list[tuple[RecordKind, Iterable[Json]]]:
    if request.mimetype == _CSV:
        if query.resource is None:
            raise ParameterError("a CSV holds one kind of record: say which, as in ?resource=Contacts")
        kind = _kind(call, query.resource)
        text = request.get_data(cache=False).decode("utf-8-sig", "replace")
        return [(kind, csv_records(kind, text))]
    if query.resource is not None:
        raise ParameterError("resource goes with a CSV; a JSON export names the kinds of its records itself")
    body: RecordsExport = read_body(request, RecordsExport)
    return [(_kind(call, name), records) for name, records in body.records.items()]  # type: ignore[misc]  # JSON, decoded


def _replace(
    history: HistoryTransaction, kind: RecordKind, sent: Iterable[Json], account: CrmAccount, now: datetime
) -> None:
    """Replace all records of a kind; the caller stays a user of the account."""

    def read() -> Iterator[Record]:
        known = set()
        for one in sent:
            record = imported(kind, one, account=account, now=now, reserve=history.reserve)
            if record[kind.id_field] in known:
                raise ParameterError(f"{kind.name} has the id {record[kind.id_field]} twice")
            known.add(record[kind.id_field])
            if kind is LEADS and record["CONVERTED"]:
                history.reserve(CONVERSIONS, 1)
            yield record
        if kind is USERS and account.user_id not in known:
            yield owner_of(account, since=now)

    history.replace(kind, read())


def _streamed(call: CrmCall, written: Written, content_type: str) -> Response:
    opened = ExitStack()
    call.crm.ensure_foundation(call.workspace)
    parts = written(opened.enter_context(call.reading()).documents)
    response = Response((part.encode() for part in parts), content_type=content_type)
    response.call_on_close(opened.close)
    return response


def _kinds(call: CrmCall) -> list[RecordKind]:
    return [*KINDS, *map(custom_object, call.crm.settings.custom_object_names)]


def _kind(call: CrmCall, name: str) -> RecordKind:
    return kind_named(name, parameter="resource", among=_kinds(call))
