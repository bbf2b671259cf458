"""``/elements/{keyOrId}/instances``: the instances of one element, with the same bodies as ``/instances``."""

from flask import Blueprint

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.values import replace
from elements_local.platform.configuration.instance_json import InstanceJson
from elements_local.platform.core.paging import PAGE_HEADERS
from elements_local.platform.instances import routes as instances
from elements_local.platform.instances import routes_one as one_instance
from elements_local.platform.instances.call import ElementCall
from elements_local.platform.instances.requests import InstanceRequest
from elements_local.platform.instances.routes_traces import TRACE_HEADERS
from elements_local.platform.instances.service_lists import InstancesQuery, listed
from elements_local.platform.lint.service import WARNING_HEADERS

bp = Blueprint("element_instances", __name__, url_prefix="/elements/<key_or_id>/instances")


@bp.get("")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index(call: ElementCall, query: InstancesQuery) -> Answer[list[InstanceJson]]:
    """List an element's instances; a list without any is 404 (observed)."""
    instance_filter = replace(query.wanted, element_key=call.element.key)
    return listed(call, query, instance_filter, hydrate=query.hydrate)


@bp.post("")
@operation(
    problems=(400, 401, 403, 404, 429, 502),
    headers={**TRACE_HEADERS, **WARNING_HEADERS},
    links=instances.LINKS,
)
def create(call: ElementCall, body: InstanceRequest) -> Answer[InstanceJson]:
    """Make an instance of the path's element, whatever the body says of one (observed: it may say nothing)."""
    return instances.made(call, body, call.element)


for _register, _view in (
    (bp.get, instances.get),
    (bp.put, one_instance.put),
    (bp.delete, one_instance.delete),
):
    _register("/<id:instance_id>")(_view)
