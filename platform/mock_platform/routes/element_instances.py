"""``/elements/{keyOrId}/instances``: the instances of one element, with the same bodies as ``/instances``."""

from dataclasses import replace

from flask import Blueprint

from mock_kit.operations import Answer, operation
from mock_platform.domain.instance_json import InstanceJson
from mock_platform.routes import instances, one_instance
from mock_platform.routes.config_warnings import WARNING_HEADERS
from mock_platform.routes.granted import with_grant
from mock_platform.routes.instance_changes import make
from mock_platform.routes.instance_lists import InstancesQuery, listed
from mock_platform.routes.instance_requests import InstanceRequest
from mock_platform.routes.named_instance import ElementCaller, named_element, put_names_aside
from mock_platform.routes.parts import PAGE_HEADERS
from mock_platform.routes.traces import TRACE_HEADERS, way_to_crm

bp = Blueprint("element_instances", __name__, url_prefix="/elements/<key_or_id>/instances")
bp.url_value_preprocessor(put_names_aside)


@bp.get("")
@operation(needs=named_element, problems=(404,), headers=PAGE_HEADERS)
def index(asked: ElementCaller, query: InstancesQuery) -> Answer[list[InstanceJson]]:
    """List an element's instances; a list without any is 404 (observed)."""
    wanted = replace(query.wanted, element_key=asked.element.key)
    return listed(asked.workspace, query, wanted, hydrate=query.hydrate)


@bp.post("")
@operation(
    needs=named_element,
    problems=(400, 401, 403, 404, 429, 502),
    headers={**TRACE_HEADERS, **WARNING_HEADERS},
    links=instances.LINKS,
)
def create(asked: ElementCaller, body: InstanceRequest) -> Answer[InstanceJson]:
    """Make an instance of the path's element, whatever the body says of one (observed: it may say nothing)."""
    with_objects = body.retrieve_objects_after_instantiation
    crm = way_to_crm(asked.workspace, asked.element.key, body)
    return Answer(make(asked.workspace, with_grant(body), asked.element, crm=crm, with_objects=with_objects))


for _register, _view in (
    (bp.get, instances.get),
    (bp.put, one_instance.put),
    (bp.delete, one_instance.delete),
):
    _register("/<id:instance_id>")(_view)
