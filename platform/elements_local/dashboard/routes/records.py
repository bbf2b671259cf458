"""The CRM's records of the kinds that are polled: found, made, changed, deleted, with the history of each."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

from elements_local.clients.errors import CallError, HarnessError
from elements_local.clients.records import COLLECTIONS, ID_FIELDS, believable_fields
from elements_local.dashboard import copies
from elements_local.dashboard.context import Answer, back, clients, page, page_or_copy, read, whole_page
from elements_local.dashboard.lists import Listing, id_of, list_page
from elements_local.dashboard.moments import record_resource
from elements_local.dashboard.routes.callbacks import latest_callbacks
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.values import replace

bp = Blueprint("records", __name__, url_prefix="/records")

_NAMES = ("FIRST_NAME", "LAST_NAME", "ORGANISATION_NAME", "OPPORTUNITY_NAME", "PROJECT_NAME")
_MOST_SEEDED = 1000


class RecordListing(Listing, frozen=True, kw_only=True):
    """Records: the CRM's, or those of another vendor, whose name stands before the kind."""

    def read(self, of: Mapping[str, Any], **asked: object) -> dict[str, Any]:
        """Return a page of them, as ``Listing.read`` does."""
        element, _, kind = of["kind"].rpartition(".")
        return Listing.read(replace(self, service=element or "crm"), {"kind": kind}, **asked)


RECORDS = RecordListing(name="records", one="record", filters=("q",))


class NoObjectError(HarnessError):
    """A text is no JSON object."""

    status = 400


@bp.get("/", defaults={"kind": "Contacts"})
@bp.get("/<kind>/")
def index(kind: str) -> Answer:
    """List the records of a kind, the latest first."""
    return list_page(RECORDS, of={"kind": _spelt(kind)}, kinds=_kinds(), name_of=_name)


@bp.get("/<kind>/latest")
def latest(kind: str) -> Answer:
    """Lead to the record of a kind that was made last."""
    return RECORDS.latest(kind=_spelt(kind))


@bp.get("/<kind>/new")
def new(kind: str) -> str:
    """Show what a record of a kind is made of."""
    kind = _spelt(kind)
    fields = believable_fields(record_resource(kind)) if record_resource(kind) in ID_FIELDS else {}
    return whole_page("record_new.html", kind=kind, value=fields, text=None, error="")


@bp.post("/<kind>/new")
def create(kind: str) -> Answer:
    """Make a record."""
    kind = _spelt(kind)
    text = request.form.get("json", "")
    try:
        reply = clients().crm.call_object("POST", f"{clients().crm.version}/{kind}", json=_object(text))
    except (CallError, NoObjectError) as error:
        refused = whole_page("record_new.html", kind=kind, value=None, text=text, error=error.message)
        return refused, error.status
    record_id = id_of(reply)
    return back(f"{kind} {record_id} is made.", to=url_for(".show", kind=kind, record_id=record_id))


@bp.get("/<kind>/<int:record_id>")
def show(kind: str, record_id: int) -> Answer:
    """Show a record with its history and what came of it."""
    kind = _spelt(kind)
    return _shown_of_vendor(kind, record_id) if "." in kind else _shown(kind, record_id, text=None, error="")


@bp.post("/<kind>/<int:record_id>")
def change(kind: str, record_id: int) -> Answer:
    """Change the fields that a form changes."""
    kind = _spelt(kind)
    record, text = _record(kind, record_id), request.form.get("json", "")
    if record is None:
        raise NotFound(f"{kind} {record_id} is deleted.")
    try:
        changes = {
            name: value
            for name, value in _object(text).items()
            if name not in record or record[name] != value
        }
        if not changes:
            return back("Nothing was changed.")
        clients().crm.update(kind, record_id, changes)
    except (CallError, NoObjectError) as error:
        return _shown(kind, record_id, text=text, error=error.message), error.status
    return back(f"Changed: {', '.join(changes)}.", to=url_for(".show", kind=kind, record_id=record_id))


@bp.post("/<kind>/<int:record_id>/delete")
def delete(kind: str, record_id: int) -> Answer:
    """Delete a record."""
    kind = _spelt(kind)
    clients().crm.delete(kind, record_id)
    return back(f"{kind} {record_id} is deleted.", to=url_for(".show", kind=kind, record_id=record_id))


