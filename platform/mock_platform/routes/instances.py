"""``/instances``: list and create them, and show one."""

from flask import Blueprint

from mock_kit.operations import Answer, Link, operation
from mock_kit.workspaces import Workspace
from mock_platform.domain.errors import NothingFoundError
from mock_platform.domain.instance_json import InstanceJson
from mock_platform.routes.instance_changes import instance_json, make
from mock_platform.routes.instance_requests import ElementReference, InstanceRequest
from mock_platform.routes.named_instance import Named, named_instance, put_id_aside
from mock_platform.routes.parts import (
    PAGE_HEADERS,
    PageQuery,
    caller,
    page_headers,
    paging,
    visible_instances,
)

bp = Blueprint("instances", __name__, url_prefix="/instances")
bp.url_value_preprocessor(put_id_aside)

LINKS = {
    name.rpartition(".")[2]: Link(operation=name, parameters={"instance_id": "$response.body#/id"})
    for name in ("instances.get", "instance.patch", "instance.delete")
}


@bp.post("")
@operation(needs=caller, problems=(400, 401, 403, 404, 429, 502), links=LINKS)
def create(workspace: Workspace, body: InstanceRequest) -> Answer[InstanceJson]:
    """Make an instance, once the CRM has accepted its credentials."""
    element = (body.element or ElementReference()).find()
    return Answer(instance_json(workspace, make(workspace, body.to_body(), element)))


@bp.get("")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def index(workspace: Workspace, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List instances; a list without any is 404 (observed)."""
    page = paging(query)
    found = visible_instances(workspace)
    if not found:
        raise NothingFoundError("element instances")
    shown = found[page.offset : page.offset + page.size]
    more = page.offset + len(shown) < len(found)
    headers = page_headers(page, returned=len(shown), more=more, total=len(found))
    return Answer([instance_json(workspace, instance) for instance in shown], headers)


@bp.get("/<instance_id>")
@operation(needs=named_instance, problems=(404,))
def get(named: Named) -> Answer[InstanceJson]:
    """Show one instance."""
    return Answer(instance_json(named.workspace, named.instance))
