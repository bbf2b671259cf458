"""``/_local/records``: records at a vendor whom this stack plays, as a client of the vendor's would make them, without an instance."""

from typing import Any

from flask import Blueprint

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.call import AdminCall
from elements_local.platform.elements.connector import VendorClient
from elements_local.platform.errors import NotFoundError

Json = dict[str, Any]

bp = Blueprint("own_records", __name__, url_prefix="/_local/records/<element>/<resource>")
_PROBLEMS = (400, 401, 403, 404, 409, 429, 502)


@bp.post("")
@operation(problems=_PROBLEMS, status=201)
def create(call: AdminCall, element: str, resource: str, body: Json) -> Answer[Json]:
    """Make a record."""
    return Answer(_vendor(call, element).create(resource, body), status=201)


@bp.get("/<record_id>")
@operation(problems=_PROBLEMS)
def get(call: AdminCall, element: str, resource: str, record_id: str) -> Answer[Json]:
    """Show a record."""
    return Answer(_vendor(call, element).get(resource, record_id))


@bp.put("/<record_id>")
@operation(problems=_PROBLEMS)
def update(call: AdminCall, element: str, resource: str, record_id: str, body: Json) -> Answer[Json]:
    """Change some fields of a record."""
    return Answer(_vendor(call, element).update(resource, record_id, body))


@bp.delete("/<record_id>")
@operation(problems=_PROBLEMS)
def delete(call: AdminCall, element: str, resource: str, record_id: str) -> Answer[Json]:
    """Delete a record."""
    _vendor(call, element).delete(resource, record_id)
    return Answer({})


def _vendor(call: AdminCall, element: str) -> VendorClient:
    connector = call.catalogue.connector(element)
    if element not in call.platform.fakes or connector.fake is None:
        raise NotFoundError("vendor that is played here", element, named="element")
    credentials = connector.fake.credentials(call.workspace.crm_api_key)
    return connector.client(call.wire, {**credentials})
