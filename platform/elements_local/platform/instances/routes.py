"""``/instances`` and what leads there by an account or an element: make, list, show, change and delete them."""

from collections.abc import Callable
from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.kit.http_message import Http
from elements_local.kit.instants import format_to_second
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import check_account
from elements_local.platform.call import Call
from elements_local.platform.configuration.instance_json import (
    ElementReference,
    InstanceJson,
    InstanceRequest,
)
from elements_local.platform.core import identities
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paging import COUNT_HEADERS, PAGE_HEADERS, PageQuery, counted
from elements_local.platform.description import EVENT_CALLBACK
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import NotFoundError
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances.call import ElementCall, InstanceCall
from elements_local.platform.instances.service import (
    InstancesQuery,
    ProviderCheck,
    change,
    instance_json,
    listed,
    make,
    sent_body,
    with_grant,
)
from elements_local.platform.instances.service_tokens import with_good_token
from elements_local.platform.instances.store import InstanceFilter, Instances
from elements_local.platform.lint.service import WARNING_HEADERS
from elements_local.platform.provider.service import Trace, TraceJson, Traces, Tracing, to_json

bp = Blueprint("instances", __name__, url_prefix="/instances")
one = Blueprint("instance", __name__)
"""Of an instance that its id names, or its token."""

of_account = Blueprint("account_instances", __name__, url_prefix="/accounts")
"""The instances of an account, which are all of the workspace's."""

of_element = Blueprint("element_instances", __name__, url_prefix="/elements/<key_or_id>/instances")
"""The instances of one element, with the same bodies."""

traces = Blueprint("traces", __name__, url_prefix="/elements/<key_or_id>/trace")
"""What went to the provider while an instance was made or changed."""

TRACE_HEADERS = {"Elements-Trace-Id": "where providerData.debug asks for it: what to read the trace by"}
_ID = "$response.body#/id"
LINKS = {
    **links("instances", "get", instance_id=_ID),
    **links("instance", "patch", "delete", instance_id=_ID),
}


class InstanceTotalsJson(TypedDict):
    """How many instances there are in all, and of each element by its key."""

    totalInstances: int
    elementInstances: dict[str, int]


class ReauthenticateQuery(Struct, rename="camel"):
    """Whether a replacement is to be tried on the CRM.

    Attributes:
        re_authenticate: false leaves the CRM unasked (observed: to change event settings alone).
    """

    re_authenticate: bool = True


class TraceLogging(Struct):
    """How long traces are to be logged.

    Attributes:
        duration: in minutes (assumed); an hour where there is no body (assumed).
    """

    duration: Annotated[int, Meta(ge=1, le=999_999_999)]


_AN_HOUR = TraceLogging(duration=60)


class PollerRecordJson(TypedDict):
    """How far a resource has been polled; the vendor's keys are unknown, these are assumed."""

    objectName: str
    lastPolledDate: str


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
    """Make an instance of an element, regardless of that in the body."""
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
    """Count the instances by their elements' keys (observed; that each key has its number is inferred)."""
    with call.read() as tx:
        numbers = Instances(tx).count_by_element()
    return Answer({"totalInstances": sum(numbers.values()), "elementInstances": numbers})


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


@one.put("")
@operation(problems=(403, 404, 429, 502), headers={**TRACE_HEADERS, **WARNING_HEADERS})
def put(call: InstanceCall, query: ReauthenticateQuery, body: InstanceRequest) -> Answer[InstanceJson]:
    """Replace an instance's name, tags and configuration."""
    ask = ProviderCheck.ALWAYS if query.re_authenticate else ProviderCheck.NEVER
    return _saved(call, body, rules.put, ask)


@one.patch("")
@operation(problems=(403, 404, 429, 502), headers={**TRACE_HEADERS, **WARNING_HEADERS})
def patch(call: InstanceCall, body: InstanceRequest) -> Answer[InstanceJson]:
    """Change what is sent; the CRM is asked if the credentials, or the place where they hold, are new."""
    ask = ProviderCheck.ALWAYS if body.is_reauthorized else ProviderCheck.WHERE_NEW
    return _saved(call, body, rules.patch, ask)


@one.delete("")
@operation(problems=(404,))
def delete(call: InstanceCall) -> Answer[None]:
    """Delete an instance; its token is nobody's from now on (observed)."""
    with call.transaction() as tx:
        Instances(tx).delete(call.instance.id)
    call.publish(rules.deleted(call.instance))
    return Answer(None)


@one.put("/enabled")
@operation(problems=(404,))
def enable(call: InstanceCall) -> Answer[None]:
    """Let hub calls and polls through again; a poller that was switched off starts anew (documented)."""
    change(call, call.instance, lambda stored: rules.switch(stored, disabled=False))
    return Answer(None)


