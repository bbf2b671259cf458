"""The CRM's records of the kinds that are polled: found, made, changed, deleted, with the history of each."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

from elements_local.clients.errors import CallError, HarnessError
from elements_local.dashboard import copies
from elements_local.dashboard.context import Answer, back, clients, page, page_or_copy, read, whole_page
from elements_local.dashboard.kinds import PagedKind, all_kinds, kind_named
from elements_local.dashboard.lists import Listing, list_page
from elements_local.dashboard.moments import record_resource
from elements_local.dashboard.routes.callbacks import latest_callbacks
from elements_local.dashboard.story import story
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.instants import parse_instant
from elements_local.kit.values import replace

bp = Blueprint("records", __name__, url_prefix="/records")

_MOST_SEEDED = 1000


class RecordListing(Listing, frozen=True, kw_only=True):
    """Records: the CRM's, or those of another vendor, whose name stands before the kind."""

    def read(self, of: Mapping[str, Any], **asked: object) -> dict[str, Any]:
        """Return a page of them, as ``Listing.read`` does."""
        sort = kind_named(of["kind"])
        return Listing.read(replace(self, service=sort.service), {"kind": sort.collection}, **asked)

    def link(self, each: Mapping[str, Any], **of: Any) -> str:
        """Return the path of the page of one of them."""
        return url_for(".show", record_id=kind_named(of["kind"]).id_in(each), **of)


RECORDS = RecordListing(name="records", one="record", filters=("q",))


class NoObjectError(HarnessError):
    """A text is no JSON object."""

    status = 400


@bp.get("/", defaults={"kind": "Contacts"})
@bp.get("/<kind>/")
def index(kind: str) -> Answer:
    """List the records of a kind, the latest first."""
    sort = kind_named(kind)
    return list_page(RECORDS, of={"kind": sort.name}, sort=sort, kinds=all_kinds())


@bp.get("/<kind>/latest")
def latest(kind: str) -> Answer:
    """Lead to the record of a kind that was made last."""
    return RECORDS.latest(kind=kind_named(kind).name)


@bp.get("/<kind>/new")
def new(kind: str) -> str:
    """Show what a record of a kind is made of."""
    sort = kind_named(kind)
    return whole_page("record_new.html", sort=sort, value=sort.example, text=None, error="")


@bp.post("/<kind>/new")
def create(kind: str) -> Answer:
    """Make a record."""
    sort, text = kind_named(kind), request.form.get("json", "")
    try:
        record_id = sort.create(_object(text))
    except (CallError, NoObjectError) as error:
        refused = whole_page("record_new.html", sort=sort, value=None, text=text, error=error.message)
        return refused, error.status
    return back(f"{sort.name} {record_id} is made.", to=url_for(".show", kind=sort.name, record_id=record_id))


@bp.get("/<kind>/<record_id>")
def show(kind: str, record_id: str) -> Answer:
    """Show a record with its history and what came of it."""
    return _shown(kind_named(kind), record_id, text=None, error="")


@bp.post("/<kind>/<record_id>")
def change(kind: str, record_id: str) -> Answer:
    """Change the fields that a form changes."""
    sort, text = kind_named(kind), request.form.get("json", "")
    record = sort.find(record_id)
    if record is None:
        raise NotFound(f"{sort.name} {record_id} is deleted.")
    try:
        changes = _changed(sort.written(record), _object(text))
        if not changes:
            return back("Nothing was changed.")
        clients().crm.update(sort.address, record_id, changes)
    except (CallError, NoObjectError) as error:
        return _shown(sort, record_id, text=text, error=error.message), error.status
    return back(
        f"Changed: {', '.join(_leaves(changes))}.", to=url_for(".show", kind=sort.name, record_id=record_id)
    )


@bp.post("/<kind>/<record_id>/delete")
def delete(kind: str, record_id: str) -> Answer:
    """Delete a record."""
    sort = kind_named(kind)
    clients().crm.delete(sort.address, record_id)
    return back(
        f"{sort.name} {record_id} is deleted.", to=url_for(".show", kind=sort.name, record_id=record_id)
    )


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


def _shown(sort: PagedKind, record_id: str, *, text: str | None, error: str) -> str | Response:
    record, changes = sort.find(record_id), sort.changes(record_id)
    if record is None and not changes:
        raise NotFound(f"There is no record {record_id} of {sort.name} in this workspace.")
    if record is None:
        copied: copies.Copies = {}
    elif sort.is_own:
        path = f"{clients().crm.version}/{sort.name}/{record_id}"
        copied = copies.of_record(record_resource(sort.name), path, record, page().address("crm"))
    else:
        copied = copies.of_value(f"{sort.name} {record_id}", record)
    return page_or_copy(
        "record.html",
        copied,
        sort=sort,
        record_id=record_id,
        record=record and sort.fields_of(record),
        written=record and sort.written(record),
        name=sort.name_of(record) if record else "deleted",
        changes=changes[::-1],
        text=text,
        error=error,
        polled_by=_polled_by(sort.address, record_id),
        callbacks=latest_callbacks(objectId=record_id, limit=20),
        now=parse_instant(page().clock["now"]),
    )


def _polled_by(address: str, record_id: int | str) -> list[dict[str, Any]]:
    """Return the resources by which instances poll a kind, each with what became of the record's latest change."""
    found = []
    for poller in page().pollers:
        for resource in poller["resources"]:
            if resource["collection"] and _same_place(resource["collection"], address):
                asked = {"instanceId": poller["instanceId"], "resource": resource["resource"]}
                explained = read("platform", "explain", **asked, recordId=record_id, cures="false")
                found.append({
                    "poller": poller,
                    "resource": resource["resource"],
                    "explanation": explained,
                    "story": story(explained, url_for),
                })  # fmt: skip
    return found


def _same_place(collection: str, address: str) -> bool:
    others = clients().crm.others
    return others.get(collection, collection.lower()) == others.get(address, address.lower())


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is other than it was, of objects inside only what is other in them.

    >>> _changed({"a": 1, "b": {"c": 2, "d": 3}}, {"a": 1, "b": {"c": 4, "d": 3}})
    {'b': {'c': 4}}
    """
    return {
        name: _changed(before[name], value)
        if isinstance(value, dict) and isinstance(before.get(name), dict)
        else value
        for name, value in after.items()
        if name not in before or before[name] != value
    }


def _leaves(changes: Mapping[str, Any]) -> Iterator[str]:
    for name, value in changes.items():
        yield from _leaves(value) if isinstance(value, dict) and value else (name,)


def _object(text: str) -> dict[str, Any]:
    try:
        value = decode(text.encode())
    except MalformedJsonError as error:
        raise NoObjectError(f"This is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise NoObjectError("A record is a JSON object, with braces around its fields.")
    return value