@bp.post("/seed")
def seed() -> Answer:
    """Fill in made-up records."""
    records = request.form.get("records", "", type=str)
    if not records.isdecimal() or not 0 < int(records[:9]) <= _MOST_SEEDED:
        return back(f"Records are a number from 1 to {_MOST_SEEDED}; got {records!r:.40}.", good=False)
    first = read("crm", "records", kind="Contacts", limit=1)[
        "total"
    ]  # so that a second seeding repeats nothing
    made = clients().crm.call("POST", "/_local/seed", json={"records": int(records), "first": first})[
        "records"
    ]
    return back(f"Filled in, of each so many: {', '.join(made)}; {records} each. Polls do not report them.")


def _shown(kind: str, record_id: int, *, text: str | None, error: str) -> str | Response:
    record = _record(kind, record_id)
    changes = read("crm", "changes", kind=kind, recordId=record_id)["changes"]
    if record is None and not changes:
        raise NotFound(f"There is no record {record_id} of {kind} in this workspace.")
    path = f"{clients().crm.version}/{kind}/{record_id}"
    return page_or_copy(
        "record.html",
        copies.of_record(record_resource(kind), path, record, page().address("crm")) if record else {},
        kind=kind,
        record_id=record_id,
        record=record,
        name=_name(record or {}),
        changes=changes[::-1],
        text=text,
        error=error,
        polled_by=_polled_by(kind, record_id),
        callbacks=latest_callbacks(objectId=record_id, limit=20),
    )


def _shown_of_vendor(kind: str, number: int) -> str | Response:
    """Show a record of another vendor, which clients change."""
    element, _, collection = kind.rpartition(".")
    row = RECORDS.find(number, kind=kind)
    log = clients().fakes[element].changes()
    of_it = (collection, row["id"])
    return page_or_copy(
        "record.html",
        copies.of_value(f"{kind} {row['id']}", row),
        kind=kind,
        record_id=row["id"],
        record=row,
        name=_name(row),
        changes=[each for each in log if (each["resource"], each["recordId"]) == of_it][::-1],
        polled_by=_polled_by(clients().crm.named(element, collection), row["id"]),
        callbacks=latest_callbacks(objectId=row["id"], limit=20),
    )


def _polled_by(kind: str, record_id: int | str) -> list[dict[str, Any]]:
    """Return the resources by which instances poll a kind, each with what became of the record's latest change."""
    return [
        {
            "poller": poller,
            "resource": resource["resource"],
            "explanation": read(
                "platform",
                "explain",
                instanceId=poller["instanceId"],
                resource=resource["resource"],
                recordId=record_id,
                cures="false",
            ),
        }
        for poller in page().pollers
        for resource in poller["resources"]
        if resource["collection"] == kind.lower()
    ]


def _record(kind: str, record_id: int) -> dict[str, Any] | None:
    return next(iter(read("crm", "records", kind=kind, recordId=record_id)["records"]), None)


def _kinds() -> list[str]:
    """Return the CRM's kinds that are polled, and those that usually are; then those of other vendors."""
    polled = [
        each["collection"] for poller in page().pollers for each in poller["resources"] if each["collection"]
    ]
    return list(dict.fromkeys([*COLLECTIONS.values(), *map(_spelt, polled), *_kinds_of_vendors()]))


def _kinds_of_vendors() -> list[str]:
    crms = clients().credentials.crms
    return [f"{key}.{kind['collection']}" for key, crm in crms.items() for kind in crm["kinds"].values()]


def _spelt(kind: str) -> str:
    """Return a kind as paths spell it, those of other vendors behind their names."""
    spelt = kind.replace("/", ".")
    if not (spelt.isascii() and all(part.isidentifier() for part in spelt.split("."))):
        raise NotFound("There is no such kind of record.")
    others = _kinds_of_vendors()
    if "." in spelt and spelt not in others:
        raise NotFound("There is no such kind of record.")
    known = {name.rpartition(".")[2].lower(): name for name in others}
    return {**known, **{each.lower(): each for each in COLLECTIONS.values()}}.get(spelt.lower(), spelt)


def _name(record: Mapping[str, Any]) -> str:
    if "number" in record:  # another vendor's, called by what one of its kinds is called by
        kinds = [kind for crm in clients().credentials.crms.values() for kind in crm["kinds"].values()]
        called_by = [kind["namedBy"].rpartition(".")[2] for kind in kinds]
        fields = record["fields"]
        return next((str(fields[name]) for name in called_by if fields.get(name)), "without a name")
    return " ".join(str(record[name]) for name in _NAMES if record.get(name)) or str(
        record.get("TITLE") or "without a name"
    )


def _object(text: str) -> dict[str, Any]:
    try:
        value = decode(text.encode())
    except MalformedJsonError as error:
        raise NoObjectError(f"This is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise NoObjectError("A record is a JSON object, with braces around its fields.")
    return value