@one.delete("/enabled")
@operation(problems=(404,))
def disable(call: InstanceCall) -> Answer[None]:
    """Refuse hub calls (observed) and pause polls (assumed)."""
    change(call, call.instance, lambda stored: rules.switch(stored, disabled=True))
    return Answer(None)


@one.put("/trace-logging")
@operation(problems=(404,))
def trace(call: InstanceCall, body: TraceLogging | None) -> Answer[None]:
    """Let traces be logged for a while; the instance says so as long as that lasts (assumed)."""
    minutes = (body or _AN_HOUR).duration
    change(call, call.instance, lambda stored: rules.trace(stored, minutes=minutes, now=call.now))
    return Answer(None)


@one.delete("/trace-logging")
@operation(problems=(404,))
def end_trace(call: InstanceCall) -> Answer[None]:
    """Log no more traces."""
    change(call, call.instance, lambda stored: rules.trace(stored, minutes=None, now=call.now))
    return Answer(None)


@one.get("/event-poller-records")
@operation(problems=(404,), headers=COUNT_HEADERS)
def poller_records(call: InstanceCall) -> Answer[list[PollerRecordJson]]:
    """List an entry for each resource that is polled, by its name; one that is left out goes at once (observed)."""
    with call.read() as tx:
        polled = Instances(tx).last_polls(call.instance.id)
    return counted(
        [{"objectName": name, "lastPolledDate": format_to_second(polled[name].at)} for name in sorted(polled)]
    )


def _saved(
    call: InstanceCall, body: InstanceRequest, rule: Callable[..., Instance], ask: ProviderCheck
) -> Answer[InstanceJson]:
    """Change an instance by what was sent, and show it."""
    element = body.element.find(call.catalogue) if body.element else call.element
    wire = wire_to_vendor(call, element.key, body)
    sent = with_grant(call, body, element, call.instance.configuration)
    # what is sent may bring other tokens, so that those of before need not be good
    before = call.instance if sent is not body else with_good_token(call, call.instance)
    saved = change(
        call,
        before,
        lambda stored: rule(stored, sent, element),
        ask=ask,
        wire=wire,
        sent=sent_body(),
    )
    return Answer(instance_json(call, saved))


@of_account.get("/instances", endpoint="index")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index_of_own_account(call: Call, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List the instances of the caller's account; a list without any is 404 (assumed)."""
    return listed(call, query, InstanceFilter())


@of_account.get("/<account_id>/instances")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index_of_account(call: Call, account_id: str, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List the instances of an account."""
    check_account(call.workspace, account_id)
    return listed(call, query, InstanceFilter())


@of_element.get("", endpoint="index")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index_of_element(call: ElementCall, query: InstancesQuery) -> Answer[list[InstanceJson]]:
    """List an element's instances; a list without any is 404 (observed)."""
    instance_filter = replace(query.wanted, element_key=call.element.key)
    return listed(call, query, instance_filter, hydrate=query.hydrate)


@of_element.post("", endpoint="create")
@operation(
    problems=(400, 401, 403, 404, 429, 502),
    headers={**TRACE_HEADERS, **WARNING_HEADERS},
    links=LINKS,
)
def create_of_element(call: ElementCall, body: InstanceRequest) -> Answer[InstanceJson]:
    """Make an instance of the path's element, regardless of that in the body (observed: it may say nothing)."""
    return made(call, body, call.element)


for _register, _view in (
    (of_element.get, get),
    (of_element.put, put),
    (of_element.delete, delete),
):
    _register("/<id:instance_id>")(_view)


@traces.get("/<trace_id>", endpoint="get")
@operation(problems=(404,))
def show_trace(call: ElementCall, trace_id: str) -> Answer[TraceJson]:
    """Show a trace."""
    with call.read() as tx:
        trace = Traces(tx).get(trace_id)
    if trace is None or trace.element_key != call.element.key:
        raise NotFoundError("trace", trace_id)
    return Answer(to_json(trace))


def wire_to_vendor(call: Call, element_key: str, sent: InstanceRequest) -> Http:
    """Return the wire to the vendor, traced if the body asks for that; the answer then names the trace, even if the call fails."""
    if sent.provider_data is None or not sent.provider_data.is_traced:
        return call.wire
    tracing = Tracing(http=call.platform.inside)
    call.facts.headers["Elements-Trace-Id"] = lambda: _kept(call, element_key, tracing).id
    return tracing


def _kept(call: Call, element_key: str, tracing: Tracing) -> Trace:
    def made(number: int) -> Trace:
        return Trace(
            id=identities.trace_id(call.workspace, number),
            element_key=element_key,
            at=call.now,
            exchanges=tuple(tracing.exchanges),
        )

    with call.transaction() as tx:
        return Traces(tx).add(made)
