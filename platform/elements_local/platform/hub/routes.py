"""``/hubs/{hub}/{object}`` and below: the CRM's records through an instance.

The hub in a path is decorative, and may be left out with its word before it (observed).
"""

from collections.abc import Mapping

from flask import Blueprint

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.platform.core.paging import PAGE_HEADERS
from elements_local.platform.hub import service as hub_records
from elements_local.platform.hub.service import (
    HEADERS,
    PROBLEMS,
    Json,
    RecordListQuery,
    RecordQuery,
)
from elements_local.platform.instances.call import HUB, HubCall


def hub_blueprint(name: str) -> Blueprint:
    """Return a blueprint of calls through an instance."""
    return Blueprint(name, __name__, url_prefix=f"/hubs/<{HUB}>")


bp = hub_blueprint("hubs")

_LIST_HEADERS = {**HEADERS, **PAGE_HEADERS}
_RECORD = "/<object_name>/<record_id>"
_CHILD = "/<object_name>/<record_id>/<child_name>/<child_id>"
_LINKS = links(
    "hubs",
    "get",
    "delete",
    hub="$request.path.hub",
    object_name="$request.path.object_name",
    record_id="$response.body#/id",
)


@bp.get("/me")
@operation(problems=PROBLEMS, headers=HEADERS)
def me(call: HubCall, query: RecordQuery) -> Answer[Json]:
    """Show the CRM's user whose credentials the instance has."""
    return hub_records.me(call, query.fields)


@bp.get("/<object_name>")
@operation(problems=PROBLEMS, headers=_LIST_HEADERS)
def index(call: HubCall, object_name: str, query: RecordListQuery) -> Answer[list[Json]]:
    """List records, those that a ``where`` clause describes."""
    return hub_records.listed(call, object_name, query)


@bp.post("/<object_name>")
@operation(problems=PROBLEMS, headers=HEADERS, links=_LINKS)
def create(call: HubCall, object_name: str, body: Json) -> Answer[Json]:
    """Make a record; an empty one is refused."""
    return hub_records.created(call, object_name, body)


@bp.get(_RECORD)
@operation(problems=PROBLEMS, headers=HEADERS)
def get(call: HubCall, object_name: str, record_id: str, query: RecordQuery) -> Answer[Json]:
    """Show one record."""
    return hub_records.got(call, object_name, record_id, query.fields)


@bp.patch(_RECORD)
@bp.put(_RECORD)
@operation(problems=PROBLEMS, headers=HEADERS)
def update(call: HubCall, object_name: str, record_id: str, body: Json) -> Answer[Json]:
    """Change some of a record's fields; PUT is partial too."""
    return hub_records.updated(call, object_name, record_id, body)


@bp.delete(_RECORD)
@operation(problems=PROBLEMS, headers=HEADERS)
def delete(call: HubCall, object_name: str, record_id: str) -> Answer[None]:
    """Delete a record."""
    return hub_records.deleted(call, object_name, record_id)


@bp.get("/<object_name>/<record_id>/<child_name>")
@operation(problems=PROBLEMS, headers=_LIST_HEADERS)
def index_of_record(call: HubCall, *, query: RecordListQuery, **place: str) -> Answer[list[Json]]:
    """List what belongs to a record: its notes, tasks, addresses, tags."""
    return hub_records.listed(call, _children(place), query)


@bp.post("/<object_name>/<record_id>/<child_name>")
@operation(problems=PROBLEMS, headers=HEADERS)
def create_of_record(call: HubCall, *, body: Json, **place: str) -> Answer[Json]:
    """Make something that belongs to a record."""
    return hub_records.created(call, _children(place), body)


@bp.get(_CHILD)
@operation(problems=PROBLEMS, headers=HEADERS)
def get_of_record(call: HubCall, *, child_id: str, query: RecordQuery, **place: str) -> Answer[Json]:
    """Show one of the things that belong to a record."""
    return hub_records.got(call, _children(place), child_id, query.fields)


@bp.patch(_CHILD)
@bp.put(_CHILD)
@operation(problems=PROBLEMS, headers=HEADERS)
def update_of_record(call: HubCall, *, child_id: str, body: Json, **place: str) -> Answer[Json]:
    """Change one of the things that belong to a record."""
    return hub_records.updated(call, _children(place), child_id, body)


@bp.delete(_CHILD)
@operation(problems=PROBLEMS, headers=HEADERS)
def delete_of_record(call: HubCall, *, child_id: str, **place: str) -> Answer[None]:
    """Delete one of the things that belong to a record."""
    return hub_records.deleted(call, _children(place), child_id)


def _children(place: Mapping[str, str]) -> str:
    """Return the resource that a path with a parent names."""
    return "{object_name}/{record_id}/{child_name}".format_map(place)
