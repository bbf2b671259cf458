"""``/instances``: list and create them, and show one."""

from typing import TypedDict

from flask import Blueprint

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.platform.call import Call
from elements_local.platform.configuration.instance_json import InstanceJson
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery
from elements_local.platform.description import EVENT_CALLBACK
from elements_local.platform.elements.element import Element
from elements_local.platform.instances.call import InstanceCall
from elements_local.platform.instances.requests import ElementReference, InstanceRequest
from elements_local.platform.instances.routes_traces import TRACE_HEADERS, wire_to_vendor
from elements_local.platform.instances.service import instance_json, make
from elements_local.platform.instances.service_granted import with_grant
from elements_local.platform.instances.service_lists import InstancesQuery, listed
from elements_local.platform.instances.store import Instances
from elements_local.platform.instances.store_search import InstanceFilter
from elements_local.platform.lint.service import WARNING_HEADERS

bp = Blueprint("instances", __name__, url_prefix="/instances")

_ID = "$response.body#/id"
LINKS = {
    **links("instances", "get", instance_id=_ID),
    **links("instance", "patch", "delete", instance_id=_ID),
}


class InstanceTotalsJson(TypedDict):
    """How many instances there are: of anything, and of elements, which is all that there is here."""

    totalInstances: int
    elementInstances: int


@bp.post("")
@operation(
    problems=(400, 401, 403, 404, 429, 502),
    headers={**TRACE_HEADERS, **WARNING_HEADERS},
    links=LINKS,
    callbacks=EVENT_CALLBACK,
)
def create(call: Call, body: InstanceRequest) -> Answer[InstanceJson]:
    """Make an instance, once the CRM has accepted its credentials."""
    return made(call, body, (body.element or ElementReference()).find(call.catalogue))


def made(call: Call, body: InstanceRequest, element: Element) -> Answer[InstanceJson]:
    """Make an instance of an element, whatever the body says of one."""
    with_objects = body.retrieve_objects_after_instantiation
    wire = wire_to_vendor(call, element.key, body)
    return Answer(make(call, with_grant(call, body, element), element, wire=wire, with_objects=with_objects))


@bp.get("")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index(call: Call, query: InstancesQuery) -> Answer[list[InstanceJson]]:
    """List instances, the latest first (inferred); a list without any is 404 (observed)."""
    return listed(call, query, query.wanted, hydrate=query.hydrate)


@bp.get("/count")
@operation()
def count(call: Call) -> Answer[InstanceTotalsJson]:
    """Count the instances; the two keys are observed, what tells them apart is assumed."""
    with call.read() as tx:
        number = Instances(tx).count(InstanceFilter())
    return Answer({"totalInstances": number, "elementInstances": number})


@bp.get("/polling-disabled")
@operation(problems=(404,), headers=PAGE_HEADERS)
def polling_disabled(call: Call, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List the instances whose poller was switched off (documented); without any it is 404 (assumed)."""
    return listed(call, query, InstanceFilter(polling_disabled=True))


@bp.get("/<id:instance_id>")
@operation(problems=(404,))
def get(call: InstanceCall) -> Answer[InstanceJson]:
    """Show one instance."""
    return Answer(instance_json(call, call.instance))
